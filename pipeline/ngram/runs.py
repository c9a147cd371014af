"""Counts that lie on disk: those of some lines as a sorted run, in columns that are read in pieces."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from pipeline import io
from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.language_model import Tokens
from pipeline.ngram.counts import Extensions, Integers

COPIED_AT_ONCE = 1 << 20


class Column:
    """A long array of integers in a file: written at its end, read in slices. Only what is asked for is in memory.

    Slices are read, not mapped, so that the memory of the process is what the program holds.
    """

    def __init__(self, path: Path, dtype: np.dtype[Any]) -> None:
        self._path, self._dtype = path, dtype
        self._length = self._largest = 0
        path.touch(exist_ok=False)

    def __len__(self) -> int:
        return self._length

    def append(self, values: Integers) -> None:
        """Adds `values`, which are not negative and fit the column's type."""
        self._largest = max(self._largest, int(values.max(initial=0)))
        self._length += len(values)
        with self._path.open("ab") as file:
            values.astype(self._dtype, copy=False).tofile(file)

    def read(self, start: int, stop: int) -> Integers:
        """The values from `start` up to `stop`, or to the end if that comes first."""
        stop = min(stop, self._length)
        place = start * self._dtype.itemsize
        values: Integers = np.fromfile(self._path, self._dtype, count=max(stop - start, 0), offset=place)
        return values

    def blocks(self, size: int) -> Iterator[Integers]:
        """All values in order, at most `size` at once."""
        return (self.read(start, start + size) for start in range(0, self._length, size))

    def beside(self, dtype: np.dtype[Any]) -> "Column":
        """A new column, empty, to take the place of this one."""
        return Column(self._path.with_name(f"{self._path.name}_new"), dtype)

    def remove(self) -> None:
        self._path.unlink()

    def publish(self, path: Path) -> Integers:
        """The values as .npy in the smallest type that holds them, memory-mapped; the column itself is removed."""
        smallest = np.min_scalar_type(self._largest)
        with io.atomic(path) as file:
            header = {"descr": npy.dtype_to_descr(smallest), "fortran_order": False, "shape": (self._length,)}
            npy.write_array_header_1_0(file, header)
            for block in self.blocks(COPIED_AT_ONCE):
                file.write(block.astype(smallest).tobytes())
        self.remove()
        return np.asarray(io.read_array(path))


@dataclass(frozen=True)
class RunOrder:
    """The m-grams of one order m ≥ 2 of some lines: the arrays of `Extensions` as columns."""

    keys: Column
    raw: Column
    suffixes: Column

    def remove(self) -> None:
        for column in (self.keys, self.raw, self.suffixes):
            column.remove()


def cut_at_line_ends(stream: Tokens, tokens: int, most: int) -> Iterator[slice]:
    """Parts of `stream` (N,), in order, that end with `<eos>`: of up to `tokens` tokens, or one line, up to `most`.

    Raises `UserError` where a line is longer than that.
    """
    start = 0
    while start < len(stream):
        ends = np.flatnonzero(stream[start : start + tokens] == EOS_ID)[-1:]
        if len(ends) == 0:
            ends = np.flatnonzero(stream[start : start + most] == EOS_ID)[:1]
        if len(ends) == 0:
            raise UserError(
                f"The line that begins at token {start} has more than {most} tokens, too many to count in the memory "
                "allowed. Raise `ngram.memory_mb`, or break the line."
            )
        stop = start + int(ends[0]) + 1
        yield slice(start, stop)
        start = stop


def write_run(folder: Path, name: str, found: Iterable[Extensions]) -> tuple[RunOrder, ...]:
    """Writes what `extensions` found in some lines, order by order, to files in `folder` that begin with `name`."""
    orders = []
    for m, extensions in enumerate(found, start=2):
        columns = []
        for part in ("keys", "raw", "suffixes"):
            values: NDArray[Any] = getattr(extensions, part)
            columns.append(Column(folder / f"{name}_{part}_{m}", values.dtype))
            columns[-1].append(values)
        orders.append(RunOrder(*columns))
    return tuple(orders)
