"""A text that comes in one: cut into train, valid and test, contiguous and between documents."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.column import Column
from pipeline.corpus.symbols import LINE_END
from pipeline.errors import UserError

Ints = NDArray[np.int64]
BLOCK = 1 << 20
MIN_UNITS = 20  # below this a share of a few percent is not even one document, paragraph or line


def cut(
    symbols: Column, lines: int, documents: Sequence[int], valid_share: float, test_share: float
) -> tuple[int, int, int]:
    """Where train, valid and test end, as positions in `symbols`, which have so many `lines`.

    The cuts lie between documents where the text has enough of them, else after blank lines, else between lines; each
    is the nearest to the line at which its share begins. What would miss a share by far, as where one document is most
    of the text, is passed over for the next. Raises UserError where the text has too few lines.
    """
    if lines < MIN_UNITS:
        raise UserError(
            f"the text has {lines} line{'' if lines == 1 else 's'}; splitting it into train, valid and test "
            f"takes {MIN_UNITS}. Break it into lines (text.break_lines does, too), or give three files."
        )
    ends = line_ends(symbols, lines)
    first_lines = np.unique(np.searchsorted(ends, np.asarray(documents, dtype=np.int64)))
    for units in (first_lines, _after_blank_lines(ends)):
        inner = units[(units > 0) & (units < lines)]
        if len(inner) + 1 >= MIN_UNITS:
            test = _nearest(inner[1:], lines * (1 - test_share))
            valid = _nearest(inner[inner < test], lines * (1 - test_share - valid_share))
            if _is_near((test - valid) / lines, valid_share) and _is_near((lines - test) / lines, test_share):
                break
    else:  # between any two lines
        test = min(max(round(lines * (1 - test_share)), 2), lines - 1)
        valid = min(max(round(lines * (1 - test_share - valid_share)), 1), test - 1)
    return int(ends[valid - 1]) + 1, int(ends[test - 1]) + 1, int(ends[-1]) + 1


def _is_near(share: float, asked: float) -> bool:
    """Within a factor of two, or a unit more where the share asked for is less than one."""
    return asked / 2 <= share <= max(2 * asked, asked + 1 / MIN_UNITS)


def _after_blank_lines(ends: Ints) -> Ints:
    """The numbers of the lines that follow a blank one and are none."""
    found = [np.zeros(0, dtype=np.int64)]
    for start in range(1, len(ends), BLOCK):  # of a long text the whole would take as much memory as `ends`
        own = ends[max(start - 2, 0) : start + BLOCK]
        blank = np.diff(own, prepend=-1 if start == 1 else own[0]) == 1
        first = start - max(start - 2, 0)  # the line `start` within `own`
        found.append(np.flatnonzero(blank[first - 1 : -1] & ~blank[first:]) + start)
    return np.concatenate(found)


def _nearest(values: NDArray[np.integer[Any]], wanted: float) -> int:
    """Of `values`, which ascend."""
    place = int(np.searchsorted(values, wanted))
    around = values[max(place - 1, 0) : place + 1]
    return int(around[np.abs(around - wanted).argmin()])


def line_ends(symbols: Column, lines: int) -> Ints:
    """The position (L,) of the end of each of the `lines`."""
    ends = np.empty(lines, dtype=np.int64)
    found = 0
    for place, block in enumerate(symbols.blocks(BLOCK)):
        own = np.flatnonzero(block == LINE_END)
        ends[found : found + len(own)] = own + place * BLOCK
        found += len(own)
    return ends
