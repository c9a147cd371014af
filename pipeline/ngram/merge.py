"""Sorted runs merged: the counts of a text from those of its parts, exact, in bounded memory.

The parts end at line ends, so every n-gram of the text lies within one of them, and occurrences add up.
Each run numbers its m-grams for itself. But numbers go by sorted order everywhere, so a run stays sorted when
it takes on the merged numbers, and one order is merged after the other, on the numbers of the one below.

Adjusted counts do not add up, since two parts can have the same token before an m-gram. They are counted over
the merged (m+1)-grams, which are distinct, by the number of the last m tokens of each.

Files are read and written from beginning to end. In memory are about `records` entries of each column, and the
numbers of one run's m-grams.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.column import Column
from pipeline.corpus.vocabulary import EOS_ID
from pipeline.ngram.counts import Extensions, Integers, NgramCounts, OrderCounts, types, word_bits
from pipeline.ngram.runs import RunOrder

KEY = np.dtype(np.int64)


def merge(occurrences: Integers, runs: Sequence[tuple[RunOrder, ...]], folder: Path, records: int) -> NgramCounts:
    """The counts of a text from the sorted runs of its parts, which are used up: to the bit those of `count_ngrams`.

    `occurrences` (V,) are those of each type in the whole text. The result is mapped from files in `folder`.
    """
    vocabulary_size, tokens = len(occurrences), int(occurrences.sum())
    shorter = types(occurrences)
    beginning = slice(EOS_ID, EOS_ID + 1)  # the m-grams that begin with <s>
    numbers: list[Column] = []
    orders = []
    for m, parts in enumerate(zip(*runs, strict=True), start=2):
        if m > 2:  # a type has the same number everywhere
            parts = tuple(
                _renumber(part, own, word_bits(vocabulary_size), records)
                for part, own in zip(parts, numbers, strict=True)
            )
        number_type = np.min_scalar_type(sum(len(part.keys) for part in parts))
        numbers = [Column(folder / f"numbers_{m}_{run}", number_type) for run in range(len(runs))]
        merged = _MergedOrder(folder, m, tokens, shorter.size, vocabulary_size, records)
        for found in _unite(parts, numbers, records):
            merged.append(found)
        for part in parts:
            part.remove()
        # <s> alone is no event, so only longer m-grams that begin with it keep their occurrences.
        adjusted = merged.adjusted(shorter.raw, beginning if m > 2 else slice(0, 0))
        orders.append(replace(shorter, adjusted=adjusted))
        shorter = merged.publish()
        beginning = slice(int(shorter.offsets[beginning.start]), int(shorter.offsets[beginning.stop]))
    for column in numbers:
        column.remove()
    return NgramCounts(vocabulary_size, tokens, int(occurrences[EOS_ID]), (*orders, shorter))


def _renumber(part: RunOrder, numbers: Column, bits: int, records: int) -> RunOrder:
    """`part` with merged numbers, `numbers`, in place of its own; both are used up."""
    known = numbers.read(0, len(numbers))
    keys, suffixes = (column.beside(dtype) for column, dtype in ((part.keys, KEY), (part.suffixes, known.dtype)))
    for block in part.keys.blocks(_piece(records)):
        keys.append((known[block >> bits].astype(np.int64) << bits) | (block & ((1 << bits) - 1)))
    for block in part.suffixes.blocks(_piece(records)):
        suffixes.append(known[block])
    for column in (part.keys, part.suffixes, numbers):
        column.remove()
    return RunOrder(keys, part.raw, suffixes)


def _unite(parts: Sequence[RunOrder], numbers: Sequence[Column], records: int) -> Iterator[Extensions]:
    """The distinct m-grams of all `parts`, in order, in blocks. Adds to `numbers` what those of each part become."""
    readers = [_Reader(part.keys, max(1, records // len(parts))) for part in parts]
    size = 0
    while True:
        for reader in readers:
            reader.fill()
        # What comes after the last key that a reader knows may have company on disk yet.
        limit = min((int(reader.keys[-1]) for reader in readers if reader.unread), default=None)
        taken = [reader.take(limit) for reader in readers]
        keys = _distinct(np.concatenate([block for _, block in taken]))
        if len(keys) == 0:
            return
        raw, suffixes = np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.int64)
        for part, own, (start, block) in zip(parts, numbers, taken, strict=True):
            if len(block):
                place = np.searchsorted(keys, block)
                raw[place] += part.raw.read(start, start + len(block))
                suffixes[place] = part.suffixes.read(start, start + len(block))
                own.append(place + size)
        yield Extensions(keys, raw, suffixes)
        size += len(keys)


class _Reader:
    """Keys of one run, in order, a block in memory."""

    def __init__(self, column: Column, block: int) -> None:
        self._column, self._block, self._start = column, block, 0
        self.keys: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    @property
    def unread(self) -> bool:
        return self._start + len(self.keys) < len(self._column)

    def fill(self) -> None:
        # Only once half is used: so a key is copied about once, however little is taken at a time.
        if self.unread and len(self.keys) <= self._block // 2:
            more = self._column.read(self._start + len(self.keys), self._start + self._block)
            self.keys = np.concatenate([self.keys, more])

    def take(self, limit: int | None) -> tuple[int, NDArray[np.int64]]:
        """The keys up to and with `limit`, or all, and where in the column they begin."""
        start, count = self._start, len(self.keys) if limit is None else int(self.keys.searchsorted(limit, "right"))
        taken, self.keys = self.keys[:count], self.keys[count:]
        self._start += count
        return start, taken


class _MergedOrder:
    """The arrays of one order m, written as the m-grams come in, and what the order below needs of them."""

    def __init__(self, folder: Path, m: int, tokens: int, prefixes: int, vocabulary_size: int, records: int) -> None:
        self._folder, self._m, self._prefixes = folder, m, prefixes
        self._bits, self._piece = word_bits(vocabulary_size), _piece(records)
        # No order from 2 on has more m-grams than the text has tokens.
        self._number = np.min_scalar_type(max(tokens, vocabulary_size))
        self._words = Column(folder / f"words_{m}", np.min_scalar_type(vocabulary_size))
        self._offsets = Column(folder / f"offsets_{m}", self._number)
        self._raw = Column(folder / f"raw_{m}", self._number)
        self._suffixes: dict[int, Column] = {}
        """Numbers of (m−1)-grams, sorted into ranges of `_piece` numbers each."""

    def append(self, found: Extensions) -> None:
        """Adds m-grams that come after all so far."""
        prefixes = found.keys >> self._bits
        self._begin_rows(prefixes, int(prefixes[-1]) + 1)
        self._words.append(found.keys & ((1 << self._bits) - 1))
        self._raw.append(found.raw)
        suffixes = np.sort(found.suffixes)
        for place in range(int(suffixes[0]) // self._piece, int(suffixes[-1]) // self._piece + 1):
            begin, end = suffixes.searchsorted([place * self._piece, (place + 1) * self._piece])
            if begin < end:
                if place not in self._suffixes:
                    self._suffixes[place] = Column(self._folder / f"suffixes_{self._m}_{place}", self._number)
                self._suffixes[place].append(suffixes[begin:end])

    def _begin_rows(self, prefixes: NDArray[np.int64], end: int) -> None:
        """Writes where the rows up to that of prefix number `end` begin; `prefixes` are those now added, sorted."""
        while (first := len(self._offsets)) < end:
            rows = np.arange(first, min(first + self._piece, end))
            self._offsets.append(len(self._words) + prefixes.searchsorted(rows))

    def adjusted(self, raw: Integers, beginning: slice) -> Integers:
        """(P + 1,) The adjusted counts of the (m−1)-grams, of which `raw` (P + 1,) are the occurrences and those
        in `beginning` begin with `<s>`."""
        column = Column(self._folder / f"adjusted_{self._m - 1}", self._number)
        for place, start in enumerate(range(0, len(raw), self._piece)):
            stop = min(start + self._piece, len(raw))
            counted = np.zeros(stop - start, dtype=np.int64)
            if place in self._suffixes:
                for block in self._suffixes[place].blocks(self._piece):
                    counted += np.bincount(block.astype(np.int64) - start, minlength=len(counted))
                self._suffixes[place].remove()
            begin, end = max(beginning.start, start), min(beginning.stop, stop)
            if begin < end:
                counted[begin - start : end - start] = raw[begin:end]
            column.append(counted)
        return column.publish(self._folder / f"adjusted_{self._m - 1}.npy")

    def publish(self) -> OrderCounts:
        """The finished arrays, mapped; adjusted counts are left out."""
        self._begin_rows(np.empty(0, dtype=np.int64), self._prefixes + 2)
        for column in (self._words, self._raw):
            column.append(np.zeros(1, dtype=np.int64))
        words, offsets, raw = (
            column.publish(self._folder / f"{name}_{self._m}.npy")
            for name, column in (("words", self._words), ("offsets", self._offsets), ("raw", self._raw))
        )
        return OrderCounts(words, offsets, raw, None)


def _distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """`keys`, which are used up, sorted, each once."""
    keys.sort()
    is_new = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=is_new[1:])
    return keys[is_new]


def _piece(records: int) -> int:
    """How much is read at once where several columns are gone through."""
    return max(1, records // 4)
