"""Each part that the benchmark of training leaves out is one that the step has."""

import numpy as np
import pytest

from bench import train_parts
from bench.train_parts import PARTS, without
from pipeline.training import run as run_module
from pipeline.training import runtime
from pipeline.training.build import build_network


@pytest.mark.parametrize("part", PARTS)
def test_without_a_part_the_same_network_learns_as_much(part, monkeypatch):
    monkeypatch.setattr(run_module, "output_loss", run_module.output_loss)  # put back after what `without` does
    monkeypatch.setattr(runtime, "_keep_freed_memory", kept := lambda: None)
    loss, text = run_module.output_loss, np.tile(np.arange(1, 11), 300)
    plan = without(part, 12, threads=1)
    assert (run_module.output_loss is loss) == (part != "gradient")
    assert (runtime._keep_freed_memory is kept) == (part != "memory")
    assert (plan.runtime.precision == "fp32") == (part in ("bf16", "gradient"))
    assert plan.training.fused_optimiser == (part != "fused")
    plan = plan.model_copy(update={"training": plan.training.model_copy(update={"cutoffs": [5]})})
    run = run_module.Run(build_network(plan, 11, None, ""), plan, text, text, train_parts.CPU, bf16=False)
    assert run.total_steps == 12
    while run.step < run.total_steps:
        run.train_step(run.next_segment())
    losses = [row["nats"] for row in run.history.steps]
    assert losses[-1] < losses[0]
    assert bool(plan.training.clusters) == (part == "full")
