"""A long array of integers that lies on disk while it grows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from pipeline import io

Integers = NDArray[np.integer[Any]]

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

    def blocks(self, size: int, start: int = 0, stop: int | None = None) -> Iterator[Integers]:
        """The values from `start` up to `stop`, all of them by default, in order and at most `size` at once."""
        stop = self._length if stop is None else stop
        return (self.read(place, min(place + size, stop)) for place in range(start, stop, size))

    def beside(self, dtype: np.dtype[Any]) -> "Column":
        """A new column, empty, to take the place of this one."""
        return Column(self._path.with_name(f"{self._path.name}_new"), dtype)

    def remove(self) -> None:
        self._path.unlink()

    def publish(self, path: Path, dtype: np.dtype[Any] | None = None) -> Integers:
        """The values as .npy of `dtype`, by default the smallest that holds them, memory-mapped; the column itself is
        removed."""
        smallest = np.min_scalar_type(self._largest) if dtype is None else dtype
        with io.atomic(path) as file:
            header = {"descr": npy.dtype_to_descr(smallest), "fortran_order": False, "shape": (self._length,)}
            npy.write_array_header_1_0(file, header)
            for block in self.blocks(COPIED_AT_ONCE):
                file.write(block.astype(smallest).tobytes())
        self.remove()
        return np.asarray(io.read_array(path))
