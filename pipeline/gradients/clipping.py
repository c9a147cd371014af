"""Training with and without clipping from the same start (Pascanu et al. 2013, section 3.2).

An RNN of rectified linear units learns the order of two symbols by gradient descent without momentum, so that a step
is as long as its gradient. It begins with a multiple of the identity as its recurrent matrix (Le et al. 2015), so that
every unit begins as the scalar case. Two cases: a multiple so large that gradients explode, and one so small that they
vanish. Each is trained twice over the same batches, once with the gradient's norm cut to `clip_norm`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from pipeline.memory.network import MemoryNetwork
from pipeline.memory.seeds import generator
from pipeline.memory.tasks import Batch, Task, task
from pipeline.params.clipping import Clipping

CASES = ("explodes", "vanishes")
TEST_BATCH = 500


@dataclass(frozen=True)
class Run:
    """trace: a row a step, up to where the gradient is no number any more; lags: log10 of ‖dL/dh_{t−k}‖ by lag
    k, before and after training; accuracy of fresh sequences after training (NaN of a run that ended so)."""

    trace: pd.DataFrame
    lags: pd.DataFrame
    accuracy: float


def train(case: str, clipped: bool, settings: Clipping, seed: int) -> Run:
    """One run; `clipped` changes nothing but the length of steps."""
    problem = task("order", settings.lag, 1)
    network = MemoryNetwork("irnn", problem.inputs, settings.hidden_size, problem.outputs)
    radius = settings.exploding_radius if case == "explodes" else settings.vanishing_radius
    initialise(network, radius, generator(seed, "weights"))
    test = problem.draw("test", TEST_BATCH, generator(seed, "test"))
    data = generator(seed, "train")
    lags = [gradient_by_lag(network, problem, test).assign(weights="before")]
    optimiser = torch.optim.SGD(network.parameters(), settings.learning_rate)
    limit = settings.clip_norm if clipped else float("inf")
    rows = []
    for step in range(1, settings.steps + 1):
        batch = problem.draw("train", settings.batch_size, data)
        loss = problem.loss(network(batch.inputs, len(batch.targets)), batch.targets)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = float(torch.nn.utils.clip_grad_norm_(network.parameters(), limit))
        rows.append({"step": step, "loss": loss.item(), "norm": norm})
        if not np.isfinite(norm):
            break
        optimiser.step()
    finite = bool(np.isfinite(rows[-1]["norm"]))
    lags.append(gradient_by_lag(network, problem, test).assign(weights="after"))
    with torch.no_grad():
        accuracy = problem.right(network(test.inputs, len(test.targets)), test.targets).item() if finite else np.nan
    return Run(pd.DataFrame(rows), pd.concat(lags, ignore_index=True), accuracy)


@torch.no_grad()
def initialise(network: MemoryNetwork, radius: float, generator: torch.Generator) -> None:
    """`radius` times the identity; inputs and readout uniform in ±1/√(fan-in), biases zero."""
    network.initialise(generator)
    network.recurrent.get_parameter("weight_hh_l0").mul_(radius)
    inputs = network.recurrent.get_parameter("weight_ih_l0")
    bound = inputs.shape[1] ** -0.5
    inputs.uniform_(-bound, bound, generator=generator)


def gradient_by_lag(network: MemoryNetwork, problem: Task, batch: Batch) -> pd.DataFrame:
    """log10 of the norm of dL/dh_{t−k} by k, over all sequences at once, L their mean loss at the end, in float64."""
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    w, u, b, d = (network.recurrent.get_parameter(name).detach().double() for name in names)
    states: list[Tensor] = [
        torch.zeros(batch.inputs.shape[1], network.hidden_size, dtype=torch.float64, requires_grad=True)
    ]
    for x in batch.inputs.double():
        states.append(torch.relu(x @ w.T + states[-1] @ u.T + b + d))
    readout = torch.nn.functional.linear(
        states[-1], network.readout.weight.double(), network.readout.bias.double()
    )  # fmt: skip
    gradients = torch.autograd.grad(problem.loss(readout[None], batch.targets), states[1:])
    norms = [torch.linalg.vector_norm(each).log10().item() for each in reversed(gradients)]
    return pd.DataFrame({"lag": np.arange(len(norms)), "log10_norm": norms})


def compare(settings: Clipping, seed: int, advance: Callable[[], None] = lambda: None) -> dict[str, pd.DataFrame]:
    """Every case with and without, for each seed: their traces, gradients by lag, and accuracy after training."""
    made: dict[str, list[pd.DataFrame]] = {"traces": [], "lags": [], "outcomes": []}
    for case in CASES:
        for run_seed in range(seed, seed + settings.seeds):
            for clipped in (False, True):
                run = train(case, clipped, settings, run_seed)
                which = {"case": case, "clipped": clipped, "seed": run_seed}
                made["traces"].append(run.trace.assign(**which))
                made["lags"].append(run.lags.assign(**which))
                last = run.trace["loss"].iloc[-10:].mean()
                largest = run.trace["norm"].max()
                outcome = which | {
                    "steps": len(run.trace),
                    "accuracy": run.accuracy,
                    "loss": last,
                    "largest_norm": largest,
                }
                made["outcomes"].append(pd.DataFrame([outcome]))
                advance()
    return {name: pd.concat(tables, ignore_index=True) for name, tables in made.items()}
