"""Every option of a recipe does what it says."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from test_loop import CPU, CYCLE, fresh, plan, run, same

from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.training.averaging import Averages
from pipeline.training.optimisation import activation_penalty
from pipeline.training.run import Run
from pipeline.training.schedule import out_of_patience, schedule
from pipeline.training.segments import lay_out


def begun(**changes) -> Run:
    chosen = plan(**changes)
    return Run(fresh(chosen), chosen, CYCLE, CYCLE[:1200], CPU, False)


OPTIONS = {
    "locked": dict(locked=True),
    "embedding": dict(embedding=0.3),
    "weights": dict(weights=0.5),
    "between": dict(num_layers=4, between=0.5),
    "output": dict(output=0.5),
    "free": dict(tie_output=False),
    "adaptive": dict(tie_output=False, softmax="adaptive"),
    "identity": dict(recurrent_weights="identity"),
    "xavier": dict(input_weights="xavier"),
    "decay": dict(weight_decay=1.0),
    "ar": dict(activation_penalty=2.0),
    "tar": dict(change_penalty=1.0),
    "random": dict(lengths="random"),
    "curriculum": dict(grow_share=0.5),
    "sgd": dict(method="sgd", learning_rate=1.0),
    "averaged": dict(method="sgd", schedule="constant", learning_rate=1.0, average_after=1),
    "plateau": dict(schedule="plateau"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_each_option_trains_and_changes_the_weights(name, tmp_path):
    changes = dict(training_tokens=800) | OPTIONS[name]
    trained = run(plan(**changes), tmp_path / "with")
    assert all(torch.isfinite(weight).all() for weight in trained.best.values())
    if name not in ("averaged", "plateau"):  # these begin at a bad validation: they have tests of their own below
        without = run(plan(training_tokens=800, num_layers=changes.get("num_layers", 1)), tmp_path / "without")
        assert trained.best.keys() != without.best.keys() or not same(trained, without)


# --- segments ------------------------------------------------------------------------------------


def test_fixed_segments_are_laid_out_end_to_end_in_every_epoch():
    spans = lay_out(26, plan(batch_size=4, bptt_len=10, training_tokens=200, validations=1).size, 1)
    assert spans.tolist() == [[0, 10], [10, 20], [20, 25], [0, 10], [10, 20]]


def test_random_lengths_lie_about_bptt_len_and_about_its_half():
    size = plan(lengths="random", bptt_len=70, batch_size=1, training_tokens=400_000).size
    spans = lay_out(20_001, size, 1)
    lengths = np.diff(spans)[spans[:, 1] < 20_000, 0]
    long = lengths[lengths > 52]
    assert len(long) / len(lengths) == pytest.approx(0.95, abs=0.01)
    assert long.mean() == pytest.approx(70, abs=0.5)
    assert long.std() == pytest.approx(5, abs=0.3)
    assert lengths[lengths <= 52].mean() == pytest.approx(35, abs=1.5)
    for (_, end), (begin, _) in pairwise(spans):
        assert begin == (0 if end == 20_000 else end)  # all is read, and nothing twice
    assert np.array_equal(spans, lay_out(20_001, size, 1))
    assert not np.array_equal(spans[:50], lay_out(20_001, size, 2)[:50])


def test_a_curriculum_grows_to_the_whole_length_and_stays_there():
    size = plan(grow_from=4, grow_share=0.5, bptt_len=40, batch_size=1, training_tokens=40_000).size
    spans = lay_out(40_001, size, 1)
    lengths, read = np.diff(spans)[:, 0], spans[:, 1]
    assert lengths[0] == 4
    assert (np.diff(lengths[:-1]) >= 0).all()
    assert lengths[np.searchsorted(read, 10_000)] == pytest.approx(22, abs=1)
    assert (lengths[read > 20_100][:-1] == 40).all()


def test_the_rate_follows_a_random_length():
    state = begun(lengths="random", warmup_share=0.0, schedule="constant")
    state.train_step(state.next_segment())
    state.train_step(segment := state.next_segment())
    assert state.history.steps[-1]["learning_rate"] == pytest.approx(0.02 * (len(segment) - 1) / 10)


# --- optimisation --------------------------------------------------------------------------------


def test_sgd_goes_down_the_clipped_gradient():
    state = begun(method="sgd", schedule="constant", learning_rate=0.5, weight_decay=0.1, dropout=0.0, warmup_share=0.0)
    state.train_step(state.next_segment())  # the step of the warm-up
    before = [parameter.detach().clone() for parameter in state.trainable]
    state.train_step(state.next_segment())
    for old, new in zip(before, state.trainable, strict=True):
        torch.testing.assert_close(new, old - 0.5 * (new.grad + 0.1 * old), rtol=1e-5, atol=1e-7)


def test_the_fused_optimiser_takes_the_same_steps():
    runs = [begun(fused_optimiser=fused, weight_decay=0.01) for fused in (True, False)]
    for state in runs:
        for _ in range(5):
            state.train_step(state.next_segment())
    assert [state.optimizer.defaults["fused"] for state in runs] == [True, False]
    for ours, theirs in zip(runs[0].trainable, runs[1].trainable, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_a_plateau_lowers_the_rate_at_each_validation_without_a_new_best():
    chosen = plan(schedule="plateau", plateau_factor=0.5, warmup_share=0.1)
    assert schedule(4, 100, chosen) == pytest.approx(0.5)
    assert schedule(50, 100, chosen, [3.0, 2.0]) == 1.0
    assert schedule(50, 100, chosen, [3.0, 2.0, 2.5, 2.0, 1.9]) == 0.25
    assert schedule(50, 100, plan(schedule="constant"), [3.0, 4.0]) == 1.0


def test_a_training_that_stands_still_goes_on_at_a_lower_rate(tmp_path):
    still = plan(
        method="sgd", schedule="plateau", plateau_factor=0.5, learning_rate=1e-12, warmup_share=0.0, validations=5
    )
    history = run(still, tmp_path).history
    worse = [sum(row["nats"] >= min(before["nats"] for before in history.validations[:place])
                 for place, row in enumerate(history.validations) if place and row["step"] < step["step"])
             for step in history.steps]  # fmt: skip
    assert worse[-1] > 0
    for row, steps_down in zip(history.steps[1:], worse[1:], strict=True):
        assert row["learning_rate"] == pytest.approx(1e-12 * 0.5**steps_down)


def test_bf16_is_other_arithmetic_of_the_same_training():
    """Only the product with the output matrix is rounded, so that it learns as much."""
    chosen = plan(dropout=0.0, training_tokens=12000, learning_rate=0.01)
    runs = [Run(fresh(chosen), chosen, CYCLE, CYCLE[:1200], CPU, bf16) for bf16 in (False, True)]
    for state in runs:
        while state.step < state.total_steps:
            state.train_step(state.next_segment())
        state.validate()
    exact, rounded = (state.history for state in runs)
    assert exact.steps[0]["nats"] != rounded.steps[0]["nats"]
    assert rounded.steps[0]["nats"] == pytest.approx(exact.steps[0]["nats"], rel=1e-3)
    assert rounded.validations[-1]["nats"] == pytest.approx(exact.validations[-1]["nats"], abs=0.05)
    assert rounded.validations[-1]["nats"] < 0.5 * exact.steps[0]["nats"]


def test_patience_ends_a_training(tmp_path):
    assert not out_of_patience([3.0, 3.5], None)
    assert not out_of_patience([3.0, 2.0, 2.5], 2)
    assert not out_of_patience([3.0, 2.0, 2.5, 1.9], 2)
    assert out_of_patience([3.0, 2.0, 2.5, 2.0], 2)
    hasty = plan(method="sgd", schedule="constant", learning_rate=1e-12, validations=20, patience=3)
    trained = run(hasty, tmp_path)
    assert len(trained.history.validations) < 20
    assert out_of_patience([row["nats"] for row in trained.history.validations], 3)


def test_averages_begin_after_n_worse_validations_and_are_the_mean_of_all_steps_since():
    weight = torch.nn.Parameter(torch.tensor([1.0]))
    averages, losses = Averages([weight], 2), []
    for loss, begun_by_now in [(3.0, False), (2.0, False), (2.5, False), (2.4, False), (2.3, True)]:
        averages.begin_where_due([*losses, loss])
        losses.append(loss)
        assert bool(averages.means) == begun_by_now, losses
    for value in (4.0, 7.0):
        with torch.no_grad():
            weight.fill_(value)
        averages.add_step()
    with averages.in_place():
        assert weight.item() == pytest.approx((1 + 4 + 7) / 3)
    assert weight.item() == 7.0
    late = Averages([weight], 2)
    for count in range(1, 6):
        late.begin_where_due([3.0, 2.0, 1.9, 2.1, 1.8][:count])  # 2.1 is measured against 3.0 alone
    assert not late.means
    never = Averages([weight], None)
    never.begin_where_due([1.0, 2.0, 3.0, 4.0])
    assert not never.means


def test_the_averages_are_what_is_validated_and_kept():
    state = begun(method="sgd", schedule="constant", learning_rate=2.0, average_after=1)
    state.averages.begin_where_due([1.0, 2.0, 3.0])
    for _ in range(5):
        state.train_step(state.next_segment())
    state.validate()
    for (name, own), mean in zip(state.network.named_parameters(), state.averages.means, strict=True):
        assert torch.equal(state.best[name], mean)
        assert not torch.equal(own, mean)


# --- regularisation and initialisation -----------------------------------------------------------


def test_penalties_are_those_of_the_equations():
    raw, dropped = torch.randn(5, 3, 4, dtype=torch.float64), torch.randn(5, 3, 4, dtype=torch.float64)
    large = sum(float(value) ** 2 for value in dropped.flatten()) / 60
    fast = sum(float(value) ** 2 for value in (raw[1:] - raw[:-1]).flatten()) / 48
    assert activation_penalty(raw, dropped, 2.0, 3.0).item() == pytest.approx(2 * large + 3 * fast)
    assert activation_penalty(raw[:1], dropped[:1], 1.0, 1.0).isfinite()


def test_a_penalty_is_in_the_gradient_and_not_in_the_loss_that_is_shown():
    plain, penalised = begun(), begun(activation_penalty=50.0, change_penalty=50.0)
    for state in (plain, penalised):
        state.train_step(state.next_segment())
    rows = [state.history.steps[0] for state in (plain, penalised)]
    assert rows[0]["nats"] == rows[1]["nats"]
    assert rows[0]["norm_before_clipping"] != rows[1]["norm_before_clipping"]


@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
def test_weights_begin_as_they_are_asked_to(architecture):
    def built(recurrent: str, inputs: str) -> tuple[torch.Tensor, torch.Tensor]:
        network = RecurrentNetwork(Shape(architecture, 9, 40, 60, 1, tied=True, frozen=False))
        network.initialise(torch.Generator().manual_seed(1), 0.1, 1.0, recurrent, inputs)
        return network.recurrent.weight_hh_l0, network.recurrent.weight_ih_l0

    for gate in built("identity", "uniform")[0].split(60):
        assert torch.equal(gate, torch.eye(60))
    uniform, inputs = built("uniform", "uniform")
    assert uniform.abs().max().item() == pytest.approx(60**-0.5, rel=0.01)
    assert inputs.abs().max().item() == pytest.approx(40**-0.5, rel=0.01)
    assert built("uniform", "xavier")[1].abs().max().item() == pytest.approx((6 / 100) ** 0.5, rel=0.01)
