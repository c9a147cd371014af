from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import torch
from english_annotation import PLURAL_VERBS, SINGULAR_VERBS, is_plural, subject_of_next_verb
from numpy.typing import NDArray

from pipeline.agreement.english import english_suite
from pipeline.agreement.probe import accuracy, probe
from pipeline.agreement.suites import EncodedSuite, encode_suite
from pipeline.corpus.tokenisers import JOINED, PieceEncoder, Tokeniser
from pipeline.corpus.vocabulary import EOS_ID, Vocabulary, build_vocabulary, count_words
from pipeline.language_model import LanguageModel, Nats, Tokens
from pipeline.models.neural import NeuralModel
from pipeline.models.recurrent import RecurrentNetwork, Shape

Prefix = tuple[int, ...]


class PrefixModel:
    """A model by a function from what has been read of a line, after the first `<eos>`, to log probabilities (V,)."""

    name = "prefix"

    def __init__(self, vocabulary_size: int, predict: Callable[[Prefix], Nats]) -> None:
        self.vocabulary_size = vocabulary_size
        self.predict = predict

    def start(self, batch_size: int) -> list[Prefix]:
        return [()] * batch_size

    def read(self, tokens: Tokens, state: list[Prefix]) -> tuple[Nats, list[Prefix]]:
        assert tokens.shape[1] == len(state)
        nats = np.empty(tokens.shape)
        for step, row in enumerate(tokens.tolist()):
            nats[step] = [self.predict(prefix)[token] for prefix, token in zip(state, row, strict=True)]
            state = [(*prefix, token) for prefix, token in zip(state, row, strict=True)]
        return nats, state

    def next_log_probs(self, state: list[Prefix]) -> Nats:
        return np.stack([self.predict(prefix) for prefix in state])


@pytest.fixture(scope="module")
def suite() -> pd.DataFrame:
    return english_suite(1, np.random.default_rng(3))


@pytest.fixture(scope="module")
def vocabulary(suite: pd.DataFrame) -> Vocabulary:
    return build_vocabulary(count_words(line.split() for line in [*suite["good"], *suite["bad"]]), 1, None)


@pytest.fixture(scope="module")
def encoded(suite: pd.DataFrame, vocabulary: Vocabulary) -> EncodedSuite:
    return encode_suite(suite, vocabulary)


def rule(vocabulary: Vocabulary, inverse: bool) -> LanguageModel:
    """Agreement by parsing: every verb form in the number of the subject that waits for it is 50 times likelier."""
    uniform = np.full(len(vocabulary), -np.log(len(vocabulary)))
    by_number = {}
    for plural, forms in ((False, SINGULAR_VERBS), (True, PLURAL_VERBS)):
        weights = np.where([word in forms for word in vocabulary.types], 50.0, 1.0)
        by_number[plural] = np.log(weights / weights.sum())

    def predict(prefix: Prefix) -> Nats:
        words = vocabulary.decode(list(prefix))
        try:
            subject = subject_of_next_verb(words)
        except ValueError:  # past the verb come words that a reading up to it need not know
            subject = None
        return uniform if subject is None else by_number[is_plural(words[subject]) != inverse]

    return PrefixModel(len(vocabulary), predict)


def random_model(vocabulary_size: int) -> LanguageModel:
    """Log probabilities that depend on the whole line so far: any item read in another's state would show."""

    def predict(prefix: Prefix) -> Nats:
        nats = np.random.default_rng([vocabulary_size, *prefix]).normal(size=vocabulary_size)
        return nats - np.log(np.exp(nats).sum())

    return PrefixModel(vocabulary_size, predict)


def both_accuracies(scores: pd.DataFrame) -> NDArray[np.float64]:
    kinds = ("verb", "sentence")
    return np.stack([accuracy(scores[f"{k}_good"].to_numpy(), scores[f"{k}_bad"].to_numpy()) for k in kinds])


def test_the_rule_is_right_on_every_item_and_its_inverse_on_none(vocabulary: Vocabulary, encoded: EncodedSuite) -> None:
    assert len(encoded.rows) > 150
    assert (both_accuracies(probe(rule(vocabulary, inverse=False), encoded)) == 1).all()
    assert (both_accuracies(probe(rule(vocabulary, inverse=True), encoded)) == 0).all()


def test_a_uniform_model_ties_on_every_item(vocabulary: Vocabulary, encoded: EncodedSuite) -> None:
    nats = np.full(len(vocabulary), -np.log(len(vocabulary)))
    scores = probe(PrefixModel(len(vocabulary), lambda prefix: nats), encoded)
    assert (both_accuracies(scores) == 0.5).all()
    lengths = np.array([len(sentence) for sentence in encoded.good])
    np.testing.assert_allclose(scores["sentence_good"], -lengths * np.log(len(vocabulary)))


def test_a_tie_of_impossible_forms_counts_half() -> None:
    impossible = -np.inf
    good, bad = np.array([impossible, impossible, -1.0, -2.0]), np.array([impossible, -1.0, impossible, -2.0])
    assert accuracy(good, bad).tolist() == [0.5, 0, 1, 0.5]


