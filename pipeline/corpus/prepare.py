"""From text to token streams, in passes that each hold little of it.

1. Text to symbols: every distinct word or character gets a number, and the numbers go to disk (`reading`).
2. The symbols of train are counted; the counts make the vocabulary, and the pieces where there are to be any.
3. Symbols to tokens: a table gives each symbol its type, or its pieces; the streams are written to disk.

The text itself is looked at once. What stays in memory is one entry a distinct word, and the places of line ends.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.column import Column
from pipeline.corpus.card import heaps_points
from pipeline.corpus.conventions import Conventions
from pipeline.corpus.reading import Part, Stretch, numbering, read_part, read_text
from pipeline.corpus.sources import SPLITS, WHOLE, Source
from pipeline.corpus.splitting import cut, line_ends
from pipeline.corpus.symbols import LINE_END, Numbering
from pipeline.corpus.tokenisers import PieceEncoder, Tokeniser
from pipeline.corpus.vocabulary import EOS, EOS_ID, UNK, UNK_ID, Vocabulary, build_vocabulary
from pipeline.errors import UserError
from pipeline.io import write_array

BLOCK = 1 << 20
LINES_AT_ONCE = 8192
LEARNED_FROM = 200_000
"""Distinct words of train, the commonest, that pieces are learned from; all others are spelled with these pieces."""
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Coding:
    """What each symbol becomes: `tokens[starts[s] : starts[s + 1]]`; one token each where `starts` is None."""

    tokens: NDArray[np.integer[Any]]
    starts: Ints | None

    def encode(self, symbols: NDArray[np.integer[Any]]) -> tuple[NDArray[np.integer[Any]], Ints | None]:
        """The tokens, and how many each symbol has become (None: one each)."""
        if self.starts is None:
            return self.tokens[symbols], None
        lengths = np.diff(self.starts)[symbols]
        ends = np.cumsum(lengths)
        place = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
        return self.tokens[np.repeat(self.starts[symbols], lengths) + place], lengths


@dataclass(frozen=True)
class Prepared:
    """What is known of a corpus whose streams have been written.

    `growth`: distinct words or characters of train (before rare ones become `<unk>`) after so many tokens.
    """

    vocabulary: Vocabulary
    tokeniser: Tokeniser
    min_count: int
    growth: list[tuple[int, int]]
    read: Mapping[str, Any]


def prepare(
    source: Source, settings: Conventions, valid_share: float, test_share: float, name: str, folder: Path
) -> Prepared:
    """Writes `<split>.tokens.npy`, and `<split>.documents.npy` where there are documents, into `folder`."""
    with _scratch(folder) as scratch:
        numbers = numbering(settings)
        columns = {part: Column(scratch / part, np.dtype(np.uint32)) for part in source.files}
        parts = {part: read_part(files, settings, numbers, columns[part]) for part, files in source.files.items()}
        if WHOLE in parts:
            stretches = _split(columns[WHOLE], parts[WHOLE], valid_share, test_share, source.files[WHOLE][0])
        else:
            stretches = {split: whole(columns[split], part) for split, part in parts.items()}
        read = {split: part.sizes() for split, part in parts.items()}
        return replace(write_streams(stretches, numbers, settings, name, folder), read=read)


def prepare_lines(
    texts: Mapping[str, tuple[Iterator[list[str]], NDArray[np.integer[Any]]]],
    settings: Conventions,
    name: str,
    folder: Path,
) -> Prepared:
    """The same from lines of words by split, with the number of each document's first line."""
    with _scratch(folder) as scratch:
        numbers = numbering(settings)
        stretches, read = {}, {}
        for split, (lines, documents) in texts.items():
            column, part = Column(scratch / split, np.dtype(np.uint32)), Part()
            read_text(_chunks(lines), settings, numbers, column, part)
            starts = np.concatenate([[0], line_ends(column, part.lines)[:-1] + 1])
            stretches[split] = Stretch(column, 0, len(column), starts[documents].tolist())
            read[split] = part.sizes()
        return replace(write_streams(stretches, numbers, settings, name, folder), read=read)


def _chunks(lines: Iterator[list[str]]) -> Iterator[bytes]:
    while batch := list(islice(lines, LINES_AT_ONCE)):
        yield "".join(f"{' '.join(words)}\n" for words in batch).encode()


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".symbols.") as name:
        yield Path(name)


