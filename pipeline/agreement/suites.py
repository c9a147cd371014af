"""Agreement suites: minimal pairs as one table.

A suite is a data frame with one row an item: `good` and `bad` are two sentences of words separated by spaces that
differ in the form of one verb; every other column is a group that accuracies are shown by. The suites that are
made here have these groups: construction, number (of the subject), n_attractors, n_distractors_same, distance,
held_out.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.tokenisers import WHITE_SPACE, Tokeniser
from pipeline.corpus.vocabulary import EOS_ID, UNK, Vocabulary
from pipeline.errors import UserError


@dataclass(frozen=True)
class EncodedSuite:
    """The items whose verb forms are both in the vocabulary, as ids with `<eos>` after each sentence.

    The first word in which the two sentences differ begins at `verb` (I,) in both and ends before `good_end` and
    `bad_end` (I,); `rows` (I,) is the row of each in the suite.
    """

    good: list[NDArray[np.int64]]
    bad: list[NDArray[np.int64]]
    verb: NDArray[np.int64]
    good_end: NDArray[np.int64]
    bad_end: NDArray[np.int64]
    rows: NDArray[np.int64]
    out_of_vocabulary: int


def encode_suite(
    suite: pd.DataFrame, vocabulary: Vocabulary, tokeniser: Tokeniser = WHITE_SPACE, *, every_word: bool = False
) -> EncodedSuite:
    """`suite` in the ids of `vocabulary`. Items are left out, and counted, where one of the two verb forms is no type,

    or with `every_word` any other word: a subject that is read as <unk> tells nobody its number. Where a word is
    several tokens it is known if all of them are; a verb's tokens take in what tells that it has ended (of characters,
    the next one), or "write" would always be likelier than "writes".
    """
    good: list[NDArray[np.int64]] = []
    bad: list[NDArray[np.int64]] = []
    places, rows = [], []
    for row, sentences in enumerate(zip(suite["good"], suite["bad"], strict=True)):
        words = [sentence.split() for sentence in sentences]
        position = first_difference(*words)
        spelled = [tokeniser.spell(sentence) for sentence in words]
        needed = [word for sentence in spelled for word in (sentence if every_word else [sentence[position]])]
        if not all(token in vocabulary and token != UNK for word in needed for token in word):
            continue
        begin = sum(map(len, spelled[0][:position]))
        if tokeniser.closing and position:
            begin += 1  # the space before a word is no part of it
        ends = [sum(map(len, sentence[: position + 1])) + tokeniser.closing for sentence in spelled]
        for side, sentence in zip((good, bad), spelled, strict=True):
            side.append(np.append(vocabulary.encode(token for word in sentence for token in word), EOS_ID))
        places.append((begin, *ends))
        rows.append(row)
    verb, good_end, bad_end = np.array(places, dtype=np.int64).reshape(-1, 3).T
    return EncodedSuite(good, bad, verb, good_end, bad_end, np.array(rows, int), len(suite) - len(rows))


def first_difference(good: list[str], bad: list[str]) -> int:
    """The position of the first word in which two sentences differ; both must have one there."""
    for position, (right, wrong) in enumerate(zip(good, bad, strict=False)):
        if right != wrong:
            return position
    raise ValueError("the sentences do not differ in a word that both have")


def read_minimal_pairs(path: Path) -> pd.DataFrame:
    """A tab-separated file with columns good and bad, and any others kept as groups (as text). Blank lines are skipped.

    Raises UserError on a missing column and names the first line that is no pair.
    """
    if not path.is_file():
        raise UserError(f"{path} does not exist. Name a tab-separated file with the columns good and bad.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no UTF-8 text: {error}. Save it as tab-separated UTF-8.") from None
    # not pandas.read_csv: it takes the first column of a row with a field too many for an index and shifts the others
    lines = [(number, line.split("\t")) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise UserError(f"{path} is empty. Its first line must name the columns good and bad, separated by a tab.")
    (_, columns), *rows = lines
    for column in ("good", "bad"):
        if column not in columns:
            raise UserError(
                f"{path}: the column {column!r} is missing (found: {', '.join(columns)}). "
                "The first line must name good and bad, separated by a tab."
            )
    if len(set(columns)) < len(columns):
        raise UserError(f"{path}: the first line names a column twice ({', '.join(columns)}). Rename one.")
    if not rows:
        raise UserError(f"{path} has no rows. Add at least one pair.")
    right, wrong = columns.index("good"), columns.index("bad")
    broken = []
    for number, fields in rows:
        if len(fields) != len(columns):
            broken.append(f"line {number} splits into {len(fields)} at its tabs, the first line into {len(columns)}")
        elif not _is_pair(fields[right], fields[wrong]):
            broken.append(f"the sentences of line {number} do not differ in a word that both have")
    if broken:
        others = f" ({len(broken)} such rows)" if len(broken) > 1 else ""
        raise UserError(f"{path}: {broken[0]}{others}. Mend or remove every row that is no minimal pair.")
    return pd.DataFrame([fields for _, fields in rows], columns=columns, dtype=str)


def _is_pair(good: str, bad: str) -> bool:
    return any(right != wrong for right, wrong in zip(good.split(), bad.split(), strict=False))
