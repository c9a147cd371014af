"""Token streams: a corpus as arrays of ids, one `<eos>` after each line, in a folder that is memory-mapped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS, EOS_ID, UNK, UNK_ID, Vocabulary
from pipeline.errors import UserError
from pipeline.io import read_array, read_json, require, write_array, write_json, write_text
from pipeline.language_model import Tokens

FEWEST_BLOCKS = 20
MARKS = {EOS: EOS_ID, UNK: UNK_ID}


@dataclass(frozen=True)
class Split:
    """One split: tokens (N,) of the smallest unsigned type that holds the vocabulary.

    `documents` (D,) holds the position of the first token of each document, None where a text has no documents.
    """

    tokens: Tokens
    documents: NDArray[np.int64] | None

    @cached_property
    def line_starts(self) -> NDArray[np.int64]:
        """Position (L,) of the first token of each line."""
        ends = np.flatnonzero(np.asarray(self.tokens) == EOS_ID)
        return np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)

    def blocks(self, lines: int) -> NDArray[np.int64]:
        """Where the units of a bootstrap start: the documents, or blocks of `lines` lines where there are none.

        A text too short for `FEWEST_BLOCKS` of them is cut into smaller blocks, of single lines at the least, and one
        of very few lines into stretches of as many tokens: from one unit nothing can be told.
        """
        if self.documents is not None and len(self.documents) >= FEWEST_BLOCKS:
            return self.documents
        if len(self.line_starts) >= FEWEST_BLOCKS:
            return self.line_starts[:: min(lines, len(self.line_starts) // FEWEST_BLOCKS)]
        return np.unique(np.linspace(0, len(self.tokens), FEWEST_BLOCKS, endpoint=False).astype(np.int64))

    def first_lines(self, share: float) -> Tokens:
        """That share of the lines, whole ones, at least one."""
        ends = np.append(self.line_starts[1:], len(self.tokens))
        return self.tokens[: ends[max(int(len(ends) * share), 1) - 1]]

    def first_tokens(self, count: int) -> "Split":
        """The first `count` tokens, whose own blocks are units enough for an interval, however few they are."""
        documents = None if self.documents is None else self.documents[self.documents < count]
        return Split(self.tokens[:count], documents)


@dataclass(frozen=True)
class Corpus:
    vocabulary: Vocabulary
    splits: dict[str, Split]
    summary: dict[str, Any]


def encode(lines: Iterable[list[str]], vocabulary: Vocabulary, documents: NDArray[np.int64] | None) -> Split:
    """Lines of words as one stream. `documents` (D,) counts lines: the number of each document's first."""
    ids = vocabulary.ids
    tokens: list[NDArray[np.integer[Any]]] = []
    dtype = np.min_scalar_type(len(vocabulary) - 1)
    iterator = iter(lines)
    while batch := list(islice(iterator, 4096)):  # in pieces, so that a list of ids never holds the whole text
        flat = [token for words in batch for token in (*(ids.get(word, UNK_ID) for word in words), EOS_ID)]
        tokens.append(np.array(flat, dtype=dtype))
    split = Split(np.concatenate(tokens) if tokens else np.zeros(0, dtype), None)
    return split if documents is None else Split(split.tokens, split.line_starts[documents])


def counted_tokens(tokens: Tokens, uncounted: Sequence[str]) -> NDArray[np.bool_]:
    """Which tokens (N,) a perplexity counts that leaves out the marks `uncounted`.

    Raises UserError where none is left.
    """
    counted: NDArray[np.bool_] = ~np.isin(tokens, [MARKS[mark] for mark in uncounted])
    if not counted.any():
        raise UserError(
            f"of {len(tokens):,} tokens none counts: all are {' or '.join(uncounted)}. Take one of them out of "
            "perplexity.uncounted in params.yaml, or bring another text."
        )
    return counted


def longest_line(tokens: Tokens) -> int:
    """Words of the longest line of a stream (N,), `<eos>` not counted."""
    return int(np.diff(np.flatnonzero(np.asarray(tokens) == EOS_ID), prepend=-1).max()) - 1


def save_corpus(folder: Path, corpus: Corpus) -> None:
    save_splits(folder, corpus.splits)
    save_words(folder, corpus.vocabulary, corpus.summary)


def save_splits(folder: Path, splits: Mapping[str, Split]) -> None:
    for name, split in splits.items():
        write_array(folder / f"{name}.tokens.npy", split.tokens)
        if split.documents is not None:
            write_array(folder / f"{name}.documents.npy", split.documents)


def save_words(folder: Path, vocabulary: Vocabulary, summary: Mapping[str, Any]) -> None:
    write_text(folder / "vocabulary.txt", "".join(f"{word}\n" for word in vocabulary.types))
    write_json(folder / "summary.json", summary)


def load_corpus(folder: Path) -> Corpus:
    """The corpus in `folder`; its streams stay on disk until they are used."""
    return Corpus(load_vocabulary(folder), load_splits(folder), read_json(folder / "summary.json"))


def load_splits(folder: Path) -> dict[str, Split]:
    splits = {}
    for name in ("train", "valid", "test"):
        documents = folder / f"{name}.documents.npy"
        splits[name] = Split(
            read_array(folder / f"{name}.tokens.npy"), read_array(documents) if documents.exists() else None
        )
    return splits


def load_vocabulary(folder: Path) -> Vocabulary:
    text = require(folder / "vocabulary.txt").read_bytes().decode()  # a carriage return may be a type
    return Vocabulary(tuple(text.removesuffix("\n").split("\n")))
