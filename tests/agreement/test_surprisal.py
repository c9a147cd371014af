"""Surprisal word by word, against the model's own answers."""

import numpy as np
import pandas as pd
import pytest

from pipeline.agreement.surprisal import example_items, surprisals
from pipeline.corpus.tokenisers import WHITE_SPACE
from pipeline.corpus.vocabulary import EOS_ID, build_vocabulary, count_words
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of

SUITE = pd.DataFrame(
    {
        "good": ["the dog barks .", "the dog near the cats barks .", "the dog near the cat barks .", "a " * 20 + "b ."],
        "bad": ["the dog bark .", "the dog near the cats bark .", "the dog near the cat bark .", "a " * 20 + "c ."],
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


def test_examples_are_scored_short_enough_and_the_farthest_of_their_attractors():
    assert example_items(SUITE, [0, 1, 2, 3]) == [2, 1]
    assert example_items(SUITE, [0, 3]) == [0]
