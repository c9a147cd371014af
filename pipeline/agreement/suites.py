"""Agreement suites: minimal pairs as one table.

A suite is a data frame with one row an item: `good` and `bad` are two sentences of words separated by spaces that
differ in the form of one verb; every other column is a group that accuracies are shown by. The suites that are
made here have these groups: construction, number (of the subject), n_attractors, n_distractors_same, distance,
held_out.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.tokenisers import WHITE_SPACE, Tokeniser
from pipeline.corpus.vocabulary import EOS_ID, UNK, Vocabulary


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
