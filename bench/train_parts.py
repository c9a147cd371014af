"""What each part of a training step is worth, one in a process of its own: `python -m bench.train_parts --help`.

The LSTM of size small as params.yaml has it, and the same without one part. The last line printed is JSON.
"""

import json
import math
import time
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
import torch.nn.functional as F
import typer
from torch import Tensor

from bench.train_cells import CPU, plan_of
from pipeline.plans.network import NetworkPlan
from pipeline.training import run as run_module
from pipeline.training import runtime
from pipeline.training.build import build_network
from pipeline.training.ranks import ALONE
from pipeline.training.segments import columns
from pipeline.training.validation import nats_per_token

Part = Literal["whole", "bf16", "gradient", "memory", "fused", "full"]
PARTS: dict[Part, str] = {
    "whole": "as shipped",
    "bf16": "the output's products in fp32",
    "gradient": "the loss by autograd, in fp32",
    "memory": "fresh pages for large buffers",
    "fused": "the optimiser tensor by tensor",
    "full": "an adaptive softmax, untied",
}
VALID_TOKENS = 50_000


def without(part: Part, steps: int, threads: int) -> NetworkPlan:
    """The plan of `steps` steps without `part`; what no plan says is put in place of it."""
    plan = plan_of("lstm", "torch", threads)
    size = plan.size.model_copy(update={"training_tokens": steps * plan.size.batch_size * plan.size.bptt_len})
    changes = {"fused": {"fused_optimiser": False}, "full": {"softmax": "adaptive", "tie_output": False}}.get(part, {})
    if part == "gradient":
        run_module.output_loss = by_autograd
    if part == "memory":
        runtime._keep_freed_memory = lambda: None
    precision = plan.runtime.model_copy(update={"precision": "fp32"} if part in ("bf16", "gradient") else {})
    training = plan.training.model_copy(update=changes)
    return plan.model_copy(update={"size": size, "training": training, "runtime": precision})


def by_autograd(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, bf16: bool) -> Tensor:
    return F.cross_entropy(F.linear(hidden, weight, bias), targets)


def main(
    part: Annotated[Part, typer.Argument(help="that is left out; whole: none")],
    data: Annotated[Path, typer.Argument(help="a folder with train.npy, valid.npy and types.npy")],
    steps: Annotated[int, typer.Option(min=2, help="of training, rate and schedule over them")] = 100,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    train, valid, types = (np.load(data / f"{name}.npy") for name in ("train", "valid", "types"))
    plan = without(part, steps, threads)
    runtime.prepare_runtime(plan.runtime)
    bf16 = runtime.use_bf16(plan.runtime.precision, CPU)
    run = run_module.Run(build_network(plan, int(types), None, ""), plan, train, valid, CPU, bf16)
    run.train_step(run.next_segment())  # fills caches and the allocator
    start = time.perf_counter()
    while run.step < run.total_steps:
        run.train_step(run.next_segment())
    speed = (run.total_steps - 1) * plan.size.batch_size * plan.size.bptt_len / (time.perf_counter() - start)
    with torch.no_grad():
        nats = nats_per_token(run.network, columns(valid[:VALID_TOKENS], run_module.VALIDATION_STREAMS), False, ALONE)
    print(json.dumps({"tokens_per_second": speed, "valid_perplexity": math.exp(nats)}))


if __name__ == "__main__":
    typer.run(main)
