import numpy as np
import pytest
import torch

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.io import write_json
from pipeline.models.dropout import DropoutMasks, Rates
from pipeline.models.neural import NeuralModel, load_network, save_weights
from pipeline.models.recurrent import RecurrentNetwork, Shape, detach

ARCHITECTURES = ["rnn", "gru", "lstm"]


def network(architecture="lstm", vocabulary=11, embedding=5, hidden=7, layers=2, tied=True, frozen=False, seed=3):
    built = RecurrentNetwork(Shape(architecture, vocabulary, embedding, hidden, layers, tied, frozen))
    built.initialise(torch.Generator().manual_seed(seed), embedding_range=0.1, forget_bias=1.0)
    return built


def step_from_the_equations(architecture, x, state, w_ih, w_hh, b_ih, b_hh):
    """One step of one layer, from the textbook's equations in torch's order of gates."""
    h = state[0]
    if architecture == "rnn":
        return (torch.tanh(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh),)
    gx, gh = x @ w_ih.T + b_ih, h @ w_hh.T + b_hh
    if architecture == "gru":
        (rx, zx, nx), (rh, zh, nh) = gx.chunk(3, -1), gh.chunk(3, -1)
        reset, update = torch.sigmoid(rx + rh), torch.sigmoid(zx + zh)
        return ((1 - update) * torch.tanh(nx + reset * nh) + update * h,)
    i, f, g, o = (gx + gh).chunk(4, -1)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_network_equals_the_equations_in_outputs_states_and_gradients(architecture):
    torch.manual_seed(0)
    model = network(architecture).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_()
    tokens = torch.randint(0, 11, (6, 3))
    state = tuple(torch.randn(2, 3, 7, dtype=torch.float64) for _ in model.zero_state(3))
    hidden, after = model(tokens, state)
    logits = model.logits(hidden)

    layers = [tuple(part[layer] for part in state) for layer in range(2)]
    outputs = []
    for row in tokens:
        x = model.embedding.weight[row]
        for layer in range(2):
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            weights = [getattr(model.recurrent, f"{name}_l{layer}") for name in names]
            layers[layer] = step_from_the_equations(architecture, x, layers[layer], *weights)
            x = layers[layer][0]
        outputs.append(x)
    expected = torch.stack(outputs) @ model.projection.weight.T + model.projection.bias
    expected = expected @ model.embedding.weight.T + model.output.bias
    torch.testing.assert_close(logits, expected)
    for part, name in enumerate(after):
        torch.testing.assert_close(name, torch.stack([layer[part] for layer in layers]))
    weights = torch.randn_like(logits)
    ours = torch.autograd.grad((logits * weights).sum(), list(model.parameters()))
    theirs = torch.autograd.grad((expected * weights).sum(), list(model.parameters()))
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_layers_one_by_one_equal_torchs_stack(architecture):
    model = network(architecture)
    tokens = torch.randint(0, 11, (6, 3))
    no_dropout = DropoutMasks(Rates(), torch.Generator())
    whole, state = model(tokens, model.zero_state(3))
    single, single_state = model(tokens, model.zero_state(3), no_dropout)
    torch.testing.assert_close(whole, single)
    for a, b in zip(state, single_state, strict=True):
        torch.testing.assert_close(a, b)


def test_the_embedding_is_uniform_in_its_range_before_training():
    built = RecurrentNetwork(Shape("rnn", 400, 50, 7, 1, tied=True, frozen=False))
    built.initialise(torch.Generator().manual_seed(1), embedding_range=0.25, forget_bias=1.0)
    weights = built.embedding.weight
    assert -0.25 <= weights.min() < -0.249
    assert 0.249 < weights.max() <= 0.25
    assert weights.std().item() == pytest.approx(0.25 / 3**0.5, rel=0.02)


def test_forget_bias_is_the_sum_of_torchs_two():
    model = network("lstm", hidden=7)
    for layer in range(2):
        total = getattr(model.recurrent, f"bias_ih_l{layer}") + getattr(model.recurrent, f"bias_hh_l{layer}")
        assert total[7:14].tolist() == [1.0] * 7
        assert total[:7].abs().sum() == total[14:].abs().sum() == 0


