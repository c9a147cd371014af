"""The grammar as a language model, against listed sentences, brute force and nltk's parser."""

import math
from functools import cache
from itertools import product

import nltk
import numpy as np
import pytest
from small_grammars import (
    AMBIGUOUS_CLASSES,
    AMBIGUOUS_RULES,
    FINITE_CLASSES,
    FINITE_RULES,
    PRIOR,
    ambiguous_grammar,
    finite_grammar,
    listed,
    rules_of,
)

from pipeline.corpus.vocabulary import EOS, EOS_ID, UNK, UNK_ID, Vocabulary
from pipeline.grammar.model import GrammarModel, document_log_prob, lexicon_vocabulary
from pipeline.grammar.sample import sample_documents

PRIOR = np.array(PRIOR)


@cache
def finite_sentences():
    return listed(FINITE_RULES, FINITE_CLASSES, "S", 20)


@cache
def finite_model():
    grammar = finite_grammar()
    return GrammarModel(grammar, lexicon_vocabulary(grammar)), lexicon_vocabulary(grammar)


@cache
def ambiguous_model():
    grammar = ambiguous_grammar()
    return GrammarModel(grammar, lexicon_vocabulary(grammar)), lexicon_vocabulary(grammar)


def reduced_vocabulary():
    """Lacks words of three classes, so that `<unk>` stands for several, and has a type that the grammar lacks."""
    return Vocabulary((UNK, EOS, "the", "old", "dog", "sees", ".", "unheard"))


def test_all_sentences_sum_to_one_and_have_their_listed_probability():
    model, vocabulary = finite_model()
    sentences = finite_sentences()
    assert len(sentences) > 5_000
    by_length = {}
    for sentence in sentences:
        by_length.setdefault(len(sentence), []).append(sentence)
    total = 0.0
    for group in by_length.values():
        tokens = np.array([[*vocabulary.encode(sentence), EOS_ID] for sentence in group]).T
        log_probs = model.read(tokens, model.start(len(group)))[0].sum(axis=0)
        expected = [math.log(PRIOR @ sentences[sentence]) for sentence in group]
        np.testing.assert_allclose(log_probs, expected, rtol=1e-10)
        total += np.exp(log_probs).sum()
    assert total == pytest.approx(1.0, abs=1e-10)


def inside(rules, classes, topic, sentence):
    """nltk's sum over the parses of a sentence, words under one topic."""
    productions = []
    for item in rules:
        right = tuple(nltk.Nonterminal(part.symbol) for part in item.right)
        productions.append(nltk.ProbabilisticProduction(nltk.Nonterminal(item.left), right, prob=item.probability))
    for word_class in classes:
        for word, p in zip(word_class.words, word_class.probabilities[topic], strict=True):
            productions.append(nltk.ProbabilisticProduction(nltk.Nonterminal(word_class.name), (word,), prob=p))
    parser = nltk.InsideChartParser(nltk.PCFG(nltk.Nonterminal("S"), productions))
    return [tree.prob() for tree in parser.parse(sentence)]


# nltk's chart parser of probabilistic grammars knows no empty rules: the same language written without them.
WITHOUT_EMPTY = """
    S -> NP VP [1.0]
    NP -> n [0.42]
    NP -> n PP [0.18]
    NP -> d n [0.4]
    PP -> p NP [1.0]
    VP -> v NP [0.49]
    VP -> v NP PP [0.21]
    VP -> v [0.3]
"""


@pytest.mark.parametrize(
    "text",
    [
        "men see",
        "the men see saws",
        "men see men with saws",
        "saws saws saws with men with saws",
        "men with saws saws men with men with the saws",
    ],
)
def test_nltk_finds_the_same_probability_over_all_derivations(text):

    model, vocabulary = ambiguous_model()
    sentence = text.split()
    parses = [inside(rules_of(WITHOUT_EMPTY), AMBIGUOUS_CLASSES, topic, sentence) for topic in range(2)]
    if text.startswith(("men see men with", "saws saws")):
        assert len(parses[0]) > 1  # ambiguous indeed
    expected = math.log(sum(p * sum(ways) for p, ways in zip(PRIOR, parses, strict=True)))
    assert document_log_prob(model, vocabulary, [sentence]) == pytest.approx(expected, rel=1e-12)


