"""What a reader wants to know of a corpus before any model: its data card."""

from collections.abc import Iterator, Mapping
from itertools import islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.streams import Split
from pipeline.corpus.tokenisers import JOINED, Tokeniser
from pipeline.corpus.vocabulary import EOS_ID, UNK_ID, Vocabulary
from pipeline.io import drop_pages
from pipeline.language_model import Tokens

EXCERPT_LINES = 8
EXCERPT_TOKENS = 60
EXCERPT_CHARACTERS = 300
COMMONEST = 20
HEAPS_POINTS = 40
BLOCK = 1 << 20
SHARE_WORTH_A_WARNING = 0.01
Ints = NDArray[np.int64]


def data_card(
    vocabulary: Vocabulary,
    tokeniser: Tokeniser,
    splits: Mapping[str, Split],
    growth: list[tuple[int, int]],
    conventions: Mapping[str, Any],
    read: Mapping[str, Any],
) -> dict[str, Any]:
    """Sizes, unknown rate, lengths of lines, commonest types, first lines, lines of valid and test that train has.

    `growth`: distinct words after so many tokens of train (Heaps). `read`: words, characters and bytes of the text
    itself by split.
    """
    counts = {name: occurrences(split.tokens, len(vocabulary)) for name, split in splits.items()}
    commonest = np.argsort(-counts["train"], kind="stable")[:COMMONEST]
    return {
        "types": len(vocabulary),
        "unit": tokeniser.unit,
        "tokens": {name: len(split.tokens) for name, split in splits.items()},
        "words": {name: count_words(split.tokens, vocabulary, tokeniser) for name, split in splits.items()},
        "lines": {name: int(count[EOS_ID]) for name, count in counts.items()},
        "documents": {
            name: None if split.documents is None else len(split.documents) for name, split in splits.items()
        },
        "read": dict(read),
        "unknown_rate": {name: float(count[UNK_ID] / count.sum()) for name, count in counts.items()},
        "lines_in_train": lines_in_train(splits),
        "line_lengths": {name: length_histogram(split.tokens) for name, split in splits.items()},
        "commonest": {vocabulary.types[token]: int(counts["train"][token]) for token in commonest},
        "growth": growth,
        "conventions": dict(conventions),
        "excerpt": {name: excerpt(split.tokens, vocabulary, tokeniser) for name, split in splits.items()},
    }


def blocks(tokens: Tokens) -> Iterator[Tokens]:
    """A stream, which may be mapped from disk, piece by piece; no more than a piece stays in memory."""
    for start in range(0, len(tokens), BLOCK):
        yield np.asarray(tokens[start : start + BLOCK])
        drop_pages(tokens)


def occurrences(tokens: Tokens, types: int) -> Ints:
    """(V,) How often each type stands in a stream."""
    counts = np.zeros(types, dtype=np.int64)
    for block in blocks(tokens):
        counts += np.bincount(block, minlength=types)
    return counts


def count_words(tokens: Tokens, vocabulary: Vocabulary, tokeniser: Tokeniser) -> int:
    """The words that a stream spells, the end of each line counted as one."""
    between = np.zeros(len(vocabulary), dtype=bool)  # types after which a word begins
    blank = np.zeros(len(vocabulary), dtype=bool)  # types that are in no word
    for number, text in enumerate(vocabulary.types):
        blank[number] = tokeniser.kind == "characters" and text.isspace()
        between[number] = number == EOS_ID or blank[number] if tokeniser.kind == "characters" else text[-1:] != JOINED
    words, before = 0, True
    for block in blocks(tokens):
        begins = np.concatenate([[before], between[block[:-1]]]) & ~blank[block]
        words += int(np.count_nonzero(begins | (block == EOS_ID)))
        before = bool(between[block[-1]])
    return words


