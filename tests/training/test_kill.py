"""A training process that is killed by SIGKILL, wherever it stands, goes on to the bytes of one that was not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from kill_worker import PLANS
from test_loop import run

from pipeline.training import checkpoint
from pipeline.training.segments import columns, lay_out

HERE = Path(__file__).parent


def start(name: str, folder: Path) -> subprocess.Popen:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, str(HERE / "kill_worker.py"), name, str(folder)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("name", list(PLANS))
def test_killed_at_random_moments_it_ends_with_the_same_bytes(tmp_path, name):
    whole = run(PLANS[name](), tmp_path / "whole")
    steps = len(whole.history.steps)
    rng = np.random.default_rng()
    moments = [*rng.choice(np.arange(2, int(0.85 * steps)), 2, replace=False).tolist()]
    moments = [*sorted(moments), int(rng.integers(int(0.85 * steps), steps))]  # the last when weights are averaged
    print("killed at steps", moments)
    (folder := tmp_path / "cut").mkdir()
    for moment in moments:
        process = start(name, folder)
        for line in process.stdout:
            if line == f"step {moment}\n":
                break
        else:
            pytest.fail(f"ended before step {moment} of {moments}")
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        reached = checkpoint.load_checkpoint(folder)["step"]
        assert reached >= moment
    assert bool(checkpoint.load_checkpoint(folder)["averages"]["means"]) == (name == "everything")
    process = start(name, folder)
    said, _ = process.communicate()
    assert process.returncode == 0
    assert f"resuming {PLANS[name]().architecture} at step" in said
    before, halfway, best, history = torch.load(folder / "result.pt")
    for ours, theirs in ((before, whole.before), (halfway, whole.halfway), (best, whole.best)):
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[key], theirs[key]) for key in ours)
    assert history == vars(whole.history)


def test_the_plan_that_is_lowered_meets_its_plateaus_and_loses_patience_within_its_run(tmp_path):
    """Otherwise the test above would not have met these states."""
    chosen = PLANS["lowered"]()
    history = run(chosen, tmp_path).history
    nats = [row["nats"] for row in history.validations]
    assert len(nats) < chosen.size.validations
    assert min(nats[-5:]) >= min(nats[:-5])
    last, before = history.steps[-1], history.steps[-2]
    length = (last["tokens"] - before["tokens"]) / chosen.size.batch_size
    worse = sum(
        now >= min(nats[:place]) for place, now in enumerate(nats[:-1]) if place
    )  # the last came after the step
    assert worse >= 4
    unlowered = chosen.learning_rate * length / chosen.size.bptt_len
    assert last["learning_rate"] == pytest.approx(unlowered * chosen.size.optimiser.plateau_factor**worse)


def test_the_plan_with_everything_on_averages_within_its_run(tmp_path):
    """Otherwise the test above would not have met that state."""
    from test_loop import CPU, CYCLE, fresh

    from pipeline.training.run import Run

    chosen = PLANS["everything"]()
    state = Run(fresh(chosen), chosen, CYCLE, CYCLE[:1200], CPU, False)
    assert len(np.unique(np.diff(lay_out(len(columns(CYCLE, 4)), chosen.size, chosen.seed)))) > 5
    while state.step < state.total_steps and not state.averages.means:
        state.train_step(state.next_segment())
        if state.validation_is_due():
            state.validate()
    assert state.averages.means
    assert state.step < 0.8 * state.total_steps