def whole(symbols: Column, part: Part) -> Stretch:
    return Stretch(symbols, 0, len(symbols), part.documents or None)


def _split(symbols: Column, part: Part, valid_share: float, test_share: float, path: Path) -> dict[str, Stretch]:
    """A text in one part as train, valid and test, in this order. A document that is cut begins anew after the cut."""
    try:
        bounds = (0, *cut(symbols, part.lines, part.documents, valid_share, test_share))
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    stretches = {}
    for split, (start, stop) in zip(SPLITS, pairwise(bounds), strict=True):
        inside = [start, *(place for place in part.documents if start < place < stop)]
        stretches[split] = Stretch(symbols, start, stop, inside if part.documents else None)
    return stretches


def write_streams(
    stretches: Mapping[str, Stretch], numbers: Numbering, settings: Conventions, name: str, folder: Path
) -> Prepared:
    """The second and third pass."""
    counts, growth = _count(stretches["train"], len(numbers))
    vocabulary, coding, tokeniser, min_count = _vocabulary(numbers, counts, settings, name)
    for split, stretch in stretches.items():
        _write(stretch, split, coding, len(vocabulary), settings.blank_lines == "drop", name, folder)
    return Prepared(vocabulary, tokeniser, min_count, growth, {})


def _count(stretch: Stretch, symbols: int) -> tuple[Ints, list[tuple[int, int]]]:
    """Occurrences (S,) of each symbol of a stretch, and how the number of those that have occurred grows."""
    counts = np.zeros(symbols, dtype=np.int64)
    points = heaps_points(stretch.stop - stretch.start)
    growth: list[tuple[int, int]] = []
    done = 0
    for block in stretch.blocks(BLOCK):
        for part in np.split(block, points[(points > done) & (points < done + len(block))] - done):
            counts += np.bincount(part, minlength=symbols)
            done += len(part)
            if done in points:
                growth.append((done, int(np.count_nonzero(counts))))
    return counts, growth


def _vocabulary(
    numbers: Numbering, counts: Ints, settings: Conventions, name: str
) -> tuple[Vocabulary, Coding, Tokeniser, int]:
    unknown = any(text == UNK and counts[number] for number, text in numbers.names())
    min_count, tokeniser = settings.least_count(unknown), settings.tokeniser
    if tokeniser.kind != "characters" and (tokeniser.kind == "bpe" or tokeniser.moses):
        vocabulary, coding, tokeniser = _spelled(numbers, counts, settings, min_count)
    else:
        vocabulary, coding = _as_they_stand(numbers, counts, min_count, settings.max_types)
    if len(vocabulary) < 3:
        words = int(counts.sum() - counts[LINE_END])
        raise UserError(
            f"{name}: no word of train ({words:,} in all) occurs {min_count} times, so that all would be <unk>. "
            "Bring more text, or set text.min_count to 1."
        )
    return vocabulary, coding, tokeniser, min_count


def _as_they_stand(numbers: Numbering, counts: Ints, min_count: int, max_types: int) -> tuple[Vocabulary, Coding]:
    """Every symbol is a token."""
    least = _least(counts[1:], min_count, max_types)
    own = {text: int(counts[number]) for number, text in numbers.names() if counts[number] >= least}
    vocabulary = build_vocabulary(own, min_count, max_types)
    table = np.full(len(numbers), UNK_ID, dtype=np.min_scalar_type(len(vocabulary) - 1))
    for number, text in numbers.names():
        if counts[number] >= least:
            table[number] = vocabulary.ids.get(text, UNK_ID)
    table[LINE_END] = EOS_ID
    return vocabulary, Coding(table, None)


def _least(counts: Ints, min_count: int, most: int) -> int:
    """How often a word must occur to be among the `most` commonest; a large text has millions that do not."""
    least = max(min_count, 1)
    if np.count_nonzero(counts >= least) > most:
        least = max(least, int(np.partition(counts, len(counts) - most)[len(counts) - most]))
    return least


