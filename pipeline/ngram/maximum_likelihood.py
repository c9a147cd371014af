"""Maximum likelihood: relative frequencies, without any smoothing.

    p(w | h) = c(hw) / Σ_w c(hw)

A word never seen after h is impossible, so that perplexity on new text is infinite: that is the finding. After
a context never seen the fraction is 0/0, and the longest end of it that was seen takes its place.
"""

import numpy as np

from pipeline.ngram.counts import NgramCounts
from pipeline.ngram.level import NO_DISCOUNTS, Level, followed, raw_totals


def maximum_likelihood_levels(counts: NgramCounts, order: int) -> tuple[Level, ...]:
    """The levels, lowest first, of the model of `order`: nothing taken off, and nothing left where anything follows."""
    return tuple(
        Level(found.raw, raw_totals(counts, m), np.where(followed(found), 0.0, 1.0), NO_DISCOUNTS)
        for m, found in enumerate(counts.orders[:order], start=1)
    )
