"""Counts that lie on disk: those of some lines as a sorted run, in columns that are read in pieces."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.column import Column
from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.language_model import Tokens
from pipeline.ngram.counts import Extensions


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
