"""One side of the training benchmark, in a process of its own: `python -m bench.train_sides --help`.

`theirs` is pytorch/examples' word_language_model, written plainly: what its main.py computes at each step, in torch's
own modules, its allocator as the process finds it. `full` is this project's training of the same network from the same
weights by the same rule; `fast` is one that reaches the same perplexity sooner. The last line printed is JSON.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
import typer
from torch import Tensor, nn

from bench.results import ROOT
from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.params.reading import read_params
from pipeline.plans.network import NetworkPlan
from pipeline.training.ranks import ALONE
from pipeline.training.run import Run
from pipeline.training.runtime import prepare_runtime, use_bf16
from pipeline.training.segments import columns
from pipeline.training.validation import nats_per_token

CPU = torch.device("cpu")
WIDTH, LAYERS, BATCH, BPTT, RATE, CLIP, DROPOUT = 200, 2, 20, 35, 20.0, 0.25, 0.2
VALID_STREAMS = 10  # as theirs

Step = Callable[[int], float]
"""Trains step number i; returns its loss in nats per token."""
Score = Callable[[], float]
"""Nats per token of valid."""


class Plain(nn.Module):
    """Their RNNModel: encoder, LSTM and decoder, with its initial weights."""

    def __init__(self, types: int) -> None:
        super().__init__()
        self.drop = nn.Dropout(DROPOUT)
        self.embedding = nn.Embedding(types, WIDTH)
        self.recurrent = nn.LSTM(WIDTH, WIDTH, LAYERS, dropout=DROPOUT)
        self.output = nn.Linear(WIDTH, types)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        nn.init.zeros_(self.output.bias)
        nn.init.uniform_(self.output.weight, -0.1, 0.1)

    def forward(self, tokens: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        hidden, state = self.recurrent(self.drop(self.embedding(tokens)), state)
        scores = self.output(self.drop(hidden))
        return F.log_softmax(scores.view(-1, scores.shape[-1]), dim=1), state

    def zero_state(self, streams: int) -> tuple[Tensor, Tensor]:
        return torch.zeros(LAYERS, streams, WIDTH), torch.zeros(LAYERS, streams, WIDTH)


def theirs(train: np.ndarray, valid: np.ndarray, types: int, threads: int, seed: int) -> tuple[Step, Score]:
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = Plain(types)
    torch.manual_seed(seed)
    streams, judged = (torch.from_numpy(columns(part, n)) for part, n in ((train, BATCH), (valid, VALID_STREAMS)))
    per_epoch = -(-(len(streams) - 1) // BPTT)
    state = model.zero_state(BATCH)

    def step(number: int) -> float:
        nonlocal state
        begin = number % per_epoch * BPTT
        if begin == 0:
            state = model.zero_state(BATCH)
        rows = streams[begin : begin + BPTT + 1]
        model.zero_grad()
        state = (state[0].detach(), state[1].detach())
        scores, state = model(rows[:-1], state)
        loss = F.nll_loss(scores, rows[1:].flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter.data.add_(parameter.grad, alpha=-RATE)
        return float(loss.item())

    @torch.no_grad()
    def score() -> float:
        model.eval()
        now, total = model.zero_state(VALID_STREAMS), 0.0
        for begin in range(0, len(judged) - 1, BPTT):
            rows = judged[begin : begin + BPTT + 1]
            scores, now = model(rows[:-1], now)
            total += float(F.nll_loss(scores, rows[1:].flatten(), reduction="sum"))
        model.train()
        return total / judged[1:].numel()

    return step, score


def ours(
    train: np.ndarray, valid: np.ndarray, types: int, threads: int, seed: int, cutoffs: tuple[int, ...]
) -> tuple[Step, Score]:
    """With `cutoffs` the fast recipe: an adaptive softmax and AdamW."""
    plan = _plan(bool(cutoffs), threads, seed)
    prepare_runtime(plan.runtime)
    network = RecurrentNetwork(Shape("lstm", types, WIDTH, WIDTH, LAYERS, tied=False, frozen=False, cutoffs=cutoffs))
    if cutoffs:
        network.initialise(torch.Generator().manual_seed(seed), 0.1, 1.0)
    else:
        torch.manual_seed(1)
        network.load_state_dict(Plain(types).state_dict())
    run = Run(network, plan, train, valid, CPU, use_bf16("auto", CPU))
    judged = columns(valid, VALID_STREAMS)

    def step(number: int) -> float:
        run.train_step(run.next_segment())
        return run.history.steps[-1]["nats"]

    return step, lambda: nats_per_token(network, judged, False, ALONE)


def _plan(fast: bool, threads: int, seed: int) -> NetworkPlan:
    params = read_params(ROOT / "params.yaml")
    small = params.sizes["small"]
    method = {"method": "adamw" if fast else "sgd", "weight_decay": 0.0, "schedule": "constant"}
    changes: dict[str, Any] = {
        "embedding_dim": WIDTH,
        "hidden_size": WIDTH,
        "num_layers": LAYERS,
        "batch_size": BATCH,
        "bptt_len": BPTT,
        "training_tokens": 10**9,  # more than is ever reached
        "dropout": small.dropout.model_copy(update=dict.fromkeys(("input", "between", "output"), DROPOUT)),
        "optimiser": small.optimiser.model_copy(update=method),
    }
    return NetworkPlan(
        selected=True,
        architecture="lstm",
        seed=seed,
        runtime=params.runtime.model_copy(update={"threads": threads, "device": "cpu"}),
        embeddings="none",
        size=small.model_copy(update=changes),
        training=params.training.model_copy(update={"tie_output": False, "warmup_share": 0.0}),
        learning_rate=0.003 if fast else RATE,
        clip_norm=CLIP,
    )


def main(
    side: Literal["theirs", "full", "fast"],
    data: Annotated[Path, typer.Argument(help="a folder with train.npy, valid.npy and types.npy")],
    steps: Annotated[int, typer.Option(min=1, help="steps at most")] = 60,
    seconds: Annotated[float, typer.Option(help="of training, at most")] = float("inf"),
    score_every: Annotated[int, typer.Option(help="steps between two looks at valid; 0: none")] = 0,
    until: Annotated[float, typer.Option(help="nats per token of valid at which to end")] = 0.0,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    seed: Annotated[int, typer.Option(help="of the dropout")] = 1,
) -> None:
    train, valid, types = (np.load(data / f"{name}.npy") for name in ("train", "valid", "types"))
    common = (train, valid, int(types), threads, seed)
    if side == "theirs":
        step, score = theirs(*common)
    else:
        step, score = ours(*common, cutoffs=(2000, 10000) if side == "fast" else ())
    losses, scores, spent, timed = [], [], 0.0, 0.0
    for number in range(steps):
        start = time.perf_counter()
        losses.append(step(number))
        took = time.perf_counter() - start
        spent += took
        timed += took if number else 0.0  # the first step also fills caches and the allocator
        if score_every and (number + 1) % score_every == 0:
            scores.append([spent, score()])
            if scores[-1][1] <= until:
                break
        if spent > seconds:
            break
    speed = (len(losses) - 1) * BATCH * BPTT / timed if timed else None
    print(json.dumps({"tokens_per_second": speed, "losses": losses, "scores": scores}))


if __name__ == "__main__":
    typer.run(main)
