"""What every reader makes of a file: pairs, what they can be grouped by, and the rows that are no pair."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS

Lines = Sequence[tuple[int, str]]
"""The lines of a file that are not blank, each with its number in the file, counted from 1."""

MOST_DIGITS = 9


@dataclass(frozen=True)
class BadRow:
    """A row that is not scored: its line in the file, counted from 1, and why."""

    line: int
    cause: str


@dataclass(frozen=True)
class Suite:
    """A file of minimal pairs.

    form: pairs, linzen, blimp or gulordava; pairs: one row a pair, with `good` and `bad`, words separated by spaces,
    and a column for each of `groups`; lines (I,): where in the file each stands; compares_forms (I,): whether the
    first word in which a pair differs is the form that its sentence decides. Where it is not (a pair with two subjects
    and one verb), only whole sentences are compared.
    """

    form: str
    pairs: pd.DataFrame
    groups: tuple[str, ...]
    lines: NDArray[np.int64]
    compares_forms: NDArray[np.bool_]
    bad_rows: Sequence[BadRow]


def collect(
    form: str,
    groups: Iterable[str],
    pairs: Iterable[tuple[int, Mapping[str, Any]]],
    bad_rows: Iterable[BadRow],
    compares_forms: Sequence[bool] | None = None,
) -> Suite:
    """A suite from pairs with their lines; without `compares_forms`, all of them compare forms."""
    kept, groups = list(pairs), tuple(groups)
    return Suite(
        form=form,
        pairs=pd.DataFrame([pair for _, pair in kept], columns=["good", "bad", *groups]),
        groups=groups,
        lines=np.array([line for line, _ in kept], dtype=np.int64),
        compares_forms=np.ones(len(kept), dtype=bool) if compares_forms is None else np.array(compares_forms, bool),
        bad_rows=sorted(bad_rows, key=lambda row: row.line),
    )


def why_no_pair(good: str, bad: str) -> str | None:
    """What keeps two sentences from being a minimal pair, None where nothing does."""
    if EOS in good.split() or EOS in bad.split():
        return f"a sentence holds the word {EOS}, which marks the end of a line here"
    if all(right == wrong for right, wrong in zip(good.split(), bad.split(), strict=False)):
        return "the sentences do not differ in a word that both have"
    return None


def is_count(text: str) -> bool:
    """Whether `text` is a number from 0 that any table can hold."""
    return text.isdecimal() and len(text) <= MOST_DIGITS


def split_rows(lines: Lines, columns: Sequence[str]) -> tuple[list[tuple[int, dict[str, str]]], list[BadRow]]:
    """Tab-separated lines by the names of their columns, and those with another number of fields.

    Not pandas.read_csv: it takes the first column of a row with a field too many for an index and shifts the others.
    """
    rows, bad = [], []
    for number, line in lines:
        fields = line.split("\t")
        if len(fields) == len(columns):
            rows.append((number, dict(zip(columns, fields, strict=True))))
        else:
            bad.append(wrong_width(number, len(fields), len(columns)))
    return rows, bad


def wrong_width(number: int, found: int, expected: int) -> BadRow:
    return BadRow(number, f"splits into {found} at its tabs, the first line into {expected}")
