"""One network on one memory task: a learning rate for each length from a small search, then a run for each seed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd
import torch

from pipeline.memory.digits import Images, digits
from pipeline.memory.network import MemoryNetwork
from pipeline.memory.seeds import generator
from pipeline.memory.tasks import Task, task
from pipeline.params.memory import MemoryTraining
from pipeline.plans.memory import MemoryPlan

EXAMINED = 500
"""Sequences of valid and of test, at most."""
COLUMNS = ["hidden_size", "items", "length", "seed", "learning_rate", "steps", "loss", "accuracy", "chance", "data"]
DRAWN = "drawn"
"""The data of sequences that are drawn anew; that of digits is the name of the images."""


@dataclass(frozen=True)
class Trained:
    """`steps` until valid was solved or they ran out; the loss and accuracy are those of the last look at valid."""

    network: MemoryNetwork
    steps: int
    loss: float
    accuracy: float


def problem_of(plan: MemoryPlan, length: int, items: int, images: Images | None) -> Task:
    if plan.task == "digits":
        assert images is not None
        return digits(images, length)
    return task("copy" if plan.task == "capacity" else plan.task, length, items)


def cells(plan: MemoryPlan) -> Iterator[tuple[int, int, int]]:
    """What is run: hidden size, items and length."""
    return product(plan.hidden_sizes, plan.items, plan.lengths)


def run_count(plan: MemoryPlan) -> int:
    settings = plan.training
    searched = len(settings.learning_rates) if len(settings.learning_rates) > 1 else 0
    return len(list(cells(plan))) * (searched + settings.seeds)


def experiment(
    plan: MemoryPlan,
    device: torch.device,
    images: Images | None = None,
    advance: Callable[[], None] = lambda: None,
) -> dict[str, pd.DataFrame]:
    """runs: test accuracy by hidden size, items, length and seed; search: every learning rate that was tried.

    `images`: what the digits are; other tasks need none.
    """
    settings, runs, search = plan.training, [], []
    for hidden_size, items, length in cells(plan):
        problem = problem_of(plan, length, items, images)
        cell = {"hidden_size": hidden_size, "items": items, "length": length}
        rates = settings.learning_rates
        losses = []
        for rate in rates if len(rates) > 1 else []:
            found = train(plan, problem, hidden_size, rate, settings.search_steps, plan.seed, device)
            losses.append((not np.isfinite(found.loss), found.loss, found.steps, rate))
            search.append(cell | {"learning_rate": rate, "steps": found.steps, "loss": found.loss})
            advance()
        # solved sooner is better; among those not solved the lower loss; one that ran away comes last
        best = min(losses, key=lambda each: (each[0], each[2], each[1]))[3] if losses else rates[0]
        for seed in range(plan.seed + 1, plan.seed + 1 + settings.seeds):
            found = train(plan, problem, hidden_size, best, settings.steps, seed, device)
            loss, accuracy = examine(found.network, problem, "test", seed, device)
            measured = {"steps": found.steps, "loss": loss, "accuracy": accuracy, "chance": problem.chance}
            runs.append(cell | {"seed": seed, "learning_rate": best} | measured | {"data": plan.images or DRAWN})
            advance()
    columns = ["hidden_size", "items", "length", "learning_rate", "steps", "loss"]
    return {"runs": pd.DataFrame(runs, columns=COLUMNS), "search": pd.DataFrame(search, columns=columns)}


def train(
    plan: MemoryPlan, problem: Task, hidden_size: int, rate: float, steps: int, seed: int, device: torch.device
) -> Trained:
    """Adam with clipping for at most `steps` batches; valid is looked at every `check_every`."""
    settings: MemoryTraining = plan.training
    network = MemoryNetwork(plan.network, problem.inputs, hidden_size, problem.outputs)
    weights = generator(seed, "weights")
    network.initialise(weights)
    network.open_gates(settings.gate_bias, problem.reach, weights)
    network = network.to(device)
    data = generator(seed, "train")
    optimiser = torch.optim.Adam(network.parameters(), rate)
    loss, accuracy, step = np.inf, 0.0, 0
    for step in range(1, steps + 1):
        batch = problem.draw("train", settings.batch_size, data)
        targets = batch.targets.to(device)
        loss_now = problem.loss(network(batch.inputs.to(device), len(targets)), targets)
        optimiser.zero_grad()
        loss_now.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), settings.clip_norm)
        if not bool(norm.isfinite()):
            return Trained(network, step, np.inf, 0.0)
        optimiser.step()
        if step % settings.check_every == 0 or step == steps:
            loss, accuracy = examine(network, problem, "valid", seed, device)
            if accuracy >= settings.solved:
                break
    return Trained(network, step, loss, accuracy)


@torch.no_grad()
def examine(
    network: MemoryNetwork, problem: Task, split: Literal["valid", "test"], seed: int, device: torch.device
) -> tuple[float, float]:
    """Mean loss and share of right answers over sequences of `split` that were not trained on."""
    batch = problem.draw(split, EXAMINED, generator(seed, split))
    answers, targets = network(batch.inputs.to(device), len(batch.targets)), batch.targets.to(device)
    return problem.loss(answers, targets).item(), problem.right(answers, targets).item()
