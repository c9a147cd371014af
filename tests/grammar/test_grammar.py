"""The general machine: what it refuses, and the quantities it derives."""

import numpy as np
import pytest
from small_grammars import (
    AMBIGUOUS_CLASSES,
    FINITE_CLASSES,
    FINITE_RULES,
    PRIOR,
    finite_grammar,
    listed,
    rules_of,
    word_class,
)

from pipeline.errors import UserError
from pipeline.grammar.grammar import Part, build_grammar, rule


def test_a_rule_reads_clause_and_context_from_text():
    read = rule("NP", "d n^1 PP^2@inside x@outside", 0.5)
    assert read.right == (Part("d"), Part("n", 1), Part("PP", 2, "inside"), Part("x", 0, "outside"))


def test_the_mean_length_is_that_of_the_listed_sentences():
    sentences = listed(FINITE_RULES, FINITE_CLASSES, "S", 20)
    mean = sum(len(sentence) * float(PRIOR @ p) for sentence, p in sentences.items())
    assert finite_grammar().expected_length == pytest.approx(mean, rel=1e-12)


def test_the_probability_of_being_empty_is_exact():
    grammar = build_grammar(
        "S",
        rules_of("S -> A B [0.5]\nS -> n [0.5]\nA -> [0.25]\nA -> n [0.75]\nB -> A A [1]"),
        AMBIGUOUS_CLASSES,
        PRIOR,
    )
    by_name = dict(zip(grammar.symbols, grammar.empty_probability, strict=True))
    assert by_name["B"] == 0.25**2
    assert by_name["S"] == 0.5 * 0.25**3
    assert by_name["n"] == 0


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("S -> n [0.5]\nS -> v [0.4]", "'S' sum to 0.9"),
        ("S -> n [1.5]\nS -> v [-0.5]", "must be >= 0"),
        ("S -> S n [0.1]\nS -> v [0.9]", "Left recursion: S -> S"),
        ("S -> A B [1]\nA -> [0.5]\nA -> n [0.5]\nB -> S n [0.1]\nB -> v [0.9]", "S -> B -> S"),
        ("S -> n S S [0.6]\nS -> v [0.4]", "do not end"),
        ("S -> n S [1]", "do not end"),
        ("S -> n X [1]", "'X', which has neither rules nor words"),
        ("T -> n [1]", "The start symbol 'S' has no rules"),
        ("S -> n [1]\nn -> v [1]", "'n' has rules and is a word class too"),
    ],
)
def test_a_grammar_that_is_none_is_refused_with_its_reason(rules, message):
    with pytest.raises(UserError, match="(?s)" + message.replace("(", r"\(")):
        build_grammar("S", rules_of(rules), AMBIGUOUS_CLASSES, PRIOR)


@pytest.mark.parametrize(
    ("classes", "prior", "message"),
    [
        ([word_class("n", "a b", [0.5, 0.4], [0.5, 0.5])], PRIOR, "'n' sums to"),
        ([word_class("n", "a b", [0.5, 0.5])], PRIOR, r"shape \(1, 2\).*\(2, 2\)"),
        ([word_class("n", "a a", [0.5, 0.5], [0.5, 0.5])], PRIOR, "'n' has a word twice"),
        ([word_class("n", "a", [1.0], [1.0])] * 2, PRIOR, "Two word classes have one name"),
        ([word_class("n", "a", [1.0], [1.0])], [0.5, 0.4], "prior sums to 0.9"),
        ([word_class("n", "", [], [])], PRIOR, "at least one"),
    ],
)
def test_classes_that_are_no_distributions_are_refused(classes, prior, message):
    with pytest.raises(UserError, match=message):
        build_grammar("S", rules_of("S -> n [1]"), classes, prior)


def test_right_recursion_and_empty_rules_are_fine():
    grammar = build_grammar("S", rules_of("S -> n S [0.5]\nS -> [0.5]"), AMBIGUOUS_CLASSES, PRIOR)
    assert grammar.expected_length == pytest.approx(1.0)
    assert np.isclose(grammar.empty_probability[grammar.start], 0.5)
