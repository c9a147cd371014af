import pytest
import torch

from pipeline.models.dropout import DropoutMasks, Rates
from pipeline.models.recurrent import RecurrentNetwork, Shape

ARCHITECTURES = ["rnn", "gru", "lstm"]
IMPLEMENTATIONS = ["torch", "by_hand", "textbook"]


def masks(**rates) -> DropoutMasks:
    return DropoutMasks(Rates(**rates), torch.Generator().manual_seed(5))


def network(architecture="lstm", implementation="torch", layers=2) -> RecurrentNetwork:
    shape = Shape(architecture, 11, 5, 6, layers, tied=True, frozen=False, implementation=implementation)
    built = RecurrentNetwork(shape)
    built.initialise(torch.Generator().manual_seed(3), embedding_range=0.5, forget_bias=1.0)
    return built


def test_locked_masks_are_the_same_at_all_steps_and_others_are_not():
    values = torch.ones(9, 4, 50)
    locked, fresh = masks(locked=True).drop(values, 0.5), masks().drop(values, 0.5)
    assert torch.equal(locked, locked[:1].expand_as(locked))
    assert not torch.equal(locked[0, 0], locked[0, 1])  # streams differ
    assert not torch.equal(fresh[0], fresh[1])
    assert set(locked.unique().tolist()) == {0.0, 2.0}


def test_embedding_dropout_loses_whole_types_everywhere():
    tokens = torch.arange(40).repeat(3).reshape(12, 10)
    dropped = masks(embedding=0.5).drop_types(torch.ones(12, 10, 7), tokens, 40)
    fates = [dropped[tokens == kind].unique().tolist() for kind in range(40)]
    assert all(fate in ([0.0], [2.0]) for fate in fates)
    assert 8 < sum(fate == [0.0] for fate in fates) < 32


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_weight_drop_is_the_same_as_smaller_matrices(architecture, implementation):
    """What runs with dropped weights is what runs without, on matrices that have lost these weights."""
    model = network(architecture, implementation)
    tokens = torch.randint(0, 11, (6, 3), generator=torch.Generator().manual_seed(1))
    hidden, state = model(tokens, model.zero_state(3), masks(weights=0.5))
    drawn, cut = masks(weights=0.5), network(architecture, implementation)
    lost = total = 0
    with torch.no_grad():
        for name, matrix in cut.recurrent.named_parameters():
            if "weight_hh" in name or name.split(".")[-1].startswith("U"):
                matrix.copy_(drawn.drop_weights(matrix))
                lost, total = lost + int((matrix == 0).sum()), total + matrix.numel()
    assert 0.35 < lost / total < 0.65
    expected, expected_state = cut(tokens, cut.zero_state(3))
    torch.testing.assert_close(hidden, expected)
    for ours, theirs in zip(state, expected_state, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_weight_drop_gives_no_gradient_to_what_was_lost_and_stays_in_the_fused_kernel(monkeypatch):
    model, calls, kernel = network("lstm", layers=1), [], torch.lstm

    def counted(*arguments):
        calls.append(arguments[2][1])
        return kernel(*arguments)

    monkeypatch.setattr(torch, "lstm", counted)
    hidden, _ = model(torch.randint(0, 11, (6, 3)), model.zero_state(3), masks(weights=0.5))
    hidden.sum().backward()
    (matrix,) = calls  # one call for all six steps
    gradient = model.recurrent.weight_hh_l0.grad
    assert (gradient[matrix == 0] == 0).all()
    assert (gradient[matrix != 0] != 0).float().mean() > 0.9


@pytest.mark.parametrize("place", ["input", "between", "embedding", "weights"])
def test_each_rate_changes_what_the_network_computes(place):
    model, tokens = network(), torch.arange(11)[:, None].expand(11, 3)
    without, _ = model(tokens, model.zero_state(3), masks())
    dropped, _ = model(tokens, model.zero_state(3), masks(**{place: 0.5}))
    assert not torch.allclose(without, dropped)
