"""Tables of the chapter on counting, against plain loops over the same words."""

import math

import numpy as np
import pandas as pd
import pytest

from pipeline.report.counting import hit_rates, overlap_table, perplexities, surprises

TYPES = ("<unk>", "<eos>", "the", "dog", "barks", "meows")
TOKENS = np.array([2, 3, 4, 1, 2, 3, 5, 1])
STATES = {"unigram": "line", "bigram": "line", "lstm": "carried", "grammar": "document"}


@pytest.fixture
def scores():
    rng = np.random.default_rng(0)
    return {(model, state): -rng.uniform(0.1, 5, len(TOKENS)) for model, state in STATES.items()}


def test_hit_rates_are_perplexities_over_the_words_of_each_order(scores):
    longest = np.array([1, 2, 2, 1, 1, 2, 0, 1])
    table = hit_rates(longest, np.ones(8, bool), scores, STATES)
    assert set(table["model"]) == {"bigram", "lstm", "grammar"}  # the longest n-gram, the networks, the source
    assert table.drop_duplicates("longest_seen")["share"].sum() == 1
    for row in table.itertuples():
        places = [place for place, order in enumerate(longest) if order == row.longest_seen]
        assert row.tokens == len(places)
        nats = [-scores[row.model, STATES[row.model]][place] for place in places]
        assert math.isclose(row.perplexity, math.exp(sum(nats) / len(nats)))


def test_surprises_come_dearest_first_and_each_word_once(scores):
    scores["bigram", "line"] = -np.array([1.0, 2.0, 9.0, 0.5, 1.0, 3.0, 8.0, np.inf])
    found = surprises(TOKENS, TYPES, scores, STATES, "bigram", "word")
    assert [item.word for item in found] == ["barks", "meows", "dog", "the", "<eos>"]
    assert found[0].context == "the dog"
    assert found[1].context == "the dog"  # what stands before the line is none of it
    assert found[0].nats == {"bigram": 9.0, "lstm": -scores["lstm", "carried"][2]}


def test_hit_rates_leave_out_what_does_not_count(scores):
    longest = np.array([1, 2, 2, 1, 1, 2, 0, 1])
    words = TOKENS != 1
    table = hit_rates(longest, words, scores, STATES)
    alone = {key: values[words] for key, values in scores.items()}
    pd.testing.assert_frame_equal(table, hit_rates(longest[words], np.ones(6, bool), alone, STATES))


@pytest.mark.parametrize(
    ("unit", "types", "context", "word"),
    [
        ("character", ("<unk>", "<eos>", "h", " ", "s", "t"), "h ", "s"),
        ("piece of a word", ("<unk>", "<eos>", "ba‿", "rks", "the", "dog"), "barks", "the"),
    ],
)
def test_what_stands_before_a_surprise_is_shown_as_it_is_read(scores, unit, types, context, word):
    scores["bigram", "line"] = -np.array([1.0, 2.0, 9.0, 0.5, 1.0, 3.0, 8.0, np.inf])
    found = surprises(TOKENS, types, scores, STATES, "bigram", unit)[0]
    assert (found.context, found.word) == (context, word)


def test_perplexities_share_their_resamples_and_tell_an_impossible_word():
    units = pd.concat(
        pd.DataFrame({"model": model, "unit": range(30), "tokens": 10, "nats": nats})
        for model, nats in (
            ("a", np.linspace(10, 40, 30)),
            ("b", np.linspace(11, 41, 30)),
            ("c", [np.inf] + [9.0] * 29),
        )
    )
    table = perplexities(units, ["model"], 200, 1).set_index("model")
    assert math.isclose(table["perplexity"]["a"], math.exp(2.5))
    for column in ("perplexity", "low", "high"):  # b pays a tenth of a nat more for every token of every resample
        assert math.isclose(table[column]["b"] / table[column]["a"], math.exp(0.1))
    assert table["low"]["a"] < table["perplexity"]["a"] < table["high"]["a"]
    assert table["perplexity"]["c"] == table["high"]["c"] == math.inf
    assert table["low"]["c"] == math.exp(0.9)  # a third of the resamples do not draw the impossible word


def test_overlap_is_summed_by_bands_of_length():
    table = overlap_table(
        pd.DataFrame(
            {"length": [2, 4, 5, 20], "sentences": [4, 3, 2, 9], "shared": [3, 1, 1, 0],
             "expected": [2.5, 1.5, 0.5, 0.1], "variance": [2.0, 2.0, 0.25, 0.1]}
        )
    )  # fmt: skip
    assert table[["shortest", "longest", "sentences", "shared", "expected"]].values.tolist() == [
        [2, 4, 7, 4, 4.0], [5, 5, 2, 1, 0.5], [20, 20, 9, 0, 0.1]
    ]  # fmt: skip
    assert table["deviation"].tolist() == [2.0, 0.5, math.sqrt(0.1)]
