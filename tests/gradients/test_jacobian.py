import numpy as np
import pytest
import torch

from pipeline.gradients.jacobian import lags, largest_singular_values, network_walk
from pipeline.models.recurrent import RecurrentNetwork, Shape

TOKENS = np.random.default_rng(0).integers(0, 11, (9, 3))
PAIRS = [(8, 9), (5, 9), (1, 9), (2, 6)]
ARCHITECTURES = ["rnn", "gru", "lstm"]


def network(architecture, layers=1, implementation="torch"):
    built = RecurrentNetwork(Shape(architecture, 11, 5, 7, layers, True, False, implementation))
    built.initialise(torch.Generator().manual_seed(1), 0.1, 1.0)
    return built


def exact(path, pairs=PAIRS):
    return largest_singular_values(path, pairs, 1000, 0, torch.Generator())


def powered(path, iterations, pairs=PAIRS):
    return largest_singular_values(path, pairs, 0, iterations, torch.Generator().manual_seed(0))


def test_the_rnns_product_is_that_of_diag_and_u():
    """J_t = diag(1 - h_t²) U, multiplied out by numpy from the states that torch's own module leads through."""
    model = network("rnn")
    found = exact(network_walk(model, TOKENS))
    model.double()
    u = model.recurrent.weight_hh_l0.detach().numpy()
    hidden = model(torch.from_numpy(TOKENS), (torch.zeros(1, 3, 7, dtype=torch.float64),))[0].detach().numpy()
    for row, (start, end) in enumerate(PAIRS):
        for column in range(3):
            product = np.eye(7)
            for time in range(start, end):  # the step that reads token `time` leads to hidden[time]
                product = np.diag(1 - hidden[time, column] ** 2) @ u @ product
            assert found[row, column] == pytest.approx(np.log10(np.linalg.norm(product, 2)), abs=1e-9)


@pytest.mark.parametrize("implementation", ["torch", "by_hand", "textbook"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_singular_values_are_those_of_autograds_jacobian(architecture, layers, implementation):
    """Of the network itself, from the whole state (h, and c for the LSTM) to the whole state."""
    model = network(architecture, layers, implementation)
    found = exact(network_walk(model, TOKENS))
    model.double()
    zero = tuple(torch.zeros(layers, 3, 7, dtype=torch.float64) for _ in model.zero_state(3))
    for row, (start, end) in enumerate(PAIRS):
        with torch.no_grad():
            _, state = model(torch.from_numpy(TOKENS[:start]), zero)
        for column in range(3):
            tokens = torch.from_numpy(TOKENS[start:end, column : column + 1])

            def after(flat, tokens=tokens):
                pieces = tuple(piece.view(layers, 1, 7) for piece in flat.chunk(len(zero)))
                return torch.cat([piece.flatten() for piece in model(tokens, pieces)[1]])

            own = torch.cat([part[:, column].flatten() for part in state])
            jacobian = torch.autograd.functional.jacobian(after, own)
            assert len(jacobian) == 7 * layers * (2 if architecture == "lstm" else 1)
            assert found[row, column] == pytest.approx(torch.linalg.matrix_norm(jacobian, 2).log10().item(), abs=1e-9)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_power_iteration_finds_what_the_product_has(architecture):
    path = network_walk(network(architecture, 2), TOKENS)
    assert powered(path, 300) == pytest.approx(exact(path), abs=0.02)
    few = powered(path, 2)
    assert (few <= exact(path) + 1e-9).all()  # a lower bound at any time
    assert (few < exact(path) - 1e-3).any()


@pytest.mark.parametrize("find", [exact, lambda path, pairs: powered(path, 100, pairs)])
def test_a_product_that_vanishes_is_still_a_number_and_a_zero_is_minus_infinity(find):
    model = network("rnn")
    tokens = np.random.default_rng(0).integers(0, 11, (400, 2))
    with torch.no_grad():
        model.recurrent.weight_hh_l0.mul_(1e-3)
    found = find(network_walk(model, tokens), [(0, 400), (0, 200)])
    assert np.isfinite(found).all()
    assert found[0] - found[1] == pytest.approx([-600, -600], abs=30)
    with torch.no_grad():
        model.recurrent.weight_hh_l0.zero_()
    assert (find(network_walk(model, tokens[:4]), [(0, 3)]) == -np.inf).all()


def test_lags_are_spaced_by_their_logarithm():
    assert lags(60, 5) == [1, 3, 8, 22, 60]
    assert lags(3, 12) == [1, 2, 3]
