"""Text drawn from a grammar, all sentences at once.

The sentences are one flat array of symbols that is expanded level by level: a rule for every nonterminal at once,
by search in one table of cumulative probabilities, until only word classes are left; then all words are drawn
together, from p(word | class, topic of the document).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.grammar.grammar import Floats, Grammar, Ints

SENTENCES_AT_ONCE = 4096  # a piece of about this many sentences stays in the processor's cache


@dataclass(frozen=True)
class SampledText:
    """Documents of sentences of words.

    words (N,): ids into `forms`; sentence_starts (S + 1,): positions in words, the last is N;
    document_starts (D + 1,): numbers of sentences, the last is S; topics (D,).
    The derivation, word by word: word_class (N,), clause (N,) (words of one number share a subject and its verbs;
    numbers are distinct within the whole text), context (N,) (an index into `Grammar.contexts`, -1 for none).
    """

    forms: tuple[str, ...]
    words: NDArray[np.int32]
    sentence_starts: Ints
    document_starts: Ints
    topics: Ints
    word_class: NDArray[np.int32]
    clause: Ints
    context: NDArray[np.int32]

    def lines(self) -> Iterator[list[str]]:
        """The words of each sentence."""
        words = np.array(self.forms, dtype=object)[self.words].tolist()
        return (words[a:b] for a, b in pairwise(self.sentence_starts.tolist()))


def sample_splits(
    grammar: Grammar, tokens: Mapping[str, int], sentences_per_document: float, seed: int
) -> dict[str, SampledText]:
    """Independent texts of about so many `tokens` each: every split has a generator of its own, by its place."""
    return {
        name: sample_corpus(grammar, count, sentences_per_document, np.random.default_rng([seed, place]))
        for place, (name, count) in enumerate(tokens.items())
    }


def sample_corpus(
    grammar: Grammar, tokens: int, sentences_per_document: float, rng: np.random.Generator
) -> SampledText:
    """About `tokens` tokens of text, one for the end of each sentence counted.

    The number of documents is fixed beforehand from the mean lengths, so that no document is cut and none is more
    likely than the grammar says. A document has 1 + Poisson(`sentences_per_document` - 1) sentences.
    """
    per_document = sentences_per_document * (grammar.expected_length + 1)
    return sample_documents(grammar, max(1, round(tokens / per_document)), sentences_per_document, rng)


def sample_documents(
    grammar: Grammar, documents: int, sentences_per_document: float, rng: np.random.Generator
) -> SampledText:
    """`documents` independent documents; see `sample_corpus`."""
    topics = rng.choice(grammar.num_topics, size=documents, p=grammar.topic_prior)
    lengths = 1 + rng.poisson(sentences_per_document - 1, size=documents)
    topic_of_sentence = np.repeat(topics, lengths)
    pieces = [
        _sample_sentences(grammar, topic_of_sentence[first : first + SENTENCES_AT_ONCE], rng)
        for first in range(0, len(topic_of_sentence), SENTENCES_AT_ONCE)
    ]
    return replace(_join(pieces), document_starts=_offsets(lengths), topics=topics)


def _sample_sentences(grammar: Grammar, topics: Ints, rng: np.random.Generator) -> SampledText:
    """One sentence under each of `topics` (S,), as a text of S documents."""
    cumulative, last = _rule_table(grammar)
    sentences, classes = len(topics), grammar.num_classes
    widest = int(grammar.right_clause.max(initial=0))
    symbol = np.full(sentences, grammar.start, dtype=np.int32)
    clause = np.arange(sentences, dtype=np.int64)
    context = np.full(sentences, -1, dtype=np.int32)
    starts = np.arange(sentences + 1)
    next_clause = sentences
    while (open_symbols := np.flatnonzero(symbol >= classes)).size:
        rows = symbol[open_symbols] - classes
        rule = np.minimum(np.searchsorted(cumulative, rows + rng.random(len(rows)), side="right"), last[rows])
        lengths = np.ones(len(symbol), dtype=np.int64)
        lengths[open_symbols] = grammar.right_starts[rule + 1] - grammar.right_starts[rule]
        new_starts = _offsets(lengths)
        symbol, clause, context = np.repeat(symbol, lengths), np.repeat(clause, lengths), np.repeat(context, lengths)
        # Of each right-hand side: where its parts go, and where they stand in the grammar.
        width = lengths[open_symbols]
        within = np.arange(width.sum()) - np.repeat(_offsets(width)[:-1], width)
        target = within + np.repeat(new_starts[open_symbols], width)
        part = within + np.repeat(grammar.right_starts[rule], width)
        symbol[target] = grammar.right_symbol[part]
        fresh = grammar.right_clause[part]
        opened = fresh > 0
        parent = np.repeat(np.arange(len(rows)), width)[opened]
        clause[target[opened]] = next_clause + parent * widest + fresh[opened] - 1
        next_clause += len(rows) * widest
        named = grammar.right_context[part]
        context[target[named >= 0]] = named[named >= 0]
        starts = new_starts[starts]
    entry = _draw_words(grammar, symbol, np.repeat(topics, np.diff(starts)), rng)
    return SampledText(
        grammar.forms,
        grammar.entry_form[entry].astype(np.int32),
        starts,
        np.arange(len(topics) + 1),
        topics,
        symbol,
        clause,
        context,
    )


def _rule_table(grammar: Grammar) -> tuple[Floats, Ints]:
    """Row + cumulative probability of each rule, rising over all rows, and the last rule of each row."""
    rows = grammar.rule_left - grammar.num_classes
    total = np.cumsum(grammar.rule_probability)
    before = np.concatenate([[0.0], total])[grammar.rule_starts[:-1]]
    cumulative = rows + np.minimum(total - before[rows], 1.0)
    last = grammar.rule_starts[1:] - 1
    cumulative[last] = np.arange(len(last)) + 1.0
    return cumulative, last


def _draw_words(
    grammar: Grammar, word_class: NDArray[np.int32], topics: Ints, rng: np.random.Generator
) -> NDArray[np.intp]:
    """The entry (N,) drawn for each leaf."""
    classes = grammar.num_classes
    total = np.cumsum(grammar.emission, axis=1)
    before = np.concatenate([np.zeros((grammar.num_topics, 1)), total], axis=1)[:, grammar.class_starts[:-1]]
    within = total - before[:, grammar.entry_class]
    within[:, grammar.class_starts[1:] - 1] = 1.0
    row = np.arange(grammar.num_topics)[:, None] * classes + grammar.entry_class
    flat = np.searchsorted((row + within).ravel(), topics * classes + word_class + rng.random(len(topics)), "right")
    # Sums that round up to the next row must not leave the class.
    return np.clip(flat - topics * len(grammar.entry_form), 0, grammar.class_starts[word_class + 1] - 1)


def _join(pieces: list[SampledText]) -> SampledText:
    words = np.cumsum([0] + [len(piece.words) for piece in pieces])
    clauses = np.cumsum([0] + [int(piece.clause.max(initial=-1)) + 1 for piece in pieces])
    starts = [piece.sentence_starts[:-1] + first for piece, first in zip(pieces, words, strict=False)]
    return SampledText(
        pieces[0].forms,
        np.concatenate([piece.words for piece in pieces]),
        np.concatenate([*starts, words[-1:]]),
        np.zeros(0, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
        np.concatenate([piece.word_class for piece in pieces]),
        np.concatenate([piece.clause + first for piece, first in zip(pieces, clauses, strict=False)]),
        np.concatenate([piece.context for piece in pieces]),
    )


def _offsets(lengths: NDArray[np.int64]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
