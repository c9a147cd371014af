"""Learning by negative sampling (Mikolov et al. 2013b), as matrix products over blocks of text.

What skip-gram and CBOW share: tables of input and output vectors, epochs of shuffled blocks, a learning rate that
falls linearly, and plain gradient descent with gradients in closed form, so that no tape is kept.

Deviations from word2vec: input vectors begin in a range three times as wide (gensim's is twice as wide), and
`SHARED_NOISE` noise words are drawn for a block of `BLOCK` neighbouring centres instead of `negatives` for each pair,
weighted so that every pair still counts `negatives` of them in expectation (Ji et al. 2016).
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.embeddings.contexts import (
    BLOCK,
    BLOCKS_AT_ONCE,
    BLOCKS_PER_STEP,
    SHARED_NOISE,
    Lot,
    NoiseSampler,
    Words,
    has_context,
    keep_probability,
    lots,
    noise_distribution,
    window_weights,
)
from pipeline.errors import UserError
from pipeline.params.embeddings import Embeddings
from pipeline.progress import progress

INITIAL_RANGE = 1.5  # over D, of input vectors: from 0.5, as word2vec's, they have not grown when a short text ends
SUMMED_RATE = 0.8  # a word's updates are scaled down where its rows times the learning rate are more, or it overshoots
ROW_RATE = 2.0  # … and where the predictions of one row of skip-gram times the learning rate are more
PAIRS_PER_ROW = 6  # on average, where the first was found: windows of up to five words on either side
PREDICTIONS_PER_PAIR = 6  # there: five negatives
EQUAL_TYPES = 400  # there were at least so many; text of fewer is read in smaller steps
LOSS_EVERY = 16  # steps: the loss costs as much as a matrix product and changes nothing, so that it is sampled …
FEWEST_LOSSES = 32  # … but in an epoch of few steps, where the first ones would be all that is seen
DIVERGED = 1.1  # times the loss of vectors that know nothing


@dataclass(frozen=True)
class Vectors:
    """Input vectors (V, D) in float32, and output vectors where they were learned; `losses`: the mean loss per
    prediction of each epoch in nats."""

    vectors: NDArray[np.float32]
    losses: list[float]
    outputs: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Batch:
    """A step on the device. centres (S, BLOCK); rows (S, BLOCK + 2 window + K): the words around and among them, then
    the noise; weights (S, BLOCK, BLOCK + 2 window + K): how often a centre is paired with each of them."""

    centres: Tensor
    rows: Tensor
    weights: Tensor
    seen: int  # BLOCK + 2 window

    @property
    def words(self) -> Tensor:
        """(S, BLOCK + 2 window)"""
        return self.rows[:, : self.seen]

    @property
    def noise(self) -> Tensor:
        """(S, K)"""
        return self.rows[:, self.seen :]

    @property
    def mask(self) -> Tensor:
        """(S, BLOCK, BLOCK + 2 window): 1 where a word is in the context of a centre."""
        return self.weights[:, :, : self.seen]


@dataclass(frozen=True)
class Update:
    """The gradient of a step's loss by rows (N,) and (N, D) of the input table and of the output table.

    A row may come more than once. `loss`: summed, in nats, and the number of predictions it is of; None where it was
    not asked for.
    """

    inputs: list[tuple[Tensor, Tensor]]
    outputs: list[tuple[Tensor, Tensor]]
    loss: tuple[Tensor, Tensor] | None


Gradient = Callable[[Tensor, Tensor, Batch, bool], Update]
"""Of the loss of a batch at tables (V, D) and (V, D); the flag asks for the loss too."""


def train_by_negative_sampling(
    text: Words,
    dim: int,
    settings: Embeddings,
    learning_rate: float,
    seed: int,
    device: torch.device,
    gradient: Gradient,
) -> Vectors:
    """The input vectors of all types; those of types that are not in `text` stay as they began, and those of types
    that are, but that subsampling never leaves beside another word, are zero.

    Raises UserError where subsampling leaves no pair, and where the loss rises above that of vectors that know nothing.
    """
    counts, types = text.counts, len(text.counts)
    keep = keep_probability(counts, settings.subsample)
    noise = noise_distribution(counts, settings.noise_power)
    sampler, rng = NoiseSampler(noise), np.random.default_rng(seed)
    inputs = torch.from_numpy(((2 * rng.random((types, dim)) - 1) * INITIAL_RANGE / dim).astype(np.float32)).to(device)
    outputs = torch.zeros(types, dim, device=device)
    blocks, excess = step_size(counts * keep, settings)
    damping = torch.from_numpy(step_damping(counts * keep, noise, settings, learning_rate, blocks, excess)).to(device)
    weights = pair_weights(settings, device)
    losses = []
    met = np.zeros(types, dtype=np.bool_)
    with progress("embeddings", settings.epochs * len(text.words), "words") as bar:
        for epoch in range(settings.epochs):
            kept = rng.random(len(text.words)) < keep[text.words]
            words, lines = text.words[kept], text.lines[kept]
            met |= has_context(words, lines, types)
            total, predictions = torch.zeros(2, dtype=torch.float64, device=device).unbind()
            count = -(-len(words) // (BLOCK * blocks))
            every = max(1, min(LOSS_EVERY, count // FEWEST_LOSSES))
            of_epoch = lots(words, lines, settings.window, sampler, rng, BLOCKS_AT_ONCE // blocks * blocks)
            for number, batch in enumerate(batches(of_epoch, weights, blocks, device)):
                rate = learning_rate * max(1 - (epoch + number / count) / settings.epochs, 1e-4)
                update = gradient(inputs, outputs, batch, number % every == 0)
                descend(inputs, update.inputs, damping[0], rate)
                descend(outputs, update.outputs, damping[1], rate)
                if update.loss is not None:
                    total += update.loss[0]
                    predictions += update.loss[1]
                share = (number + 1) * len(text.words) // count - number * len(text.words) // count
                bar.advance(share, **({"loss": float(total / predictions.clamp(min=1))} if number % 64 == 0 else {}))
            if not predictions.item():
                raise UserError(
                    f"embeddings.subsample: found {settings.subsample:g}, which leaves no two of {len(text.words):,} "
                    "words beside each other. Raise it, or bring more text."
                )
            losses.append(float(total / predictions))
            ignorant = (1 + settings.negatives) * math.log(2)  # at scores of zero
            if not losses[-1] <= DIVERGED * ignorant:  # nor where it is not a number
                raise UserError(
                    f"embeddings: the loss is {losses[-1]:.4g} in epoch {epoch + 1}, where vectors that know nothing "
                    f"have {ignorant:.4g}. Lower embeddings.{settings.method}.learning_rate (now {learning_rate:g}) or "
                    f"embeddings.window (now {settings.window})."
                )
    vectors = inputs.cpu().numpy()
    vectors[(counts > 0) & ~met] = 0
    return Vectors(vectors, losses, outputs.cpu().numpy())


def mean_loss(
    inputs: NDArray[np.float32], outputs: NDArray[np.float32], text: Words, settings: Embeddings, gradient: Gradient
) -> float:
    """Nats per prediction of a text that tables (V, D) were not trained on, no word thinned out.

    Noise is drawn from `text.counts`, which should be those of train; the same words and noise at every call.
    """
    rng = np.random.default_rng(0)
    sampler = NoiseSampler(noise_distribution(text.counts, settings.noise_power))
    weights = pair_weights(settings, torch.device("cpu"))
    tables = torch.from_numpy(inputs), torch.from_numpy(outputs)
    total = predictions = 0.0
    whole = lots(text.words, text.lines, settings.window, sampler, rng)
    for batch in batches(whole, weights, BLOCKS_PER_STEP, torch.device("cpu")):
        update = gradient(*tables, batch, True)
        assert update.loss is not None
        total, predictions = total + float(update.loss[0]), predictions + float(update.loss[1])
    return total / predictions


def pair_weights(settings: Embeddings, device: torch.device) -> Tensor:
    return torch.from_numpy(window_weights(settings.window, settings.negatives / SHARED_NOISE)).to(device)


def batches(of_text: Iterable[Lot], weights: Tensor, blocks: int, device: torch.device) -> Iterator[Batch]:
    """Steps of so many blocks, their weights looked up among those of `window_weights`."""
    for lot in of_text:
        whole = [torch.from_numpy(part).to(device) for part in (lot.centres, lot.rows, lot.weights)]
        for begin in range(0, len(lot.centres), blocks):
            centres, rows, which = (part[begin : begin + blocks] for part in whole)
            yield Batch(centres, rows, rows_of(weights, which), rows.shape[1] - SHARED_NOISE)


def rows_of(table: Tensor, rows: Tensor) -> Tensor:
    """table[rows], (..., D), by the faster of torch's two ways."""
    return table.index_select(0, rows.reshape(-1)).view(*rows.shape, table.shape[1])


