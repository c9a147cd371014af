"""One training as it stands: what a step changes, and what a checkpoint holds of it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.errors import UserError
from pipeline.language_model import Tokens
from pipeline.models.dropout import DropoutMasks, Rates
from pipeline.models.recurrent import RecurrentNetwork, detach
from pipeline.plans.network import NetworkPlan
from pipeline.training.advice import what_to_lower
from pipeline.training.averaging import Averages
from pipeline.training.captured import Captured
from pipeline.training.optimisation import activation_penalty, make_optimiser
from pipeline.training.output_loss import output_loss
from pipeline.training.ranks import ALONE, Ranks, SharedMasks
from pipeline.training.schedule import out_of_patience, schedule
from pipeline.training.segments import columns, lay_out
from pipeline.training.validation import nats_per_token

VALIDATION_STREAMS = 16
STEPS_UNSEEN = 64
"""Of a GPU: how many steps it is given before their losses are fetched. Each fetch would wait for it, and leave it
without work meanwhile."""


class Diverged(UserError):
    """The loss has run away. A search over learning rates passes over the one that did it."""


@dataclass
class History:
    """One row a step, one row a validation; losses in nats per token."""

    steps: list[dict[str, float]] = field(default_factory=list)
    validations: list[dict[str, float]] = field(default_factory=list)


class Run:
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
        self.spans = lay_out(len(self.streams), size, plan.seed)
        self.total_steps = len(self.spans)
        self.total_tokens = int(np.diff(self.spans).sum()) * size.batch_size
        self.trainable = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self.optimizer = make_optimiser(self.trainable, plan)
        after = size.optimiser.average_after
        self.averages = Averages(self.trainable, None if after == "never" else after)
        generator = torch.Generator(device).manual_seed(plan.seed)
        rates = Rates(**size.dropout.model_dump())
        self.masks = (
            DropoutMasks(rates, generator) if ranks.size == 1 else SharedMasks(rates, generator, size.batch_size, ranks)
        )
        self.step = self.tokens = 0
        self.carried = network.zero_state(self.streams.shape[1])
        self.history = History()
        self.update: Callable[[Tensor], Tensor] = self._update
        self.rate: Tensor | None = None  # on the device, where a captured step reads it
        if device.type == "cuda" and self._can_be_captured():
            shape = (size.bptt_len + 1, self.streams.shape[1])
            self.update, self.rate = Captured(self._update, shape, generator), torch.zeros((), device=device)
        self.steps_unseen = 1 if device.type == "cpu" else STEPS_UNSEEN
        self.unseen: list[dict[str, float]] = []  # rows of the history that still want …
        self.measured: list[Tensor] = []  # … their loss and norm, (2,) on the device
        self.before = _copy(network)
        self.halfway = self.best = self.before
        self.best_nats = math.inf

    def next_segment(self) -> NDArray[np.int64]:
        begin, end = self.spans[self.step]
        return self.streams[begin : end + 1]

    def train_step(self, segment: NDArray[np.int64]) -> None:
        """One segment (T + 1, B): loss, gradient, clipped update."""
        if self.spans[self.step, 0] == 0:  # a new epoch begins before the first token again
            for part in self.carried:
                part.zero_()
        rate = self.plan.learning_rate * schedule(self.step, self.total_steps, self.plan, self.validated)
        if self.plan.size.segments.lengths == "random":  # so that a token counts alike in long ones and in short ones
            rate *= (len(segment) - 1) / self.plan.size.bptt_len
        for group in self.optimizer.param_groups:
            group["lr"] = rate if self.rate is None else self.rate.fill_(rate)
        self.measured.append(self.update(self._on_device(segment)))
        self.averages.add_step()
        self.step += 1
        self.tokens += len(segment[1:]) * self.plan.size.batch_size
        self.unseen.append({"step": self.step, "tokens": self.tokens, "learning_rate": rate})
        if len(self.unseen) >= self.steps_unseen:
            self.settle()
        if self.step == self.total_steps // 2:
            self.halfway = _copy(self.network)

    def _update(self, tokens: Tensor) -> Tensor:
        """All of a step that a device does: from tokens (T + 1, B) to other weights. Its loss and norm, (2,)."""
        raw, state = self.network(tokens[:-1], detach(self.carried), self.masks)
        hidden = self.masks.drop(raw, self.masks.rates.output)
        share = tokens.shape[1] / self.plan.size.batch_size  # this rank's part of the batch's mean
        loss = self._loss(hidden, tokens[1:]) * share
        self.optimizer.zero_grad(set_to_none=True)
        penalty = self._penalty(raw, hidden)
        total = loss if penalty is None else loss + share * penalty
        total.backward()  # type: ignore[no-untyped-call]
        for parameter in self.trainable:
            if parameter.grad is None:  # a cluster of the adaptive softmax that no target of this segment is in
                parameter.grad = torch.zeros_like(parameter)
        loss = self.ranks.sum_step(loss, self.trainable)
        norm = torch.nn.utils.clip_grad_norm_(self.trainable, self.plan.clip_norm)
        self.optimizer.step()
        for part, last in zip(self.carried, state, strict=True):
            part.copy_(last.detach())
        return torch.stack([loss.detach(), norm])

    def _can_be_captured(self) -> bool:
        """Whether all steps do the same on a GPU: one shape, and nothing that is counted or chosen on the CPU."""
        settings, size = self.plan.training, self.plan.size
        one_shape = size.segments.lengths == "fixed" and size.segments.grow_share == 0
        alone, torch_layers = self.ranks.size == 1, settings.implementation == "torch"
        return one_shape and alone and torch_layers and settings.fused_optimiser and not settings.clusters

    def settle(self) -> None:
        """Enters the steps that are still unseen in the history. Raises Diverged where one was not finite."""
        if not self.unseen:
            return
        rows, measured = self.unseen, torch.stack(self.measured).tolist()
        self.unseen, self.measured = [], []
        for row, (nats, norm) in zip(rows, measured, strict=True):
            if not (math.isfinite(nats) and math.isfinite(norm)):
                raise Diverged(
                    f"{self.plan.architecture}: the loss is {nats} and the gradient norm {norm} at step "
                    f"{row['step']} (learning rate {row['learning_rate']:.2g}). {what_to_lower(self.plan)}"
                )
            norms = {"norm_before_clipping": norm, "norm_after_clipping": min(norm, self.plan.clip_norm)}
            self.history.steps.append(row | {"nats": nats} | norms)

    def _on_device(self, segment: NDArray[np.int64]) -> Tensor:
        """From pinned memory, which a GPU reads while it goes on with what it was given before."""
        tokens = torch.from_numpy(segment)
        return tokens if self.device.type == "cpu" else tokens.pin_memory().to(self.device, non_blocking=True)

    def _loss(self, hidden: Tensor, targets: Tensor) -> Tensor:
        """Mean negative log probability of targets (T, B) after hidden (T, B, H), in nats per token."""
        projected, output = self.network.projection(hidden).flatten(0, 1), self.network.output
        if isinstance(output, torch.nn.AdaptiveLogSoftmaxWithLoss):
            loss: Tensor = output(projected, targets.flatten()).loss
            return loss
        return output_loss(projected, output.weight, output.bias, targets.flatten(), self.bf16)

    def _penalty(self, raw: Tensor, hidden: Tensor) -> Tensor | None:
        size = self.plan.size
        if size.activation_penalty == size.change_penalty == 0:
            return None
        return activation_penalty(raw, hidden, size.activation_penalty, size.change_penalty)

    @property
    def validated(self) -> list[float]:
        return [row["nats"] for row in self.history.validations]

    @property
    def stopped_early(self) -> bool:
        patience = self.plan.training.patience
        return out_of_patience(self.validated, None if patience == "never" else patience)

    def validation_is_due(self) -> bool:
        count = self.plan.size.validations
        return self.step * count // self.total_steps > (self.step - 1) * count // self.total_steps

    def validate(self) -> None:
        """Scores valid, keeps the best weights so far, and asks whether weights are to be averaged from here on."""
        self.settle()
        with self.averages.in_place():
            nats = nats_per_token(self.network, self.valid_streams, self.bf16, self.ranks)
            if nats < self.best_nats:
                self.best_nats, self.best = nats, _copy(self.network)
        self.history.validations.append(
            {
                "step": self.step,
                "tokens": self.tokens,
                "nats": nats,
                "perplexity": math.exp(min(nats, 700)),
            }
        )
        self.averages.begin_where_due(self.validated)
        if self.stopped_early and self.step < self.total_steps // 2:
            self.halfway = _copy(self.network)

    def shown(self) -> dict[str, float]:
        """Of the steps that have been seen, the last of which are some way back on a GPU."""
        if not self.history.steps:
            return {}
        recent = [row["nats"] for row in self.history.steps[-50:]]
        loss, norm = sum(recent) / len(recent), self.history.steps[-1]["norm_before_clipping"]
        return {"loss": loss, "perplexity": math.exp(min(loss, 700)), "norm": norm} | (
            {"valid": math.exp(min(self.best_nats, 700))} if self.history.validations else {}
        )

    def state(self) -> dict[str, Any]:
        """Raises Diverged where a step was not finite, so that no checkpoint holds what came after it."""
        self.settle()
        return {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "averages": self.averages.state(),
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
        self.averages.restore(saved["averages"])
        self.masks.generator.set_state(saved["generator"])
        for part, whole in zip(self.carried, saved["carried"], strict=True):
            part.copy_(whole[:, self.own])
        self.step, self.tokens = saved["step"], saved["tokens"]
        self.history = History(saved["steps"], saved["validations"])
        self.before, self.halfway, self.best = saved["before"], saved["halfway"], saved["best"]
        self.best_nats = saved["best_nats"]


def _copy(network: RecurrentNetwork) -> dict[str, Tensor]:
    """The weights as they are now, on the CPU; the tied output matrix is the embedding and is kept once."""
    weights = network.state_dict()
    if network.shape.tied:
        del weights["output.weight"]
    return {name: value.detach().to("cpu", copy=True) for name, value in weights.items()}