def next_by_brute_force(sentences, prefix, vocabulary, topic_weights):
    """p(next type | prefix) from the listed sentences, under topics weighted by `topic_weights` (K,)."""
    ids = {sentence: tuple(vocabulary.encode(sentence).tolist()) for sentence in sentences}
    row = np.zeros(len(vocabulary))
    for sentence, tokens in ids.items():
        if tokens[: len(prefix)] == prefix:
            following = (*tokens, EOS_ID)[len(prefix)]
            row[following] += topic_weights @ sentences[sentence]
    return row / row.sum()


@pytest.mark.parametrize("reduced", [False, True])
def test_next_tokens_are_those_of_brute_force(reduced):
    grammar = finite_grammar()
    vocabulary = reduced_vocabulary() if reduced else lexicon_vocabulary(grammar)
    model, sentences = GrammarModel(grammar, vocabulary), finite_sentences()
    rng = np.random.default_rng(0)
    text = sample_documents(grammar, 12, 1.0, rng)
    for sentence in text.lines():
        tokens = vocabulary.encode(sentence)
        for length in range(len(sentence) + 1):
            state = model.start(1)
            if length:
                _, state = model.read(tokens[:length, None], state)
            row = np.exp(model.next_log_probs(state)[0])
            expected = next_by_brute_force(sentences, tuple(tokens[:length].tolist()), vocabulary, PRIOR)
            np.testing.assert_allclose(row, expected, rtol=1e-9, atol=1e-14)


def test_unknown_words_of_several_classes_are_summed():
    grammar, vocabulary = finite_grammar(), reduced_vocabulary()
    model = GrammarModel(grammar, vocabulary)
    row = np.exp(model.next_log_probs(model.start(1))[0])
    first = {}
    for sentence, p in finite_sentences().items():
        first[sentence[0]] = first.get(sentence[0], 0.0) + PRIOR @ p
    unseen = [word for word in first if word not in vocabulary]
    assert len(unseen) > 2
    assert row[UNK_ID] == pytest.approx(sum(first[word] for word in unseen), rel=1e-10)
    assert row[vocabulary.ids["unheard"]] == 0


@pytest.mark.parametrize("make", [finite_grammar, ambiguous_grammar])
@pytest.mark.parametrize("keep", [1.0, 0.5])
def test_next_token_rows_sum_to_one_and_are_what_read_returns(make, keep):
    grammar = make()
    rng = np.random.default_rng(1)
    kept = [form for form in grammar.forms if rng.random() < keep]
    vocabulary = Vocabulary((UNK, EOS, *kept))
    model = GrammarModel(grammar, vocabulary)
    text = sample_documents(grammar, 5, 4.0, rng)
    tokens = np.concatenate([np.append(vocabulary.encode(line), EOS_ID) for line in text.lines()])
    state = model.start(1)
    for token in tokens:
        row = model.next_log_probs(state)[0]
        assert np.exp(row).sum() == pytest.approx(1.0, abs=1e-10)
        nats, state = model.read(np.array([[token]]), state)
        assert nats[0, 0] == pytest.approx(row[token], rel=1e-10)


def test_the_topic_of_a_document_is_summed_out():
    model, vocabulary = finite_model()
    sentences = finite_sentences()
    document = [("the", "book", "reads", "."), ("book", "sees", "the", "old", "dog"), ("reads",)]
    by_topic = np.prod([sentences[sentence] for sentence in document], axis=0)
    mixture = math.log(PRIOR @ by_topic)
    assert document_log_prob(model, vocabulary, document) == pytest.approx(mixture, rel=1e-12)
    apart = sum(document_log_prob(model, vocabulary, [sentence]) for sentence in document)
    assert abs(apart - mixture) > 0.1  # the topic carries over


