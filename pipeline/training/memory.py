"""What a vocabulary costs a network, before it is built."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.errors import UserError
from pipeline.params.networks import Size

BYTES = 4  # of a float32
COPIES = 7  # of every weight: itself, its gradient, two moments of Adam, and those kept from before, halfway and best
LOGITS = 3  # of every score at most: itself, its probability, its gradient
GATES = {"rnn": 1, "gru": 3, "lstm": 4}


@dataclass(frozen=True)
class Cost:
    """Of one training step: weights in the embedding and output matrices, weights in all, and bytes."""

    architecture: str
    types: int
    word_weights: int
    weights: int
    bytes: int

    def __str__(self) -> str:
        return (
            f"{self.architecture}: {self.types:,} types hold {self.word_weights / 1e6:,.1f} of "
            f"{self.weights / 1e6:,.1f} million weights; a training step takes about {self.bytes / 1e9:,.1f} GB"
        )


def output_weights(types: int, width: int, cutoffs: Sequence[int] = ()) -> int:
    """Of a free output from `width` units, its bias included; an adaptive one has none, and a cluster's types are
    reached over a quarter of the units of the cluster before."""
    if not cutoffs:
        return types * (width + 1)
    total = width * (cutoffs[0] + len(cutoffs))  # the commonest types, and one class for each cluster
    for number, (begin, end) in enumerate(pairwise([*cutoffs, types]), start=1):
        inner = width // 4**number
        total += inner * (width + end - begin)
    return total


def training_cost(architecture: str, types: int, size: Size, tied: bool, cutoffs: Sequence[int] = ()) -> Cost:
    width, hidden = size.embedding_dim, size.hidden_size
    words = types * width + (types if tied else output_weights(types, hidden, cutoffs))
    inputs = [width] + [hidden] * (size.num_layers - 1)
    layers = sum(GATES[architecture] * hidden * (each + hidden + 2) for each in inputs)
    weights = words + layers + (hidden * width + width if tied and hidden != width else 0)
    scores = size.bptt_len * size.batch_size * (cutoffs[0] if cutoffs else types)
    return Cost(architecture, types, words, weights, BYTES * (COPIES * weights + LOGITS * scores))


def check_cutoffs(cutoffs: Sequence[int], types: int) -> None:
    """Raises UserError where an adaptive softmax would have a cluster without types."""
    if cutoffs and cutoffs[-1] >= types:
        raise UserError(
            f"training.cutoffs: found {list(cutoffs)}, but the text has {types:,} types. Lower the last below that, "
            "leave it out, or set training.softmax: full."
        )


def check_cost(cost: Cost, available: int) -> None:
    """Raises UserError where a training step takes more than the `available` bytes."""
    if cost.bytes > available:
        raise UserError(
            f"{cost}, and there are {available / 1e9:,.1f} GB. Lower text.max_types (or text.bpe_types, or raise "
            "text.min_count), or batch_size, bptt_len or embedding_dim of this size in params.yaml."
        )


def machine_memory() -> int:
    """Bytes of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
