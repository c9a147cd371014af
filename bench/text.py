"""Text to measure on: a corpus as both sides are to read it, and generated streams of any length."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.column import Column
from pipeline.corpus.files import read_lines
from pipeline.corpus.sources import WHOLE, find_source
from pipeline.corpus.streams import encode
from pipeline.corpus.vocabulary import EOS_ID, UNK, Vocabulary, build_vocabulary, count_words
from pipeline.errors import UserError
from pipeline.grammar.builtin import builtin_grammar, builtin_text
from pipeline.grammar.sample import sample_corpus
from pipeline.language_model import Tokens
from pipeline.params.schema import Params

TOKENS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Text:
    """train and test of a corpus, over all types of train, and `<unk>` for what is in test alone.

    That is KenLM's vocabulary. It keeps the word `<unk>` for what train has not, so the word has another name here
    where train has it.
    """

    name: str
    vocabulary: Vocabulary
    train: Tokens
    test: Tokens

    @property
    def has_blank_lines(self) -> bool:
        return self.without_blank_lines.train.size < self.train.size

    @property
    def without_blank_lines(self) -> "Text":
        train, test = (_drop_blank_lines(stream) for stream in (self.train, self.test))
        return Text(self.name, self.vocabulary, train, test)

    def lines(self, stream: Tokens) -> list[str]:
        """The lines of `stream`, words separated by spaces."""
        types = np.array([UNK, "\n", *self.vocabulary.types[2:]], dtype=object)
        return [line.strip(" ") for line in " ".join(types[stream].tolist()).split("\n")[:-1]]


def raw_text(folder: Path, params: Params) -> Text:
    """The corpus in `folder`, blank lines kept."""
    source = find_source(folder.parent, folder.name)
    if source is None:
        raise UserError(f"{folder} does not exist. Name a folder with a text.")
    parts = {
        part: [line.split() for path in paths for line in read_lines(path)] for part, paths in source.files.items()
    }
    if WHOLE in parts:
        lines = parts[WHOLE]
        parts["test"] = lines[len(lines) - max(1, round(len(lines) * params.text.test_share)) :]
        parts["train"] = lines[: len(lines) - len(parts["test"])]
    return _text(folder.name, parts["train"], parts["test"])


def generated_text(params: Params) -> Text:
    """The built-in corpus."""
    sampled = builtin_text(params.language, params.seed)
    return _text("builtin", *(list(sampled[split].lines()) for split in ("train", "test")))


def splits_of(folder: Path, params: Params) -> tuple[Tokens, Tokens, int]:
    """train and valid of the corpus in `folder` over all types of train, and how many those are."""
    source = find_source(folder.parent, folder.name)
    if source is None or not {"train", "valid"} <= set(source.files):
        raise UserError(f"{folder} has no splits train and valid. Name a folder with both, such as WikiText-2's.")
    lines = {
        part: [line.split() for path in source.files[part] for line in read_lines(path)] for part in ("train", "valid")
    }
    vocabulary = build_vocabulary(count_words(lines["train"]), 1, None)
    train, valid = (encode(lines[part], vocabulary, None).tokens for part in ("train", "valid"))
    return train, valid, len(vocabulary)


def generated_types(types: int, seed: int, tokens: int = 1_000_000) -> tuple[Tokens, Tokens, int]:
    """train and a valid of 20,000 tokens over `types` types in order of frequency: by Zipf's law, and every other
    token on average is the one that follows its predecessor most often."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, types + 1)
    cumulative = np.cumsum(weights / weights.sum())
    draw = np.minimum(np.searchsorted(cumulative, rng.random(tokens + 20_000)), types - 1)
    follower = np.minimum(np.searchsorted(cumulative, rng.random(types)), types - 1)
    follows = rng.random(len(draw)) < 0.5
    stream = draw.tolist()
    for place in np.flatnonzero(follows[1:]) + 1:
        stream[place] = follower[stream[place - 1]]
    ids = np.array(stream, dtype=np.uint16 if types <= 2**16 else np.uint32)
    return ids[:tokens], ids[tokens:], types


def _text(name: str, train: list[list[str]], test: list[list[str]]) -> Text:
    counts = count_words(train)
    if UNK in counts:
        other = "unk"
        while other in counts:
            other += "k"
        train, test = ([[other if word == UNK else word for word in line] for line in part] for part in (train, test))
        counts[other] = counts.pop(UNK)
    vocabulary = build_vocabulary(counts, 1, None)
    return Text(name, vocabulary, *(encode(lines, vocabulary, None).tokens for lines in (train, test)))


def _drop_blank_lines(stream: Tokens) -> Tokens:
    before = np.concatenate([[EOS_ID], stream[:-1]])
    return stream[(stream != EOS_ID) | (before != EOS_ID)]


def write_generated_stream(path: Path, tokens: int, params: Params) -> int:
    """Writes about `tokens` tokens of the built-in language as .npy, in bounded memory; returns how many types it has.

    Every form of the language is a type.
    """
    grammar = builtin_grammar(params.language)
    vocabulary_size = len(grammar.forms) + 2
    column = Column(path.with_suffix(".raw"), np.min_scalar_type(vocabulary_size - 1))
    rng = np.random.default_rng(params.seed)
    while len(column) < tokens:
        ahead = min(TOKENS_AT_ONCE, tokens - len(column))
        sampled = sample_corpus(grammar, ahead, params.language.sentences_per_document, rng)
        column.append(np.insert(sampled.words + 2, sampled.sentence_starts[1:], EOS_ID))
    column.publish(path)
    return vocabulary_size
