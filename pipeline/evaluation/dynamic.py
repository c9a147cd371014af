"""Dynamic evaluation: a network that goes on learning from the text it is scored on.

Each segment of the text is scored with weights that have been fitted to the segments before it, never to itself
(Mikolov et al. 2010; Krause et al. 2018, whose section 5 has the update rules):

    sgd   θ ← θ − η ∇L                  + λ (θ_0 − θ)
    rms   θ ← θ − η ∇L / (√MS + ε)      + λ (θ_0 − θ) ⊙ min(√MS / avg √MS, 1 / λ)

θ_0 are the trained weights, L the mean loss of the segment, MS the mean square of each weight's gradient over train.
avg √MS is the mean over the weight tensors of each one's mean, as in the authors' program: the mean over all weights
would be the embedding's, most rows of which hardly ever have a gradient.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Literal

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.language_model import Nats, Tokens
from pipeline.models.recurrent import RecurrentNetwork, detach
from pipeline.training.segments import columns, segments


@dataclass(frozen=True)
class Update:
    """How the weights follow the text."""

    rule: Literal["sgd", "rms"]
    segment: int  # tokens between updates
    learning_rate: float  # η
    decay: float  # λ: the share of the way back to the trained weights that each update goes
    epsilon: float  # ε of the rule rms: what bounds the step of a weight that hardly ever had a gradient


def gradient_rms(
    network: RecurrentNetwork, tokens: Tokens, batch_size: int, segment: int, batches: int
) -> list[Tensor]:
    """√MS, the root mean square gradient of each trainable weight tensor, over `batches` of the training text.

    A batch is `segment` tokens of each of `batch_size` parallel streams, its loss their mean, the state carried from
    one batch to the next; a text that has fewer batches is read once.
    """
    network = copy.deepcopy(network).train()  # cuDNN differentiates in training mode alone; nothing is dropped out
    parameters = _trainable(network)
    squares = [torch.zeros_like(parameter) for parameter in parameters]
    state, count = network.zero_state(batch_size), 0
    for piece in islice(segments(columns(tokens, batch_size), segment), batches):
        read = torch.as_tensor(piece, device=network.device)
        hidden, state = network(read[:-1], detach(state))
        loss = F.cross_entropy(network.logits(hidden).flatten(0, 1), read[1:].flatten())
        for total, gradient in zip(squares, torch.autograd.grad(loss, parameters), strict=True):
            total.addcmul_(gradient, gradient)
        count += 1
    return [total.div_(count).sqrt_() for total in squares]


def score_dynamically(
    network: RecurrentNetwork,
    tokens: Tokens,
    update: Update,
    rms: Sequence[Tensor] | None = None,
    seen: Callable[[int], None] = lambda count: None,
) -> Nats:
    """Natural-log probability (N,) of every token of a stream (N,), under weights that follow it.

    `network` itself is not changed. The rule `rms` needs `rms` from `gradient_rms`. The state is carried through the
    whole stream. A setting under which the weights run away gives NaN. `seen` is told of tokens as they are scored.
    """
    adapted = copy.deepcopy(network).train()
    parameters = _trainable(adapted)
    trained = [parameter.detach().clone() for parameter in parameters]
    steps, pulls = _rates(update, parameters, rms)
    device = adapted.device
    stream = torch.as_tensor(np.append(EOS_ID, tokens).astype(np.int64), device=device)
    nats = np.empty(len(tokens))
    state = adapted.zero_state(1)
    for begin in range(0, len(tokens), update.segment):
        piece = stream[begin : begin + update.segment + 1]
        hidden, state = adapted(piece[:-1, None], detach(state))
        scores = -F.cross_entropy(adapted.logits(hidden[:, 0]), piece[1:], reduction="none")
        nats[begin : begin + update.segment] = scores.detach().double().cpu().numpy()
        gradients = torch.autograd.grad(-scores.mean(), parameters)
        with torch.no_grad():
            for parameter, gradient, start, step, pull in zip(
                parameters, gradients, trained, steps, pulls, strict=True
            ):
                parameter.lerp_(start, pull).addcmul_(gradient, step, value=-1)
        seen(len(piece) - 1)
    return nats


def dynamic_grid(
    network: RecurrentNetwork,
    tokens: Tokens,
    updates: Sequence[Update],
    rms: Sequence[Tensor] | None = None,
    seen: Callable[[int], None] = lambda count: None,
) -> pd.DataFrame:
    """One row a setting, in the order of `updates`: its fields, the tokens scored, and their mean loss in nats.

    To be chosen from on valid. A setting whose weights ran away has an infinite loss.
    """
    rows = []
    for update in updates:
        loss = -float(score_dynamically(network, tokens, update, rms, seen).mean())
        rows.append(asdict(update) | {"tokens": len(tokens), "nats": loss if np.isfinite(loss) else np.inf})
    return pd.DataFrame(rows)


def _rates(
    update: Update, parameters: Sequence[Tensor], rms: Sequence[Tensor] | None
) -> tuple[list[Tensor], list[Tensor]]:
    """Of each tensor: what its gradient is multiplied by, and the share of the way back to θ_0, at most all of it."""
    if update.rule == "sgd":
        step, pull = (torch.tensor(rate, device=parameters[0].device) for rate in (update.learning_rate, update.decay))
        return [step] * len(parameters), [pull] * len(parameters)
    if rms is None:
        raise ValueError("the rule rms needs the root mean square gradients over train: pass gradient_rms(…)")
    average = torch.stack([tensor.mean() for tensor in rms]).mean()
    steps = [update.learning_rate / (tensor + update.epsilon) for tensor in rms]
    return steps, [(update.decay * tensor / average).clamp(max=1) for tensor in rms]


def _trainable(network: RecurrentNetwork) -> list[Tensor]:
    return [parameter for parameter in network.parameters() if parameter.requires_grad]
