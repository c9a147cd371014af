from itertools import islice

import numpy as np
import pytest
import torch

from pipeline.evaluation.bootstrap import block_sums, interval, resample
from pipeline.evaluation.generation import generate
from pipeline.evaluation.perplexity import perplexity, score_stream
from pipeline.models.neural import NeuralModel
from pipeline.models.recurrent import RecurrentNetwork, Shape


@pytest.fixture
def lstm():
    network = RecurrentNetwork(Shape("lstm", 11, 5, 7, 1, tied=True, frozen=False))
    generator = torch.Generator().manual_seed(1)
    network.initialise(generator, 0.1, 1.0)
    with torch.no_grad():
        network.embedding.weight.normal_(generator=generator)  # far from uniform, so that contexts matter
    return NeuralModel("lstm", network)


def test_a_uniform_model_has_the_perplexity_of_its_vocabulary(uniform_model):
    nats = score_stream(uniform_model, np.arange(7).repeat(9), np.array([0]))
    assert perplexity(nats) == pytest.approx(7)
    assert uniform_model.starts == 1


def test_perplexity_is_the_geometric_mean_of_inverse_probabilities():
    assert perplexity(np.log([0.5, 0.125])) == pytest.approx(4)
    assert perplexity(np.array([0.0, -np.inf])) == np.inf


def test_every_token_is_scored_with_the_state_reset_where_asked(lstm):
    tokens = np.random.default_rng(0).integers(0, 11, 60).astype(np.uint8)
    starts = np.array([0, 7, 14, 30, 37, 59])
    expected = []
    for begin, end in zip(starts, [*starts[1:], 60], strict=True):
        nats, _ = lstm.read(tokens[begin:end, None], lstm.start(1))
        expected += nats[:, 0].tolist()
    np.testing.assert_allclose(score_stream(lstm, tokens, starts), expected, atol=1e-5)
    carried = score_stream(lstm, tokens, np.array([0]))
    np.testing.assert_allclose(carried[:7], expected[:7], atol=1e-5)
    assert np.abs(carried[7:] - expected[7:]).max() > 1e-3


def test_reading_in_pieces_changes_nothing(lstm, monkeypatch):
    tokens = np.random.default_rng(0).integers(0, 11, 500)
    whole = score_stream(lstm, tokens, np.array([0]))
    monkeypatch.setattr("pipeline.evaluation.perplexity.TOKENS_AT_ONCE", 64)
    np.testing.assert_allclose(score_stream(lstm, tokens, np.array([0])), whole, atol=1e-5)
    lines = np.arange(0, 500, 10)
    batched = score_stream(lstm, tokens, lines)
    monkeypatch.setattr("pipeline.evaluation.perplexity.TOKENS_AT_ONCE", 10)
    np.testing.assert_allclose(score_stream(lstm, tokens, lines), batched, atol=1e-5)


def test_resamples_are_paired_by_seed_and_cover_the_mean():
    values = np.random.default_rng(0).normal(3, 1, 200)
    weights = resample(200, 2000, seed=1)
    assert weights.shape == (2000, 200)
    assert (weights.sum(axis=1) == 200).all()
    np.testing.assert_array_equal(weights, resample(200, 2000, seed=1))
    assert not np.array_equal(weights, resample(200, 2000, seed=2))
    low, high = interval(weights @ values / 200)
    standard_error = values.std() / np.sqrt(200)
    assert low == pytest.approx(values.mean() - 1.96 * standard_error, abs=0.02)
    assert high == pytest.approx(values.mean() + 1.96 * standard_error, abs=0.02)


def test_block_sums_add_up():
    np.testing.assert_array_equal(block_sums(np.arange(6.0), np.array([0, 2, 5])), [1, 9, 5])


def test_generation_repeats_with_its_seed_and_follows_the_distribution(lstm):
    def write(seed, temperature=1.0, count=30):
        rng = np.random.default_rng(seed)
        return list(islice(generate(lstm, np.array([4, 5]), temperature, rng), count))

    assert write(1) == write(1) != write(2)
    first = np.bincount([write(seed, count=1)[0] for seed in range(1500)], minlength=11) / 1500
    _, state = lstm.read(np.array([[4], [5]]), lstm.start(1))
    np.testing.assert_allclose(first, np.exp(lstm.next_log_probs(state)[0]), atol=0.045)
    assert write(1, temperature=1e-3) == write(2, temperature=1e-3)  # cold: always the likeliest
    state = lstm.read(np.array([[4], [5]]), lstm.start(1))[1]
    assert write(3, temperature=1e-3)[0] == lstm.next_log_probs(state)[0].argmax()
