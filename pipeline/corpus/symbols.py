"""From the bytes of a text to numbers: every distinct word or character gets one, in the order of their appearance.

This is where a large text costs time, so words are cut by arithmetic on whole arrays and told apart by Arrow's hash
table; Python sees each distinct word of a chunk once.
"""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Symbols = NDArray[np.uint32]

LINE_END = 0
"""The number of the end of a line, in every numbering."""

_WORD, _SPACE, _NEWLINE = 0, 1, 2
_KIND = np.full(256, _WORD, dtype=np.uint8)
_KIND[list(b"\t\v\f\r\x1c\x1d\x1e\x1f ")] = _SPACE
_KIND[ord("\n")] = _NEWLINE
_WIDE_SPACES = "\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


class Numbering(Protocol):
    """Numbers the words or characters of a text."""

    def read(self, chunk: bytes) -> Symbols:
        """The numbers (N,) of a piece of UTF-8 text that cuts no word; `LINE_END` for each end of a line."""

    def __len__(self) -> int:
        """All numbers are below this."""

    def names(self) -> Iterator[tuple[int, str]]:
        """Every number but that of the line end with the word or character that it stands for."""


class Words:
    """What white space separates (any that Unicode has, as in `str.split`)."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {b"\n": LINE_END}

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, word: str) -> bool:
        return word.encode() in self._numbers

    def names(self) -> Iterator[tuple[int, str]]:
        return ((number, word.decode()) for word, number in self._numbers.items() if number != LINE_END)

    def read(self, chunk: bytes) -> Symbols:
        data = np.frombuffer(chunk if chunk.isascii() else _with_plain_spaces(chunk), dtype=np.uint8)
        kind = _KIND[data]
        # a word begins after white space, and a line end is a word of one byte
        begins = np.ones(len(data), dtype=bool)
        np.not_equal(kind[:-1], _WORD, out=begins[1:])
        begins |= kind == _NEWLINE
        solid = kind != _SPACE
        letters = data[solid]
        starts = np.flatnonzero(begins[solid])
        ends = np.append(starts, len(letters)).astype(np.int32)
        buffers = [None, pa.py_buffer(ends), pa.py_buffer(letters)]
        encoded = pa.Array.from_buffers(pa.binary(), len(starts), buffers).dictionary_encode()
        numbers = self._numbers
        found = encoded.dictionary.to_pylist()
        known = np.fromiter((numbers.setdefault(word, len(numbers)) for word in found), np.uint32, len(found))
        return known[encoded.indices.to_numpy()]


def _with_plain_spaces(chunk: bytes) -> bytes:
    """`chunk` with a plain space for each of Unicode's wide ones."""
    for space in _WIDE_SPACES:
        if (encoded := space.encode()) in chunk:
            chunk = chunk.replace(encoded, b" ")
    return chunk


class Characters:
    """Unicode's code points, white space among them; the carriage return before a line end is none."""

    def __init__(self) -> None:
        self._seen = np.zeros(0x110000, dtype=bool)

    def __len__(self) -> int:
        return len(self._seen)

    def names(self) -> Iterator[tuple[int, str]]:
        return ((number, chr(number)) for number in np.flatnonzero(self._seen).tolist() if number != LINE_END)

    def read(self, chunk: bytes) -> Symbols:
        text = chunk.replace(b"\r\n", b"\n").decode()
        codes: Symbols = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").copy()
        codes[codes == ord("\n")] = LINE_END
        self._seen[codes] = True
        return codes


class LineBreaker:
    """Ends a line after so many symbols, and begins another."""

    def __init__(self, most: int) -> None:
        self._most, self._place = most, 0

    def __call__(self, symbols: Symbols) -> Symbols:
        places = line_places(symbols, self._place)
        if len(symbols):
            self._place = 0 if symbols[-1] == LINE_END else int(places[-1]) + 1
        full = (places > 0) & (places % self._most == 0) & (symbols != LINE_END)
        return np.insert(symbols, np.flatnonzero(full), LINE_END) if full.any() else symbols


def line_places(symbols: NDArray[np.integer[Any]], before: int) -> Ints:
    """The place (N,) of each symbol in its line, from 0; the first line has `before` symbols already."""
    places = np.arange(before, before + len(symbols))
    ends = np.flatnonzero(symbols == LINE_END)
    begins = ends[ends < len(symbols) - 1] + 1
    steps = np.zeros(len(symbols), dtype=np.int64)
    steps[begins] = places[begins] - np.concatenate([[0], places[begins[:-1]]])
    return places - np.cumsum(steps)