def test_recurrent_matrices_start_orthogonal():
    model = network("gru", hidden=7)
    for gate in model.recurrent.weight_hh_l0.split(7):
        torch.testing.assert_close(gate @ gate.T, torch.eye(7))


def test_tied_output_is_the_embedding_and_a_free_one_is_not():
    tied, free = network(tied=True), network(tied=False)
    assert tied.output.weight is tied.embedding.weight
    assert free.output.weight.shape == (11, 7)
    assert sum(p.numel() for p in tied.parameters()) == sum(p.numel() for p in free.parameters()) - 11 * 7 + 5 * 7 + 5


def test_no_gradient_passes_a_detach():
    model = network("lstm", layers=1)
    tokens = torch.randint(0, 11, (4, 2))
    first, state = model(tokens, model.zero_state(2))
    second, _ = model(tokens, detach(state))
    assert torch.autograd.grad(second.sum(), first, allow_unused=True, retain_graph=True) == (None,)
    second, _ = model(tokens, state)
    assert torch.autograd.grad(second.sum(), state[0])[0].abs().sum() > 0


def test_dropout_scales_what_it_keeps_and_repeats_with_its_generator():
    values = torch.ones(200, 50)
    first = DropoutMasks(Rates(), torch.Generator().manual_seed(5)).drop(values, 0.25)
    again = DropoutMasks(Rates(), torch.Generator().manual_seed(5)).drop(values, 0.25)
    assert torch.equal(first, again)
    assert first.unique().tolist() == [0.0, pytest.approx(4 / 3)]
    assert first.mean().item() == pytest.approx(1, abs=0.02)


def test_bf16_product_is_close_to_float32():
    model = network()
    hidden, _ = model(torch.randint(0, 11, (4, 2)), model.zero_state(2))
    exact, rounded = model.logits(hidden), model.logits(hidden, bf16=True)
    assert rounded.dtype == torch.float32
    assert 0 < (exact - rounded).abs().max() < 0.02


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_contract_chunked_reading_equals_unchunked(architecture, monkeypatch):
    model = NeuralModel(architecture, network(architecture))
    tokens = np.random.default_rng(0).integers(0, 11, size=(40, 3)).astype(np.uint16)
    whole, end = model.read(tokens, model.start(3))
    first, state = model.read(tokens[:13], model.start(3))
    second, end_in_two = model.read(tokens[13:], state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, atol=1e-5)
    monkeypatch.setattr("pipeline.models.neural.LOGITS_AT_ONCE", 100)
    np.testing.assert_allclose(model.read(tokens, model.start(3))[0], whole, atol=1e-5)
    np.testing.assert_allclose(model.next_log_probs(end), model.next_log_probs(end_in_two), atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_contract_read_agrees_with_next_log_probs_which_sum_to_one(architecture):
    model = NeuralModel(architecture, network(architecture))
    state = model.start(1)
    for token in [4, EOS_ID, 7]:
        log_probs = model.next_log_probs(state)
        assert np.exp(log_probs).sum() == pytest.approx(1, abs=1e-6)
        nats, state = model.read(np.array([[token]]), state)
        assert nats[0, 0] == pytest.approx(log_probs[0, token], abs=1e-5)


def test_start_has_read_one_eos():
    model = NeuralModel("lstm", network())
    hidden, _ = model.network(torch.tensor([[EOS_ID]]), model.network.zero_state(1))
    expected = model.network.logits(hidden[0]).log_softmax(-1)[0].detach().numpy()
    np.testing.assert_allclose(model.next_log_probs(model.start(1))[0], expected, atol=1e-6)


@pytest.mark.parametrize("tied", [True, False])
def test_weights_come_back_as_they_went(tmp_path, tied):
    model = network(tied=tied)
    weights = {k: v for k, v in model.state_dict().items() if not (tied and k == "output.weight")}
    write_json(tmp_path / "shape.json", model.shape.as_dict())
    save_weights(tmp_path, "best", weights)
    back = load_network(tmp_path, "best", torch.device("cpu"))
    assert (back.output.weight is back.embedding.weight) == tied
    for name, value in model.state_dict().items():
        assert torch.equal(back.state_dict()[name], value)
