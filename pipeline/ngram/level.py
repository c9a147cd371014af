"""One order of an interpolated model: what it takes from its own counts, and what it leaves to the order below.

    p(w | h) = (c(hw) − D(c(hw))) / total(h) + left(h) p(w | h′)

h′ is the context h without its first token. Every interpolated smoothing is a choice of c, D, total and left.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.ngram.counts import Integers, NgramCounts, OrderCounts, smallest
from pipeline.ngram.lines import MARKS, check_lines


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


def per_context(found: OrderCounts, values: NDArray[np.bool_] | Integers) -> NDArray[np.int64]:
    """(P + 1,) Sums of `values` (n + 1,) over the m-grams that go on from each context."""
    # Differences of a cumulative sum: exact for integers, and right for empty rows.
    summed = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=summed[1:])
    sums: NDArray[np.int64] = summed[found.offsets[1:]] - summed[found.offsets[:-1]]
    return sums


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
