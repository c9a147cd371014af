"""Cells by hand and torch's kernels are timed on the same work."""

import numpy as np
import pytest

from bench.train_cells import CPU, IMPLEMENTATIONS, plan_of
from pipeline.training.build import build_network
from pipeline.training.run import Run


@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
def test_either_implementation_of_a_cell_does_the_same_step(architecture):
    text = np.arange(2_000) % 7
    losses = []
    for name in IMPLEMENTATIONS:
        plan = plan_of(architecture, name, threads=1)
        run = Run(build_network(plan, 7, None, ""), plan, text, text, CPU, bf16=False)
        for _ in range(2):
            run.train_step(run.next_segment())
        assert run.network.shape.implementation == name
        losses.append([step["nats"] for step in run.history.steps])
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
