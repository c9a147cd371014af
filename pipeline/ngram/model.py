"""An n-gram model read from arrays: scores a stream, or gives the next-token distribution."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.language_model import Nats, Tokens
from pipeline.ngram.counts import Integers, check_ids
from pipeline.ngram.kneser_ney import KneserNey, Level

State = NDArray[np.int64]
"""(order − 1, B) Row m − 1 has the number of the m-gram read last by each stream, or "never seen".

That is what the last `order − 1` tokens come to. A line end needs no rule of its own: no m-gram goes on
after `</s>`, except that the unigram `<eos>` is also `<s>`, and has what begins lines as its row."""

BLOCK = 1 << 14
"""Tokens scored at once: enough to hide what a NumPy call costs, few enough to stay in the cache."""


def model_name(order: int) -> str:
    """unigram, bigram, trigram, 4gram, 5gram, …"""
    return {1: "unigram", 2: "bigram", 3: "trigram"}.get(order, f"{order}gram")


@dataclass(frozen=True)
class NgramModel:
    """The n-gram model of one order; meets `LanguageModel`. It begins anew at every line."""

    vocabulary_size: int
    words: tuple[Integers, ...]
    offsets: tuple[Integers, ...]
    """As in `OrderCounts`, for the orders 1 to `order`."""
    levels: tuple[Level, ...]

    @property
    def order(self) -> int:
        return len(self.levels)

    @property
    def name(self) -> str:
        return model_name(self.order)

    @cached_property
    def unigrams(self) -> NDArray[np.float64]:
        """(V,) Probabilities of order 1."""
        level = self.levels[0]
        return _taken(level.counts[:-1], level) / level.totals[0] + level.left[0] / self.vocabulary_size

    def start(self, batch_size: int) -> State:
        """The state (order − 1, B) after one `<eos>`."""
        state = np.empty((self.order - 1, batch_size), dtype=np.int64)
        for m, row in enumerate(state, start=1):
            row[:] = EOS_ID if m == 1 else self._never(m)
        return state

    def read(self, tokens: Tokens, state: State) -> tuple[Nats, State]:
        """Natural-log probabilities (T, B) of tokens (T, B), and the state after them.

        Raises `UserError` for an id outside the vocabulary.
        """
        check_ids(tokens, self.vocabulary_size)
        steps, batch = tokens.shape
        nats = np.empty((steps, batch))
        length = max(BLOCK // max(batch, 1), 1)
        for begin in range(0, steps, length):
            block = tokens[begin : begin + length]
            nats[begin : begin + length], state = self._read_block(block, state)
        return nats, state

    def next_log_probs(self, state: State) -> Nats:
        """Natural-log probabilities (B, V) of the token after `state`."""
        streams = np.arange(state.shape[1])
        weight = np.ones(len(streams))  # what the orders above m have left over
        parts = []
        for m in range(self.order, 1, -1):
            level, context = self.levels[m - 1], state[m - 2]
            begin, end = self._rows(m, context)
            sizes = end - begin
            # All that was seen after the context of each stream: (stream, number of the m-gram) pairs.
            stream = np.repeat(streams, sizes)
            ngrams = np.arange(len(stream)) + np.repeat(begin - (np.cumsum(sizes) - sizes), sizes)
            share = weight / np.maximum(level.totals.take(context), 1)
            part = _taken(level.counts.take(ngrams), level) * share.take(stream)
            parts.append((stream, self.words[m - 1].take(ngrams), part))
            weight = weight * level.left.take(context)
        probs = np.multiply.outer(weight, self.unigrams)
        for stream, words, part in parts:
            probs[stream, words] += part
        with np.errstate(divide="ignore"):
            return np.log(probs, out=probs)

    def extend(self, m: int, prefix: Integers, words: Integers) -> NDArray[np.int64]:
        """Numbers (Q,) of the m-grams that are `words` (Q,) after the (m−1)-grams `prefix` (Q,)."""
        return _search(self.words[m - 1], *self._rows(m, prefix), words, self._never(m))

    def interpolate(self, m: int, ngrams: Integers, context: Integers, below: Nats) -> NDArray[np.float64]:
        """Probabilities (Q,) at order m, given those of order m − 1 (Q,), of which `ngrams` (Q,) are the
        m-grams and `context` (Q,) their prefixes."""
        level = self.levels[m - 1]
        probs = _taken(level.counts.take(ngrams), level)
        # Where nothing follows the context, all counts are 0 and so is the total.
        probs /= np.maximum(level.totals.take(context), 1)
        probs += level.left.take(context) * below
        return probs

    def _never(self, m: int) -> int:
        return len(self.words[m - 1]) - 1

    def _rows(self, m: int, context: Integers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the rows of m-grams that go on from each (m−1)-gram in `context` (Q,) begin and end."""
        offsets = self.offsets[m - 1]
        return offsets.take(context).astype(np.int64), offsets.take(context + 1).astype(np.int64)

    def _read_block(self, tokens: Tokens, state: State) -> tuple[Nats, State]:
        """`read` for few enough tokens. One pass an order, lowest first, over all tokens at once:
        the m-gram at t extends the (m−1)-gram at t − 1, and its probability that of order m − 1."""
        words = tokens.astype(np.int64).ravel()
        probs = self.unigrams.take(words)
        after = np.empty_like(state)
        ngrams = words
        for m in range(2, self.order + 1):
            after[m - 2] = ngrams.reshape(tokens.shape)[-1]
            context = np.concatenate([state[m - 2], ngrams[: -tokens.shape[1]]])
            # After a context never seen, the longer m-gram was never seen either, and p stays as it is.
            seen = np.flatnonzero(context != self._never(m - 1))
            context = context[seen]
            found = self.extend(m, context, words[seen])
            probs[seen] = self.interpolate(m, found, context, probs[seen])
            ngrams = np.full(len(words), self._never(m))
            ngrams[seen] = found
        with np.errstate(divide="ignore"):
            return np.log(probs).reshape(tokens.shape), after


def model_of(fitted: KneserNey, order: int) -> NgramModel:
    """The model of `order`, at most the fitted one, from arrays in memory."""
    orders = fitted.counts.orders[:order]
    return NgramModel(
        vocabulary_size=fitted.counts.vocabulary_size,
        words=tuple(found.words for found in orders),
        offsets=tuple(found.offsets for found in orders),
        levels=fitted.levels(order),
    )


def _taken(counts: Integers, level: Level) -> NDArray[np.float64]:
    """c − D(c), the counts less their discount; 0 where the count is 0."""
    amounts = np.array([0.0, *level.discounts.amounts])
    taken: NDArray[np.float64] = counts - amounts.take(np.minimum(counts, 3))
    return taken


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
