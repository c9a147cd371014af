"""The n-grams of a model as sorted rows, laid out as in `OrderCounts`, and how a stream walks through them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.language_model import Tokens
from pipeline.ngram.counts import Integers, NgramCounts

State = NDArray[np.int64]
"""(order − 1, B) Row m − 1 has the number of the m-gram read last by each stream, or "never seen".

That is what the last `order − 1` tokens come to. A line end needs no rule of its own: no m-gram goes on
after `</s>`, except that the unigram `<eos>` is also `<s>`, and has what begins lines as its row."""


@dataclass(frozen=True)
class Trie:
    """The n-grams of the orders 1 to `order`, as in `OrderCounts`: for m = 1 all V types."""

    words: tuple[Integers, ...]
    offsets: tuple[Integers, ...]

    @property
    def order(self) -> int:
        return len(self.words)

    @property
    def vocabulary_size(self) -> int:
        return self.never(1)

    def size(self, m: int) -> int:
        """Distinct m-grams."""
        return len(self.words[m - 1]) - 1

    def never(self, m: int) -> int:
        """The number that stands for an m-gram never seen."""
        return self.size(m)

    def rows(self, m: int, context: Integers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the rows of m-grams that go on from each (m−1)-gram in `context` (Q,) begin and end."""
        offsets = self.offsets[m - 1]
        return offsets.take(context).astype(np.int64), offsets.take(context + 1).astype(np.int64)

    def extend(self, m: int, prefix: Integers, words: Integers) -> NDArray[np.int64]:
        """Numbers (Q,) of the m-grams that are `words` (Q,) after the (m−1)-grams `prefix` (Q,)."""
        return _search(self.words[m - 1], *self.rows(m, prefix), words, self.never(m))

    def prefixes(self, m: int) -> NDArray[np.int64]:
        """(n,) The number of each m-gram's first m − 1 tokens."""
        offsets = self.offsets[m - 1].astype(np.int64)
        sizes = offsets[1:] - offsets[:-1]
        return np.repeat(np.arange(len(sizes)), sizes)

    def suffixes(self) -> Iterator[NDArray[np.int64]]:
        """For each order m from 2 up, (n,) the number of each m-gram's last m − 1 tokens."""
        suffix = np.zeros(0, dtype=np.int64)
        for m in range(2, self.order + 1):
            words = self.words[m - 1][:-1].astype(np.int64)
            # Dropping the first token of h w: that of h, gone on with w.
            suffix = words if m == 2 else self.extend(m - 1, suffix[self.prefixes(m)], words)
            yield suffix

    def followers(self, m: int, context: Integers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All m-grams that go on from the (m−1)-grams `context` (B,): each with its b, and its number."""
        begin, end = self.rows(m, context)
        sizes = end - begin
        place = np.repeat(np.arange(len(context)), sizes)
        ngrams = np.arange(len(place)) + np.repeat(begin - (np.cumsum(sizes) - sizes), sizes)
        return place, ngrams

    def start(self, batch_size: int) -> State:
        """The state (order − 1, B) after one `<eos>`."""
        state = np.empty((self.order - 1, batch_size), dtype=np.int64)
        for m, row in enumerate(state, start=1):
            row[:] = EOS_ID if m == 1 else self.never(m)
        return state

    def walk(self, tokens: Tokens, state: State) -> tuple[list["Step"], State]:
        """Reads tokens (T, B), T at least 1: one step an order from 2 up, and the state after the last token."""
        steps, after = [], np.empty_like(state)
        words = tokens.astype(np.int64).ravel()
        ngrams = words
        for m in range(2, self.order + 1):
            after[m - 2] = ngrams.reshape(tokens.shape)[-1]
            contexts = np.concatenate([state[m - 2], ngrams[: -tokens.shape[1]]])
            # After a context never seen, the longer m-gram was never seen either.
            positions = np.flatnonzero(contexts != self.never(m - 1))
            contexts = contexts[positions]
            found = self.extend(m, contexts, words[positions])
            steps.append(Step(m, positions, contexts, found))
            ngrams = np.full(len(words), self.never(m))
            ngrams[positions] = found
        return steps, after


@dataclass(frozen=True)
class Step:
    """What a walk finds at order m, at the Q of the T·B positions whose context, an (m−1)-gram, was seen."""

    m: int
    positions: NDArray[np.int64]
    """(Q,) In the flattened tokens, ascending."""
    contexts: NDArray[np.int64]
    """(Q,) Numbers of the (m−1)-grams before them."""
    ngrams: NDArray[np.int64]
    """(Q,) Numbers of the m-grams that end there, or "never seen"."""


def trie_of(counts: NgramCounts, order: int) -> Trie:
    """The n-grams of `counts` up to `order`."""
    orders = counts.orders[:order]
    return Trie(tuple(found.words for found in orders), tuple(found.offsets for found in orders))


def _search(
    words: Integers,
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    sought: Integers,
    never: int,
) -> NDArray[np.int64]:
    """Where `sought` (Q,) stands in the rows `begin : end` (Q,); `never` where it does not."""
    sought = sought.astype(words.dtype)
    place, size = begin.copy(), end - begin
    for _ in range(int(size.max(initial=1) - 1).bit_length()):
        half = size >> 1
        # In a row of one or none, half is 0 and nothing moves, whatever stands at the place looked at.
        half *= words.take(place + (half - 1), mode="wrap") < sought
        place += half
        size -= size >> 1
    return np.where((words.take(place) == sought) & (size > 0), place, never)
