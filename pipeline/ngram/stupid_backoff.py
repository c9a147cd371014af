"""Stupid backoff (Brants et al. 2007, section 4): relative frequencies, backed off with one fixed factor.

    S(w | h) = c(hw) / Σ_w c(hw)    if hw was seen                        (their equation 5)
             = α S(w | h′)          otherwise

S is a score: over the vocabulary it adds up to Z(h), which is above 1. So that its perplexity is one and stands
beside the others', each context is divided by its own sum, exactly:

    p(w | h) = S(w | h) / Z(h),    Z(h) = 1 + α (Z(h′) − Σ_{w seen after h} S(w | h′)),    Z of no context = 1

which changes no ranking of the words after a context. In the form of `BackoffModel` that is p(hw) = S(w | h) / Z(h)
and b(h) = α Z(h′) / Z(h). After a context never seen, α cancels out.
A word never seen in training keeps probability zero, as in the paper.

Reference: Brants, Popat, Xu, Och & Dean (2007), "Large Language Models in Machine Translation".
"""

import numpy as np

from pipeline.errors import UserError
from pipeline.ngram.backoff import BackoffModel
from pipeline.ngram.counts import NgramCounts
from pipeline.ngram.level import followed, raw_totals
from pipeline.ngram.trie import trie_of


def stupid_backoff_model(name: str, counts: NgramCounts, order: int, alpha: float) -> BackoffModel:
    """The normalised model of `order`. Raises `UserError` unless `alpha` is above 0 and at most 1."""
    if not 0 < alpha <= 1:
        raise UserError(f"alpha is {alpha}; the backoff factor must be above 0 and at most 1. The paper has 0.4.")
    trie = trie_of(counts, order)
    scores = counts.orders[0].raw / counts.tokens
    sums = np.ones(1)
    shorter = np.zeros(len(scores), dtype=np.int64)  # the number of h′ for each context h
    probs, weights = [scores], []
    for m, suffixes in enumerate(trie.suffixes(), start=2):
        found, prefixes = counts.orders[m - 1], trie.prefixes(m)
        sums_below = sums[shorter]
        seen_below = np.bincount(prefixes, scores[suffixes], minlength=len(shorter))
        sums = 1 + alpha * (sums_below - seen_below)
        weights.append(np.where(followed(found), alpha * sums_below / sums, 1.0))
        scores = np.append(found.raw[:-1] / raw_totals(counts, m)[prefixes], 0.0)
        probs.append(np.append(scores[:-1] / sums[prefixes], 0.0))
        shorter = np.append(suffixes, 0)
    return BackoffModel(name, trie, tuple(probs), tuple(weights))
