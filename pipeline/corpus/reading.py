"""The one pass over a text: its symbols, written to disk as they are read, and what was met on the way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from pipeline.column import Column
from pipeline.corpus.conventions import Conventions
from pipeline.corpus.files import join_paragraphs, read_chunks
from pipeline.corpus.gutenberg import END, START, without_licence
from pipeline.corpus.symbols import LINE_END, Characters, LineBreaker, Numbering, Symbols, Words, line_places
from pipeline.corpus.vocabulary import EOS
from pipeline.errors import UserError

LONGEST_LINE = 1_000_000
"""Tokens: a longer line is no sentence, and would be counted, scored and reset as one."""


class Sink(Protocol):
    """What symbols are put into."""

    def append(self, values: Symbols) -> None: ...

    def __len__(self) -> int: ...


class Tally:
    """Counts symbols and keeps nothing else."""

    def __init__(self) -> None:
        self.counts = np.zeros(1, dtype=np.int64)
        self._length = 0

    def append(self, values: Symbols) -> None:
        found = np.bincount(values, minlength=len(self.counts))
        found[: len(self.counts)] += self.counts
        self.counts = found
        self._length += len(values)

    def __len__(self) -> int:
        return self._length


@dataclass
class Part:
    """What was met in a split, or in a whole text that is to be split.

    `documents`: the position of the first symbol of each document, empty where the text has none. words, characters
    (of the text itself, line ends included) and bytes: as they were read.
    """

    documents: list[int] = field(default_factory=list)
    lines: int = 0
    blank_lines: int = 0
    words: int = 0
    characters: int = 0
    bytes: int = 0
    longest_line: int = 0

    def sizes(self) -> dict[str, int]:
        return {"words": self.words, "characters": self.characters, "bytes": self.bytes, "lines": self.lines}


def numbering(settings: Conventions) -> Numbering:
    return Characters() if settings.tokens == "characters" else Words()


def read_part(paths: tuple[Path, ...], settings: Conventions, numbers: Numbering, sink: Sink) -> Part:
    """The text of files, each of them a document where there are several.

    Raises UserError on what `read_chunks` does, on the word `<eos>` and on a line of more than `LONGEST_LINE` tokens.
    """
    part = Part()
    for path in paths:
        if len(paths) > 1:
            part.documents.append(len(sink))
        try:
            read_text(text_chunks(path, settings), settings, numbers, sink, part)
        except UserError as error:
            if str(path) in str(error):
                raise
            raise UserError(f"{path}: {error}") from None
    return part


def text_chunks(path: Path, settings: Conventions) -> Iterator[bytes]:
    """A file as it is read: without a licence, paragraphs joined; lines are not broken yet."""
    chunks = read_chunks(path, settings.encoding)
    if settings.book:
        chunks = iter([_book(b"".join(chunks))])  # a book is a few megabytes
    return join_paragraphs(chunks) if settings.joined else chunks


def _book(text: bytes) -> bytes:
    """The text of a book. One that has none of Project Gutenberg's marks was stripped already, by us or by its user."""
    if not START.search(text) and not END.search(text):
        return text
    try:
        return without_licence(text)
    except ValueError as error:
        raise UserError(f"{error}. Bring the whole book, or one without these marks.") from None


def read_text(chunks: Iterable[bytes], settings: Conventions, numbers: Numbering, sink: Sink, part: Part) -> None:
    """Puts the symbols of a text into `sink`, and adds to `part` what was met."""
    breaker = None if settings.break_lines is None else LineBreaker(settings.break_lines)
    unfinished = 0  # symbols of the line that the last chunk has not ended
    for chunk in chunks:
        symbols = numbers.read(chunk)
        if breaker is not None:
            symbols = breaker(symbols)
        unfinished = _measure(part, chunk, symbols, unfinished)
        part.words += int(np.count_nonzero(symbols)) if isinstance(numbers, Words) else len(chunk.split())
        if isinstance(numbers, Words) and EOS in numbers:
            raise UserError(f"the text holds the word {EOS}, which marks the end of each line here. Remove it.")
        if part.longest_line > LONGEST_LINE:
            raise UserError(
                f"line {part.lines + 1 if unfinished > LONGEST_LINE else part.lines} has more than {LONGEST_LINE:,} "
                "tokens, and models take a line for a sentence. Set text.break_lines to the tokens that a line may "
                "have, such as 1000, or break the text into lines."
            )
        sink.append(symbols)


def _measure(part: Part, chunk: bytes, symbols: Symbols, unfinished: int) -> int:
    """Counts a chunk; returns how many symbols its last line has so far."""
    ends = int(np.count_nonzero(symbols == LINE_END))
    part.lines += ends
    part.bytes += len(chunk)
    data = np.frombuffer(chunk, np.uint8)
    part.characters += len(chunk) if chunk.isascii() else int(np.count_nonzero((data & 0xC0) != 0x80))
    if not len(symbols):
        return unfinished
    places = line_places(symbols, unfinished)
    part.blank_lines += int(np.count_nonzero((places == 0) & (symbols == LINE_END)))
    part.longest_line = max(part.longest_line, int(places.max()) + int(symbols[places.argmax()] != LINE_END))
    return 0 if symbols[-1] == LINE_END else int(places[-1]) + 1


@dataclass(frozen=True)
class Stretch:
    """Symbols `start` to `stop` of what was read, with the positions of its documents, None where it has none."""

    symbols: Column
    start: int
    stop: int
    documents: list[int] | None

    def blocks(self, size: int) -> Iterator[Symbols]:
        return (block.astype(np.uint32, copy=False) for block in self.symbols.blocks(size, self.start, self.stop))
