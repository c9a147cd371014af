"""The text as word vectors are trained on it: rare words left out, frequent ones thinned, cut into blocks."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.language_model import Tokens

BLOCK = 32  # centres that share their context rows and their noise words
BLOCKS_PER_STEP = 32  # blocks whose updates are summed, where types are many
SHARED_NOISE = 54  # noise words of a block; 96 rows with those of a window of 5, a multiple of 16, as products like it
BLOCKS_AT_ONCE = 1024  # are made and sent to the device together: a call costs as much for those of one step

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Words:
    """words (N,) that are trained on, `lines` (N,) they stand in, and how often each type (V,) is among them."""

    words: Ints
    lines: Ints
    counts: Ints


@dataclass(frozen=True)
class Lot:
    """S blocks. centres (S, BLOCK); rows (S, BLOCK + 2 window + SHARED_NOISE): what stands around and among them, 0
    beyond the text, then the noise; weights (S, BLOCK): which row of `window_weights` each centre has."""

    centres: Ints
    rows: Ints
    weights: Ints


def trained_words(tokens: Tokens, vocabulary_size: int, min_count: int, window: int) -> Words:
    """The words of a stream (N,) whose lines end in `<eos>`, without `<eos>` and what is rarer than `min_count`.

    Raises UserError where there is nothing to learn from: one type, no two words on a line, a window beyond every line.
    """
    stream = np.asarray(tokens).astype(np.int64)
    lines = np.cumsum(stream == EOS_ID)
    counts = np.bincount(stream, minlength=vocabulary_size)
    counts[EOS_ID] = 0
    counts[counts < min_count] = 0
    chosen = counts[stream] > 0
    words, lines = stream[chosen], lines[chosen]
    types = int((counts > 0).sum())
    if types < 2:
        raise UserError(
            f"embeddings: train has {types} {'type' if types == 1 else 'types'} that occur {min_count} times or more; "
            "vectors tell words apart, so there must be two. Bring more text, or lower embeddings.min_count."
        )
    longest = int(np.bincount(lines).max())
    if longest < 2:
        raise UserError("embeddings: no line of the text has two words, so no word has a context. Bring longer lines.")
    if window >= longest:
        raise UserError(
            f"embeddings.window: found {window}, but the longest line of train has {longest} words, rare ones "
            f"left out, so that no window is ever full. Lower it to {longest - 1} or less, or bring longer lines."
        )
    return Words(words, lines, counts)


def has_context(words: Ints, lines: Ints, types: int) -> NDArray[np.bool_]:
    """Which types (V,) of words (N,) stand beside another word of their line (N,) somewhere."""
    beside = lines[1:] == lines[:-1]
    found = np.zeros(types, dtype=np.bool_)
    found[words[1:][beside]] = found[words[:-1][beside]] = True
    return found


def keep_probability(counts: Ints, subsample: float) -> NDArray[np.float64]:
    """The probability (V,) that an occurrence of each word is kept: √(t/f) + t/f, at most 1, as word2vec does."""
    frequency = np.maximum(counts, 1) / max(counts.sum(), 1)
    ratio: NDArray[np.float64] = subsample / frequency
    return np.minimum(1.0, np.sqrt(ratio) + ratio)


def noise_distribution(counts: Ints, power: float) -> NDArray[np.float64]:
    """P(n) ∝ count(n)^power (V,); a word that never occurs is never noise."""
    weights = np.where(counts > 0, np.where(counts > 0, counts, 1).astype(np.float64) ** power, 0.0)
    return weights / weights.sum()


class NoiseSampler:
    """Draws from a distribution (V,), each of them exactly, and all of a call together by systematic sampling (Madow
    and Madow 1944): a word comes as often as is expected of it, rounded up or down, in random order. Independent draws
    would give rare words by chance more noise or less than their share."""

    def __init__(self, probabilities: NDArray[np.float64]) -> None:
        cumulative = np.cumsum(probabilities)
        self._cumulative = cumulative / cumulative[-1]

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Ints:
        """Points lie one apart on a line, the first at random below one; each draws the word whose part it is in."""
        ends = np.ceil(math.prod(shape) * self._cumulative - rng.random()).astype(np.int64)
        drawn = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
        rng.shuffle(drawn)
        return drawn.reshape(shape)


def lots(
    words: Ints, lines: Ints, window: int, sampler: NoiseSampler, rng: np.random.Generator, size: int = BLOCKS_AT_ONCE
) -> Iterator[Lot]:
    """The kept text as lots of `size` shuffled blocks; every word is a centre once. A window never leaves its line.

    The reach of each window is drawn from 1 to `window` (Mikolov et al. 2013a).
    """
    count = -(-len(words) // BLOCK)
    if not count:
        return
    padded = np.zeros(count * BLOCK + 2 * window, dtype=np.int64)
    padded[window : window + len(words)] = words
    reach = rng.integers(1, window + 1, size=len(words))
    left, right = (np.minimum(reach, room) for room in _room(lines))
    weights = np.zeros(count * BLOCK, dtype=np.int64)  # beyond the text: no context on either side
    weights[: len(words)] = left * (window + 1) + right
    weights = weights.reshape(count, BLOCK) * BLOCK + np.arange(BLOCK)
    blocks = sliding_window_view(padded, BLOCK + 2 * window)[::BLOCK]
    order = rng.permutation(count)
    for begin in range(0, count, size):
        chosen = order[begin : begin + size]
        seen, noise = blocks[chosen], sampler.draw((len(chosen), SHARED_NOISE), rng)
        centres = np.ascontiguousarray(seen[:, window : window + BLOCK])
        yield Lot(centres, np.concatenate([seen, noise], axis=1), weights[chosen])


def _room(lines: Ints) -> tuple[Ints, Ints]:
    """(N,) How many words stand before and after each word of its line."""
    numbers = np.arange(len(lines))
    starts = np.flatnonzero(np.diff(lines, prepend=-1))
    lengths = np.diff(starts, append=len(lines))
    before = numbers - np.repeat(starts, lengths)
    return before, np.repeat(lengths, lengths) - 1 - before


def window_weights(window: int, noise_weight: float) -> NDArray[np.float32]:
    """((window + 1)² BLOCK, BLOCK + 2 window + SHARED_NOISE): how often a centre is paired with each row of its block.

    Row (left · (window + 1) + right) · BLOCK + centre is that of a centre with so many words of context on its left and
    on its right: 1 where they stand, and for every noise word `noise_weight` times their number.
    """
    offset = np.arange(BLOCK + 2 * window) - window - np.arange(BLOCK)[:, None]
    left, right = np.divmod(np.arange((window + 1) ** 2)[:, None, None], window + 1)
    around = (offset != 0) & (-offset <= left) & (offset <= right)
    unseen = np.broadcast_to((left + right) * noise_weight, (*around.shape[:2], SHARED_NOISE))
    weights = np.concatenate([around, unseen], axis=2, dtype=np.float32)
    return weights.reshape(-1, weights.shape[2])
