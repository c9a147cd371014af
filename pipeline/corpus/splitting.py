"""A text that comes in one: cut into train, valid and test, contiguous and between documents."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.column import Column
from pipeline.corpus.symbols import LINE_END
from pipeline.errors import UserError

Ints = NDArray[np.int64]
BLOCK = 1 << 20
MIN_UNITS = 20  # below this a share of a few percent is not even one document, paragraph or line


def cut(symbols: Column, documents: Sequence[int], valid_share: float, test_share: float) -> tuple[int, int, int]:
    """Where train, valid and test end, as positions in `symbols`.

    The cuts lie between documents where the text has enough of them, else after blank lines, else between lines; each
    is the nearest to the line at which its share begins. Raises UserError where the text has too few lines.
    """
    ends = line_ends(symbols)
    if len(ends) < MIN_UNITS:
        raise UserError(
            f"the text has {len(ends)} line{'' if len(ends) == 1 else 's'}; splitting it into train, valid and test "
            f"takes {MIN_UNITS}. Break it into lines (text.break_lines does, too), or give three files."
        )
    starts = np.concatenate([[0], ends + 1])  # of each line, and where the text ends
    blank = np.diff(starts) == 1
    after_blank = np.flatnonzero(blank[:-1] & ~blank[1:]) + 1  # lines that follow a blank one and are none
    first_lines = np.unique(np.searchsorted(starts, np.asarray(documents, dtype=np.int64)))
    for units in (first_lines, after_blank, np.arange(1, len(ends))):
        inner = units[(units > 0) & (units < len(ends))]
        if len(inner) + 1 >= MIN_UNITS:
            break
    test = _nearest(inner[1:], len(ends) * (1 - test_share))
    valid = _nearest(inner[inner < test], len(ends) * (1 - test_share - valid_share))
    return int(starts[valid]), int(starts[test]), int(starts[-1])


def _nearest(values: Ints, wanted: float) -> int:
    return int(values[np.abs(values - wanted).argmin()])


def line_ends(symbols: Column) -> Ints:
    """The position (L,) of the end of each line."""
    found = [np.zeros(0, dtype=np.int64)]
    for place, block in enumerate(symbols.blocks(BLOCK)):
        found.append(np.flatnonzero(block == LINE_END) + place * BLOCK)
    return np.concatenate(found)
