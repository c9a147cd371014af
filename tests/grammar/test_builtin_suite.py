"""The agreement suites: every column counted again from the words alone, and the grammar as its own oracle."""

import re
from functools import cache
from itertools import permutations

import numpy as np
import pandas as pd
from whole_language import SHAPE, language

from pipeline.agreement.probe import accuracy, probe
from pipeline.agreement.suites import encode_suite
from pipeline.grammar.dependencies import dependencies, pair_code, subject_verb_pairs, word_table
from pipeline.grammar.english import english
from pipeline.grammar.lexicon import build_lexicon
from pipeline.grammar.sample import sample_corpus, sample_documents
from pipeline.grammar.suite import DISTANCE_BANDS, agreement_suite

PER_CELL = 4


@cache
def table():
    return word_table(language()[0], build_lexicon(12, 8.0, 1.0).lemma)


@cache
def dense():
    """The same language with more between subject and verb."""
    more = {"plural": 0.5, "past": 0.05, "prepositional_phrase": 0.4, "subject_relative": 0.1, "object_relative": 0.1}
    shape = SHAPE.model_copy(update=more | {"adverb": 0.6, "verb_coordination": 0.3, "parenthesis": 0.15})
    return english(topics=12, topic_strength=8.0, zipf_exponent=1.0, shape=shape)


@cache
def train():
    return sample_corpus(language()[0], 200_000, 20.0, np.random.default_rng(0))


@cache
def suite():
    pairs = subject_verb_pairs(train(), table())
    return agreement_suite(dense(), table(), pairs, PER_CELL, 30_000, np.random.default_rng(1))


@cache
def numbers():
    """Number of each noun form by the word lists: 0 singular, 1 plural."""
    lexicon = build_lexicon(1, 1.0, 1.0)
    known = {}
    for name, word_class in lexicon.classes.items():
        if name.startswith("noun."):
            known.update(dict.fromkeys(word_class.words, int("pl" in name.split("."))))
        if name.startswith("name."):
            known.update(dict.fromkeys(word_class.words, 0))
    return known


def first_difference(row):
    return next(i for i, (a, b) in enumerate(zip(row.good.split(), row.bad.split(), strict=True)) if a != b)


def test_the_two_sentences_differ_in_the_verb_alone():
    present = re.compile(r"^(is|are|was|were|has|have|does|do)$")
    lemma = build_lexicon(1, 1.0, 1.0).lemma
    for row in suite().itertuples():
        good, bad = row.good.split(), row.bad.split()
        assert sum(a != b for a, b in zip(good, bad, strict=True)) == 1
        assert good[-1] in (".", "?")
        right, wrong = good[first_difference(row)], bad[first_difference(row)]
        if present.match(right):
            assert {right, wrong} in ({"is", "are"}, {"was", "were"}, {"has", "have"}, {"does", "do"})
            assert (right in ("are", "were", "have", "do")) == (row.number == "plural")
        else:
            assert lemma[right] == lemma[wrong]
            assert (right == lemma[right]) == (row.number == "plural")


def test_columns_agree_with_a_count_of_the_words():
    for row in suite().itertuples():
        words, verb = row.good.split(), first_difference(row)
        head = verb - row.distance - 1
        assert words[head] in numbers()
        wanted = int(row.number == "plural")
        if row.construction != "np_coordination":
            assert numbers()[words[head]] == wanted
        between = [numbers()[word] for word in words[head + 1 : verb] if word in numbers()]
        assert row.n_attractors == between.count(1 - wanted)
        assert row.n_distractors_same == between.count(wanted)


def modifier_word(row):
    """The word after the head."""
    return row.good.split()[first_difference(row) - row.distance]


def test_constructions_show_in_their_words():
    by_construction = dict(iter(suite().groupby("construction")))
    for row in by_construction["simple"].itertuples():
        assert row.n_attractors == row.n_distractors_same == 0
    for row in by_construction["prepositional_phrase"].itertuples():
        between = row.good.split()[first_difference(row) - row.distance : first_difference(row)]
        assert not {"who", "whom", "that", ","} & set(between)
        assert row.n_attractors + row.n_distractors_same >= 1
    for row in by_construction["subject_relative"].itertuples():
        assert modifier_word(row) in ("who", "that")
        assert row.distance >= 2
    for row in by_construction["object_relative_that"].itertuples():
        assert modifier_word(row) in ("whom", "that")
    for row in by_construction["object_relative_no_that"].itertuples():
        assert modifier_word(row) not in ("who", "whom", "that", ",")
    for construction in ("within_subject_relative", "within_object_relative", "sentential_complement"):
        chosen = by_construction[construction]
        assert (chosen["n_attractors"] + chosen["n_distractors_same"] == 0).all()
    for row in by_construction["within_subject_relative"].itertuples():
        assert modifier_word(row) in ("who", "that")
    for row in by_construction["parenthesis"].itertuples():
        assert modifier_word(row) == ","
    for row in by_construction["np_coordination"].itertuples():
        assert modifier_word(row) == "and"
        assert row.number == "plural"
    for construction in ("short_vp_coordination", "long_vp_coordination"):
        for row in by_construction[construction].itertuples():
            between = row.good.split()[first_difference(row) - row.distance : first_difference(row)]
            assert {"and", "but"} & set(between)
            nouns = row.n_attractors + row.n_distractors_same
            assert (nouns > 0) == construction.startswith("long")


