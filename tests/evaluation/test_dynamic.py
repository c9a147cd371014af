import numpy as np
import pytest
import torch
from torch.func import functional_call

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.evaluation.dynamic import Update, dynamic_grid, gradient_rms, score_dynamically
from pipeline.evaluation.perplexity import score_stream
from pipeline.models.neural import NeuralModel
from pipeline.models.recurrent import RecurrentNetwork, Shape

# a vocabulary whose second half takes over in the middle: something to follow
TEXT = np.concatenate(
    [np.random.default_rng(0).integers(2, 6, 60), np.random.default_rng(1).integers(6, 11, 63)]
).astype(np.uint8)
SGD = Update("sgd", 5, 0.3, 0.02, 1e-4)
RMS = Update("rms", 5, 0.003, 0.02, 1e-4)


@pytest.fixture(autouse=True)
def _float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def network(architecture="lstm", tied=True, frozen=False) -> RecurrentNetwork:
    built = RecurrentNetwork(Shape(architecture, 11, 5, 7, 1, tied, frozen))
    built.initialise(torch.Generator().manual_seed(1), 0.1, 1.0)
    return built


def segment_loss(model, weights, inputs, targets, state):
    """Log probabilities (B, T) of a segment under weights by name, and the state after it."""
    hidden, state = functional_call(model, weights, (inputs, state))
    if model.shape.tied:
        projected = hidden @ weights["projection.weight"].T + weights["projection.bias"]
        logits = projected @ weights["embedding.weight"].T + weights["output.bias"]
    else:
        logits = hidden @ weights["output.weight"].T + weights["output.bias"]
    return logits.log_softmax(-1).gather(-1, targets[..., None])[..., 0], tuple(part.detach() for part in state)


def leaves(model):
    return {name: value.detach().clone().requires_grad_() for name, value in model.named_parameters()}


def rms_one_batch_at_a_time(model, tokens, batch_size, segment, batches):
    length = len(tokens) // batch_size
    streams = torch.as_tensor(tokens[: length * batch_size].astype(int)).reshape(batch_size, length)
    previous = torch.cat([torch.tensor([[EOS_ID]]), streams[:-1, -1:]])
    inputs = torch.cat([previous, streams[:, :-1]], dim=1)
    weights, state = leaves(model), model.zero_state(batch_size)
    squares = {name: [] for name in weights}
    for begin in list(range(0, length, segment))[:batches]:
        piece = slice(begin, begin + segment)
        scores, state = segment_loss(model, weights, inputs[:, piece].T, streams[:, piece].T, state)
        gradients = torch.autograd.grad(-scores.mean(), list(weights.values()))
        for name, gradient in zip(weights, gradients, strict=True):
            squares[name].append(gradient**2)
    return {name: (sum(found) / len(found)) ** 0.5 for name, found in squares.items()}


def scores_one_segment_at_a_time(model, tokens, update, rms):
    """The update rules as they are written, over weights by name."""
    trained = {name: value.detach().clone() for name, value in model.named_parameters()}
    weights, state, previous, nats = leaves(model), model.zero_state(1), EOS_ID, []
    average = sum(value.mean() for value in rms.values()) / len(rms) if rms else None
    for begin in range(0, len(tokens), update.segment):
        targets = torch.as_tensor(tokens[begin : begin + update.segment].astype(int))[:, None]
        inputs = torch.cat([torch.tensor([[previous]]), targets[:-1]])
        previous = int(targets[-1])
        scores, state = segment_loss(model, weights, inputs, targets, state)
        nats += scores[:, 0].tolist()
        gradients = dict(zip(weights, torch.autograd.grad(-scores.mean(), list(weights.values())), strict=True))
        after = {}
        for name, theta in weights.items():
            step, back = update.learning_rate * gradients[name], update.decay * (trained[name] - theta)
            if update.rule == "rms":
                step = step / (rms[name] + update.epsilon)
                back = back * torch.minimum(rms[name] / average, torch.tensor(1 / update.decay))
            after[name] = (theta - step + back).detach().requires_grad_()
        weights = after
    return np.array(nats)


@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("tied", [True, False])
def test_scores_and_gradient_statistics_equal_the_plain_loop(architecture, tied):
    model = network(architecture, tied)
    rms = gradient_rms(model, TEXT, 3, 4, 7)
    plain = rms_one_batch_at_a_time(model, TEXT, 3, 4, 7)
    for ours, theirs in zip(rms, plain.values(), strict=True):
        torch.testing.assert_close(ours, theirs)
    for update in (SGD, RMS, Update("rms", 7, 0.01, 0.9, 1e-3)):
        ours = score_dynamically(model, TEXT, update, rms)
        theirs = scores_one_segment_at_a_time(model, TEXT, update, plain)
        np.testing.assert_allclose(ours, theirs, rtol=1e-8)


def test_a_decay_is_cut_where_it_would_overshoot():
    model = network()
    rms = gradient_rms(model, TEXT, 3, 4, 7)
    average = torch.stack([value.mean() for value in rms]).mean()
    assert any((0.9 * value / average > 1).any() for value in rms)  # so the test above has met it


def test_statistics_of_a_text_of_fewer_batches_read_it_once():
    for ours, theirs in zip(
        gradient_rms(network(), TEXT, 3, 4, 10_000), gradient_rms(network(), TEXT, 3, 4, 11), strict=True
    ):
        assert torch.equal(ours, theirs)


def test_without_a_learning_rate_it_is_static_evaluation():
    model = network()
    static = score_stream(NeuralModel("lstm", network()), TEXT, np.array([0]))
    still = score_dynamically(model, TEXT, Update("sgd", 5, 0.0, 0.5, 1e-4))
    np.testing.assert_allclose(still, static, rtol=1e-10)


def test_the_first_segment_knows_nothing_and_a_following_model_gains():
    static = score_stream(NeuralModel("lstm", network()), TEXT, np.array([0]))
    followed = score_dynamically(network(), TEXT, SGD)
    np.testing.assert_allclose(followed[:5], static[:5], rtol=1e-10)
    assert followed[10:60].mean() > static[10:60].mean() + 0.2
    assert followed[100:].mean() > followed[60:80].mean() + 0.3  # the words have changed at 60


@pytest.mark.parametrize("frozen", [True, False])
def test_the_model_itself_is_not_changed_and_a_frozen_embedding_stays(frozen):
    model = network(tied=not frozen, frozen=frozen)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model.eval()
    first = score_dynamically(model, TEXT, SGD)
    rms = gradient_rms(model, TEXT, 3, 4, 7)
    score_dynamically(model, TEXT, RMS, rms)
    np.testing.assert_array_equal(score_dynamically(model, TEXT, SGD), first)
    assert not model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert len(rms) == len([p for p in model.parameters() if p.requires_grad])


def test_the_grid_has_the_loss_of_each_setting_and_shows_what_ran_away():
    updates = [SGD, Update("sgd", 10, 0.1, 0.0, 1e-4), Update("sgd", 5, 1e200, 0.0, 1e-4)]
    table = dynamic_grid(network(), TEXT, updates)
    assert table["learning_rate"].tolist() == [0.3, 0.1, 1e200]
    assert table["segment"].tolist() == [5, 10, 5]
    for row, update in zip(table.itertuples(), updates[:2], strict=False):
        assert row.nats == pytest.approx(-score_dynamically(network(), TEXT, update).mean())
        assert row.tokens == len(TEXT)
    assert table["nats"].iloc[2] == np.inf


def test_the_rule_rms_wants_its_statistics():
    with pytest.raises(ValueError, match="gradient_rms"):
        score_dynamically(network(), TEXT, RMS)
