"""The lines of an ARPA file, plain or gzip: one by one, or many of them as columns.

Bytes are cut into fields, and fields become numbers, a block of lines at a time, so that no Python object stands for
an n-gram.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.errors import UserError

GZIP_MAGIC = b"\x1f\x8b"
BYTES_AT_ONCE = 1 << 22
NEWLINE = ord("\n")
IS_SPACE = np.zeros(256, dtype=bool)
IS_SPACE[list(b" \t\r\n")] = True


@dataclass(frozen=True)
class Columns:
    """The m-grams of R lines."""

    first_line: int
    words: pa.Array
    """(R · m,) Strings, m a line."""
    log_probs: NDArray[np.float64]
    """(R,) log10; at most 0."""
    log_weights: NDArray[np.float64]
    """(R,) log10 of the backoff weights; 0 where a line has none."""


@dataclass
class ArpaLines:
    """What is left of a file. The last line counts as ended, also where its line break is missing."""

    path: Path
    file: IO[bytes] | gzip.GzipFile
    number: int = 0
    """Of the line handed out last, from 1."""
    _buffer: bytes = field(default=b"", repr=False)
    _place: int = 0

    def content(self) -> bytes | None:
        """The next line that is not blank, without the white space around it; None at the end of the file."""
        while self._has_line():
            end = self._buffer.find(b"\n", self._place)
            line = self._buffer[self._place : end].strip()
            self._place = end + 1
            self.number += 1
            if line:
                return line
        return None

    def columns(self, m: int, size: int) -> Iterator[Columns]:
        """The next `size` lines, each an m-gram, some at a time.

        Raises `UserError` if they are fewer, or one is not: log10 p, m words and, if it has one, log10 b.
        """
        done = 0
        while done < size:
            if not self._has_line():
                raise self.error(f"the file ends after {done} of the {size} {m}-grams that its head announces")
            first_line = self.number + 1
            block, ends = self._block(size - done)
            yield self._cut(block, ends, m, first_line, done, size)
            done += len(ends)

    def error(self, cause: str, number: int | None = None) -> UserError:
        """The error that names the file, the line (by default the one handed out last) and the `cause`."""
        return UserError(
            f"{self.path}, line {number or max(self.number, 1)}: {cause}. "
            "Make the file anew, or copy it again from where it came."
        )

    def _cut(
        self, block: NDArray[np.uint8], ends: NDArray[np.int64], m: int, first_line: int, done: int, size: int
    ) -> Columns:
        space = IS_SPACE[block]
        bounds = np.flatnonzero(space[1:] != space[:-1]) + 1
        if not space[0]:
            bounds = np.insert(bounds, 0, 0)
        # Field i begins at bounds[2i] and ends at bounds[2i + 1], where the white space after it begins.
        after = np.searchsorted(bounds[::2], ends)
        first = np.insert(after[:-1], 0, 0)
        lengths = after - first
        wrong = np.flatnonzero((lengths != m + 1) & (lengths != m + 2))
        if len(wrong):
            row = int(wrong[0])
            line = bytes(block[ends[row - 1] if row else 0 : ends[row]]).strip()
            if not line or line.startswith(b"\\"):
                cause = f"found {shown(line)} after {done + row} of the {size} {m}-grams that the head announces"
            else:
                cause = (
                    f"found {lengths[row]} fields ({shown(line)}), but a {m}-gram has {m + 1}, with a weight {m + 2}"
                )
            raise self.error(cause, first_line + row)
        offsets = pa.py_buffer(bounds.astype(np.int32))
        cells = pa.Array.from_buffers(pa.string(), len(bounds) - 1, [None, offsets, pa.py_buffer(block)])
        weighted = np.flatnonzero(lengths == m + 2)
        log_weights = np.zeros(len(ends))
        log_weights[weighted] = self._numbers(cells.take(pa.array(2 * (first + m + 1)[weighted])), first_line, weighted)
        log_probs = self._numbers(cells.take(pa.array(2 * first)), first_line, np.arange(len(ends)))
        positive = np.flatnonzero(log_probs > 0)
        if len(positive):
            row = int(positive[0])
            raise self.error(f"the log probability {log_probs[row]:g} is above 0", first_line + row)
        words = cells.take(pa.array(2 * (first[:, None] + 1 + np.arange(m)).ravel()))
        return Columns(first_line, words, log_probs, log_weights)

    def _numbers(self, cells: pa.Array, first_line: int, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """`cells` (R,) as numbers below infinity; `rows` (R,) tells the line of each."""
        try:
            numbers: NDArray[np.float64] = pc.cast(cells, pa.float64()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            numbers = np.array([_number(cell) for cell in cells.cast(pa.binary()).to_pylist()])
        wrong = np.flatnonzero(~(numbers < np.inf))
        if len(wrong):
            cell = cells.cast(pa.binary())[int(wrong[0])].as_py()
            raise self.error(f"found {shown(cell)} where a log10 number should be", first_line + int(rows[wrong[0]]))
        return numbers

    def _block(self, limit: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Up to `limit` lines, those at hand, as bytes, and where in them each line ends."""
        content = np.frombuffer(self._buffer, dtype=np.uint8)[self._place :]
        ends = np.flatnonzero(content == NEWLINE)[:limit] + 1
        self._place += int(ends[-1])
        self.number += len(ends)
        return content[: ends[-1]], ends

    def _has_line(self) -> bool:
        """Whether there is another line; reads on if none is at hand. What is at hand is always whole lines."""
        if self._place < len(self._buffer):
            return True
        try:
            more = self.file.read(BYTES_AT_ONCE)
            more += self.file.readline()
        except EOFError:
            raise self.error("the gzip file is cut off after this line") from None
        except (zlib.error, gzip.BadGzipFile) as error:
            raise self.error(f"the gzip file is damaged after this line ({error})") from None
        if more and not more.endswith(b"\n"):
            more += b"\n"
        self._buffer, self._place = more, 0
        return bool(more)


@contextmanager
def open_arpa(path: Path) -> Iterator[ArpaLines]:
    """The lines of `path`; gzip is known by its first bytes. Raises `UserError` if it is no file."""
    if not path.is_file():
        raise UserError(f"{path} is no file that exists. Name an ARPA file, plain or gzip.")
    with path.open("rb") as plain:
        compressed = plain.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        plain.seek(0)
        if compressed:
            with gzip.GzipFile(fileobj=plain) as file:
                yield ArpaLines(path, file)
        else:
            yield ArpaLines(path, plain)


def shown(text: bytes) -> str:
    """`text` between quotes, cut where it is long."""
    return repr(text[:60].decode(errors="replace")) + ("…" if len(text) > 60 else "")


def _number(cell: bytes) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
