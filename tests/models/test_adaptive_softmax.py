"""The adaptive softmax keeps the contract: next-token distributions, wherever one is asked for."""

import numpy as np
import pytest
import torch

from pipeline.errors import UserError
from pipeline.evaluation.cache import Cache, score_with_cache
from pipeline.gradients.lag import gradient_by_lag
from pipeline.io import write_json
from pipeline.models.neural import NeuralModel, load_network, save_weights
from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.params.reading import read_params
from pipeline.report.parameters import parameter_count
from pipeline.training.memory import check_cutoffs, training_cost

V, H = 30, 16


@pytest.fixture(params=[(8,), (5, 14)])
def network(request) -> RecurrentNetwork:
    built = RecurrentNetwork(Shape("lstm", V, 6, H, 1, tied=False, frozen=False, cutoffs=request.param))
    built.initialise(torch.Generator().manual_seed(2), embedding_range=2.0, forget_bias=1.0)
    return built


def test_it_is_a_distribution_and_reading_agrees_with_it(network):
    model = NeuralModel("lstm", network)
    state = model.start(2)
    for token in (3, 9, V - 1):
        log_probs = model.next_log_probs(state)
        np.testing.assert_allclose(np.exp(log_probs).sum(1), 1, atol=1e-6)
        nats, state = model.read(np.array([[token, token]]), state)
        np.testing.assert_allclose(nats[0], log_probs[:, token], atol=1e-5)


def test_it_is_the_class_times_the_type_within_it(network):
    """From the definition: p(w) = p(cluster) p(w | cluster)."""
    hidden = torch.randn(4, H, generator=torch.Generator().manual_seed(1))
    head = (hidden @ network.output.head.weight.T).softmax(1)
    first = network.shape.cutoffs[0]
    parts = [head[:, :first]]
    for number, (down, up) in enumerate(network.output.tail):
        parts.append(head[:, first + number, None] * (hidden @ down.weight.T @ up.weight.T).softmax(1))
    torch.testing.assert_close(network.logits(hidden).exp(), torch.cat(parts, 1))


def test_the_cache_and_the_gradients_work_with_it(network):
    tokens = np.random.default_rng(0).integers(0, V, 40)
    nats = score_with_cache(network, tokens, Cache(window=10, theta=0.0, weight=0.1))
    assert np.isfinite(nats).all()
    norms = gradient_by_lag(network, tokens[:12, None])
    assert np.isfinite(norms["h"]).all()


def test_its_weights_are_counted_and_come_back(network, tmp_path):
    size = read_params_small().model_copy(update={"embedding_dim": 6, "hidden_size": H, "num_layers": 1})
    count = sum(weight.numel() for weight in network.parameters())
    assert training_cost("lstm", V, size, False, network.shape.cutoffs).weights == count
    assert parameter_count(network.shape.as_dict()) == count
    write_json(tmp_path / "shape.json", network.shape.as_dict())
    save_weights(tmp_path, "best", network.state_dict())
    back = load_network(tmp_path, "best", torch.device("cpu"))
    assert all(torch.equal(back.state_dict()[name], value) for name, value in network.state_dict().items())


def read_params_small():
    from test_params import ROOT

    return read_params(ROOT / "params.yaml").sizes["small"]


def test_a_cluster_without_types_is_refused():
    check_cutoffs((5, 29), V)
    check_cutoffs((), V)
    with pytest.raises(UserError, match=r"training.cutoffs: found \[5, 30\], but the text has 30 types. Lower"):
        check_cutoffs((5, 30), V)
