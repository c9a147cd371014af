from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from english_annotation import (
    NOUNS,
    PLURAL_OF,
    PLURAL_VERBS,
    SINGULAR_OF,
    SINGULAR_VERBS,
    is_plural,
    subject_of_next_verb,
)

from pipeline.agreement.english import english_suite

CELL = ["construction", "distance", "n_attractors"]


@pytest.fixture(scope="module")
def suite() -> pd.DataFrame:
    return english_suite(12, np.random.default_rng(7))


def pairs(suite: pd.DataFrame) -> list[tuple[list[str], list[str]]]:
    return [(good.split(), bad.split()) for good, bad in zip(suite["good"], suite["bad"], strict=True)]


def differences(good: list[str], bad: list[str]) -> list[int]:
    assert len(good) == len(bad)
    return [position for position in range(len(good)) if good[position] != bad[position]]


def test_good_and_bad_differ_in_one_word_the_verb_in_its_two_forms(suite: pd.DataFrame) -> None:
    for (good, bad), number in zip(pairs(suite), suite["number"], strict=True):
        (verb,) = differences(good, bad)
        singular, plural = (good, bad) if number == "singular" else (bad, good)
        assert PLURAL_OF[singular[verb]] == plural[verb]


def test_the_groups_are_what_a_reading_of_the_sentence_finds(suite: pd.DataFrame) -> None:
    for (good, bad), row in zip(pairs(suite), suite.itertuples(), strict=True):
        (verb,) = differences(good, bad)
        head = subject_of_next_verb(good[:verb])
        assert head is not None, row.good
        between = [word for word in good[head + 1 : verb] if word in NOUNS]
        opposite = sum(is_plural(word) != is_plural(good[head]) for word in between)
        found = ("plural" if is_plural(good[head]) else "singular", opposite, len(between) - opposite, verb - head - 1)
        assert found == (row.number, row.n_attractors, row.n_distractors_same, row.distance), row.good


def test_every_other_present_verb_agrees_too(suite: pd.DataFrame) -> None:
    checked = 0
    for good, bad in pairs(suite):
        (target,) = differences(good, bad)
        for position, word in enumerate(good[:target]):
            if word not in SINGULAR_VERBS | PLURAL_VERBS:
                continue
            subject = subject_of_next_verb(good[:position])
            assert subject is not None
            assert is_plural(good[subject]) == (word in PLURAL_VERBS), " ".join(good)
            checked += 1
    assert checked > 100


def test_a_sentence_is_words_a_full_stop_and_no_word_twice_in_a_row(suite: pd.DataFrame) -> None:
    for column in ("good", "bad"):
        assert suite[column].str.fullmatch(r"the( [a-z]+)+ \.").all()
        for words in suite[column].str.split():
            assert all(word != following for word, following in pairwise(words))


def test_no_sentence_comes_twice_good_or_bad(suite: pd.DataFrame) -> None:
    assert pd.concat([suite["good"], suite["bad"]]).is_unique


def test_no_noun_comes_twice_in_a_sentence(suite: pd.DataFrame) -> None:
    for good, _ in pairs(suite):
        lemmas = [SINGULAR_OF.get(word, word) for word in good if word in NOUNS]
        assert len(lemmas) == len(set(lemmas)), " ".join(good)


def test_every_cell_is_full_and_balanced_over_number(suite: pd.DataFrame) -> None:
    counts = suite.groupby([*CELL, "number"]).size().unstack("number")
    assert (counts == 12).all(axis=None)
    nouns_between = suite["n_attractors"] + suite["n_distractors_same"]
    for _, rows in suite.assign(k=nouns_between).groupby(["construction", "distance"]):
        assert rows["k"].nunique() == 1  # else the numbers of attractors would come with different sentences
        assert sorted(set(rows["n_attractors"])) == list(range(rows["k"].iloc[0] + 1))


def test_the_suite_reaches_far_and_has_the_published_constructions(suite: pd.DataFrame) -> None:
    assert sorted(set(suite["n_attractors"])) == [0, 1, 2, 3, 4]
    assert suite["distance"].min() == 0
    assert suite["distance"].max() == 20
    assert not suite["held_out"].any()
    assert set(suite["construction"]) > {
        "simple",
        "sentential_complement",
        "short_vp_coordination",
        "long_vp_coordination",
        "prepositional_phrase",
        "subject_relative",
        "object_relative_that",
        "object_relative_no_that",
        "in_object_relative_that",
        "in_object_relative_no_that",
    }