def test_cells_are_balanced_and_complete():
    found = suite().assign(band=np.searchsorted([last for _, last in DISTANCE_BANDS], suite()["distance"]))
    sizes = found.groupby(["construction", "number", "n_attractors", "band"]).size()
    assert sizes.max() == PER_CELL
    assert set(found["construction"]) == {
        "simple", "prepositional_phrase", "subject_relative", "object_relative_that", "object_relative_no_that",
        "sentential_complement", "parenthesis", "short_vp_coordination", "long_vp_coordination", "np_coordination",
        "within_subject_relative", "within_object_relative",
    }  # fmt: skip
    for construction in ("prepositional_phrase", "subject_relative", "object_relative_that"):
        chosen = found[found["construction"] == construction]
        assert set(chosen["n_attractors"]) == {0, 1, 2, 3, 4}
        assert set(chosen["number"]) == {"singular", "plural"}
        assert chosen["distance"].max() > 15
    assert (found.loc[found["n_attractors"] == 4, "distance"] >= 8).all()
    assert found["distance"].max() <= 30
    assert not found["good"].duplicated().any()


def test_held_out_pairs_are_not_in_train_and_others_are():
    """Checked on what can be read off the words: a line that begins with determiner, noun, verb has that pair."""
    lemma = build_lexicon(1, 1.0, 1.0).lemma | dict.fromkeys(("is", "are", "was", "were"), "be")
    lemma |= {"has": "have", "have": "have", "does": "do", "do": "do"}
    surely, together = set(), set()
    for line in train().lines():
        if line[0] in ("the", "this", "these", "every", "a", "an") and line[1] in numbers() and line[2] in lemma:
            surely.add((lemma[line[1]], lemma[line[2]]))
        lemmas = [lemma[word] for word in line if word in lemma]
        together.update(permutations(lemmas, 2))  # in a question the verb comes first
    held_out, others = set(), set()
    for row in suite().itertuples():
        words, verb = row.good.split(), first_difference(row)
        pair = lemma[words[verb - row.distance - 1]], lemma[words[verb]]
        (held_out if row.held_out else others).add(pair)
    assert len(held_out) > 100
    assert len(others) > 100
    assert not held_out & others
    assert not held_out & surely
    assert len(others & surely) > 50
    assert others <= together


def test_pairs_are_found_for_every_form_of_the_verb():
    words = table()
    forms = {form: number for number, form in enumerate(language()[0].forms)}
    codes = {
        int(pair_code(words, np.array([forms[noun]]), np.array([forms[verb]]))[0])
        for noun in ("dog", "dogs")
        for verb in ("eats", "eat", "ate", "eating", "eaten")
    }
    assert len(codes) == 1


def test_the_grammar_answers_every_item_and_its_inverse_none():
    _, model, vocabulary = language()
    scores = probe(model, encode_suite(suite(), vocabulary))
    assert len(scores) == len(suite()) > 500
    assert accuracy(scores["verb_good"], scores["verb_bad"]).mean() == 1
    assert accuracy(scores["verb_bad"], scores["verb_good"]).mean() == 0
    assert np.isfinite(scores["sentence_good"]).all()
    assert np.isneginf(scores["verb_bad"]).all()


def test_the_number_of_the_subject_is_that_of_its_head_everywhere():
    text = sample_documents(dense(), 3_000, 1.0, np.random.default_rng(2))
    found = dependencies(text, table(), dense().contexts)
    assert len(found) > 3_000
    np.testing.assert_array_equal(table().verb_number[text.words[found["verb"]]], found["number"])


def test_one_seed_gives_one_suite():
    pairs = subject_verb_pairs(train(), table())
    first, again = (agreement_suite(dense(), table(), pairs, 2, 3_000, np.random.default_rng(seed)) for seed in (1, 1))
    pd.testing.assert_frame_equal(first, again)
    other = agreement_suite(dense(), table(), pairs, 2, 3_000, np.random.default_rng(2))
    assert not first["good"].equals(other["good"])


def test_held_out_items_are_in_every_construction_and_so_are_others():
    shares = suite().groupby(["construction", "number"])["held_out"].mean()
    assert shares.min() > 0.15
    assert shares.max() < 0.95
