"""Foreign sentences spelled as a corpus spells its own: its letter case, and how it cuts contractions in two."""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pipeline.agreement.readers.suite import BadRow, Suite, why_no_pair
from pipeline.corpus.vocabulary import Vocabulary

MOSES = re.compile(r"n 't\b")
PENN = re.compile(r"(?<=\w) n't\b")


def respell(suite: Suite, vocabulary: Vocabulary) -> Suite:
    """`suite` as a text over `vocabulary` writes it; a pair that differs no more is a bad row."""
    spell = speller(vocabulary)
    pairs = suite.pairs.assign(good=suite.pairs["good"].map(spell), bad=suite.pairs["bad"].map(spell))
    causes = [why_no_pair(good, bad) for good, bad in zip(pairs["good"], pairs["bad"], strict=True)]
    kept = np.array([cause is None for cause in causes], dtype=bool)
    bad = [
        BadRow(int(line), f"{cause}, spelled as in this corpus")
        for line, cause in zip(suite.lines, causes, strict=True)
        if cause
    ]
    return replace(
        suite,
        pairs=pairs[kept].reset_index(drop=True),
        lines=suite.lines[kept],
        compares_forms=suite.compares_forms[kept],
        bad_rows=sorted([*suite.bad_rows, *bad], key=lambda row: row.line),
    )


def speller(vocabulary: Vocabulary) -> Callable[[str], str]:
    """A function from a sentence, words separated by spaces, to the same as a text over `vocabulary` writes it.

    In lower case where no type has a capital; `does n't` (Penn Treebank) or `doesn 't` (Moses) by which of `n't` and
    `'t` is a type, as it stands where both are or neither.
    """
    lower = not any(word != word.lower() for word in vocabulary.types)
    penn, moses = "n't" in vocabulary, "'t" in vocabulary

    def spell(sentence: str) -> str:
        if lower:
            sentence = sentence.lower()
        if penn and not moses:
            sentence = MOSES.sub(" n't", sentence)
        elif moses and not penn:
            sentence = PENN.sub("n 't", sentence)
        return sentence

    return spell
