"""Training on a GPU beside cuDNN's bare layers and the matrix products of the same shapes: `python -m bench.train_gpu`.

Ours is a whole step: dropout, layers, softmax over 33,278 types, gradient, clipping, update. The bare one (theirs) has
the layers, forward and backward, and the three products with the output matrix in the precision that ours has, and
nothing else. cuDNN runs several layers at once where it is given them together; dropout between them by a generator of
our own, or the same units at all steps, takes them one by one, so that both are shown. Sides run in turn, each waited
for once a round.
"""

import sys
import time
from collections.abc import Callable
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from torch import nn

from bench.results import ROOT, Result, alternately, print_results, write_results
from bench.train_cells import plan_of
from pipeline.models.recurrent import FUSED
from pipeline.params.architectures import ARCHITECTURES, Architecture
from pipeline.params.reading import read_params
from pipeline.plans.network import NetworkPlan
from pipeline.report.names import label
from pipeline.training.build import build_network
from pipeline.training.run import Run
from pipeline.training.runtime import prepare_runtime, use_bf16

WARM_UP = 5
KERNELS = 8  # shown of each profile

Steps = Callable[[int], None]


def plan_for(architecture: Architecture, size: str) -> NetworkPlan:
    """A size of params.yaml, its segments all of one length, so that both sides have the same shapes."""
    params, small = read_params(ROOT / "params.yaml"), plan_of(architecture, "torch", 2)
    chosen = params.sizes[size]
    segments = chosen.segments.model_copy(update={"lengths": "fixed", "grow_share": 0.0})
    rate, clip = small.learning_rate * chosen.learning_rate_scale, small.clip_norm * chosen.clip_norm_scale
    size_of_run = chosen.model_copy(update={"training_tokens": 10**9, "segments": segments})
    runtime = small.runtime.model_copy(update={"device": "cuda"})
    changes = {"size": size_of_run, "runtime": runtime, "learning_rate": rate / 100, "clip_norm": clip}
    return small.model_copy(update=changes)  # a rate that noise can be trained with


def whole(plan: NetworkPlan, tokens: NDArray[np.int64], types: int, device: torch.device) -> Steps:
    network = build_network(plan, types, None, "").to(device)
    run = Run(network, plan, tokens, tokens[:1000], device, use_bf16("auto", device))

    def steps(count: int) -> None:
        for _ in range(count):
            run.train_step(run.next_segment())
        run.settle()

    return steps


def bare(plan: NetworkPlan, types: int, device: torch.device, together: bool) -> Steps:
    size, kernel = plan.size, FUSED[plan.architecture]
    if together:
        layers = nn.ModuleList([kernel(size.embedding_dim, size.hidden_size, size.num_layers)])
    else:
        widths = [size.embedding_dim] + [size.hidden_size] * (size.num_layers - 1)
        layers = nn.ModuleList([kernel(width, size.hidden_size, 1) for width in widths])
    layers = layers.to(device)
    width = size.embedding_dim if plan.training.tie_output else size.hidden_size
    project = nn.Linear(size.hidden_size, width).to(device) if width != size.hidden_size else nn.Identity()
    inputs = torch.randn(size.bptt_len, size.batch_size, size.embedding_dim, device=device, requires_grad=True)
    kind = torch.bfloat16 if use_bf16("auto", device) else torch.float32
    matrix = torch.randn(types, width, device=device).to(kind).requires_grad_()
    scores_gradient = torch.randn(size.bptt_len * size.batch_size, types, device=device).to(kind)

    def steps(count: int) -> None:
        for _ in range(count):
            hidden = inputs
            for layer in layers:
                hidden, _ = layer(hidden)
            scores = project(hidden).flatten(0, 1).to(kind) @ matrix.t()
            scores.backward(scores_gradient)
            for parameter in (inputs, matrix, *layers.parameters(), *project.parameters()):
                parameter.grad = None

    return steps


def milliseconds(steps: Steps, count: int) -> float:
    torch.cuda.synchronize()
    start = time.perf_counter()
    steps(count)
    torch.cuda.synchronize()
    return 1000 * (time.perf_counter() - start) / count


def print_profile(name: str, steps: Steps, count: int) -> None:
    """Which kernels the time of the GPU goes to, and how much of the wall it is busy."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
        took = milliseconds(steps, count)
    kernels = sorted(profile.key_averages(), key=lambda event: -event.self_device_time_total)
    total = sum(event.self_device_time_total for event in kernels) / 1000 / count
    print(f"{name}: {took:.2f} ms a step while profiled, kernels {total:.2f} ms")
    for event in kernels[:KERNELS]:
        share = event.self_device_time_total / 1000 / count / total
        print(f"  {share:6.1%}  {event.count / count:6.1f} a step  {event.key[:90]}")


def main(
    sizes: Annotated[str, typer.Option(help="of params.yaml, with commas")] = "small,medium,large",
    architectures: Annotated[str, typer.Option(help="with commas")] = ",".join(ARCHITECTURES),
    steps: Annotated[int, typer.Option(min=1, help="of a round")] = 50,
    repeats: Annotated[int, typer.Option(min=1)] = 3,
    types: Annotated[int, typer.Option(min=100)] = 33_278,
) -> None:
    if not torch.cuda.is_available():
        sys.exit("bench.train_gpu: torch sees no GPU.")
    device, results = torch.device("cuda"), []
    weights = 1 / np.arange(1, types + 1)
    tokens = np.random.default_rng(1).choice(types, 1_000_000, p=weights / weights.sum())
    for size in sizes.split(","):
        for architecture in [each for each in ARCHITECTURES if each in architectures.split(",")]:
            plan = plan_for(architecture, size)
            prepare_runtime(plan.runtime)
            sides = [whole(plan, tokens, types, device), *(bare(plan, types, device, kind) for kind in (True, False))]
            for side in sides:
                side(WARM_UP)
            took = alternately(repeats, *(lambda side=side: milliseconds(side, steps) for side in sides))
            ours, together, apart = took
            name = f"{label(architecture)} {size}"
            speed = 1000 * plan.size.batch_size * plan.size.bptt_len / ours
            results.append(Result(f"{name}, a step", ours, together, "ms", "less"))
            if plan.size.num_layers > 1:
                results.append(Result("… beside its layers one by one", ours, apart, "ms", "less"))
            results.append(Result(f"{name}, speed", speed, None, "tokens/s", "more"))
            print_profile(name, sides[0], steps)
    print(torch.cuda.get_device_name())
    print_results(results)
    write_results(ROOT / "bench" / "train_gpu.json", results)


if __name__ == "__main__":
    typer.run(main)