def heaps_points(tokens: int) -> Ints:
    """After how many tokens of a text its distinct words are counted, evenly on a logarithmic axis."""
    return np.unique(np.geomspace(min(100, max(tokens, 1)), max(tokens, 1), HEAPS_POINTS).round().astype(np.int64))


def length_histogram(tokens: Tokens) -> dict[str, int]:
    """Lines by their number of tokens, `<eos>` not counted; blank lines are left out."""
    counts = np.zeros(1, dtype=np.int64)
    unfinished = 0
    for block in blocks(tokens):
        ends = np.flatnonzero(block == EOS_ID)
        if not len(ends):
            unfinished += len(block)
            continue
        lengths = np.diff(ends, prepend=-1) - 1
        lengths[0] += unfinished
        unfinished = len(block) - 1 - int(ends[-1])
        found = np.bincount(lengths)
        counts = _sum(counts, found)
    return {str(length): int(counts[length]) for length in np.flatnonzero(counts) if length}


def _sum(a: Ints, b: Ints) -> Ints:
    total = np.zeros(max(len(a), len(b)), dtype=np.int64)
    total[: len(a)] += a
    total[: len(b)] += b
    return total


def lines_in_train(splits: Mapping[str, Split]) -> dict[str, float]:
    """The share of the lines of valid and of test, blank ones aside, that stand in train as well, token by token."""
    held_out = {name: np.concatenate(list(line_hashes(splits[name].tokens))) for name in ("valid", "test")}
    sought = np.unique(np.concatenate(list(held_out.values())))
    seen = np.zeros(len(sought), dtype=bool)
    for lines in line_hashes(splits["train"].tokens):  # those of all of train would take more memory than its tokens
        lines.sort()  # so that the search does not jump about
        places = np.searchsorted(sought, lines)
        lines, places = lines[places < len(sought)], places[places < len(sought)]
        seen[places[sought[places] == lines]] = True
    return {
        name: float(seen[np.searchsorted(sought, own)].mean()) if len(own) else 0.0 for name, own in held_out.items()
    }


_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, so that powers of it never vanish (Steele et al. 2014's gamma)


def line_hashes(tokens: Tokens) -> Iterator[NDArray[np.uint64]]:
    """A 64-bit number for each line that is not blank, by its tokens and their places; piece by piece in the order of
    the text."""
    yield np.zeros(0, dtype=np.uint64)
    carried: Tokens = np.zeros(0, dtype=tokens.dtype)
    for block in blocks(tokens):
        block = np.concatenate([carried, block])
        ends = np.flatnonzero(block == EOS_ID)
        if not len(ends):
            carried = block
            continue
        whole, carried = block[: ends[-1] + 1], block[ends[-1] + 1 :]
        starts = np.concatenate([[0], ends[:-1] + 1])
        places = np.arange(len(whole)) - np.repeat(starts, np.diff(np.append(starts, len(whole))))
        mixed = _mix(whole.astype(np.uint64) + np.uint64(1)) * _mix(places.astype(np.uint64) * _MULTIPLIER)
        yield np.add.reduceat(mixed, starts)[ends > starts]


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spreads every bit over all others (splitmix64; Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (values ^ (values >> np.uint64(31))) | np.uint64(1)


def excerpt(tokens: Tokens, vocabulary: Vocabulary, tokeniser: Tokeniser) -> list[str]:
    """The first lines that are not blank, as the models see them: tokens parted by spaces, characters by nothing."""
    head = np.asarray(tokens[:BLOCK])
    starts = np.concatenate([[0], np.flatnonzero(head == EOS_ID) + 1])
    full = (vocabulary.decode(head[a : b - 1]) for a, b in pairwise(starts) if b - a > 1)
    between, most = ("", EXCERPT_CHARACTERS) if tokeniser.kind == "characters" else (" ", EXCERPT_TOKENS)
    return [
        between.join(words[:most]) + (f"{between}…" if len(words) > most else "")
        for words in islice(full, EXCERPT_LINES)
    ]
