import numpy as np
import pandas as pd
import pytest
import torch

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.evaluation import context as module
from pipeline.evaluation.bootstrap import resample
from pipeline.evaluation.breakdown import context_effect
from pipeline.evaluation.context import context_losses, sample_positions
from pipeline.evaluation.reading import advance
from pipeline.models.neural import NeuralModel
from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of

TEXT = np.append(np.random.default_rng(0).integers(1, 11, 399), EOS_ID).astype(np.uint8)
TRIGRAM = model_of(fit(TEXT, 11, 3), 3)


class Recorder:
    """Remembers every text it has been asked about; a state is what has been read, (T, B)."""

    name, vocabulary_size = "recorder", 11

    def __init__(self):
        self.asked = []

    def start(self, batch_size):
        return np.zeros((0, batch_size), int)

    def read(self, tokens, state):
        if len(tokens) == 1:
            self.asked += [(tuple(context), word) for context, word in zip(state.T.tolist(), tokens[0], strict=True)]
        return np.zeros(tokens.shape), np.concatenate([state, tokens])


def lstm() -> NeuralModel:
    network = RecurrentNetwork(Shape("lstm", 11, 5, 7, 2, tied=True, frozen=False))
    network.initialise(torch.Generator().manual_seed(1), 0.1, 1.0)
    with torch.no_grad():
        network.embedding.weight.normal_(generator=torch.Generator().manual_seed(2))
    return NeuralModel("lstm", network)


def one_position_at_a_time(model, positions, length, kept):
    rows = []
    for k in [length, *kept]:
        for position in positions:
            _, state = model.read(TEXT[position - k : position, None], model.start(1))
            rows.append(-model.next_log_probs(state)[0, TEXT[position]])
    return np.array(rows)


@pytest.mark.parametrize("model", [lstm(), TRIGRAM], ids=lambda model: model.name)
@pytest.mark.parametrize("at_once", [1 << 16, 100])
def test_truncated_contexts_equal_one_position_at_a_time(monkeypatch, model, at_once):
    monkeypatch.setattr(module, "TOKENS_AT_ONCE", at_once)
    positions = sample_positions(TEXT, 30, 25, np.random.default_rng(0))
    table = context_losses(model, TEXT, positions, 30, [0, 1, 7], np.random.default_rng(1))
    kept = table[table["manipulation"] != "shuffled"]
    np.testing.assert_allclose(kept["nats"], one_position_at_a_time(model, positions, 30, [0, 1, 7]), atol=1e-5)


def test_every_manipulation_keeps_the_last_k_and_nothing_else_in_place():
    recorder, positions = Recorder(), np.array([50, 51, 399])
    context_losses(recorder, TEXT, positions, 40, [5, 20], np.random.default_rng(1))
    asked = np.array(recorder.asked, dtype=object).reshape(5, 3, 2)
    for column, position in enumerate(positions):
        original = TEXT[position - 40 : position].tolist()
        (whole, *_), *rest = (list(zip(*cell, strict=True)) for cell in asked[:, [column]].tolist())
        assert list(whole) == [tuple(original)]
        for k, (truncated, shuffled) in zip((5, 20), (rest[:2], rest[2:]), strict=True):
            assert list(truncated[0][0]) == original[-k:]
            context = list(shuffled[0][0])
            assert context[-k:] == original[-k:]
            assert context != original
            assert sorted(context) == sorted(original)
        assert all(word == TEXT[position] for word in asked[:, column, 1])


def test_a_model_of_three_words_uses_two_words_of_context():
    positions = sample_positions(TEXT, 30, 200, np.random.default_rng(0))
    table = context_losses(TRIGRAM, TEXT, positions, 30, [0, 1, 2, 5], np.random.default_rng(1))
    effect = context_effect(table, np.arange(0, 400, 8), 200, 0).set_index(["manipulation", "k"])
    assert (effect.loc[[("truncated", 2), ("truncated", 5), ("shuffled", 2), ("shuffled", 5)], "difference"] == 0).all()
    assert (effect.loc[[("truncated", 0), ("truncated", 1), ("shuffled", 0)], "low"] > 0).all()


def test_all_models_see_the_same_shuffled_words():
    first, second = Recorder(), Recorder()
    for recorder in (first, second):
        context_losses(recorder, TEXT, np.array([60, 90]), 40, [5], np.random.default_rng(7))
    assert first.asked == second.asked


def test_positions_are_distinct_and_have_room():
    positions = sample_positions(TEXT, 300, 1000, np.random.default_rng(0))
    assert positions.tolist() == list(range(300, 400))
    few = sample_positions(TEXT, 30, 50, np.random.default_rng(0))
    assert len(np.unique(few)) == 50
    assert few.min() >= 30
    with pytest.raises(UserError, match="context of 400 words was asked for, but the text has 400"):
        sample_positions(TEXT, 400, 5, np.random.default_rng(0))


def test_a_context_cannot_be_cut_beyond_its_length():
    with pytest.raises(ValueError, match="less than the context of 30 words"):
        context_losses(TRIGRAM, TEXT, np.array([100]), 30, [30], np.random.default_rng(0))


def test_effects_are_paired_differences_with_their_interval():
    rng = np.random.default_rng(3)
    whole = rng.normal(4, 2, 80)
    cut = whole + rng.normal(0.5, 0.1, 80)
    table = pd.DataFrame(
        {
            "manipulation": ["whole"] * 80 + ["truncated"] * 80,
            "k": [9] * 80 + [3] * 80,
            "position": [*range(80), *range(79, -1, -1)],
            "nats": [*whole, *cut[::-1]],
        }
    )
    reference, effect = context_effect(table, np.arange(80), 500, 11).itertuples()
    assert (reference.difference, reference.low, reference.high) == (0, 0, 0)
    assert reference.nats == pytest.approx(whole.mean())
    assert effect.positions == 80
    assert effect.nats == pytest.approx(cut.mean())
    assert effect.difference == pytest.approx((cut - whole).mean())
    drawn = [np.average(cut - whole, weights=weights) for weights in resample(80, 500, 11)]
    assert (effect.low, effect.high) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])))
    _, blocks = context_effect(table, np.arange(0, 80, 4), 500, 11).itertuples()
    sums = (cut - whole).reshape(20, 4).sum(axis=1)
    drawn = [np.average(sums / 4, weights=weights) for weights in resample(20, 500, 11)]
    assert (blocks.low, blocks.high) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])))


@pytest.mark.parametrize("model", [lstm(), TRIGRAM], ids=lambda model: model.name)
def test_reading_without_scoring_leads_to_the_same_state(model):
    tokens = TEXT[:60].reshape(20, 3)
    scored, unscored = model.read(tokens, model.start(3))[1], advance(model, tokens, model.start(3))
    np.testing.assert_allclose(model.next_log_probs(unscored), model.next_log_probs(scored), atol=1e-6)
    nothing = advance(model, tokens[:0], unscored)
    np.testing.assert_array_equal(model.next_log_probs(nothing), model.next_log_probs(unscored))
