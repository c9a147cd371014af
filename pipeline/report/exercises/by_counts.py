"""Programming: the probability of one bigram by interpolated modified Kneser-Ney smoothing, from its counts.

    p(w | h) = (c(hw) − D(c(hw))) / c(h·) + γ(h) p(w),      γ(h) = (D1 N1(h·) + D2 N2(h·) + D3 N3+(h·)) / c(h·)
    p(w)     = (N1+(·w) − D(N1+(·w))) / N1+(··) + γ / V

as in `ngram/kneser_ney.py`; what pruning took from h adds its whole count to γ(h).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID, UNK_ID
from pipeline.ngram.level import Discounts
from pipeline.ngram.model import NgramModel

HANDY = 30
"""Occurrences of the context, about: few enough to go through by hand."""


@dataclass(frozen=True)
class Worked:
    """h and w: the types. count: c(hw); total: c(h·); with_count: N1, N2, N3+ after h; pruned: occurrences after h that
    pruning left out, all of bigrams seen `threshold` times at most. Of the order below: contexts N1+(·w), out of
    N1+(··) bigrams, and lower_left, γ. model: what the model of order 2 says."""

    context: str
    word: str
    context_id: int
    word_id: int
    count: int
    total: int
    with_count: tuple[int, int, int]
    pruned: int
    threshold: int
    discounts: Discounts
    contexts: int
    bigrams: int
    lower_discounts: Discounts
    lower_left: float
    types: int
    model: float

    @property
    def discount(self) -> float:
        return self.discounts.amounts[min(self.count, 3) - 1]

    @property
    def lower_discount(self) -> float:
        return self.lower_discounts.amounts[min(self.contexts, 3) - 1]

    @property
    def own(self) -> float:
        """What the counts of hw give."""
        return (self.count - self.discount) / self.total

    @property
    def left(self) -> float:
        """γ(h)."""
        taken = sum(amount * number for amount, number in zip(self.discounts.amounts, self.with_count, strict=True))
        return (taken + self.pruned) / self.total

    @property
    def below(self) -> float:
        """p(w)."""
        return (self.contexts - self.lower_discount) / self.bigrams + self.lower_left / self.types

    @property
    def by_hand(self) -> float:
        return self.own + self.left * self.below

    @property
    def agrees(self) -> str:
        """Whether the model's own number is this."""
        apart = abs(self.by_hand - self.model)
        if apart > 1e-9:
            return f"The model's own number differs from it by {apart:.1e}."
        return "The model's own number is the same, to nine decimals at least."

    @property
    def output(self) -> str:
        """What the listing prints."""
        return "\n".join([
            f"c(hw) {self.count}, c(h) {self.total}",
            f"gamma(h) {self.left:.6f}",
            f"p(w) {self.below:.6f}",
            f"p(w | h) {self.by_hand:.6f}",
        ])  # fmt: skip


def work(model: NgramModel, fit: Mapping[str, Any], types: Sequence[str]) -> Worked | None:
    """For a bigram of two spelled types chosen by rule (see `_choose`); None where the text has none. `model` is of
    order 2, `fit` is what ngram.json says."""
    chosen = _choose(model, types)
    if chosen is None:
        return None
    h, w = chosen
    top, below = model.levels[1], model.levels[0]
    _, followers = model.trie.followers(2, np.array([h]))
    counts = top.counts[followers].astype(int)
    (ngram,) = model.trie.extend(2, np.array([h]), np.array([w]))
    thresholds = [*fit.get("pruned_up_to", (0,))]
    return Worked(
        context=types[h],
        word=types[w],
        context_id=h,
        word_id=w,
        count=int(top.counts[ngram]),
        total=int(top.totals[h]),
        with_count=(int((counts == 1).sum()), int((counts == 2).sum()), int((counts > 2).sum())),
        pruned=int(top.totals[h]) - int(counts.sum()),
        threshold=int(thresholds[min(1, len(thresholds) - 1)]),
        discounts=top.discounts,
        contexts=int(below.counts[w]),
        bigrams=int(below.totals[0]),
        lower_discounts=below.discounts,
        lower_left=float(below.left[0]),
        types=len(types),
        model=float(np.exp(model.next_log_probs(np.array([[h]]))[0, w])),
    )


def _choose(model: NgramModel, types: Sequence[str]) -> tuple[int, int] | None:
    """The context that occurs nearest to `HANDY` times and, of what follows it, the type seen least often, but more
    than once where there is one; the first in the vocabulary where several are alike."""
    spelled = np.array([word.isalpha() for word in types])
    spelled[[EOS_ID, UNK_ID]] = False
    occurrences = np.asarray(model.levels[1].totals[: len(types)]).astype(int)
    for h in sorted(np.flatnonzero(spelled).tolist(), key=lambda token: abs(int(occurrences[token]) - HANDY)):
        _, followers = model.trie.followers(2, np.array([h]))
        words = model.trie.words[1][followers].astype(int)
        counts = model.levels[1].counts[followers].astype(int)
        fit = spelled[words] & (counts > 0)
        if fit.any():
            return h, _rarest(words[fit], counts[fit])
    return None


def _rarest(words: NDArray[np.int64], counts: NDArray[np.int64]) -> int:
    again = counts > 1
    words, counts = (words[again], counts[again]) if again.any() else (words, counts)
    return int(words[np.argmin(counts)])