def _spelled(
    numbers: Numbering, counts: Ints, settings: Conventions, min_count: int
) -> tuple[Vocabulary, Coding, Tokeniser]:
    """Every symbol is a word of white space, which has one token or more: the table has those of each."""
    tokeniser = settings.tokeniser
    if tokeniser.kind == "bpe":
        learned = PieceEncoder.learn(_commonest(numbers, counts, tokeniser), settings.bpe_types)
        tokeniser = replace(tokeniser, pieces=learned)
    table = _Table.of(tokeniser.spell_each(text for _, text in numbers.names()))
    occurrences = table.occurrences(counts)
    own = {token: int(occurrences[number]) for token, number in table.ids.items() if token != EOS}
    if tokeniser.pieces is not None:
        # a character that only ever stands within longer pieces of train may stand alone in another split
        vocabulary = build_vocabulary(dict.fromkeys(tokeniser.pieces.pieces, 0) | own, 0, None)
    else:
        own = {token: count for token, count in own.items() if count}
        vocabulary = build_vocabulary(own, min_count, settings.max_types)
    final = np.full(len(table.ids), UNK_ID, dtype=np.min_scalar_type(len(vocabulary) - 1))
    for token, number in table.ids.items():
        final[number] = vocabulary.ids.get(token, UNK_ID)
    return vocabulary, Coding(final[table.flat], table.starts), tokeniser


def _commonest(numbers: Numbering, counts: Ints, tokeniser: Tokeniser) -> Counter[str]:
    """The words of train that pieces are learned from, with their counts: the commonest, and of those that are as rare
    as the rarest the first. A large text has millions that occur once; they hardly move a merge, and to learn from all
    of them would take gigabytes."""
    least = _least(counts[1:], 1, LEARNED_FROM)
    rarest = LEARNED_FROM - int(np.count_nonzero(counts[1:] > least))  # of those there is room for so many
    words: Counter[str] = Counter()
    for number, text in numbers.names():
        if counts[number] < least or (counts[number] == least and rarest <= 0):
            continue
        rarest -= int(counts[number] == least)
        for word in tokeniser.words(text):
            words[word] += int(counts[number])
    return words


@dataclass(frozen=True)
class _Table:
    """What each of many things becomes: `flat[starts[n] : starts[n + 1]]`, numbers in `ids`. Thing 0 is the line end,
    which becomes itself."""

    ids: Mapping[str, int]
    flat: NDArray[np.integer[Any]]
    starts: Ints

    @classmethod
    def of(cls, lists: Iterable[list[str]]) -> "_Table":
        ids, flat, lengths = {EOS: 0}, array("i", [0]), array("i", [1])
        for tokens in lists:
            flat.extend(ids.setdefault(token, len(ids)) for token in tokens)
            lengths.append(len(tokens))
        return cls(ids, np.array(flat), np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]))

    def occurrences(self, counts: Ints) -> Ints:
        """How often each of `ids` occurs, where the things occur so often."""
        total = np.zeros(len(self.ids), dtype=np.int64)
        np.add.at(total, self.flat, np.repeat(counts, np.diff(self.starts)))
        return total


def _write(
    stretch: Stretch, split: str, coding: Coding, types: int, drop_blank_lines: bool, name: str, folder: Path
) -> None:
    stream = Column(folder / f".{split}.stream", np.dtype(np.min_scalar_type(types - 1)))
    before, place = LINE_END, stretch.start
    documents: list[int] = []
    for symbols in stretch.blocks(BLOCK):
        kept = np.ones(len(symbols), dtype=bool)
        if drop_blank_lines:
            kept[1:] = (symbols[1:] != LINE_END) | (symbols[:-1] != LINE_END)
            kept[:1] = symbols[:1] != LINE_END or before != LINE_END
        before = int(symbols[-1])
        tokens, lengths = coding.encode(symbols if kept.all() else symbols[kept])
        if stretch.documents is not None:
            each = np.zeros(len(symbols) + 1, dtype=np.int64)
            each[1:][kept] = 1 if lengths is None else lengths
            ends = np.cumsum(each)
            documents += [
                len(stream) + int(ends[document - place])
                for document in stretch.documents
                if place <= document < place + len(symbols)
            ]
        stream.append(tokens)
        place += len(symbols)
    if not len(stream):
        stream.remove()
        raise UserError(f"{name}: the {split} split has no lines. Put text into it.")
    (folder / f"{split}.documents.npy").unlink(missing_ok=True)  # an earlier text's, where the stage is run by hand
    if documents:
        write_array(folder / f"{split}.documents.npy", np.unique(documents))
    stream.publish(folder / f"{split}.tokens.npy", np.dtype(np.min_scalar_type(types - 1)))