def descend(table: Tensor, parts: list[tuple[Tensor, Tensor]], damping: Tensor, rate: float) -> None:
    """table[rows] -= rate · damping · gradient, summed where a row comes more than once."""
    for rows, gradient in parts:
        flat = rows.reshape(-1)
        step = damping.index_select(0, flat).mul_(-rate)
        scaled = gradient.reshape(-1, table.shape[1]).to(table.dtype).mul_(step[:, None])
        table.scatter_add_(0, flat[:, None].expand_as(scaled), scaled)


def step_size(kept: NDArray[np.float64], settings: Embeddings) -> tuple[int, float]:
    """How many blocks a step has, and how many times more than it was made for its rows then ask of a word.

    Rows whose updates are summed overshoot together the more they ask for the same: the fewer types there are, such as
    letters, and the more predictions each row makes. Smaller steps come nearer to one row after the other. Types count
    by how many equally frequent ones there would be, 1 / Σ share² (of English letters 13 to 22). CBOW's rows, with one
    prediction each of a mean over a window, are far from that.
    """
    demand = max(1.0, (settings.window + 1) / PAIRS_PER_ROW)
    if settings.method != "skipgram":
        return BLOCKS_PER_STEP, demand
    share = kept / max(kept.sum(), 1e-12)
    demand *= max(1.0, (settings.negatives + 1) / PREDICTIONS_PER_PAIR)
    demand *= max(1.0, EQUAL_TYPES * float((share**2).sum()))
    blocks = max(1, round(BLOCKS_PER_STEP / demand))
    return blocks, max(1.0, demand * blocks / BLOCKS_PER_STEP)


