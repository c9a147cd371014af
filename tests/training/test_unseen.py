"""Losses that stay on the device for some steps, so that a GPU is never waited for: same history, same errors."""

import io
import warnings

import numpy as np
import pytest
import torch

from pipeline.errors import UserError
from pipeline.training.captured import WARM_UP, Captured
from pipeline.training.run import Run
from tests.training.test_loop import CPU, CYCLE, fresh, plan

CUDA = torch.device("cuda")


def begun(chosen, steps_unseen, device=CPU) -> Run:
    state = Run(fresh(chosen).to(device), chosen, CYCLE, CYCLE[:1200], device, False)
    state.steps_unseen = steps_unseen
    return state


def train(state: Run, steps: int) -> Run:
    for _ in range(steps):
        state.train_step(state.next_segment())
    return state


@pytest.mark.parametrize("steps_unseen", [3, 64])
def test_the_history_is_the_same_however_many_steps_stay_unseen(steps_unseen):
    seen, unseen = (begun(plan(), number) for number in (1, steps_unseen))
    for state in (seen, unseen):
        train(state, 20)
    shown = 20 - 20 % steps_unseen
    assert unseen.history.steps == seen.history.steps[:shown]
    assert bool(unseen.shown()) == (shown > 0)
    assert unseen.state()["steps"] == seen.state()["steps"]
    assert len(unseen.history.steps) == 20
    for state in (seen, unseen):
        train(state, 2)
        state.validate()
    assert unseen.history == seen.history
    assert all(torch.equal(weight, unseen.best[name]) for name, weight in seen.best.items())


@pytest.mark.parametrize("end", [Run.state, Run.validate])
def test_a_loss_that_is_not_finite_is_told_by_its_own_step_and_reaches_no_checkpoint(end):
    state = train(begun(plan("rnn", learning_rate=0.01, clip_norm=1e30, warmup_share=0.0), 64), 5)
    with torch.no_grad():
        state.network.embedding.weight.fill_(float("nan"))
    train(state, 3)
    with pytest.raises(UserError, match="the loss is nan and the gradient norm nan at step 6 "):
        end(state)
    assert [row["step"] for row in state.history.steps] == [1, 2, 3, 4, 5]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("lengths", ["fixed", "random"])
def test_no_step_waits_for_the_gpu(architecture, lengths):
    averaged = dict(method="sgd", schedule="constant", average_after=1)
    chosen = plan(architecture, num_layers=2, weights=0.5, embedding=0.1, locked=True, lengths=lengths, **averaged)
    state = train(begun(chosen, 64, CUDA), WARM_UP + 1)
    state.averages.means = [parameter.detach().clone() for parameter in state.trainable]
    torch.cuda.set_sync_debug_mode("error")
    try:
        train(state, 20)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert np.isfinite([row["nats"] for row in state.state()["steps"]]).all()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
def test_weights_are_dropped_on_the_fused_path(architecture):
    """By cuDNN's own kernel, though it gathers the weights anew for it, and warns of that."""
    state = train(begun(plan(architecture, num_layers=2, weights=0.5), 64, CUDA), 2)
    activities = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
    with warnings.catch_warnings(), torch.profiler.profile(activities=activities) as profile:
        warnings.simplefilter("ignore")
        train(state, 1)
    assert any("cudnn_rnn" in event.key for event in profile.key_averages())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("method", ["sgd", "adamw"])
def test_a_captured_step_is_the_step_itself(architecture, method):
    """Through short segments at the end of an epoch, a changing rate, dropout, and a checkpoint in between."""
    chosen = plan(architecture, num_layers=2, weights=0.3, method=method, bptt_len=9)
    captured, plain = begun(chosen, 64, CUDA), begun(chosen, 64, CUDA)
    assert isinstance(captured.update, Captured)
    plain.update = plain._update
    for state in (captured, plain):
        train(state, 80)
    assert captured.update.graph is not None
    resumed = begun(chosen, 64, CUDA)
    resumed.restore(torch.load(io.BytesIO(saved(captured)), map_location="cpu", weights_only=False))
    for state in (captured, plain, resumed):
        train(state, 20)
        state.settle()
    for other in (plain, resumed):
        close = [pytest.approx(row, rel=1e-3) for row in other.history.steps]
        assert captured.history.steps == close


def saved(state: Run) -> bytes:
    file = io.BytesIO()
    torch.save(state.state(), file)
    return file.getvalue()
