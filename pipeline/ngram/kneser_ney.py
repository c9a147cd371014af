"""Interpolated modified Kneser-Ney smoothing, as KenLM's `lmplz` estimates it.

With c(hw) the count of word w after context h, and h′ the context h without its first token,

    p(w | h) = max(c(hw) − D(c(hw)), 0) / Σ_w c(hw) + γ(h) p(w | h′)            (Chen & Goodman 1999, section 3)
    γ(h)     = (D1 N1(h·) + D2 N2(h·) + D3 N3+(h·)) / Σ_w c(hw)

where D takes one value for counts of 1, of 2, and of 3 or more, and Nk(h·) is the number of words with
count k after h. A context that was never seen passes everything on: γ = 1. Below the unigrams lies the
uniform distribution, 1/V for each of V types, as in KenLM (Heafield et al. 2013, section 3).

The highest order of a model takes occurrences for c, all below take adjusted counts. So one set of
counts holds the models of all orders: each order is estimated twice, once as the top of its own model
and once as a lower order of the models above it.

What is stored are counts, not probabilities: p is computed in float64 from integers when asked for, so
distributions sum to one within 1e-12 while most arrays are two bytes an entry. float32 probabilities
would take more room and sum to one within 1e-6 only.

Reference: Heafield, Pouzyrevsky, Clark & Koehn (2013), "Scalable Modified Kneser-Ney Language Model
Estimation"; Chen & Goodman (1998, 1999), "An Empirical Study of Smoothing Techniques for Language
Modeling", the report and the article.
Deviation: a discount of exactly zero is taken for a failed estimate too (see `discounts`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.language_model import Tokens
from pipeline.ngram.counts import Integers, NgramCounts, OrderCounts, count_ngrams, smallest

FALLBACK = (0.5, 1.0, 1.5)
"""Discounts where none can be estimated: those of `lmplz --discount_fallback`."""


@dataclass(frozen=True)
class Discounts:
    """What is taken off counts of 1, of 2, and of 3 or more, in counts."""

    amounts: tuple[float, float, float]
    fallback: bool
    """True if the counts of counts gave no estimate and `FALLBACK` stands in."""


@dataclass(frozen=True)
class Level:
    """One order m of one model: what is taken from the m-grams, and what is left for the order below.

    n is the number of m-grams, P that of (m−1)-grams, the contexts. The last entry of each array is for
    what was never seen.
    """

    counts: Integers
    """(n + 1,) c(hw): occurrences or adjusted counts."""
    totals: Integers
    """(P + 1,) Σ_w c(hw); may be anything where nothing follows."""
    left: NDArray[np.float64]
    """(P + 1,) γ(h)."""
    discounts: Discounts


@dataclass(frozen=True)
class KneserNey:
    """The models of all orders 1 to `counts.order`, over one set of counts."""

    counts: NgramCounts
    lower: tuple[Level, ...]
    """Orders 1 to N − 1, from adjusted counts."""
    top: tuple[Level, ...]
    """Orders 1 to N, from occurrences."""

    def levels(self, order: int) -> tuple[Level, ...]:
        """The levels, lowest first, of the model of `order`."""
        return (*self.lower[: order - 1], self.top[order - 1])


def fit(stream: Tokens, vocabulary_size: int, order: int) -> KneserNey:
    """Estimates the models of orders 1 to `order` from `stream` (N,), in which every line ends with `<eos>`.

    A type that the stream lacks, `<unk>` or another, gets its share of the uniform distribution.
    Raises `UserError` for an order outside 1 … 7 and for a stream that is empty, holds an id outside the
    vocabulary or does not end with `<eos>`.
    """
    return smooth(count_ngrams(stream, vocabulary_size, order))


def smooth(counts: NgramCounts) -> KneserNey:
    """The Kneser-Ney models of `counts`."""
    lower, top = [], []
    raw_totals: Integers = smallest(np.array([counts.tokens, 0]))
    for found in counts.orders:
        # Whatever occurs, unless it ends a line, is followed by something as often.
        top.append(_level(found, found.raw, raw_totals))
        raw_totals = found.raw
        if found.adjusted is not None:
            lower.append(_level(found, found.adjusted, None))
    return KneserNey(counts, tuple(lower), tuple(top))


def discounts(counts: Integers) -> Discounts:
    """The discounts for m-grams with these counts (n,), from the numbers t1 … t4 of m-grams with counts 1 … 4.

    D_k = k − (k + 1) Y t_{k+1} / t_k with Y = t1 / (t1 + 2 t2)       (Chen & Goodman 1998, eq. 26)

    Where some t1, t2, t3 is zero, or some D_k is negative, zero or over k, all three are `FALLBACK`, as
    with `lmplz --discount_fallback`. That happens on tiny or artificial corpora, and for unigrams of a
    vocabulary without rare words. (KenLM accepts D_k = 0. It would leave nothing for the unseen words
    after some contexts, and make them impossible.)
    """
    t = np.bincount(np.minimum(counts, 5), minlength=6).tolist()
    if 0 in t[1:4]:
        return Discounts(FALLBACK, fallback=True)
    y = t[1] / (t[1] + 2 * t[2])
    d1, d2, d3 = (k - (k + 1) * y * t[k + 1] / t[k] for k in (1, 2, 3))
    if not (0 < d1 <= 1 and 0 < d2 <= 2 and 0 < d3 <= 3):
        return Discounts(FALLBACK, fallback=True)
    return Discounts((d1, d2, d3), fallback=False)


def _level(found: OrderCounts, counts: Integers, totals: Integers | None) -> Level:
    """The level with `counts` (n + 1,); `totals` (P + 1,) are summed over the rows if not given."""
    estimated = discounts(counts)
    d1, d2, d3 = estimated.amounts
    begin, end = found.offsets[:-1], found.offsets[1:]

    def per_row(values: NDArray[np.bool_] | Integers) -> NDArray[np.int64]:
        # Differences of a cumulative sum: exact for integers, and right for empty rows.
        summed = np.zeros(len(counts) + 1, dtype=np.int64)
        np.cumsum(values, out=summed[1:])
        sums: NDArray[np.int64] = summed[end] - summed[begin]
        return sums

    n1, n2, seen = per_row(counts == 1), per_row(counts == 2), per_row(counts > 0)
    summed = per_row(counts) if totals is None else totals
    left = d1 * n1 + d2 * n2 + d3 * (seen - n1 - n2)
    np.divide(left, summed, out=left, where=seen > 0)
    left[seen == 0] = 1.0
    return Level(counts, smallest(summed), left, estimated)