def step_damping(
    kept: NDArray[np.float64],
    noise: NDArray[np.float64],
    settings: Embeddings,
    learning_rate: float,
    blocks: int,
    excess: float,
) -> NDArray[np.float32]:
    """(2, V): what the summed update of a word's input and output vector is multiplied with, in steps of `step_size`.

    A step sums the updates of every row in which a word stands; where these rows times the learning rate are expected
    to be more than `SUMMED_RATE`, the sum would overshoot what one row after the other does. As the rate falls, vectors
    have grown, so that the same damping goes on being needed. All noise words of a block together weigh
    `settings.negatives` times its centres, however many there are. Skip-gram sums all predictions of one row besides.
    """
    share = kept / max(kept.sum(), 1e-12)
    seen, unseen = (BLOCK + 2 * settings.window) * share, BLOCK * settings.negatives * noise
    rows = blocks * np.stack([BLOCK * share, seen + unseen])
    most = SUMMED_RATE / (learning_rate * excess)
    damping: NDArray[np.float64] = most / np.maximum(rows, most)
    if settings.method == "skipgram":
        of_a_noise_word = BLOCK * settings.negatives / SHARED_NOISE  # pairs of every centre of the block
        predictions = (settings.window + 1) * np.array([settings.negatives + 1, max(1.0, of_a_noise_word)])
        damping = np.minimum(damping, ROW_RATE / (learning_rate * predictions)[:, None])
    return damping.astype(np.float32)
