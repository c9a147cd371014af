"""A cell by hand beside torch's kernel for it, in a process of their own: `python -m bench.train_cells --help`.

One network of size small, with the same weights at the start, is trained by either, a step of one after a step of the
other. The last line printed is JSON.
"""

import json
import statistics
import time
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
import typer

from bench.results import ROOT
from pipeline.params.architectures import Architecture
from pipeline.params.reading import read_params
from pipeline.plans.network import NetworkPlan
from pipeline.training.build import build_network
from pipeline.training.run import Run
from pipeline.training.runtime import prepare_runtime, use_bf16

CPU = torch.device("cpu")
IMPLEMENTATIONS: tuple[Literal["by_hand", "torch"], ...] = ("by_hand", "torch")


def plan_of(architecture: Architecture, implementation: Literal["by_hand", "torch"], threads: int) -> NetworkPlan:
    """Size small of params.yaml, for more tokens than are ever reached."""
    params = read_params(ROOT / "params.yaml")
    own = getattr(params, architecture)
    return NetworkPlan(
        selected=True,
        architecture=architecture,
        seed=params.seed,
        runtime=params.runtime.model_copy(update={"threads": threads, "device": "cpu"}),
        embeddings="none",
        size=params.sizes["small"].model_copy(update={"training_tokens": 10**9}),
        training=params.training.model_copy(update={"implementation": implementation}),
        learning_rate=own.learning_rate,
        clip_norm=own.clip_norm,
    )


def main(
    architecture: Architecture,
    data: Annotated[Path, typer.Argument(help="a folder with train.npy, valid.npy and types.npy")],
    steps: Annotated[int, typer.Option(min=1, help="timed of each")] = 20,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    train, valid, types = (np.load(data / f"{name}.npy") for name in ("train", "valid", "types"))
    runs = {}
    for name in IMPLEMENTATIONS:
        plan = plan_of(architecture, name, threads)
        prepare_runtime(plan.runtime)
        network = build_network(plan, int(types), None, "")
        runs[name] = Run(network, plan, train, valid, CPU, use_bf16("auto", CPU))
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(steps + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run.train_step(run.next_segment())
            took[name].append(time.perf_counter() - start)
    # the first step also fills caches and the allocator
    print(json.dumps({name: 1000 * statistics.median(seconds[1:]) for name, seconds in took.items()}))


if __name__ == "__main__":
    typer.run(main)
