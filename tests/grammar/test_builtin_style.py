"""What makes the built-in sentences read like English, checked on the words of 20,000 of them and their classes."""

import re
from collections import defaultdict
from functools import cache
from itertools import groupby, pairwise

import numpy as np
import pytest
from whole_language import language

from pipeline.grammar.description import ADJECTIVES_OF, NOT_PREDICATED, PREPOSITIONS, STATES, takes_of
from pipeline.grammar.noun_phrases import opening_shares
from pipeline.grammar.sample import sample_documents
from pipeline.grammar.selection import FRAMES, GAP_SUBJECTS, STATIVE, SUBJECTS, WAY, kind
from pipeline.grammar.words.nouns import NOUNS
from pipeline.grammar.words.others import ADJECTIVES, ADVERBS, CLOSED
from pipeline.grammar.words.verbs import VERBS


@cache
def text():
    return sample_documents(language()[0], 1_100, 20.0, np.random.default_rng(0))


@cache
def sentences():
    """Words and their classes, 20,000 sentences."""
    classes = np.array(language()[0].classes, dtype=object)[text().word_class].tolist()
    bounds = pairwise(text().sentence_starts.tolist())
    found = [(words, classes[a:b]) for words, (a, b) in zip(text().lines(), bounds, strict=True)]
    assert len(found) > 20_000
    return found[:20_000]


def test_of_follows_no_possessive_and_what_is_owned_has_the():
    found = 0
    for words, classes in sentences():
        for place, name in enumerate(classes):
            if name != "of":
                continue
            noun = classes[place - 1].split(".")[1]
            start = place - 2 if classes[place - 2].startswith("adjective") else place - 1
            determiner = classes[start - 1]
            assert determiner not in ("possessive", "this", "these", "each", "all"), " ".join(words)
            assert determiner == "the" or noun in ("kin", "organization", "band", "idea", "room"), " ".join(words)
            found += 1
    assert found > 400


def test_questions_ask_where_of_what_one_does_and_not_of_what_one_is():
    first = [(words[0], classes[1]) for words, classes in sentences() if words[-1] == "?"]
    found = {word: {name.split(".")[0] for start, name in first if start == word} for word, _ in first}
    assert found["where"] <= {"do", "did"}
    assert found["how"] <= {"do", "did"}
    assert found["why"] == {"do", "did", "be", "was"}
    assert set(found) <= {"where", "how", "why", "is", "are", "was", "were", "does", "do", "did"} | set(
        CLOSED["modal"]
    ) | set(CLOSED["modal.past"])


def test_adverbs_come_singly_or_in_pairs_that_go_together():
    pairs = set()
    for words, classes in sentences():
        runs = [list(run) for adverb, run in groupby(classes, lambda name: name.startswith("adverb.")) if adverb]
        assert max(map(len, runs), default=0) <= 2, " ".join(words)
        pairs |= {tuple(run) for run in runs if len(run) == 2}
    assert pairs == {
        ("adverb.comment", "adverb.frequency"),
        ("adverb.degree", "adverb.manner"),
        ("adverb.degree", "adverb.speed"),
    }


def test_reflexives_agree_with_the_subject_of_their_clause():
    names = language()[0].classes
    heads = defaultdict(list)
    reflexives = []
    for word_class, clause in zip(text().word_class.tolist(), text().clause.tolist(), strict=True):
        kind_of_word, *features = names[word_class].split(".")
        if kind_of_word == "noun":
            heads[clause].append(features[1])
        if kind_of_word == "reflexive":
            reflexives.append((clause, features[0]))
    assert {number for _, number in reflexives} == {"sg", "pl"}
    for clause, number in reflexives:
        assert number == ("pl" if len(heads[clause]) > 1 else heads[clause][0])


def test_but_turns_from_yes_to_no_or_back():
    found = 0
    for words, classes in sentences():
        for place in (i for i, word in enumerate(words) if word == "but"):
            after = classes[place + 1].split(".")[0] in ("do", "did")
            assert after == (words[place + 2] == "not")
            if not after:
                assert "not" in words[:place]
            found += 1
    assert found > 100


def test_masses_have_no_plural_and_states_of_mind_no_progressive():
    forms = set(language()[0].forms)
    assert "water" in forms
    assert "waters" not in forms
    assert {"loving", "believing", "wanting"}.isdisjoint(forms)
    assert {"kissing", "saying"} & forms == {"kissing"}


def test_what_can_be_counted_or_owned_follows_the_noun_class():
    for number in ("sg", "pl"):
        assert opening_shares("person", number, "brief").keys() == {"of", "other"}
    assert not takes_of("tool", "a")
    assert takes_of("kin", "a")
    assert not takes_of("kin", "possessive")


@pytest.mark.parametrize(("noun", "word"), [("drink", "many"), ("drink", "a"), ("calamity", "possessive")])
def test_determiners_that_a_class_never_takes(noun, word):
    for words, classes in sentences():
        for before, name in pairwise(classes):
            if name.startswith(f"noun.{noun}"):
                assert before != word, " ".join(words)


def test_who_refers_to_people_alone():
    for words, classes in sentences():
        for before, word in pairwise(zip(classes, words, strict=True)):
            if word[1] in ("who", "whom"):
                assert re.match(r"noun\.(person|kin)\.", before[0]), " ".join(words)


def test_every_class_named_in_the_selection_exists():
    nouns = set(NOUNS) | {"city", "reflexive"}
    assert set(SUBJECTS) <= set(NOUNS)
    assert {kind(noun) for noun in SUBJECTS} == set(FRAMES)
    assert set(NOUNS) == set(ADJECTIVES_OF) == set(PREPOSITIONS)
    assert set(WAY) == set(VERBS)
    assert set(VERBS) >= STATIVE
    assert set(GAP_SUBJECTS) <= set(SUBJECTS)
    for frames in FRAMES.values():
        for verb, _, objects in frames:
            assert verb in VERBS
            assert set(objects) <= nouns
    for entries in PREPOSITIONS.values():
        for preposition, _, after in entries:
            assert preposition in CLOSED
            assert set(after) <= nouns
    for lists in ADJECTIVES_OF.values():
        assert set(lists) <= set(ADJECTIVES)
    assert set(ADJECTIVES) >= STATES | NOT_PREDICATED
    assert {"degree", "extent", "soon", "still"} <= set(ADVERBS)
