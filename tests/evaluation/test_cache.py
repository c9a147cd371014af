import math

import numpy as np
import pytest
import torch

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.evaluation import cache as module
from pipeline.evaluation.cache import Cache, cache_grid, score_with_cache
from pipeline.evaluation.perplexity import score_stream
from pipeline.models.neural import NeuralModel
from pipeline.models.recurrent import RecurrentNetwork, Shape

TEXT = np.random.default_rng(0).integers(1, 9, 150).astype(np.uint8)


@pytest.fixture
def network() -> RecurrentNetwork:
    built = RecurrentNetwork(Shape("lstm", 9, 5, 7, 2, tied=True, frozen=False))
    generator = torch.Generator().manual_seed(1)
    built.initialise(generator, 0.1, 1.0)
    with torch.no_grad():
        built.embedding.weight.normal_(generator=generator)
    return built


@torch.no_grad()
def one_token_at_a_time(network, tokens, cache) -> list[float]:
    """The equations of the paper, with a list for a memory."""
    memory, state, word, nats = [], network.zero_state(1), EOS_ID, []
    for token in tokens.tolist():
        hidden, state = network(torch.tensor([[word]]), state)
        h = hidden[0, 0]
        p = network.logits(h).double().softmax(-1)[token].item()
        if memory:
            scores = [(math.exp(cache.theta * float(h.double() @ past.double())), w) for past, w in memory]
            share = sum(s for s, w in scores if w == token) / sum(s for s, _ in scores)
            p = (1 - cache.weight) * p + cache.weight * share
        nats.append(math.log(p))
        memory = [*memory, (h, token)][-cache.window :]
        word = token
    return nats


@pytest.mark.parametrize("block", [256, 64, 7, 1])
@pytest.mark.parametrize(
    "cache", [Cache(1000, 0.7, 0.3), Cache(20, 2.0, 0.1), Cache(1, 1.0, 0.5), Cache(30, 0.0, 0.9)], ids=str
)
def test_blocks_equal_one_token_at_a_time(network, monkeypatch, block, cache):
    monkeypatch.setattr(module, "BLOCK", block)
    np.testing.assert_allclose(
        score_with_cache(network, TEXT, cache), one_token_at_a_time(network, TEXT, cache), atol=2e-5
    )


def test_without_weight_it_is_static_evaluation(network):
    static = score_stream(NeuralModel("lstm", network), TEXT, np.array([0]))
    np.testing.assert_allclose(score_with_cache(network, TEXT, Cache(10, 1.0, 0.0)), static, atol=1e-5)


def test_theta_zero_counts_the_words_in_the_window(network):
    nats = score_with_cache(network, TEXT, Cache(50, 0.0, 1 - 1e-12))
    for position in (60, 100, 149):
        share = np.mean(TEXT[position - 50 : position] == TEXT[position])
        assert np.exp(nats[position]) == pytest.approx(share, abs=1e-5)


def test_large_theta_does_not_overflow(network):
    with torch.no_grad():
        network.recurrent.weight_ih_l1.mul_(50)
    assert np.isfinite(score_with_cache(network, TEXT, Cache(40, 500.0, 0.5))).all()


def test_the_grid_has_the_loss_of_every_combination(network):
    table = cache_grid(network, TEXT, [5, 60], [0.3, 1.0], [0.0, 0.2, 0.5])
    assert len(table) == 12
    assert not table.duplicated(["window", "theta", "weight"]).any()
    for row in table.itertuples():
        nats = score_with_cache(network, TEXT, Cache(row.window, row.theta, row.weight))
        assert row.nats == pytest.approx(-nats.mean(), abs=1e-6)
        assert row.tokens == 150


def test_words_that_come_again_gain():
    network = RecurrentNetwork(Shape("gru", 400, 4, 6, 1, tied=True, frozen=False))
    network.initialise(torch.Generator().manual_seed(1), 0.1, 1.0)
    bursts = np.concatenate([np.random.default_rng(i).choice(400, 5)[np.arange(60) % 5] for i in range(4)])
    table = cache_grid(network, bursts, [30], [0.0, 1.0], [0.0, 0.5])
    plain = table[table["weight"] == 0]["nats"].min()
    assert table[table["weight"] > 0]["nats"].max() < plain - 2
