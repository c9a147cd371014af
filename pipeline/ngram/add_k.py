"""Additive smoothing: every word is counted k times more than it was seen (k = 1 is Laplace's rule).

    p(w | h) = (c(hw) + k) / (Σ_w c(hw) + k V)                            (Chen & Goodman 1998, section 2.1)

V is the number of types. Shorter contexts have no say: after a context never seen, all V types are equally likely.
"""

import numpy as np

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.ngram.counts import NgramCounts
from pipeline.ngram.level import NO_DISCOUNTS, Level, followed, raw_totals


def add_k_levels(counts: NgramCounts, order: int, k: float) -> tuple[Level, ...]:
    """The levels, lowest first, of the model of `order`. Raises `UserError` unless `k` is above 0.

    The k V counts that were added make a share of the uniform distribution. Levels below the highest hand it up as it
    is, but for contexts that begin with `<s>`: at the beginning of a line these are all the context that there is.
    """
    if not 0 < k < float("inf"):
        raise UserError(f"k is {k}; what is added to every count must be above 0. Set it to 1, or less.")
    levels = [_level(counts, 1, k, slice(0), slice(0))] if order > 1 else []
    begun = slice(EOS_ID, EOS_ID + 1)  # the m-grams that begin with <s>: one run, since they are sorted
    for m in range(2, order):
        offsets = counts.orders[m - 1].offsets
        contexts, begun = begun, slice(int(offsets[begun.start]), int(offsets[begun.stop]))
        levels.append(_level(counts, m, k, contexts, begun))
    return (*levels, _level(counts, order, k, slice(None), slice(None)))


def _level(counts: NgramCounts, m: int, k: float, contexts: slice, ngrams: slice) -> Level:
    """Order m for `contexts` and what goes on from them, `ngrams`; after all others it leaves everything."""
    found = counts.orders[m - 1]
    added = k * counts.vocabulary_size
    totals = raw_totals(counts, m) + added
    raw, left = np.zeros_like(found.raw), np.ones(len(totals))
    raw[ngrams] = found.raw[ngrams]
    left[contexts] = np.where(followed(found), added / totals, 1.0)[contexts]
    return Level(raw, totals, left, NO_DISCOUNTS)
