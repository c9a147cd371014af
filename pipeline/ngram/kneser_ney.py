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

With `single_discount` in place of `discounts` the same is plain interpolated Kneser-Ney, one D an order.

Reference: Heafield, Pouzyrevsky, Clark & Koehn (2013), "Scalable Modified Kneser-Ney Language Model
Estimation"; Chen & Goodman (1998, 1999), "An Empirical Study of Smoothing Techniques for Language
Modeling", the report and the article.
Deviation: a discount of exactly zero is taken for a failed estimate too (see `discounts`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.language_model import Tokens
from pipeline.ngram.counts import Integers, NgramCounts, count_ngrams, smallest
from pipeline.ngram.level import Discounts, Level, blocks, check_counts, counts_of_counts, per_context, raw_totals
from pipeline.ngram.pruning import Kept, check_thresholds, kept_ngrams, prune_counts, prune_level

FALLBACK = (0.5, 1.0, 1.5)
"""Discounts where none can be estimated: those of `lmplz --discount_fallback`."""

SINGLE_FALLBACK = 0.75
"""The same where one discount serves all counts."""

Estimate = Callable[[Integers], Discounts]


@dataclass(frozen=True)
class KneserNey:
    """The models of all orders 1 to `counts.order`, over one set of counts, with what was pruned left out.

    Levels follow from the counts, and are worked out when they are asked for: of a long text, all of them at once
    would not fit where one does.
    """

    counts: NgramCounts
    thresholds: tuple[int, ...]
    """For the orders 1 to N, the occurrences up to which n-grams were pruned: all 0 where nothing was."""
    unpruned: NgramCounts
    kept: Sequence[Kept]
    """As `kept_ngrams` has it."""

    def lower(self, m: int) -> Level:
        """Order m below the highest, from adjusted counts."""
        return prune_level(_lower(self.unpruned, m, discounts, self.kept[m]), self.kept[m - 1], self.kept[m])

    def top(self, m: int) -> Level:
        """Order m as the highest, from occurrences."""
        return prune_level(_top(self.unpruned, m, discounts, self.kept[m]), self.kept[m - 1], self.kept[m])

    def levels(self, order: int) -> tuple[Level, ...]:
        """The levels, lowest first, of the model of `order`."""
        return (*(self.lower(m) for m in range(1, order)), self.top(order))


def fit(stream: Tokens, vocabulary_size: int, order: int, prune: Sequence[int] = ()) -> KneserNey:
    """Estimates the models of orders 1 to `order` from `stream` (N,), in which every line ends with `<eos>`.

    A type that the stream lacks, `<unk>` or another, gets its share of the uniform distribution. `prune` is as in
    `smooth`. Raises `UserError` for an order outside 1 … 7 or above what the longest line reaches, and for a stream
    that is empty, holds an id outside the vocabulary or does not end with `<eos>`.
    """
    return smooth(count_ngrams(stream, vocabulary_size, order), prune)


def smooth(counts: NgramCounts, prune: Sequence[int] = ()) -> KneserNey:
    """The modified Kneser-Ney models of `counts`, without the n-grams that `prune` leaves out.

    `prune` has a threshold for each order from 1 up, the last standing for all above: m-grams that occur so often or
    more rarely are left out, as with `lmplz --prune`. Discounts are estimated before anything is left out, and what
    the n-grams left out had goes to γ, so that distributions still sum to one.
    Raises `UserError` for thresholds that fall, or prune unigrams, and for counts with an empty order.
    """
    check_counts(counts, counts.order)
    thresholds = check_thresholds(prune, counts.order)
    kept = kept_ngrams(counts, thresholds)
    return KneserNey(prune_counts(counts, kept), thresholds, counts, kept)


def kneser_ney_levels(counts: NgramCounts, order: int, estimate: Estimate) -> tuple[Level, ...]:
    """The levels, lowest first, of the Kneser-Ney model of `order` with discounts by `estimate`."""
    return (*(_lower(counts, m, estimate, None) for m in range(1, order)), _top(counts, order, estimate, None))


def discounts(counts: Integers) -> Discounts:
    """The discounts for m-grams with these counts (n,), from the numbers t1 … t4 of m-grams with counts 1 … 4.

    D_k = k − (k + 1) Y t_{k+1} / t_k with Y = t1 / (t1 + 2 t2)       (Chen & Goodman 1998, eq. 26)

    Where some t1, t2, t3 is zero, or some D_k is negative, zero or over k, all three are `FALLBACK`, as
    with `lmplz --discount_fallback`. That happens on tiny or artificial corpora, and for unigrams of a
    vocabulary without rare words. (KenLM accepts D_k = 0. It would leave nothing for the unseen words
    after some contexts, and make them impossible.)
    """
    t = counts_of_counts(counts, 5)
    if 0 in t[1:4]:
        return Discounts(FALLBACK, fallback=True)
    y = t[1] / (t[1] + 2 * t[2])
    d1, d2, d3 = (k - (k + 1) * y * t[k + 1] / t[k] for k in (1, 2, 3))
    if not (0 < d1 <= 1 and 0 < d2 <= 2 and 0 < d3 <= 3):
        return Discounts(FALLBACK, fallback=True)
    return Discounts((d1, d2, d3), fallback=False)


def single_discount(counts: Integers) -> Discounts:
    """One discount for m-grams with these counts (n,), from the numbers t1, t2 of m-grams with counts 1 and 2.

    D = t1 / (t1 + 2 t2)       (Ney, Essen & Kneser 1994; Chen & Goodman 1998, section 2.6)

    Where t1 or t2 is zero, D is `SINGLE_FALLBACK`: of t1 = 0 nothing would be left for unseen words, and t2 = 0 would
    take all of the mass from words seen once.
    """
    t = counts_of_counts(counts, 3)
    if 0 in t[1:3]:
        return Discounts((SINGLE_FALLBACK,) * 3, fallback=True)
    return Discounts((t[1] / (t[1] + 2 * t[2]),) * 3, fallback=False)


def _lower(counts: NgramCounts, m: int, estimate: Estimate, kept: Kept) -> Level:
    """Order m below the highest, from adjusted counts."""
    found = counts.orders[m - 1]
    assert found.adjusted is not None  # only the highest order that was counted has none
    return _level(counts, m, found.adjusted, smallest(per_context(found, found.adjusted)), estimate, kept)


def _top(counts: NgramCounts, m: int, estimate: Estimate, kept: Kept) -> Level:
    """Order m as the highest, from occurrences."""
    return _level(counts, m, counts.orders[m - 1].raw, raw_totals(counts, m), estimate, kept)


def _level(ngrams: NgramCounts, m: int, counts: Integers, totals: Integers, estimate: Estimate, kept: Kept) -> Level:
    """The level with `counts` (n + 1,) of all n-grams; those not `kept` leave their whole count to the order below."""
    found = ngrams.orders[m - 1]
    estimated = estimate(counts)
    d1, d2, d3 = estimated.amounts
    left = np.ones(len(totals))
    for block in blocks(found):
        all_counts = counts[block.ngrams]
        stay = all_counts if kept is None else all_counts * kept[block.ngrams]
        n1, n2, seen = (block.sums(which) for which in (stay == 1, stay == 2, stay > 0))
        passed_on = d1 * n1 + d2 * n2 + d3 * (seen - n1 - n2)
        if kept is not None:
            passed_on += block.sums(all_counts) - block.sums(stay)
        np.divide(passed_on, totals[block.contexts], out=left[block.contexts], where=seen > 0)
    return Level(counts, totals, left, estimated)
