"""The interpolated n-gram model: every order adds to what the order below says."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.language_model import Nats
from pipeline.ngram.count_model import CountModel, log
from pipeline.ngram.counts import Integers
from pipeline.ngram.kneser_ney import KneserNey
from pipeline.ngram.level import Level
from pipeline.ngram.trie import State, trie_of


def model_name(order: int) -> str:
    """unigram, bigram, trigram, 4gram, 5gram, …"""
    return {1: "unigram", 2: "bigram", 3: "trigram"}.get(order, f"{order}gram")


@dataclass(frozen=True)
class NgramModel(CountModel):
    """Interpolates the orders 1 to `order`, and below the unigrams the uniform distribution, as `Level` says."""

    levels: tuple[Level, ...]

    @cached_property
    def unigrams(self) -> NDArray[np.float64]:
        """(V,) Probabilities of order 1."""
        level = self.levels[0]
        taken = level.taken(np.arange(self.vocabulary_size))
        return taken / level.totals[0] + level.left[0] / self.vocabulary_size

    def next_log_probs(self, state: State) -> Nats:
        """Natural-log probabilities (B, V) of the token after `state`."""
        weight = np.ones(state.shape[1])  # what the orders above m have left over
        parts = []
        for m in range(self.order, 1, -1):
            level, contexts = self.levels[m - 1], state[m - 2]
            stream, ngrams = self.trie.followers(m, contexts)
            share = weight / np.maximum(level.totals.take(contexts), 1)
            parts.append((stream, self.trie.words[m - 1].take(ngrams), level.taken(ngrams) * share.take(stream)))
            weight = weight * level.left.take(contexts)
        probs = np.multiply.outer(weight, self.unigrams)
        for stream, words, part in parts:
            probs[stream, words] += part
        return log(probs)

    def combine(self, m: int, ngrams: Integers, contexts: Integers, below: Nats) -> NDArray[np.float64]:
        """Probabilities (Q,) at order m: see `CountModel`."""
        level = self.levels[m - 1]
        probs = level.taken(ngrams)
        # Where nothing follows the context, all counts are 0 and so is the total.
        probs /= np.maximum(level.totals.take(contexts), 1)
        probs += level.left.take(contexts) * below
        return probs

    def ngram_probs(self) -> Iterator[NDArray[np.float64]]:
        """For each order m from 1 up, the probabilities (n,) of the last tokens of its n m-grams."""
        probs = self.unigrams
        yield probs
        for m, suffixes in enumerate(self.trie.suffixes(), start=2):
            probs = self.combine(m, np.arange(self.trie.size(m)), self.trie.prefixes(m), probs[suffixes])
            yield probs

    def backoffs(self, m: int) -> NDArray[np.float64]:
        """(n + 1,) γ of order m + 1 after each m-gram."""
        return self.levels[m].left


def model_of(fitted: KneserNey, order: int) -> NgramModel:
    """The model of `order`, at most the fitted one, from arrays in memory."""
    return NgramModel(model_name(order), trie_of(fitted.counts, order), fitted.levels(order))
