"""Text drawn from a grammar, all sentences at once.

The derivations grow level by level: a rule for every nonterminal of a level at once, by the alias method (Walker
1977), until only word classes are left. Sizes are then summed from the leaves up, places in the text given from the
roots down, and all words are drawn together, from p(word | class, topic of the document).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

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


@dataclass(frozen=True)
class _AliasTable:
    """The rules of every nonterminal, to draw from in constant time (Walker 1977; Vose 1991).

    `kept` (R,) is the probability that a rule, chosen uniformly from those of its nonterminal, stays; otherwise it
    becomes `alias` (R,). starts: as `Grammar.rule_starts`.
    """

    starts: Ints
    kept: Floats
    alias: Ints

    def draw(self, rows: NDArray[np.integer[Any]], rng: np.random.Generator) -> Ints:
        first = self.starts[rows]
        size = self.starts[rows + 1] - first
        scaled = rng.random(len(rows)) * size
        column = np.minimum(scaled.astype(np.int64), size - 1)
        rule = first + column
        return np.where(scaled - column < self.kept[rule], rule, self.alias[rule])


@dataclass(frozen=True)
class _Level:
    """All nodes of one depth of the derivations: their symbol, clause and context, and the parent's number above."""

    symbol: NDArray[np.int32]
    clause: Ints
    context: NDArray[np.int32]
    parent: NDArray[np.intp]


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
    rules, words = _alias_table(grammar), _word_table(grammar)
    pieces = [
        _sample_sentences(grammar, rules, words, topic_of_sentence[first : first + SENTENCES_AT_ONCE], rng)
        for first in range(0, len(topic_of_sentence), SENTENCES_AT_ONCE)
    ]
    return replace(_join(pieces), document_starts=_offsets(lengths), topics=topics)


def _sample_sentences(
    grammar: Grammar, rules: _AliasTable, words: Floats, topics: Ints, rng: np.random.Generator
) -> SampledText:
    """One sentence under each of `topics` (S,), as a text of S documents."""
    levels = _derive(grammar, rules, len(topics), rng)
    places, lengths = _places(grammar, levels)
    symbol, context = (np.empty(lengths.sum(), dtype=np.int32) for _ in range(2))
    clause = np.empty(lengths.sum(), dtype=np.int64)
    for level, place in zip(levels, places, strict=True):
        leaf = level.symbol < grammar.num_classes
        for whole, part in ((symbol, level.symbol), (clause, level.clause), (context, level.context)):
            whole[place[leaf]] = part[leaf]
    entry = _draw_words(grammar, words, symbol, np.repeat(topics, lengths), rng)
    return SampledText(
        grammar.forms,
        grammar.entry_form[entry].astype(np.int32),
        _offsets(lengths),
        np.arange(len(topics) + 1),
        topics,
        symbol,
        clause,
        context,
    )


def _derive(grammar: Grammar, rules: _AliasTable, sentences: int, rng: np.random.Generator) -> list[_Level]:
    """Derivations of `sentences` sentences, the roots first."""
    classes = grammar.num_classes
    widest = int(grammar.right_clause.max(initial=0))
    roots = np.arange(sentences)
    level = _Level(
        np.full(sentences, grammar.start, dtype=np.int32), roots, np.full(sentences, -1, dtype=np.int32), roots
    )
    levels = [level]
    next_clause = sentences
    while (parents := np.flatnonzero(level.symbol >= classes)).size:
        rule = rules.draw(level.symbol[parents] - classes, rng)
        width = grammar.right_starts[rule + 1] - grammar.right_starts[rule]
        number = np.repeat(np.arange(len(parents)), width)  # of each child: which of the parents, and where its rule is
        part = np.arange(len(number)) + (grammar.right_starts[rule] - _offsets(width)[:-1])[number]
        parent = parents[number]
        fresh, named = grammar.right_clause[part], grammar.right_context[part]
        clause = np.where(fresh > 0, next_clause + number * widest + fresh - 1, level.clause[parent])
        context = np.where(named >= 0, named, level.context[parent]).astype(np.int32)
        next_clause += len(parents) * widest
        level = _Level(grammar.right_symbol[part].astype(np.int32), clause, context, parent)
        levels.append(level)
    return levels


def _places(grammar: Grammar, levels: list[_Level]) -> tuple[list[Ints], Ints]:
    """Position in the text of each node's first word, by level, and the length of each sentence."""
    sizes = [(level.symbol < grammar.num_classes).astype(np.int64) for level in levels]
    for above, (level, size) in zip(sizes[-2::-1], zip(levels[:0:-1], sizes[:0:-1], strict=True), strict=True):
        above += np.bincount(level.parent, size, minlength=len(above)).astype(np.int64)
    places = [_offsets(sizes[0])[:-1]]
    for level, size in zip(levels[1:], sizes[1:], strict=True):
        first = _offsets(np.bincount(level.parent, minlength=len(places[-1])))  # of each parent: its first child
        before = _offsets(size)
        shift = places[-1] - before[first[:-1]]
        places.append(before[:-1] + shift[level.parent])
    return places, sizes[0]


def _alias_table(grammar: Grammar) -> _AliasTable:
    kept, alias = np.ones(len(grammar.rule_left)), np.arange(len(grammar.rule_left))
    for first, end in pairwise(grammar.rule_starts.tolist()):
        probabilities = grammar.rule_probability[first:end]
        scaled = (probabilities * ((end - first) / probabilities.sum())).tolist()
        small = [i for i, p in enumerate(scaled) if p < 1]
        large = [i for i, p in enumerate(scaled) if p >= 1]
        while small and large:  # what is left over then is 1 but for rounding
            less, more = small.pop(), large[-1]
            kept[first + less], alias[first + less] = scaled[less], first + more
            scaled[more] -= 1 - scaled[less]
            if scaled[more] < 1:
                small.append(large.pop())
    return _AliasTable(grammar.rule_starts, kept, alias)


def _word_table(grammar: Grammar) -> Floats:
    """Row + cumulative probability of each entry, flat; a row is a class under a topic (K·C of them)."""
    total = np.cumsum(grammar.emission, axis=1)
    before = np.concatenate([np.zeros((grammar.num_topics, 1)), total], axis=1)[:, grammar.class_starts[:-1]]
    within = total - before[:, grammar.entry_class]
    within[:, grammar.class_starts[1:] - 1] = 1.0
    row = np.arange(grammar.num_topics)[:, None] * grammar.num_classes + grammar.entry_class
    return (row + within).ravel()


def _draw_words(
    grammar: Grammar, table: Floats, word_class: NDArray[np.int32], topics: Ints, rng: np.random.Generator
) -> NDArray[np.intp]:
    """The entry (N,) drawn for each leaf."""
    flat = np.searchsorted(table, topics * grammar.num_classes + word_class + rng.random(len(topics)), "right")
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
