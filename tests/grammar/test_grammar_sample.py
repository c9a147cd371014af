"""Sampling: what is drawn is what the grammar says."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import chisquare
from small_grammars import FINITE_CLASSES, FINITE_RULES, PRIOR, finite_grammar, listed, rules_of, word_class
from whole_language import language

from pipeline.grammar.grammar import build_grammar, rule
from pipeline.grammar.sample import _alias_table, sample_corpus, sample_documents, sample_splits

DOCUMENTS = 20_000


def test_sentences_come_as_often_as_they_are_probable():
    text = sample_documents(finite_grammar(), DOCUMENTS, 1.0, np.random.default_rng(0))
    assert len(text.sentence_starts) == DOCUMENTS + 1
    counts = Counter(map(tuple, text.lines()))
    expected = {s: DOCUMENTS * float(PRIOR @ p) for s, p in listed(FINITE_RULES, FINITE_CLASSES, "S", 20).items()}
    assert set(counts) <= set(expected)
    common = [sentence for sentence, count in expected.items() if count >= 10]
    assert len(common) > 200
    seen = [counts[sentence] for sentence in common]
    wanted = [expected[sentence] for sentence in common]
    result = chisquare([*seen, DOCUMENTS - sum(seen)], [*wanted, DOCUMENTS - sum(wanted)])
    assert result.pvalue > 1e-3


def test_a_document_has_one_topic_and_topics_come_by_their_prior():
    classes = [word_class("n", "red blue green", [1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0])]
    grammar = build_grammar("S", rules_of("S -> n S [0.3]\nS -> n [0.7]"), classes, [0.2, 0.5, 0.3])
    text = sample_documents(grammar, 5_000, 5.0, np.random.default_rng(1))
    ends = text.sentence_starts[text.document_starts]
    for document, topic in enumerate(text.topics[:200]):
        assert set(text.words[ends[document] : ends[document + 1]]) == {topic}
    assert chisquare(np.bincount(text.topics, minlength=3), 5_000 * grammar.topic_prior).pvalue > 1e-3
    lengths = np.diff(text.document_starts)
    assert lengths.min() >= 1
    assert lengths.mean() == pytest.approx(5.0, abs=0.15)
    assert lengths.var() == pytest.approx(4.0, rel=0.1)  # 1 + Poisson(4)


def test_the_text_has_about_as_many_tokens_as_asked_for():
    text = sample_corpus(finite_grammar(), 100_000, 20.0, np.random.default_rng(2))
    assert len(text.words) + len(text.sentence_starts) - 1 == pytest.approx(100_000, rel=0.02)
    assert text.sentence_starts[-1] == len(text.words)
    assert text.document_starts[-1] == len(text.sentence_starts) - 1
    assert [len(line) for line in text.lines()] == np.diff(text.sentence_starts).tolist()


def test_one_seed_gives_the_same_bytes_and_splits_are_independent():
    tokens = {"train": 20_000, "valid": 20_000}
    first, again, other = (sample_splits(finite_grammar(), tokens, 20.0, seed) for seed in (7, 7, 8))
    for split in tokens:
        for array in ("words", "sentence_starts", "document_starts", "topics", "clause", "context"):
            assert getattr(first[split], array).tobytes() == getattr(again[split], array).tobytes()
    texts = [first["train"], first["valid"], other["train"], other["valid"]]
    assert len({text.words.tobytes() for text in texts}) == 4
    assert len({text.topics.tobytes() for text in texts}) == 4


def test_a_split_does_not_depend_on_the_size_of_another():
    small, large = (sample_splits(finite_grammar(), {"train": n, "test": 5_000}, 20.0, 1)["test"] for n in (10, 50_000))
    assert small.words.tobytes() == large.words.tobytes()


def test_the_table_that_rules_are_drawn_from_gives_back_their_probabilities():
    grammar, _, _ = language()
    table = _alias_table(grammar)
    probability = table.kept + np.bincount(table.alias, 1 - table.kept, minlength=len(table.kept))
    probability /= np.diff(grammar.rule_starts)[grammar.rule_left - grammar.num_classes]
    np.testing.assert_allclose(probability, grammar.rule_probability, rtol=1e-9, atol=1e-15)
    np.testing.assert_array_equal(grammar.rule_left[table.alias], grammar.rule_left)


def test_rules_and_words_of_probability_zero_are_never_drawn():
    rules = rules_of("S -> n [0]\nS -> v [1]\nS -> n v [0]")
    classes = [word_class("n", "no", [1.0]), word_class("v", "never yes never_too", [0.0, 1.0, 0.0])]
    text = sample_documents(build_grammar("S", rules, classes, [1.0]), 20_000, 1.0, np.random.default_rng(3))
    assert [text.forms[word] for word in np.unique(text.words)] == ["yes"]
    assert len(text.words) == 20_000


def test_clauses_and_contexts_follow_the_rules():
    rules = [
        rule("S", "NP^1 VP^1", 1.0),
        rule("NP", "n MOD", 1.0),
        rule("MOD", "p@phrase NP^1@phrase", 0.4),
        rule("MOD", "", 0.6),
        rule("VP", "v NP^1", 1.0),
    ]
    classes = [word_class("n", "dog", [1.0]), word_class("v", "sees", [1.0]), word_class("p", "near", [1.0])]
    grammar = build_grammar("S", rules, classes, [1.0])
    text = sample_documents(grammar, 6_000, 1.0, np.random.default_rng(4))
    nested = 0
    clauses_of_sentences = []
    for first, last in zip(text.sentence_starts[:-1], text.sentence_starts[1:], strict=True):
        words = [text.forms[word] for word in text.words[first:last]]
        clause, context = text.clause[first:last], text.context[first:last]
        verb = words.index("sees")
        nouns = [place for place, word in enumerate(words) if word == "dog"]
        assert clause[0] == clause[verb]  # the subject's head and its verb
        assert len(set(clause[nouns])) == len(nouns)  # every other noun stands in a clause of its own
        for place, word in enumerate(words):
            inside = word == "near" or (word == "dog" and words[place - 1] == "near")
            assert (context[place] == 0) == inside
        nested += len(nouns) > 3
        clauses_of_sentences.append(set(clause))
    assert grammar.contexts == ("phrase",)
    assert nested > 100
    assert sum(map(len, clauses_of_sentences)) == len(set.union(*clauses_of_sentences))  # none is shared
