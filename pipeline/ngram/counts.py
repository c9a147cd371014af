"""Counts of n-grams, of every order at once, in the layout the models read.

A line is `<s> w1 … wn </s>`; both marks are written `<eos>`. So an m-gram never has `<eos>` inside: it
is the first token (`<s>`), the last (`</s>`), or both (the bigram of a blank line).

The m-grams of one order are numbered by their sorted order, first token first. The extensions of one
(m−1)-gram therefore lie side by side, and an m-gram is found from the number of its prefix: it is the
place of its last token in the row `offsets[prefix] : offsets[prefix + 1]` of `words`. That is one
search in a short row instead of one over all m-grams, and it is also the list of all that followed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.language_model import Tokens

Integers = NDArray[np.integer[Any]]

MAX_ORDER = 7


@dataclass(frozen=True)
class OrderCounts:
    """The n distinct m-grams of one order m; P is the number of distinct (m−1)-grams.

    Every array has one entry more than it has m-grams: number n stands for "never seen", counts zero
    and begins an empty row, so that nothing that reads the arrays has to ask. Integers are of the
    smallest type that holds them.

    For m = 1 the m-grams are all V types, seen or not, and their only prefix is the empty one.
    """

    words: Integers
    """(n + 1,) Last token of each m-gram, ascending within a row."""
    offsets: Integers
    """(P + 2,) Where the row of each (m−1)-gram begins in `words`."""
    raw: Integers
    """(n + 1,) Occurrences. For m = 1, `<eos>` counts the line ends, which are as many as the beginnings."""
    adjusted: Integers | None
    """(n + 1,) Distinct tokens seen before the m-gram, but occurrences if it begins with `<s>`, before
    which nothing can stand (Heafield et al. 2013, section 3.2). None for the highest order."""

    @property
    def size(self) -> int:
        return len(self.words) - 1


@dataclass(frozen=True)
class NgramCounts:
    """Counts of the orders 1 to `order`; `orders[m - 1]` has the m-grams."""

    vocabulary_size: int
    tokens: int
    lines: int
    orders: tuple[OrderCounts, ...]

    @property
    def order(self) -> int:
        return len(self.orders)


def count_ngrams(stream: Tokens, vocabulary_size: int, order: int) -> NgramCounts:
    """Counts the n-grams of `stream` (N,), in which every line ends with `<eos>`.

    Lines shorter than `order` are no mistake: orders that no line reaches are empty.
    """
    check_order(order)
    check_stream(stream, vocabulary_size)
    shorter = types(np.bincount(stream, minlength=vocabulary_size))
    lines = int(shorter.raw[EOS_ID])
    beginning = slice(EOS_ID, EOS_ID + 1)  # the m-grams that begin with <s>: one run, since they are sorted
    orders: list[OrderCounts] = []
    for found in extensions(stream, vocabulary_size, order):
        adjusted = np.bincount(found.suffixes, minlength=len(shorter.words))
        if orders:  # <s> alone is no event: nothing predicts it, and unigram <eos> is </s>
            adjusted[beginning] = shorter.raw[beginning]
        orders.append(replace(shorter, adjusted=smallest(adjusted)))
        shorter = _rows(found, shorter.size, vocabulary_size)
        beginning = slice(int(shorter.offsets[beginning.start]), int(shorter.offsets[beginning.stop]))
        del found, adjusted  # room for the next order
    return NgramCounts(vocabulary_size, len(stream), lines, (*orders, shorter))


def types(occurrences: Integers) -> OrderCounts:
    """Order 1, from the `occurrences` (V,) of each type; adjusted counts are left out."""
    size = len(occurrences)
    return OrderCounts(
        words=smallest(np.append(np.arange(size), 0)),
        offsets=smallest(np.array([0, size, size])),
        raw=smallest(np.append(occurrences, 0)),
        adjusted=None,
    )


@dataclass(frozen=True)
class Extensions:
    """The n distinct m-grams of one order m ≥ 2, in sorted order, each as an (m−1)-gram gone on with a word."""

    keys: NDArray[np.int64]
    """(n,) The number of the first m − 1 tokens, and the last token in the lowest `word_bits`; ascending."""
    raw: Integers
    """(n,) Occurrences."""
    suffixes: Integers
    """(n,) The number of the last m − 1 tokens."""


def extensions(stream: Tokens, vocabulary_size: int, order: int) -> Iterator[Extensions]:
    """The m-grams of `stream` (N,) for m = 2 … `order`, one order at a time. (1-grams are numbered by type.)"""
    words = np.ascontiguousarray(stream, dtype=np.int64)
    # Every position ends a bigram; what is before the first is <s>.
    ends: Integers = np.arange(len(words), dtype=_index_type(len(words)))
    number: Integers = words
    prefix: Integers = np.concatenate([[EOS_ID], words[:-1]])
    for m in range(2, order + 1):
        found, number = _extend(ends, prefix, number, words, vocabulary_size)
        yield found
        if m < order:
            del found  # whoever took it may have made room
            # The next order ends one token later, unless a line has ended in between.
            ends = ends[words[ends] != EOS_ID]
            prefix = number[ends]
            ends += 1


def _extend(
    ends: Integers, prefix: Integers, suffix: Integers, words: Integers, vocabulary_size: int
) -> tuple[Extensions, Integers]:
    """The m-grams that end at positions `ends` (E,), of which `prefix` (E,) numbers the first m−1 tokens, and
    `suffix` (N,), position by position, the last m−1; and (N,) the number of the m-gram that ends at each position,
    undefined where none does."""
    key: NDArray[np.int64] = prefix.astype(np.int64)
    key <<= word_bits(vocabulary_size)
    key |= words[ends]
    key, where = _sort(key)
    ends = ends[where]
    is_new = np.ones(len(key), dtype=bool)
    np.not_equal(key[1:], key[:-1], out=is_new[1:])
    starts = np.flatnonzero(is_new)
    number: Integers = np.zeros(len(words), dtype=_index_type(len(words)))
    number[ends] = np.cumsum(is_new, dtype=number.dtype) - 1
    return Extensions(key[starts], smallest(np.diff(starts, append=len(key))), suffix[ends[starts]]), number


def _rows(found: Extensions, prefixes: int, vocabulary_size: int) -> OrderCounts:
    """`found` with the m-grams of each prefix as a row; adjusted counts are left out."""
    bits = word_bits(vocabulary_size)
    sizes = np.bincount(found.keys >> bits, minlength=prefixes + 1)
    return OrderCounts(
        words=smallest(np.append(found.keys & ((1 << bits) - 1), 0)),
        offsets=smallest(np.concatenate([[0], np.cumsum(sizes)])),
        raw=np.append(found.raw, found.raw.dtype.type(0)),
        adjusted=None,
    )


def word_bits(vocabulary_size: int) -> int:
    """How many bits of a key the word takes."""
    return (vocabulary_size - 1).bit_length()


def _index_type(length: int) -> type[np.signedinteger[Any]]:
    return np.int32 if length < 2**31 else np.int64


def _sort(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], Integers]:
    """`key` (E,), which is used up, in ascending order, and where each came from."""
    place_bits = len(key).bit_length()
    if int(key.max(initial=0)).bit_length() + place_bits < 64:
        # Sorting values is several times as fast as sorting indices: carry the index in the low bits.
        key <<= place_bits
        key |= np.arange(len(key))
        key.sort()
        where = (key & ((1 << place_bits) - 1)).astype(_index_type(len(key)))
        key >>= place_bits
        return key, where
    where = key.argsort()
    return key[where], where


def smallest(array: Integers) -> Integers:
    """`array` of non-negative integers in the smallest unsigned type that holds them."""
    return array.astype(np.min_scalar_type(int(array.max(initial=0))))


def check_order(order: int) -> None:
    if not 1 <= order <= MAX_ORDER:
        raise UserError(
            f"The n-gram order is {order}; it must be from 1 to {MAX_ORDER}. Set `ngram.order` to one of these."
        )


def check_stream(stream: Tokens, vocabulary_size: int) -> None:
    """Raises `UserError` unless `stream` is (N,) ids below `vocabulary_size` whose last is `<eos>`."""
    if stream.ndim != 1:
        raise UserError(
            f"The token stream has shape {stream.shape}; n-grams are counted over one stream, of shape (N,)."
        )
    if len(stream) == 0:
        raise UserError("The token stream is empty: there is nothing to count. Give a corpus with at least one line.")
    check_ids(stream, vocabulary_size)
    if stream[-1] != EOS_ID:
        raise UserError(
            f"The token stream ends in id {int(stream[-1])}, not in <eos> (id {EOS_ID}), so its last line is cut off. "
            "End every line with <eos>, also the last."
        )


def check_ids(tokens: Tokens, vocabulary_size: int) -> None:
    """Raises `UserError` unless every id is in 0 … `vocabulary_size` − 1."""
    if tokens.size == 0:
        return
    low, high = int(tokens.min()), int(tokens.max())
    if low < 0 or high >= vocabulary_size:
        raise UserError(
            f"Token id {low if low < 0 else high} is outside the vocabulary of {vocabulary_size} types. "
            "Encode the text with the vocabulary that the model was made with."
        )
