"""One order of an interpolated model: what it takes from its own counts, and what it leaves to the order below.

    p(w | h) = (c(hw) − D(c(hw))) / total(h) + left(h) p(w | h′)

h′ is the context h without its first token. Every interpolated smoothing is a choice of c, D, total and left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.ngram.counts import Integers, NgramCounts, OrderCounts, smallest
from pipeline.ngram.lines import MARKS, check_lines

CONTEXTS = 1 << 18
NGRAMS = 1 << 20
"""Gone through at once, of contexts and of what goes on from them; one context may have more."""


@dataclass(frozen=True)
class Discounts:
    """What is taken off counts of 1, of 2, and of 3 or more, in counts."""

    amounts: tuple[float, float, float]
    fallback: bool
    """True if the counts of counts gave no estimate and fixed amounts stand in."""


NO_DISCOUNTS = Discounts((0.0, 0.0, 0.0), fallback=False)


@dataclass(frozen=True)
class Level:
    """One order m of one model.

    n is the number of m-grams, P that of (m−1)-grams, the contexts. The last entry of each array is for
    what was never seen.
    """

    counts: Integers
    """(n + 1,) c(hw): occurrences or adjusted counts."""
    totals: NDArray[Any]
    """(P + 1,) What the counts are divided by; may be anything where nothing follows."""
    left: NDArray[np.float64]
    """(P + 1,) The weight of the order below: 1 where nothing follows, also after what was never seen."""
    discounts: Discounts

    def taken(self, ngrams: Integers) -> NDArray[np.float64]:
        """(Q,) c − D(c) of the m-grams numbered `ngrams` (Q,); 0 where the count is 0."""
        counts = self.counts.take(ngrams)
        amounts = np.array([0.0, *self.discounts.amounts])
        taken: NDArray[np.float64] = counts - amounts.take(np.minimum(counts, 3))
        return taken


@dataclass(frozen=True)
class Block:
    """Some contexts that lie side by side, and the m-grams that go on from them."""

    contexts: slice
    ngrams: slice
    starts: NDArray[np.int64]
    """Where the row of each context begins within the block, and where the last one ends."""

    def sums(self, values: NDArray[np.bool_] | Integers) -> NDArray[np.int64]:
        """Of `values`, one a m-gram of the block, over the row of each context."""
        # Differences of a cumulative sum: exact for integers, and right for empty rows.
        summed = np.zeros(len(values) + 1, dtype=np.int64)
        np.cumsum(values, out=summed[1:])
        return np.diff(summed.take(self.starts))


def blocks(found: OrderCounts) -> Iterator[Block]:
    """All contexts of an order, some at a time: few enough for the cache, and never the memory of a whole order."""
    offsets, start, end = found.offsets, 0, len(found.offsets) - 1
    while start < end:
        first = int(offsets[start])
        within = np.searchsorted(offsets[start : start + CONTEXTS + 1], first + NGRAMS, side="right") - 1
        stop = min(start + max(int(within), 1), end)
        starts = offsets[start : stop + 1].astype(np.int64) - first
        yield Block(slice(start, stop), slice(first, first + int(starts[-1])), starts)
        start = stop


def per_context(found: OrderCounts, values: NDArray[np.bool_] | Integers) -> NDArray[np.int64]:
    """(P + 1,) Sums of `values` (n + 1,) over the m-grams that go on from each context."""
    sums = np.empty(len(found.offsets) - 1, dtype=np.int64)
    for block in blocks(found):
        sums[block.contexts] = block.sums(values[block.ngrams])
    return sums


def counts_of_counts(counts: Integers, most: int) -> list[int]:
    """How many of `counts` (n,) are 0, 1, … `most` − 1, and `most` or more."""
    found = np.zeros(most + 1, dtype=np.int64)
    for start in range(0, len(counts), NGRAMS):
        found += np.bincount(np.minimum(counts[start : start + NGRAMS], most), minlength=most + 1)
    return found.tolist()


def followed(found: OrderCounts) -> NDArray[np.bool_]:
    """(P + 1,) Whether any m-gram goes on from each context."""
    return found.offsets[1:] > found.offsets[:-1]


def raw_totals(counts: NgramCounts, m: int) -> Integers:
    """(P + 1,) How many occurrences of m-grams begin with each (m−1)-gram: Σ_w c(hw).

    Whatever occurs, unless it ends a line, is followed by something as often.
    """
    return smallest(np.array([counts.tokens, 0])) if m == 1 else counts.orders[m - 2].raw


def check_counts(counts: NgramCounts, order: int) -> None:
    """Raises `UserError` unless n-grams of all orders up to `order` were counted."""
    if counts.tokens == 0:
        raise UserError("Nothing was counted: there are no tokens. Give a corpus with at least one line.")
    if order > counts.order:
        raise UserError(
            f"N-grams were counted up to order {counts.order}, but order {order} is asked for. "
            f"Count with `ngram.order` of {order} or more, or ask for a lower order."
        )
    sizes = [found.size for found in counts.orders[:order]]
    if 0 in sizes:  # the first empty order is one above what the longest line reaches with its marks
        check_lines(sizes.index(0) - MARKS, order)
