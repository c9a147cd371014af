"""Training a recurrent language model by truncated backpropagation through time.

The state is carried from segment to segment and detached between them (Mikolov et al. 2010; Werbos 1990), so a
gradient flows back at most `bptt_len` steps while the state itself reaches further.
"""

import math
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from pipeline.errors import UserError
from pipeline.language_model import Tokens
from pipeline.models.recurrent import DropoutMasks, RecurrentNetwork, detach
from pipeline.plans import NetworkPlan
from pipeline.progress import progress
from pipeline.training.checkpoint import FILE, ParentWatch, load_checkpoint, save_checkpoint
from pipeline.training.output_loss import output_loss
from pipeline.training.ranks import ALONE, RankLost, Ranks, SharedMasks
from pipeline.training.runtime import out_of_memory
from pipeline.training.segments import columns, segments, segments_per_epoch

SECONDS_BETWEEN_CHECKPOINTS = 20.0
VALIDATION_STREAMS = 16
VALIDATION_ROWS = 256
DIVERGED = 2.0  # nats a token beyond a uniform guess


@dataclass
class History:
    """One row a step, one row a validation; losses in nats per token."""

    steps: list[dict[str, float]] = field(default_factory=list)
    validations: list[dict[str, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Trained:
    """Weights before training, halfway, and at the best validation."""

    before: dict[str, Tensor]
    halfway: dict[str, Tensor]
    best: dict[str, Tensor]
    history: History
    tokens_read: int  # by this process: a resumed run reads fewer


def train(
    network: RecurrentNetwork,
    plan: NetworkPlan,
    train_tokens: Tokens,
    valid_tokens: Tokens,
    device: torch.device,
    bf16: bool,
    folder: Path,
    ranks: Ranks = ALONE,
) -> Trained:
    """Trains `network` in place for `plan.size.training_tokens` tokens; resumes from a checkpoint in `folder`.

    Of several `ranks` each returns the same; only the first reads or writes `folder`, whose name they must share.
    Raises UserError when the loss is no longer finite (step, norm and what to try), when memory is not enough (what to
    lower), when DVC has been killed, and when another rank has been lost.
    """
    try:
        ranks.check_alike(folder.name)
        ranks.copy_first(list(network.parameters()))
        return _train(_Run(network, plan, train_tokens, valid_tokens, device, bf16, ranks), folder)
    except RankLost as lost:
        again = "resumes from the last checkpoint" if (folder / FILE).exists() else "begins anew: none was saved yet"
        raise RankLost(f"{plan.architecture}: {lost}. Run the same command again; it {again}.") from lost
    except UserError as error:
        if ranks.first:
            raise
        raise SystemExit(1) from error  # all ranks have met the same, and the first says so
    except RuntimeError as error:
        if not out_of_memory(error):
            raise
        size, types = plan.size, network.shape.vocabulary_size
        megabytes = 4 * size.batch_size * size.bptt_len * types / 2**20 / ranks.size
        raise UserError(
            f"{plan.architecture}: out of memory on {device}. The scores of one step alone, {size.bptt_len} tokens of "
            f"{size.batch_size} streams over {types:,} types, take {megabytes:,.0f} MB, and several times that while "
            "training. Lower batch_size or bptt_len of this size in params.yaml, or text.max_types."
        ) from error


def _train(run: "_Run", folder: Path) -> Trained:
    network, plan, ranks = run.network, run.plan, run.ranks
    saved = ranks.from_first(load_checkpoint(folder) if ranks.first else None)
    if saved is not None:
        run.restore(saved)
        if ranks.first:
            print(f"resuming {plan.architecture} at step {run.step} of {run.total_steps}", flush=True)
    watch, last_save, already_read = ParentWatch(), time.monotonic(), run.tokens
    title, total = f"train {plan.architecture}", run.total_steps * run.tokens_per_step
    with progress(title, total) if ranks.first else nullcontext(_Unseen()) as bar:
        bar.skip(run.tokens)
        for segment in run.remaining_segments():
            before = run.tokens
            run.train_step(segment)
            bar.advance(run.tokens - before, **run.shown())
            if run.validation_is_due():
                run.validate()
            if ranks.any(time.monotonic() - last_save > SECONDS_BETWEEN_CHECKPOINTS):
                state = run.state()
                if ranks.first:
                    save_checkpoint(folder, state)
                last_save = time.monotonic()
                if ranks.any(watch.gone()):
                    raise UserError(f"DVC has been killed; stopped at step {run.step}. `dvc repro` resumes from there.")
    if run.best_nats > math.log(network.shape.vocabulary_size) + DIVERGED:
        raise UserError(
            f"{plan.architecture}: diverged. Its best valid perplexity is {math.exp(min(run.best_nats, 700)):.3g}, far "
            f"worse than guessing among its {network.shape.vocabulary_size:,} types. Lower "
            f"{plan.architecture}.learning_rate (now {plan.learning_rate:g}) or {plan.architecture}.clip_norm."
        )
    return Trained(run.before, run.halfway, run.best, run.history, run.tokens - already_read)


class _Unseen:
    """The progress of a rank that another shows."""

    def advance(self, amount: int = 1, **values: float) -> None: ...

    def skip(self, amount: int) -> None: ...


class _Run:
    """All that changes while a network is trained, and nothing else: what a checkpoint holds."""

    def __init__(
        self,
        network: RecurrentNetwork,
        plan: NetworkPlan,
        train_tokens: Tokens,
        valid_tokens: Tokens,
        device: torch.device,
        bf16: bool,
        ranks: Ranks = ALONE,
    ) -> None:
        self.network, self.plan, self.device, self.bf16, self.ranks = network, plan, device, bf16, ranks
        size = plan.size
        if ranks.size > size.batch_size:
            raise UserError(
                f"torchrun has started {ranks.size} ranks, but batch_size is {size.batch_size}, and each rank needs a "
                "stream of its own. Start fewer, or raise batch_size of this size in params.yaml."
            )
        self.own = ranks.share(size.batch_size)
        self.streams = columns(train_tokens, size.batch_size)[:, self.own]
        valid_streams = min(VALIDATION_STREAMS, max(1, len(valid_tokens) // 2))
        self.valid_streams = columns(valid_tokens, valid_streams)[:, ranks.share(valid_streams)]
        self.tokens_per_step = size.bptt_len * size.batch_size
        self.per_epoch = segments_per_epoch(len(self.streams), size.bptt_len)
        self.total_steps = max(plan.training.validations, round(size.training_tokens / self.tokens_per_step))
        self.trainable = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.trainable, lr=plan.learning_rate, weight_decay=plan.training.weight_decay, fused=True
        )
        generator = torch.Generator(device).manual_seed(plan.seed)
        self.masks = (
            DropoutMasks(size.dropout, generator)
            if ranks.size == 1
            else SharedMasks(size.dropout, generator, size.batch_size, ranks)
        )
        self.step = self.tokens = 0
        self.carried = network.zero_state(self.streams.shape[1])
        self.history = History()
        self.before = _copy(network)
        self.halfway = self.best = self.before
        self.best_nats = math.inf

    def remaining_segments(self) -> Iterator[NDArray[np.int64]]:
        while self.step < self.total_steps:
            position = self.step % self.per_epoch
            todo = min(self.per_epoch - position, self.total_steps - self.step)
            yield from islice(segments(self.streams, self.plan.size.bptt_len), position, position + todo)

    def train_step(self, segment: NDArray[np.int64]) -> None:
        """One segment (T + 1, B): loss, gradient, clipped update."""
        if self.step % self.per_epoch == 0:  # a new epoch begins before the first token again
            self.carried = self.network.zero_state(segment.shape[1])
        rate = self.plan.learning_rate * schedule(self.step, self.total_steps, self.plan)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        tokens = torch.as_tensor(segment, device=self.device)
        hidden, state = self.network(tokens[:-1], detach(self.carried), self.masks)
        projected, output = self.network.projection(hidden).flatten(0, 1), self.network.output
        loss = output_loss(projected, output.weight, output.bias, tokens[1:].flatten(), self.bf16)
        loss = loss * (segment.shape[1] / self.plan.size.batch_size)  # this rank's part of the batch's mean
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        loss = self.ranks.sum_step(loss, self.trainable)
        norm = torch.nn.utils.clip_grad_norm_(self.trainable, self.plan.clip_norm).item()
        nats = loss.item()
        if not (math.isfinite(nats) and math.isfinite(norm)):
            raise UserError(
                f"{self.plan.architecture}: the loss is {nats} and the gradient norm {norm} at step {self.step} "
                f"(learning rate {rate:.2g}). Lower {self.plan.architecture}.learning_rate (now "
                f"{self.plan.learning_rate:g}) or {self.plan.architecture}.clip_norm (now {self.plan.clip_norm:g})."
            )
        self.optimizer.step()
        self.carried = state
        self.step += 1
        self.tokens += len(segment[1:]) * self.plan.size.batch_size
        self.history.steps.append(
            {
                "step": self.step,
                "tokens": self.tokens,
                "learning_rate": rate,
                "nats": nats,
                "norm_before_clipping": norm,
                "norm_after_clipping": min(norm, self.plan.clip_norm),
            }
        )
        if self.step == self.total_steps // 2:
            self.halfway = _copy(self.network)

    def validation_is_due(self) -> bool:
        count = self.plan.training.validations
        return self.step * count // self.total_steps > (self.step - 1) * count // self.total_steps

    @torch.inference_mode()
    def validate(self) -> None:
        """Nats per token of valid, read as parallel streams with carried state, and the best weights so far."""
        state, total, count = self.network.zero_state(self.valid_streams.shape[1]), 0.0, 0.0
        for segment in segments(self.valid_streams, VALIDATION_ROWS) if self.valid_streams.size else ():
            tokens = torch.as_tensor(segment, device=self.device)
            hidden, state = self.network(tokens[:-1], state)
            for rows, targets in zip(torch.split(hidden, 32), torch.split(tokens[1:], 32), strict=True):
                logits = self.network.logits(rows, self.bf16)
                total += float(F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum"))
            count += segment[1:].size
        total, count = self.ranks.total(total, count)
        nats = total / count
        self.history.validations.append(
            {
                "step": self.step,
                "tokens": self.tokens,
                "nats": nats,
                "perplexity": math.exp(min(nats, 700)),
            }
        )
        if nats < self.best_nats:
            self.best_nats, self.best = nats, _copy(self.network)

    def shown(self) -> dict[str, float]:
        recent = [row["nats"] for row in self.history.steps[-50:]]
        loss, norm = sum(recent) / len(recent), self.history.steps[-1]["norm_before_clipping"]
        return {"loss": loss, "perplexity": math.exp(min(loss, 700)), "norm": norm} | (
            {"valid": math.exp(min(self.best_nats, 700))} if self.history.validations else {}
        )

    def state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.masks.generator.get_state(),
            "carried": tuple(self.ranks.whole(part, self.plan.size.batch_size) for part in self.carried),
            "step": self.step,
            "tokens": self.tokens,
            "steps": self.history.steps,
            "validations": self.history.validations,
            "before": self.before,
            "halfway": self.halfway,
            "best": self.best,
            "best_nats": self.best_nats,
        }

    def restore(self, saved: dict[str, Any]) -> None:
        self.network.load_state_dict(saved["network"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.masks.generator.set_state(saved["generator"])
        self.carried = tuple(part[:, self.own].contiguous().to(self.device) for part in saved["carried"])
        self.step, self.tokens = saved["step"], saved["tokens"]
        self.history = History(saved["steps"], saved["validations"])
        self.before, self.halfway, self.best = saved["before"], saved["halfway"], saved["best"]
        self.best_nats = saved["best_nats"]


def schedule(step: int, total_steps: int, plan: NetworkPlan) -> float:
    """The learning rate at `step` as a share of its peak: linear warm-up, then half a cosine (Loshchilov 2017)."""
    warmup = max(1, round(plan.training.warmup_share * total_steps))
    if step < warmup:
        return (step + 1) / warmup
    floor = plan.training.final_learning_rate
    progress_made = (step - warmup) / max(1, total_steps - warmup)
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress_made))


def _copy(network: RecurrentNetwork) -> dict[str, Tensor]:
    """The weights as they are now, on the CPU; the tied output matrix is the embedding and is kept once."""
    weights = network.state_dict()
    if network.shape.tied:
        del weights["output.weight"]
    return {name: value.detach().to("cpu", copy=True) for name, value in weights.items()}
