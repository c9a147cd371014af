"""Surprisal word by word, against the model's own answers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.agreement.english import english_suite
from pipeline.agreement.surprisal import TELLING, example_items, surprisals
from pipeline.corpus.tokenisers import WHITE_SPACE
from pipeline.corpus.vocabulary import EOS_ID, build_vocabulary, count_words
from pipeline.grammar.builtin import builtin_suite
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of
from pipeline.params.reading import read_params

SUITE = pd.DataFrame(
    {
        "good": ["the dog barks .", "the dog near the cats barks .", "the dog near the cat barks .", "a " * 20 + "b ."],
        "bad": ["the dog bark .", "the dog near the cats bark .", "the dog near the cat bark .", "a " * 20 + "c ."],
        "construction": ["simple", "prepositional_phrase", "prepositional_phrase", "wide"],
        "n_attractors": [0, 1, 0, 0],
        "distance": [0, 3, 3, 19],
    }
)


def test_each_word_costs_what_the_model_says_and_the_verb_has_its_other_form_beside_it():
    lines = [line.split() for line in [*SUITE["good"], *SUITE["bad"]]]
    vocabulary = build_vocabulary(count_words(lines), 1, None)
    model = model_of(
        fit(np.append(vocabulary.encode([*lines[1], *lines[4], *lines[0]]), EOS_ID), len(vocabulary), 2), 2
    )
    found = surprisals([model], SUITE, [1], vocabulary, WHITE_SPACE)
    state, words = model.start(1), lines[1]
    assert found["word"].tolist() == words
    for place, word in enumerate(words):
        log_probs = model.next_log_probs(state)[0] / np.log(2)
        assert found["bits"][place] == pytest.approx(-log_probs[vocabulary.ids[word]])
        if word == "barks":
            assert found["wrong"][place] == "bark"
            assert found["wrong_bits"][place] == pytest.approx(-log_probs[vocabulary.ids["bark"]])
        else:
            assert np.isnan(found["wrong_bits"][place])
        _, state = model.read(np.array([[vocabulary.ids[word]]]), state)


def test_examples_are_scored_short_enough_and_have_an_attractor_where_there_is_one():
    assert example_items(SUITE, [0, 1, 2, 3]) == [1, 0]
    assert example_items(SUITE, [0, 2, 3]) == [2, 0]
    assert example_items(SUITE, [3]) == []


@pytest.mark.parametrize("attractors", [0, 1])
def test_examples_are_of_the_telling_constructions_and_then_of_others(attractors):
    names = ["long_vp_coordination", "object_relative_that", "simple", "prepositional_phrase", "subject_relative"]
    suite = pd.DataFrame(
        {"good": "the dog barks .", "construction": names * 2, "n_attractors": attractors,
         "distance": [9, 4, 0, 3, 5, 9, 6, 0, 2, 5]}
    )  # fmt: skip
    assert suite.loc[example_items(suite, range(10)), "construction"].tolist() == list(TELLING)
    assert example_items(suite, range(10)) == [3, 4, 6]
    assert example_items(suite, [0, 1, 2]) == [1, 0, 2]
    english = english_suite(2, np.random.default_rng(0))
    shown = english.loc[example_items(english, range(len(english)))]
    assert shown["construction"].tolist() == list(TELLING)
    assert (shown["n_attractors"] > 0).all()


def test_the_built_in_suite_has_the_telling_constructions_too():
    language = read_params(Path(__file__).parents[2] / "params.yaml").language
    small = language.model_copy(update={"train_tokens": 2_000, "suite_sentences": 4_000})
    suite = builtin_suite(small, 1, 0)
    assert suite.loc[example_items(suite, range(len(suite))), "construction"].tolist() == list(TELLING)


def test_a_suite_of_which_nothing_is_scored_has_no_examples():
    assert example_items(SUITE, []) == []