def test_the_standard_size_is_a_few_thousand_items() -> None:
    assert 2000 <= len(english_suite(24, np.random.default_rng(0))) <= 5000


def test_every_verb_form_is_as_often_right_as_wrong_in_every_cell(suite: pd.DataFrame) -> None:
    """So a model of single words is right on exactly half of the items, whatever it believes."""
    verbs = sorted(SINGULAR_VERBS | PLURAL_VERBS)
    beliefs = dict(zip(verbs, np.random.default_rng(1).random(len(verbs)), strict=True))
    right = []
    for good, bad in pairs(suite):
        (verb,) = differences(good, bad)
        right.append(beliefs[good[verb]] > beliefs[bad[verb]])
    assert set(right) == {True, False}
    assert (suite.assign(right=right).groupby(CELL)["right"].mean() == 0.5).all()


def test_every_noun_is_as_often_singular_as_plural_in_every_role(suite: pd.DataFrame) -> None:
    numbers: dict[tuple[str, str, int], int] = {}
    for (good, _), row in zip(pairs(suite), suite.itertuples(), strict=True):
        for order, word in enumerate(word for word in good if word in NOUNS):
            role = (str(row.construction), SINGULAR_OF.get(word, word), order)
            numbers[role] = numbers.get(role, 0) + (1 if is_plural(word) else -1)
    assert len(numbers) > 500
    assert set(numbers.values()) == {0}


def test_the_nearest_noun_says_nothing_where_there_are_as_many_of_both(suite: pd.DataFrame) -> None:
    """Agreement with the last noun read: right on about half of the items with a noun between, so no shortcut."""
    right = []
    for good, bad in pairs(suite):
        (verb,) = differences(good, bad)
        head = subject_of_next_verb(good[:verb])
        nearest = max(position for position in range(verb) if good[position] in NOUNS)
        assert head is not None
        right.append(is_plural(good[nearest]) == is_plural(good[head]))
    chosen = suite["n_attractors"] + suite["n_distractors_same"] > 0
    by_construction = suite.assign(right=right)[chosen].groupby("construction")["right"].mean()
    assert by_construction.between(0.35, 0.65).all(), by_construction


def test_nouns_outside_have_the_number_of_the_subject_half_of_the_time(suite: pd.DataFrame) -> None:
    for construction in ("sentential_complement", "in_object_relative_that", "in_object_relative_no_that"):
        same = []
        for good, bad in pairs(suite[suite["construction"] == construction]):
            (verb,) = differences(good, bad)
            head = subject_of_next_verb(good[:verb])
            assert head is not None
            first = next(position for position in range(verb) if good[position] in NOUNS)
            assert first < head
            same.append(is_plural(good[first]) == is_plural(good[head]))
        assert np.mean(same) == 0.5


def test_the_same_generator_gives_the_same_suite_and_another_one_another() -> None:
    first, again, other = (english_suite(3, np.random.default_rng(seed)) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(first, again)
    assert set(first["good"]) != set(other["good"])
    assert first.drop(columns=["good", "bad"]).equals(other.drop(columns=["good", "bad"]))


def test_capitals_change_the_first_word_alone(suite: pd.DataFrame) -> None:
    capitalised = english_suite(12, np.random.default_rng(7), capitalised=True)
    for column in ("good", "bad"):
        assert capitalised[column].str.startswith("The ").all()
        assert (capitalised[column].str[1:] == suite[column].str[1:]).all()
    assert capitalised.drop(columns=["good", "bad"]).equals(suite.drop(columns=["good", "bad"]))


def test_a_cell_that_runs_out_gives_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.agreement.english.TEMPLATES", {"simple": ("the *FRIEND *IS_WILD",)})
    suite = english_suite(1000, np.random.default_rng(0))
    assert len(suite) == 5 * 8 * 2  # friends, predicates, numbers
    assert suite["good"].is_unique
