import numpy as np
import pytest
import torch

from pipeline.errors import UserError
from pipeline.gradients.lag import gradient_by_lag, sample_windows
from pipeline.models.recurrent import RecurrentNetwork, Shape

RNG = np.random.default_rng(0)


def network(architecture, layers=1):
    built = RecurrentNetwork(Shape(architecture, 11, 5, 7, layers, tied=True, frozen=False))
    built.initialise(torch.Generator().manual_seed(1), 0.1, 1.0)
    return built


def test_the_rnns_gradient_is_the_product_of_diag_and_w():
    """dh_t/dh_{t-1} = diag(1 - h_t²) W: the chain rule by hand, for every lag."""
    model = network("rnn")
    windows = RNG.integers(0, 11, (9, 2))
    norms = gradient_by_lag(model, windows)["h"]
    assert norms.shape == (7, 2)
    model.double()
    w = model.recurrent.weight_hh_l0.detach().numpy()
    for column in range(2):
        tokens = torch.from_numpy(windows[:-1, column : column + 1])
        zero = tuple(part.double() for part in model.zero_state(1))
        hidden = model(tokens, zero)[0].detach().numpy()[:, 0]
        last = torch.tensor(hidden[-1], requires_grad=True)
        loss = torch.nn.functional.cross_entropy(model.logits(last[None]), torch.tensor(windows[-1, column])[None])
        gradient = torch.autograd.grad(loss, last)[0].numpy()
        for lag in range(7):
            assert norms[lag, column] == pytest.approx(np.log10(np.linalg.norm(gradient)), abs=1e-9)
            step = len(hidden) - 1 - lag
            gradient = gradient @ np.diag(1 - hidden[step] ** 2) @ w


@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
def test_norms_are_those_of_finite_differences(architecture):
    model = network(architecture, layers=2).double()
    windows = RNG.integers(0, 11, (7, 1))
    norms = gradient_by_lag(model, windows)
    assert set(norms) == ({"h", "c"} if architecture == "lstm" else {"h"})
    lag, tokens = 3, torch.from_numpy(windows)
    split = len(windows) - 1 - lag  # how many rows are read before the state that is moved
    zero = tuple(part.double() for part in model.zero_state(1))
    with torch.no_grad():
        _, state = model(tokens[:split], zero)

    def loss(moved):
        with torch.no_grad():
            hidden, _ = model(tokens[split:-1], moved)
            return torch.nn.functional.cross_entropy(model.logits(hidden[-1]), tokens[-1]).item()

    for part, name in enumerate(norms):
        gradient = np.zeros(state[part].numel())
        for index in range(len(gradient)):
            losses = []
            for sign in (1, -1):
                moved = [value.clone() for value in state]
                moved[part].view(-1)[index] += sign * 1e-6
                losses.append(loss(tuple(moved)))
            gradient[index] = (losses[0] - losses[1]) / 2e-6
        assert norms[name][lag, 0] == pytest.approx(np.log10(np.linalg.norm(gradient)), abs=1e-4)


def test_the_last_cell_state_reaches_the_loss_through_h_alone():
    norms = gradient_by_lag(network("lstm"), RNG.integers(0, 11, (6, 3)))
    assert np.isnan(norms["c"][0]).all()
    assert np.isfinite(norms["c"][1:]).all()
    assert np.isfinite(norms["h"]).all()


def test_a_gradient_that_vanishes_is_still_a_number():
    model = network("rnn")
    with torch.no_grad():
        model.recurrent.weight_hh_l0.mul_(1e-3)
    norms = gradient_by_lag(model, RNG.integers(0, 11, (63, 2)))["h"]
    assert np.isfinite(norms).all()
    slope = np.diff(norms, axis=0)[5:].mean()
    assert slope == pytest.approx(-3, abs=0.3)


def test_a_gradient_of_exactly_zero_is_minus_infinity_and_no_nan():
    model = network("rnn")
    with torch.no_grad():
        model.recurrent.weight_hh_l0.zero_()
    norms = gradient_by_lag(model, RNG.integers(0, 11, (6, 2)))["h"]
    assert np.isfinite(norms[0]).all()
    assert (norms[1:] == -np.inf).all()


def test_windows_are_pieces_of_the_stream():
    tokens = np.arange(100).astype(np.uint8)
    windows = sample_windows(tokens, 5, 20, np.random.default_rng(0))
    assert windows.shape == (8, 20)
    assert (np.diff(windows, axis=0) == 1).all()
    assert len(set(windows[0])) == 20
    assert sample_windows(tokens, 90, 50, np.random.default_rng(0)).shape == (93, 8)
    with pytest.raises(UserError, match="max_lag: found 98, but the text scored has 100 tokens"):
        sample_windows(tokens, 98, 5, np.random.default_rng(0))
