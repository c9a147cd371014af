"""What a token is: a word, a character, or a piece of a word that byte pair encoding has learned.

Words are what white space separates in text that is tokenised already; in raw text the Moses tokeniser (Koehn et al.
2007) parts punctuation from them. It is asked word by word, each distinct one once, which makes it fast; so it does
not look at the next word to tell the full stop of an unknown abbreviation from that of a sentence.

Byte pair encoding is that of Sennrich et al. (2016): pieces end where the
word ends, so that the probabilities of a word's pieces multiply to the probability of the word, its end included.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from pipeline.corpus.vocabulary import EOS, UNK
from pipeline.io import read_json, write_json

Kind = Literal["words", "characters", "bpe"]
JOINED = "‿"
"""After a piece that its word goes on from: "hap‿ py"."""
_FINAL = 0xF0000  # added to the code point of a word's last character: into the planes for private use
_LAST_PLANE = 0x1FFFF
_WORDS_AT_ONCE = 10_000
_COPIES_AT_ONCE = 1_000


class PieceEncoder:
    """Byte pair encoding of words.

    The last character of a word is written as a sign of its own, so that pieces know where a word ends.
    """

    def __init__(self, state: str) -> None:
        """`state` is what `state()` gave."""
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_str(state)

    @classmethod
    def learn(cls, counts: Mapping[str, int], types: int) -> "PieceEncoder":
        """At most `types` pieces, merged from the characters of words that occur so often; the same on every run.

        Half of the pieces at most are single characters; rarer ones, and words with them, are left out.
        """
        from tokenizers import Tokenizer
        from tokenizers.models import BPE
        from tokenizers.pre_tokenizers import WhitespaceSplit
        from tokenizers.trainers import BpeTrainer

        written = {_written(word): count for word, count in counts.items() if _can_be_written(word)}
        signs: Counter[str] = Counter()
        for word, count in written.items():
            for sign in word:
                signs[sign] += count
        alphabet = set(sorted(signs, key=lambda sign: (-signs[sign], sign))[: types // 2])
        tokenizer = Tokenizer(BPE(unk_token=UNK))
        tokenizer.pre_tokenizer = WhitespaceSplit()
        trainer = BpeTrainer(vocab_size=types, min_frequency=2, special_tokens=[UNK], show_progress=False)
        kept = {word: count for word, count in written.items() if alphabet.issuperset(word)}
        tokenizer.train_from_iterator(_repeated(kept), trainer)
        return cls(tokenizer.to_str())

    def state(self) -> str:
        return str(self._tokenizer.to_str())

    @cached_property
    def pieces(self) -> list[str]:
        """All there are."""
        vocabulary = self._tokenizer.get_vocab()
        return [_shown(piece) for piece in sorted(vocabulary, key=vocabulary.__getitem__) if piece != UNK]

    def encode(self, words: Iterable[str]) -> Iterator[list[str]]:
        """The pieces of each word; `<unk>`, and a word with a sign that is ours, is `<unk>`."""
        iterator = iter(words)
        while batch := list(islice(iterator, _WORDS_AT_ONCE)):
            known = [_can_be_written(word) for word in batch]
            written = [_written(word) if can else "" for word, can in zip(batch, known, strict=True)]
            for can, encoding in zip(known, self._tokenizer.encode_batch(written), strict=True):
                yield [_shown(piece) for piece in encoding.tokens] if can else [UNK]


def _can_be_written(word: str) -> bool:
    return word != UNK and JOINED not in word and ord(max(word)) < _FINAL and ord(word[-1]) <= _LAST_PLANE


def _written(word: str) -> str:
    return word[:-1] + chr(_FINAL + ord(word[-1]))


def _shown(piece: str) -> str:
    if piece == UNK:
        return UNK
    last = ord(piece[-1])
    return piece[:-1] + chr(last - _FINAL) if last >= _FINAL else piece + JOINED


def _repeated(counts: Mapping[str, int]) -> Iterator[str]:
    """Every word as often as it occurs: the trainer takes text, not counts."""
    for word, count in counts.items():
        for begin in range(0, count, _COPIES_AT_ONCE):
            yield f"{word} " * min(count - begin, _COPIES_AT_ONCE)


@dataclass(frozen=True)
class Tokeniser:
    """How a line of text becomes tokens, and tokens text again.

    `moses` is the language of the Moses tokeniser, None where white space separates words; characters are those of
    the text as it stands, which is raw where `moses` is set.
    """

    kind: Kind
    moses: str | None
    pieces: PieceEncoder | None = None

    @property
    def unit(self) -> str:
        return {"words": "word", "characters": "character", "bpe": "piece of a word"}[self.kind]

    @property
    def closing(self) -> int:
        """How many tokens after those of a word tell that it has ended: of characters, the next."""
        return 1 if self.kind == "characters" else 0

    @cached_property
    def _moses_tokeniser(self) -> Any:
        from sacremoses import MosesTokenizer

        return MosesTokenizer(lang=self.moses)

    @cached_property
    def _moses_detokeniser(self) -> Any:
        from sacremoses import MosesDetokenizer

        return MosesDetokenizer(lang=self.moses)

    def words(self, line: str) -> list[str]:
        """The words of a line of text."""
        if self.moses is None:
            return line.split()
        tokenize = self._moses_tokeniser.tokenize
        return [part for word in line.split() for part in ([UNK] if word == UNK else tokenize(word, escape=False))]

    def tokenise(self, line: str) -> list[str]:
        """The tokens of a line of text."""
        if self.kind == "characters":
            return list(line)
        words = self.words(line)
        return words if self.pieces is None else [piece for word in self.pieces.encode(words) for piece in word]

    def spell(self, words: Sequence[str]) -> list[list[str]]:
        """The tokens of each of the words of a line, which together are the line's."""
        if self.pieces is not None:
            return list(self.pieces.encode(words))
        if self.kind == "words":
            return [[word] for word in words]
        line = self.join(words)
        spelled, place = [], 0
        for word in words:  # with the white space before it, if the line has any there
            end = line.index(word, place) + len(word)
            spelled.append(list(line[place:end]))
            place = end
        return spelled

    def spell_each(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """The tokens of each of many texts without white space in them, by words or pieces."""
        iterator = iter(texts)
        while batch := [self.words(text) for text in islice(iterator, _WORDS_AT_ONCE)]:
            if self.pieces is None:
                yield from batch
            else:
                pieces = self.pieces.encode(word for words in batch for word in words)
                yield from ([piece for _ in words for piece in next(pieces)] for words in batch)

    def join(self, words: Sequence[str]) -> str:
        """The line of text that these are the words of."""
        return (
            " ".join(words) if self.moses is None else self._moses_detokeniser.detokenize(list(words), unescape=False)
        )

    def text(self, tokens: Sequence[str]) -> str:
        """The line of text that these are the tokens of."""
        if self.kind == "characters":
            return "".join(tokens)
        if self.kind == "bpe":
            tokens = "".join(token if token.endswith(JOINED) else f"{token} " for token in tokens).split()
            tokens = [word.replace(JOINED, "") for word in tokens]
        return self.join(tokens)

    def lines(self, tokens: Sequence[str]) -> list[str]:
        """The lines of text that these are the tokens of; `<eos>` ends each."""
        lines: list[list[str]] = [[]]
        for token in tokens:
            if token == EOS:
                lines.append([])
            else:
                lines[-1].append(token)
        return [self.text(line) for line in lines]


WHITE_SPACE = Tokeniser("words", None)


def save_tokeniser(folder: Path, tokeniser: Tokeniser) -> None:
    state = None if tokeniser.pieces is None else tokeniser.pieces.state()
    write_json(folder / "tokeniser.json", {"kind": tokeniser.kind, "moses": tokeniser.moses, "pieces": state})


def load_tokeniser(folder: Path) -> Tokeniser:
    saved = read_json(folder / "tokeniser.json")
    pieces = None if saved["pieces"] is None else PieceEncoder(saved["pieces"])
    return Tokeniser(saved["kind"], saved["moses"], pieces)