def test_reading_in_pieces_is_reading_at_once_and_states_stay_as_they_were():
    model, vocabulary = finite_model()
    rng = np.random.default_rng(2)
    text = sample_documents(finite_grammar(), 6, 30.0, rng)
    stream = np.concatenate([np.append(vocabulary.encode(line), EOS_ID) for line in text.lines()])
    tokens = stream[:120].reshape(2, 60).T
    tokens[0, 1] = vocabulary.ids["the"]  # the second stream starts within a sentence: it need not be possible
    whole, end = model.read(tokens, model.start(2))
    middle_scores, middle = model.read(tokens[:23], model.start(2))
    rest, end_again = model.read(tokens[23:], middle)
    np.testing.assert_array_equal(np.concatenate([middle_scores, rest]), whole)
    np.testing.assert_array_equal(model.next_log_probs(end), model.next_log_probs(end_again))
    np.testing.assert_array_equal(model.read(tokens[23:], middle)[0], rest)


def test_streams_do_not_see_each_other():
    model, vocabulary = finite_model()
    tokens = np.array([vocabulary.encode(["the", "dog", "sees"]), vocabulary.encode(["this", "book", "reads"])]).T
    together = model.read(tokens, model.start(2))[0]
    for column in range(2):
        np.testing.assert_array_equal(model.read(tokens[:, [column]], model.start(1))[0][:, 0], together[:, column])


def test_an_impossible_token_is_minus_infinity_and_all_after_it():
    model, vocabulary = finite_model()
    tokens = np.array([[*vocabulary.encode(["dog", "the", "dog"]), EOS_ID]]).T
    nats, state = model.read(tokens, model.start(1))
    assert np.isfinite(nats[0, 0])
    assert np.isneginf(nats[1:]).all()
    assert np.isneginf(model.next_log_probs(state)).all()


@pytest.mark.parametrize("sentence", list(product(["men", "saws"], ["saws"], ["saws"])))
def test_a_word_of_two_classes_is_summed_over_both(sentence):
    model, vocabulary = ambiguous_model()
    expected = listed(AMBIGUOUS_RULES, AMBIGUOUS_CLASSES, "S", 3)[sentence]
    assert document_log_prob(model, vocabulary, [sentence]) == pytest.approx(math.log(PRIOR @ expected), rel=1e-12)


def test_a_cleared_memory_changes_nothing(monkeypatch):
    grammar = ambiguous_grammar()
    vocabulary = lexicon_vocabulary(grammar)
    text = sample_documents(grammar, 3, 10.0, np.random.default_rng(3))
    tokens = np.concatenate([np.append(vocabulary.encode(line), EOS_ID) for line in text.lines()])[:, None]
    expected = GrammarModel(grammar, vocabulary).read(tokens, GrammarModel(grammar, vocabulary).start(1))[0]
    monkeypatch.setattr("pipeline.grammar.model.BELIEFS_KEPT", 2)
    small = GrammarModel(grammar, vocabulary)
    np.testing.assert_allclose(small.read(tokens, small.start(1))[0], expected, rtol=1e-12)


def test_splitting_beliefs_into_stacks_changes_nothing(monkeypatch):
    grammar, vocabulary = finite_grammar(), Vocabulary((UNK, EOS, "sees", "."))
    text = sample_documents(grammar, 3, 10.0, np.random.default_rng(5))
    tokens = np.concatenate([np.append(vocabulary.encode(line), EOS_ID) for line in text.lines()])[:, None]
    assert (tokens == UNK_ID).mean() > 0.5
    rows, split = [], []
    for most in (10**6, 1):
        monkeypatch.setattr("pipeline.grammar.model.MOST_PARTS", most)
        model = GrammarModel(grammar, vocabulary)
        state = model.start(1)
        for token in tokens:
            rows.append(model.next_log_probs(state)[0])
            parts = state[0].parts
            split.append(len(parts) > 1 and all(len(belief.stacks) == 1 for belief, _ in parts))
            _, state = model.read(token[None], state)
    np.testing.assert_allclose(rows[len(tokens) :], rows[: len(tokens)], rtol=1e-10, atol=1e-12)
    assert sum(split[len(tokens) :]) > sum(split[: len(tokens)])
