"""The built-in English: its lexicon, its rules, and that it is exact."""

from itertools import pairwise

import numpy as np
import pytest
from whole_language import language

from pipeline.corpus.vocabulary import EOS, EOS_ID, UNK, Vocabulary
from pipeline.errors import UserError
from pipeline.grammar.grammar import WordClass
from pipeline.grammar.lexicon import OFFSET, build_lexicon, check_disjoint, plural, takes_an, verb_form
from pipeline.grammar.model import GrammarModel
from pipeline.grammar.overlap import overlap
from pipeline.grammar.sample import sample_corpus, sample_documents


@pytest.mark.parametrize(
    ("noun", "form"),
    [
        ("dog", "dogs"),
        ("church", "churches"),
        ("lady", "ladies"),
        ("boy", "boys"),
        ("wolf", "wolves"),
        ("hypothesis", "hypotheses"),
    ],
)
def test_plurals(noun, form):
    assert plural(noun) == form


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("stop", ("stops", "stop", "stopped", None, None, "stopping")),
        ("envy", ("envies", "envy", "envied", None, None, "envying")),
        ("die", ("dies", "die", "died", None, None, "dying")),
        ("write", ("writes", "write", None, "wrote", "written", "writing")),
        ("find", ("finds", "find", "found", None, None, "finding")),
        ("run", ("runs", "run", None, "ran", None, "running")),  # "has run" would equal the plural
    ],
)
def test_verb_forms(verb, forms):
    names = ("sg", "pl", "past", "strong_past", "strong_participle", "ing")
    assert tuple(verb_form(verb, name) for name in names) == forms


def test_articles_go_by_sound():
    vowel = ["apple", "honest", "heir", "uncle", "umbrella", "unusual", "hourglass"]
    consonant = ["dog", "university", "uniform", "union", "united", "useful", "house", "ukulele", "european", "ewe"]
    assert [takes_an(word) for word in vowel + consonant] == [True] * len(vowel) + [False] * len(consonant)


def test_every_form_belongs_to_one_class():
    lexicon = build_lexicon(3, 4.0, 1.0)
    words = [word for word_class in lexicon.classes.values() for word in word_class.words]
    assert len(words) == len(set(words)) > 4_000
    assert all(word == word.lower() and "_" not in word and word.split() == [word] for word in words)
    with pytest.raises(UserError, match=r"1 forms belong to two classes: 'saw' \(tool, see\)"):
        check_disjoint([WordClass("tool", ("saw",), np.ones((1, 1))), WordClass("see", ("saw",), np.ones((1, 1)))])


def test_words_follow_zipf_and_topics_shift_them():
    flat = build_lexicon(4, 1.0, 0.9).classes["name.woman"].probabilities
    np.testing.assert_allclose(flat, np.tile(flat[0], (4, 1)))
    ranks = np.arange(1, flat.shape[1] + 1) + OFFSET
    np.testing.assert_allclose(flat[0] / flat[0, 0], (ranks / ranks[0]) ** -0.9)
    shifted = build_lexicon(4, 5.0, 0.9).classes["name.woman"].probabilities
    odds = shifted / flat
    odds /= odds.min(axis=1, keepdims=True)
    assert set(np.round(odds, 9).ravel()) == {1.0, 5.0}
    np.testing.assert_array_equal((odds > 2).sum(axis=0), 1)  # every word belongs to one topic


def test_every_form_can_occur():
    grammar, _, _ = language()
    text = sample_corpus(grammar, 400_000, 20.0, np.random.default_rng(0))
    seen = np.bincount(text.words, minlength=len(grammar.forms)) > 0
    assert seen.mean() > 0.98


def test_sentences_are_of_readable_length():
    grammar, _, _ = language()
    text = sample_corpus(grammar, 60_000, 20.0, np.random.default_rng(1))
    lengths = np.diff(text.sentence_starts)
    assert 9 < lengths.mean() < 14
    assert lengths.mean() == pytest.approx(grammar.expected_length, rel=0.05)
    assert set(text.words[text.sentence_starts[1:] - 1]) == {text.forms.index("."), text.forms.index("?")}


def test_a_stands_before_consonants_and_an_before_vowels():
    grammar, _, _ = language()
    text = sample_corpus(grammar, 60_000, 20.0, np.random.default_rng(2))
    articles = 0
    for line in text.lines():
        for article, word in pairwise(line):
            if article in ("a", "an"):
                assert takes_an(word) == (article == "an")
                articles += 1
    assert articles > 1_000


def test_every_sampled_sentence_is_possible_and_every_row_sums_to_one():
    grammar, model, vocabulary = language()
    kept = [word for place, word in enumerate(vocabulary.types[2:]) if place % 8]  # every eighth word is unknown
    reduced = Vocabulary((UNK, EOS, *kept))
    text = sample_documents(grammar, 2, 6.0, np.random.default_rng(3))
    for types, reader in ((vocabulary, model), (reduced, GrammarModel(grammar, reduced))):
        tokens = np.concatenate([np.append(types.encode(line), EOS_ID) for line in text.lines()])
        state = reader.start(1)
        for token in tokens:
            row = reader.next_log_probs(state)[0]
            assert np.exp(row).sum() == pytest.approx(1.0, abs=1e-9)
            nats, state = reader.read(np.array([[token]]), state)
            assert np.isfinite(nats).all()
            assert nats[0, 0] == pytest.approx(row[token], rel=1e-9)


def test_the_floor_is_the_entropy_of_the_source():
    """The mean log probability of text equals minus the mean entropy of the next token, both of one language."""
    grammar, model, vocabulary = language()
    text = sample_documents(grammar, 25, 10.0, np.random.default_rng(4))
    surprises, entropies = [], []
    bounds = text.document_starts
    lines = list(text.lines())
    for first, last in pairwise(bounds):
        tokens = np.concatenate([np.append(vocabulary.encode(line), EOS_ID) for line in lines[first:last]])
        state = model.start(1)
        for token in tokens:
            row = model.next_log_probs(state)[0]
            possible = row[np.isfinite(row)]
            entropies.append(-np.sum(np.exp(possible) * possible))
            surprises.append(-row[token])
            _, state = model.read(np.array([[token]]), state)
    difference = np.array(surprises) - np.array(entropies)
    assert abs(difference.mean()) < 4 * difference.std() / len(difference) ** 0.5
    assert difference.std() / len(difference) ** 0.5 < 0.05


def test_held_out_text_shares_next_to_nothing_with_train():
    grammar, _, _ = language()
    rng = np.random.default_rng(5)
    train, test = sample_corpus(grammar, 100_000, 20.0, rng), sample_corpus(grammar, 20_000, 20.0, rng)
    table = overlap(grammar, train, test)
    assert table["sentences"].sum() == len(test.sentence_starts) - 1
    assert table["shared"].sum() < 20
    assert table.loc[table["length"] > 8, "shared"].sum() == 0
    assert (overlap(grammar, test, test)["shared"] == overlap(grammar, test, test)["sentences"]).all()
