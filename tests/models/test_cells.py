"""Cells written by hand, held to torch's own in outputs, states and gradients, and to the textbook's equations."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pipeline.models.cells.cell import Cell, State
from pipeline.models.cells.elman import Elman
from pipeline.models.cells.gru import GRU
from pipeline.models.cells.lstm import LSTM
from pipeline.models.cells.torch_gru import TorchGRU
from pipeline.models.dropout import DropoutMasks, Rates
from pipeline.models.recurrent import RecurrentNetwork, Shape

T, B, D, H = 6, 3, 5, 4
CELLS: dict[str, type[Cell]] = {"rnn": Elman, "gru": TorchGRU, "lstm": LSTM}
FUSED = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def random_pair(architecture: str) -> tuple[nn.RNNBase, Cell]:
    torch.manual_seed(3)
    fused, cell = FUSED[architecture](D, H).double(), CELLS[architecture](D, H).double()
    for weight in fused.parameters():
        nn.init.normal_(weight)
    cell.copy_torch(*fused.all_weights[0])
    return fused, cell


def random_state(cell: Cell) -> State:
    return tuple(torch.randn(B, H, dtype=torch.float64, requires_grad=True) for _ in range(cell.states))


@pytest.mark.parametrize("architecture", CELLS)
def test_equals_torch_in_outputs_states_and_gradients(architecture: str) -> None:
    fused, cell = random_pair(architecture)
    inputs, state = torch.randn(T, B, D, dtype=torch.float64, requires_grad=True), random_state(cell)
    ours, after = cell(inputs, state)
    whole = tuple(part[None] for part in state)
    theirs, last = fused(inputs, whole if architecture == "lstm" else whole[0])
    last = last if architecture == "lstm" else (last,)
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)
    for part, other in zip(after, last, strict=True):
        torch.testing.assert_close(part, other[0], rtol=1e-12, atol=1e-12)

    wanted = [torch.randn_like(ours), *(torch.randn_like(part) for part in after)]
    found = torch.autograd.grad([ours, *after], [inputs, *state, *cell.parameters()], wanted)
    expected = torch.autograd.grad(
        [theirs, *last], [inputs, *state, *fused.parameters()], [wanted[0], *(w[None] for w in wanted[1:])]
    )
    given = 1 + len(state)
    for one, other in zip(found[:given], expected[:given], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)
    by_name = dict(zip([name for name, _ in cell.named_parameters()], found[given:], strict=True))
    same_layout = CELLS[architecture](D, H).double()
    same_layout.copy_torch(*expected[given:])  # b is the sum of two biases, but its gradient is that of either
    for name, parameter in same_layout.named_parameters():
        summed = 2 if (name.startswith("b_") and name != "b_n") or name == "b" else 1
        torch.testing.assert_close(by_name[name] * summed, parameter.detach(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", [Elman, LSTM, GRU, TorchGRU])
def test_gradients_are_those_of_finite_differences(kind: type[Cell]) -> None:
    torch.manual_seed(1)
    cell = kind(2, 3).double()
    for weight in cell.parameters():
        nn.init.normal_(weight)
    inputs = torch.randn(3, 2, 2, dtype=torch.float64, requires_grad=True)
    state = tuple(torch.randn(2, 3, dtype=torch.float64, requires_grad=True) for _ in range(cell.states))
    names = [name for name, _ in cell.named_parameters()]

    def run(x: Tensor, *rest: Tensor) -> tuple[Tensor, ...]:
        weights = dict(zip(names, rest[cell.states :], strict=True))
        hidden, after = torch.func.functional_call(cell, weights, (x, rest[: cell.states]))
        return hidden, *after

    assert torch.autograd.gradcheck(run, (inputs, *state, *cell.parameters()))


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_the_textbook_gru_number_by_number() -> None:
    torch.manual_seed(2)
    cell = GRU(D, H).double()
    for weight in cell.parameters():
        nn.init.normal_(weight)
    w = {name: weight.detach().numpy() for name, weight in cell.named_parameters()}
    x, h = np.random.default_rng(0).normal(size=D), np.random.default_rng(1).normal(size=H)
    (ours,) = cell.step(torch.tensor(x)[None], (torch.tensor(h)[None],))
    for unit in range(H):
        z = sigmoid(w["W_z"][unit] @ x + w["U_z"][unit] @ h + w["b_z"][unit])
        reset = [h[k] * sigmoid(sum(w["W_r"][k] * x) + sum(w["U_r"][k] * h) + w["b_r"][k]) for k in range(H)]
        candidate = np.tanh(w["W_h"][unit] @ x + w["U_h"][unit] @ np.array(reset) + w["b_h"][unit])
        assert ours[0, unit].item() == pytest.approx((1 - z) * h[unit] + z * candidate, rel=1e-12)


def test_the_two_grus_agree_where_nothing_is_reset_and_differ_elsewhere() -> None:
    fused, _ = random_pair("gru")
    inputs, start = torch.randn(T, B, D, dtype=torch.float64), torch.randn(1, B, H, dtype=torch.float64)
    textbook = GRU(D, H).double()
    textbook.copy_torch(*fused.all_weights[0])
    assert (textbook(inputs, (start[0],))[0] - fused(inputs, start)[0]).abs().max() > 0.01
    with torch.no_grad():
        fused.bias_ih_l0[:H] = 1e3  # r = 1
    textbook.copy_torch(*fused.all_weights[0])
    torch.testing.assert_close(textbook(inputs, (start[0],))[0], fused(inputs, start)[0], rtol=1e-10, atol=1e-10)


def network(architecture: str, implementation: str) -> RecurrentNetwork:
    built = RecurrentNetwork(Shape(architecture, 11, D, H, 2, True, False, implementation))
    built.initialise(torch.Generator().manual_seed(5), embedding_range=0.5, forget_bias=1.0)
    return built.double()


@pytest.mark.parametrize("architecture", CELLS)
def test_a_network_by_hand_begins_and_trains_as_torchs_does(architecture: str) -> None:
    generator = torch.Generator().manual_seed(7)
    tokens = torch.randint(11, (9, B), generator=generator)
    losses = {}
    for implementation in ("torch", "by_hand"):
        model = network(architecture, implementation)
        masks, optimizer = (
            DropoutMasks(Rates(0.3, 0.3), torch.Generator().manual_seed(1)),
            torch.optim.SGD(model.parameters(), 0.5),
        )
        state = tuple(part.double() for part in model.zero_state(B))
        losses[implementation] = []
        for _ in range(5):
            hidden, _ = model(tokens[:-1], state, masks)
            loss = nn.functional.cross_entropy(model.logits(hidden).flatten(0, 1), tokens[1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses[implementation].append(loss.item())
    first_of_each = [values[0] for values in losses.values()]
    assert first_of_each[0] == pytest.approx(first_of_each[1], rel=1e-12)
    assert losses["torch"][-1] < losses["torch"][0]
    assert losses["by_hand"][-1] < losses["by_hand"][0]


@pytest.mark.parametrize("implementation", ["by_hand", "textbook"])
@pytest.mark.parametrize("architecture", CELLS)
def test_state_and_hidden_have_the_shapes_of_torchs(architecture: str, implementation: str) -> None:
    model, tokens = network(architecture, implementation), torch.zeros(6, B, dtype=torch.int64)
    hidden, state = model(tokens, tuple(part.double() for part in model.zero_state(B)))
    assert hidden.shape == (6, B, H)
    assert [part.shape for part in state] == [(2, B, H)] * (2 if architecture == "lstm" else 1)
    torch.testing.assert_close(hidden[-1], state[0][-1])
