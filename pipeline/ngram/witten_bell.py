"""Witten-Bell smoothing, interpolated: a context that many different words follow expects a new one.

    p(w | h) = (c(hw) + N1+(h·) p(w | h′)) / (Σ_w c(hw) + N1+(h·))        (Chen & Goodman 1998, section 2.5)

N1+(h·) is the number of different words seen after h, and h′ is h without its first token. Below the unigrams lies
the uniform distribution over the V types. All counts are occurrences.
"""

import numpy as np

from pipeline.ngram.counts import NgramCounts
from pipeline.ngram.level import NO_DISCOUNTS, Level, per_context, raw_totals


def witten_bell_levels(counts: NgramCounts, order: int) -> tuple[Level, ...]:
    """The levels, lowest first, of the model of `order`."""
    return tuple(_level(counts, m) for m in range(1, order + 1))


def _level(counts: NgramCounts, m: int) -> Level:
    found = counts.orders[m - 1]
    different = per_context(found, found.raw > 0)
    totals = raw_totals(counts, m) + different
    left = np.ones(len(totals))
    np.divide(different, totals, out=left, where=different > 0)
    return Level(found.raw, totals, left, NO_DISCOUNTS)