@pytest.mark.parametrize("tokens_at_once", [1, 60, 1 << 14])
def test_the_probe_is_a_plain_loop_over_sentences(
    vocabulary: Vocabulary, encoded: EncodedSuite, tokens_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.agreement.probe.TOKENS_AT_ONCE", tokens_at_once)
    model = random_model(len(vocabulary))
    scores = probe(model, encoded)
    assert scores["item"].tolist() == encoded.rows.tolist()
    for kind, sentences in (("good", encoded.good), ("bad", encoded.bad)):
        for item in range(0, len(sentences), 7):
            nats, state = [], model.start(1)
            for token in [*sentences[item]]:
                read, state = model.read(np.array([[token]]), state)
                nats.append(read[0, 0])
            assert sentences[item][-1] == EOS_ID
            assert scores[f"verb_{kind}"][item] == nats[encoded.verb[item]]
            assert scores[f"sentence_{kind}"][item] == pytest.approx(sum(nats), rel=1e-12)


def test_the_order_of_the_items_changes_nothing(suite: pd.DataFrame, vocabulary: Vocabulary) -> None:
    model = random_model(len(vocabulary))
    order = np.random.default_rng(0).permutation(len(suite))
    scores = probe(model, encode_suite(suite, vocabulary))
    shuffled = probe(model, encode_suite(suite.iloc[order], vocabulary))
    shuffled["item"] = order[shuffled["item"]]
    pd.testing.assert_frame_equal(shuffled.sort_values("item", ignore_index=True), scores, check_exact=True)


def test_items_out_of_vocabulary_are_counted_and_left_out(suite: pd.DataFrame, vocabulary: Vocabulary) -> None:
    smaller = Vocabulary(tuple(word for word in vocabulary.types if word != "were"))
    with_were = suite["good"].str.contains(" were ") | suite["bad"].str.contains(" were ")
    scores = probe(random_model(len(smaller)), encoded := encode_suite(suite, smaller))
    assert encoded.out_of_vocabulary == with_were.sum() > 0
    assert scores["item"].tolist() == np.flatnonzero(~with_were).tolist()


def test_a_suite_of_unknown_verbs_has_no_scores(suite: pd.DataFrame) -> None:
    encoded = encode_suite(suite, Vocabulary(("<unk>", "<eos>", "the")))
    assert encoded.out_of_vocabulary == len(suite)
    assert probe(random_model(3), encoded).empty


LETTERS = Vocabulary(("<unk>", "<eos>", " ", *"abcdefghijklmnopqrstuvwxyz."))
PAIRS = pd.DataFrame({"good": ["the dogs write .", "they write ."], "bad": ["the dogs writes .", "they writes ."]})


@pytest.mark.parametrize(("moses", "spaces"), [(None, 3), ("en", 2)])
def test_a_verb_of_characters_takes_in_what_tells_that_it_has_ended(moses, spaces):
    encoded = encode_suite(PAIRS, LETTERS, Tokeniser("characters", moses), every_word=True)
    good, bad = encoded.good[0], encoded.bad[0]
    assert sum(LETTERS.types[token] == " " for token in good) == spaces
    after = " " if moses is None else "."
    assert "".join(LETTERS.decode(good[encoded.verb[0] : encoded.good_end[0]])) == f"write{after}"
    assert "".join(LETTERS.decode(bad[encoded.verb[0] : encoded.bad_end[0]])) == f"writes{after}"


def test_a_verb_of_pieces_is_all_of_them():
    encoder = PieceEncoder.learn({"the": 9, "they": 9, "dogs": 9, "write": 9, "reads": 4, ".": 9}, 40)
    types = Vocabulary(("<unk>", "<eos>", *encoder.pieces))
    encoded = encode_suite(PAIRS, types, Tokeniser("bpe", None, encoder), every_word=True)
    first, rest = (types.decode(encoded.bad[0][encoded.verb[0] : encoded.bad_end[0]]) for _ in range(2))
    assert "".join(first).replace(JOINED, "") == "writes"
    assert len(rest) > 1
    assert types.decode(encoded.good[0][encoded.verb[0] : encoded.good_end[0]]) == ["write"]
    pairs = PAIRS.replace("they", "xxxx", regex=True)
    strange = encode_suite(pairs, types, Tokeniser("bpe", None, encoder), every_word=True)
    assert strange.rows.tolist() == [0]


def test_the_score_of_a_verb_is_the_sum_over_its_tokens(uniform_model):
    uniform_model.vocabulary_size = len(LETTERS)
    encoded = encode_suite(PAIRS, LETTERS, Tokeniser("characters", None))
    scores = probe(uniform_model, encoded)
    np.testing.assert_allclose(scores["verb_good"], -6 * np.log(len(LETTERS)))
    np.testing.assert_allclose(scores["verb_bad"], -7 * np.log(len(LETTERS)))


def test_the_order_of_the_items_changes_no_bit_of_a_network(suite: pd.DataFrame, vocabulary: Vocabulary) -> None:
    network = RecurrentNetwork(Shape("lstm", len(vocabulary), 5, 7, 1, True, False))
    network.initialise(torch.Generator().manual_seed(3), 0.1, 1.0)
    model = NeuralModel("lstm", network)
    order = np.random.default_rng(1).permutation(len(suite))
    scores = probe(model, encode_suite(suite, vocabulary))
    shuffled = probe(model, encode_suite(suite.iloc[order], vocabulary))
    shuffled["item"] = order[shuffled["item"]]
    pd.testing.assert_frame_equal(shuffled.sort_values("item", ignore_index=True), scores, check_exact=True)
