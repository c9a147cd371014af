"""What all models of counted n-grams share: a walk through the n-grams, one order upon the other.

The m-gram at each position goes on from the (m−1)-gram at the position before, so a whole stream is read in one
pass an order. Models differ in the numbers that they hang on the n-grams, and in how they put those of an order
together with what the order below says.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.language_model import Nats, Tokens
from pipeline.ngram.counts import Integers, check_ids
from pipeline.ngram.trie import State, Trie

BLOCK = 1 << 14
"""Tokens scored at once: enough to hide what a NumPy call costs, few enough to stay in the cache."""


@dataclass(frozen=True)
class CountModel(ABC):
    """A model that reads n-grams; meets `LanguageModel`. It begins anew at every line.

    After an impossible token (probability zero) it reads on: the next ones are judged by their own windows.
    """

    name: str
    trie: Trie

    @property
    def order(self) -> int:
        return self.trie.order

    @property
    def vocabulary_size(self) -> int:
        return self.trie.vocabulary_size

    def start(self, batch_size: int) -> State:
        """The state (order − 1, B) after one `<eos>`."""
        return self.trie.start(batch_size)

    def read(self, tokens: Tokens, state: State) -> tuple[Nats, State]:
        """Natural-log probabilities (T, B) of tokens (T, B), and the state after them.

        Raises `UserError` for an id outside the vocabulary.
        """
        nats = np.empty(tokens.shape)
        unigrams = self.unigrams
        for rows in _blocks(tokens, self.vocabulary_size):
            block = tokens[rows]
            probs = unigrams.take(block.ravel())
            # Lowest order first: the probability at order m takes in that at order m − 1.
            steps, state = self.trie.walk(block, state)
            for step in steps:
                below = probs[step.positions]
                probs[step.positions] = self.combine(step.m, step.ngrams, step.contexts, below)
            nats[rows] = log(probs).reshape(block.shape)
        return nats, state

    @property
    @abstractmethod
    def unigrams(self) -> NDArray[np.float64]:
        """(V,) Probabilities of order 1."""

    @abstractmethod
    def combine(self, m: int, ngrams: Integers, contexts: Integers, below: Nats) -> NDArray[np.float64]:
        """Probabilities (Q,) at order m, given those of order m − 1 (Q,), of which `ngrams` (Q,) are the
        m-grams and `contexts` (Q,) their first m − 1 tokens."""

    @abstractmethod
    def next_log_probs(self, state: State) -> Nats:
        """Natural-log probabilities (B, V) of the token after `state`."""

    @abstractmethod
    def ngram_probs(self) -> Iterator[NDArray[np.float64]]:
        """For each order m from 1 up, the probabilities (n,) of the last tokens of its n m-grams."""

    @abstractmethod
    def backoffs(self, m: int) -> NDArray[np.float64]:
        """(n + 1,) What order m + 1 multiplies p of order m by, for tokens never seen after each m-gram."""


def longest_match(model: CountModel, tokens: Tokens) -> NDArray[np.int64]:
    """(T,) The order of the longest n-gram seen in training that ends at each of the tokens (T,), read from `<eos>`.

    At least 1: as a unigram every type of the vocabulary counts as seen. At the k-th token of a line it is k + 1 at
    most, since n-grams do not reach over a line's beginning.
    """
    longest = np.ones(len(tokens), dtype=np.int64)
    state, stream = model.start(1), tokens[:, None]
    for rows in _blocks(stream, model.vocabulary_size):
        steps, state = model.trie.walk(stream[rows], state)
        for step in steps:
            longest[rows][step.positions[step.ngrams != model.trie.never(step.m)]] = step.m
    return longest


def check_vocabulary(model: CountModel, types: Sequence[str]) -> None:
    """Raises `UserError` unless `types` (V,) are as many as the model's."""
    if len(types) != model.vocabulary_size:
        raise UserError(
            f"The vocabulary has {len(types)} types, the model has {model.vocabulary_size}. "
            "Give the vocabulary that the model was made with."
        )


def _blocks(tokens: Tokens, vocabulary_size: int) -> Iterator[slice]:
    """The rows of tokens (T, B), some at a time. Raises `UserError` for an id outside the vocabulary."""
    check_ids(tokens, vocabulary_size)
    steps, batch = tokens.shape
    length = max(BLOCK // max(batch, 1), 1)
    for begin in range(0, steps, length):
        yield slice(begin, begin + length)


def log(probs: NDArray[np.float64]) -> Nats:
    """Natural logarithms, −inf of zero."""
    with np.errstate(divide="ignore"):
        nats: Nats = np.log(probs)
    return nats
