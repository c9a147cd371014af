"""How a text is read: the settings of params.yaml with every "auto" decided."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pipeline.corpus.known import known
from pipeline.corpus.tokenisers import Kind, Tokeniser
from pipeline.corpus.vocabulary import EOS, UNK
from pipeline.params.text import Mark, Text


@dataclass(frozen=True)
class Conventions:
    """`book`: what Project Gutenberg says before and after it is left out. `moses`: the language of the Moses tokeniser
    for raw text, None where the text is tokenised already. `break_lines`: None where lines are never broken.
    `min_count` "auto": see `least_count`."""

    book: bool
    tokens: Kind
    moses: str | None
    joined: bool
    break_lines: int | None
    encoding: str
    blank_lines: Literal["keep", "drop"]
    min_count: int | Literal["auto"]
    max_types: int
    bpe_types: int

    def least_count(self, has_unknown: bool) -> int:
        """`min_count`, decided: words are to occur twice where the text has no `<unk>` from which to learn what stands
        for a word that nobody has seen. Characters and pieces are few and all kept."""
        if self.min_count == "auto":
            return 2 if self.tokens == "words" and not has_unknown else 1
        return self.min_count

    @property
    def tokeniser(self) -> Tokeniser:
        """Without the pieces, which are learned from train."""
        return Tokeniser(self.tokens, self.moses)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def conventions(text: Text, corpus: str) -> Conventions:
    """What `text` says, and where it says auto what the known corpus of that name is usually read with."""
    usual = known(corpus)
    tokens = text.tokens if text.tokens != "auto" else usual.tokens if usual else "words"
    words = text.words if text.words != "auto" else usual.words if usual else "whitespace"
    lines = text.lines if text.lines != "auto" else usual.lines if usual else "kept"
    never = usual.break_lines if usual and text.break_lines == "auto" else None
    return Conventions(
        book=usual is not None and usual.book,
        tokens=tokens,
        moses=text.moses_language if words == "moses" else None,
        joined=lines == "joined",
        break_lines=text.break_lines if isinstance(text.break_lines, int) else never,
        encoding=text.encoding,
        blank_lines=text.blank_lines,
        min_count=text.min_count,
        max_types=text.max_types,
        bpe_types=text.bpe_types,
    )


UNITS = {"words": "word", "characters": "character", "bpe": "piece of a word"}


def counting_words(chosen: Mapping[str, Any], uncounted: Sequence[Mark]) -> str:
    """What a perplexity counts, in words, from the conventions of a corpus as its data card has them."""
    blank = "kept" if chosen["blank_lines"] == "keep" else "dropped"
    marks = {"<eos> of every line": EOS not in uncounted, "<unk>": UNK not in uncounted}
    parts = []
    for said, wanted in (("counted", True), ("not counted", False)):
        if names := [name for name, counts in marks.items() if counts is wanted]:
            parts.append(f"{' and '.join(names)} {said}")
    return f"per {UNITS[chosen['tokens']]}, {', '.join(parts)}, blank lines {blank}"
