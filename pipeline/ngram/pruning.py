"""Leaving out rare n-grams, by a threshold of occurrences per order, as `lmplz --prune` does."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.ngram.counts import NgramCounts, smallest
from pipeline.ngram.level import Level, per_context

Kept = NDArray[np.bool_] | None
"""(n + 1,) Which n-grams of an order stay, the last entry, "never seen", among them; None: all of them."""


def check_thresholds(prune: Sequence[int], order: int) -> tuple[int, ...]:
    """One threshold for each order from 1 to `order`, of which `prune` gives the first; its last stands for the rest.

    Raises `UserError` unless the first is 0 and none is below the one before: then whatever stays has its first and
    its last tokens stay too, since they occur at least as often.
    """
    if len(prune) > order:
        raise UserError(
            f"Pruning has {len(prune)} thresholds, for the orders 1 to {len(prune)}, but the n-gram order is {order}. "
            "Give as many as there are orders, or fewer: the last stands for all above."
        )
    thresholds = (*prune, *[prune[-1] if prune else 0] * (order - len(prune)))
    if thresholds[0] != 0:
        raise UserError(
            f"Pruning begins with threshold {thresholds[0]}, but unigrams are never pruned. Begin with 0: 0, 0, 1."
        )
    if any(higher < lower for lower, higher in pairwise(thresholds)):
        raise UserError(
            f"The pruning thresholds {', '.join(map(str, thresholds))} fall from one order to the next: an n-gram "
            "would outlive its own beginning. Let none be below the one before, as in 0, 0, 1."
        )
    return thresholds


def kept_ngrams(counts: NgramCounts, thresholds: Sequence[int]) -> list[Kept]:
    """Entry m says which m-grams occur more often than their threshold; entry 0 is for the empty context."""
    kept: list[Kept] = [None]
    for found, threshold in zip(counts.orders, thresholds, strict=True):
        often = found.raw > threshold
        often[-1] = True
        kept.append(often if threshold else None)
    return kept


def prune_counts(counts: NgramCounts, kept: Sequence[Kept]) -> NgramCounts:
    """`counts` with the n-grams that are `kept`, numbered anew; what stays keeps its count."""
    orders = []
    for found, contexts, ngrams in zip(counts.orders, kept, kept[1:], strict=False):
        if ngrams is not None:
            # What goes on from an (m−1)-gram left out is left out itself.
            rows = per_context(found, ngrams)
            found = replace(
                found,
                words=found.words[ngrams],
                offsets=smallest(np.concatenate([[0], np.cumsum(rows if contexts is None else rows[contexts])])),
                raw=found.raw[ngrams],
                adjusted=None if found.adjusted is None else found.adjusted[ngrams],
            )
        orders.append(found)
    return replace(counts, orders=tuple(orders))


def prune_level(level: Level, contexts: Kept, ngrams: Kept) -> Level:
    """`level` with the (m−1)-grams and the m-grams that are kept."""
    return replace(
        level,
        counts=level.counts if ngrams is None else level.counts[ngrams],
        totals=level.totals if contexts is None else level.totals[contexts],
        left=level.left if contexts is None else level.left[contexts],
    )
