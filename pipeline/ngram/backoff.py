"""A model that backs off: shorter contexts are asked only where the longer n-gram was never seen.

    p(w | h) = p(hw)               if hw was seen
             = b(h) p(w | h′)      otherwise, b(h) = 1 if h was never seen

h′ is the context h without its first token. This is what an ARPA file holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.language_model import Nats
from pipeline.ngram.count_model import CountModel, log
from pipeline.ngram.counts import Integers
from pipeline.ngram.trie import State


@dataclass(frozen=True)
class BackoffModel(CountModel):
    """Probabilities and weights as they are. Distributions sum to one as far as those that it was made from do."""

    probs: tuple[NDArray[np.float64], ...]
    """For each order m from 1 up, (n + 1,): p of the last token of each m-gram after the others; the last entry is
    never used."""
    weights: tuple[NDArray[np.float64], ...]
    """For each order m from 1 up to the last but one, (n + 1,): b of each m-gram as a context; 1 for "never seen"."""

    @property
    def unigrams(self) -> NDArray[np.float64]:
        """(V,) Probabilities of order 1."""
        return self.probs[0][:-1]

    def next_log_probs(self, state: State) -> Nats:
        """Natural-log probabilities (B, V) of the token after `state`."""
        probs = np.tile(self.unigrams, (state.shape[1], 1))
        for m in range(2, self.order + 1):
            contexts = state[m - 2]
            probs *= self.weights[m - 2].take(contexts)[:, None]
            stream, ngrams = self.trie.followers(m, contexts)
            probs[stream, self.trie.words[m - 1].take(ngrams)] = self.probs[m - 1].take(ngrams)
        return log(probs)

    def combine(self, m: int, ngrams: Integers, contexts: Integers, below: Nats) -> NDArray[np.float64]:
        """Probabilities (Q,) at order m: see `CountModel`."""
        backed_off = self.weights[m - 2].take(contexts) * below
        return np.where(ngrams == self.trie.never(m), backed_off, self.probs[m - 1].take(ngrams))

    def ngram_probs(self) -> Iterator[NDArray[np.float64]]:
        """For each order m from 1 up, the probabilities (n,) of the last tokens of its n m-grams."""
        for probs in self.probs:
            yield probs[:-1]

    def backoffs(self, m: int) -> NDArray[np.float64]:
        """(n + 1,) b of each m-gram."""
        return self.weights[m - 1]
