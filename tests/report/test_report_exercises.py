"""Each answer's numbers against a plain computation of their own."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of
from pipeline.report.analysis import analyse
from pipeline.report.exercises import (
    additive,
    bptt,
    by_counts,
    cell,
    clipped,
    judged,
    parameters,
    radius,
    resampled,
    surprise,
)
from pipeline.report.exercises.exercise import counted
from pipeline.report.exercises.network import PlainNetwork
from pipeline.report.exercises.worked import exercises
from pipeline.report.names import label

THEORY = ["bptt", "radius", "additive", "parameters"]
PROGRAMMING = ["clipped", "cell", "by_counts", "surprise", "resampled", "judged"]


def trained(architecture: str, implementation: str = "torch", layers: int = 1, tied: bool = True):
    """A network of random weights in float64, and the same in plain NumPy."""
    shape = Shape(architecture, 11, 5, 4, layers, tied, False, implementation)
    network = RecurrentNetwork(shape)
    network.initialise(torch.Generator().manual_seed(3), 0.5, 1.0, "uniform")
    for parameter in network.parameters():  # biases, too
        parameter.data += 0.3 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(parameter.numel()))
    weights = {name: tensor.numpy().copy() for name, tensor in network.state_dict().items()}
    if tied:
        del weights["output.weight"]
    return network.double().eval(), PlainNetwork(shape.as_dict(), weights)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("implementation", ["torch", "by_hand", "textbook"])
@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
def test_the_plain_network_is_the_trained_one(architecture, implementation, layers) -> None:
    network, plain = trained(architecture, implementation, layers)
    tokens = [1, 4, 7, 2]
    hidden, state = network(torch.tensor(tokens)[:, None], tuple(s.double() for s in network.zero_state(1)))
    trace = plain.trace(tokens)
    np.testing.assert_allclose([step[-1][0] for step in trace], hidden[:, 0].detach().numpy(), atol=1e-12)
    for part, tensor in enumerate(state):
        for layer in range(layers):
            np.testing.assert_allclose(trace[-1][layer][part], tensor[layer, 0].detach().numpy(), atol=1e-12)
    expected = network.logits(hidden[-1]).log_softmax(-1)[0].detach().numpy()
    np.testing.assert_allclose(plain.log_probs(trace[-1][-1][0]), expected, atol=1e-6)  # logits are float32


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("tied", [True, False])
def test_one_step_back_is_what_automatic_differentiation_gives(layers, tied) -> None:
    network, plain = trained("rnn", layers=layers, tied=tied)
    *read, target = tokens = [1, 3, 5, 2, 9, 6]
    worked = bptt.work(plain, tokens)
    _, state = network(torch.tensor(read[:-1])[:, None], tuple(s.double() for s in network.zero_state(1)))
    before = state[0].detach()
    top = before[-1].clone().requires_grad_()
    hidden, _ = network(torch.tensor(read[-1:])[:, None], (torch.cat([before[:-1], top[None]]),))
    loss = -network.logits(hidden[-1])[0].log_softmax(-1)[target]
    (gradient,) = torch.autograd.grad(loss, top)
    assert worked.unit == int(gradient[0].abs().argmax())
    assert worked.analytic == pytest.approx(float(gradient[0, worked.unit]), rel=1e-5)
    assert worked.norm_before == pytest.approx(float(gradient.norm()), rel=1e-5)
    assert worked.loss == pytest.approx(loss.item(), rel=1e-5)
    assert worked.error < 1e-6
    assert worked.steps == len(read)


def gradient_rows(factor: float, state: str) -> pd.DataFrame:
    rows = {"model": "rnn", "weights": "after", "state": state, "lag": range(5)}
    return pd.DataFrame(rows).assign(mean_log10_norm=lambda table: -1 + math.log10(factor) * table["lag"])


def test_spectral_radius_and_the_rates_beside_it() -> None:
    _, plain = trained("rnn")
    turning = np.zeros((4, 4), dtype=np.float32)
    turning[:2, :2] = [[0, -0.9], [0.9, 0]]  # complex eigenvalues of modulus 0.9
    turning[2, 3] = 5.0  # a singular value of 5, an eigenvalue of 0
    plain = PlainNetwork(plain.shape, {**plain.weights, "recurrent.weight_hh_l0": turning})
    tokens = [1, 2, 3, 4, 5]
    worked = radius.work({"after": plain}, tokens, gradient_rows(0.8, "h"), gradient_rows(0.85, "whole"))
    (moment,) = worked.moments
    assert moment.radius == pytest.approx(0.9)
    assert moment.singular == pytest.approx(5.0)
    states = np.array([step[0][0] for step in plain.trace(tokens)])
    assert moment.slope == pytest.approx(np.mean(1 - np.square(states)))
    assert moment.gradient == pytest.approx(0.8)
    assert moment.jacobian == pytest.approx(0.85)
    assert "would shrink" in worked.linear
    assert "both too high" in worked.nearer if moment.damped > 0.8 else "too high" not in worked.nearer
    assert "not below 1" in worked.bound
    near, far = sorted([(abs(math.log(value / 0.8)), name) for value, name in (
        (0.9, "the radius alone"), (0.9 * moment.slope, "the radius times the mean slope"))])  # fmt: skip
    assert f"{near[1]} comes nearer" in worked.nearer
    assert f"by {math.exp(far[0]):.2f})" in worked.nearer
    growing = PlainNetwork(plain.shape, {**plain.weights, "recurrent.weight_hh_l0": 0.2 * turning + 1.1 * np.eye(4)})
    assert (
        "would grow" in radius.work({"after": growing}, tokens, gradient_rows(1, "h"), gradient_rows(1, "whole")).linear
    )


def test_time_constants_of_the_additive_path() -> None:
    rows = [("gru", "after", 3.0), *(("lstm", "after", steps) for steps in (1.0, 2.0, 8.0, 50.0))]
    times = pd.DataFrame([*rows, ("lstm", "before", 1.5)], columns=["model", "weights", "steps"])
    worked = additive.work(times, 20)
    assert worked.architecture == "lstm"
    assert worked.units == 4
    assert [moment.when for moment in worked.moments] == ["before training", "after training"]
    assert (worked.last.median, worked.last.longest, worked.last.beyond) == (5.0, 50.0, 0.25)
    assert worked.gate**50 == pytest.approx(1 / math.e)
    assert worked.left(20) == pytest.approx(worked.gate**20)
    assert worked.median_left == pytest.approx(math.exp(-20 / 5))
    assert additive.work(times[times["model"] == "gru"], 20).architecture == "gru"


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
def test_parameters_by_formula_and_in_the_file(architecture, tied) -> None:
    network, plain = trained(architecture, layers=2, tied=tied)
    worked = parameters.work({architecture: plain})
    (found,) = worked.counted
    assert found.counted == found.formula == sum(parameter.numel() for parameter in network.parameters())
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[architecture]
    assert found.parts["recurrent"] == gates * (4 * (5 + 4 + 2) + 4 * (4 + 4 + 2))
    assert found.parts["embedding"] == 11 * 5
    assert found.parts["output"] == (11 if tied else 11 * 5)
    assert worked.agree == "Formula and file agree for each network."
    short = PlainNetwork(plain.shape, {**plain.weights, "output.bias": plain.weights["output.bias"][:-2]})
    assert parameters.work({architecture: short}).agree == f"Counted less by formula: {label(architecture)} -2."


def test_what_clipping_did() -> None:
    steps = pd.DataFrame({"norm_before_clipping": [0.5, 4.0, 2.0, 1.0], "norm_after_clipping": [0.5, 1.0, 1.0, 1.0],
                          "learning_rate": [0.1, 0.2, 0.3, 0.4]})  # fmt: skip
    calm = steps.assign(norm_after_clipping=steps["norm_before_clipping"])
    worked = clipped.work({"rnn": steps, "lstm": calm}, "sgd")
    rnn, lstm = worked.each
    assert worked.model == "rnn"
    assert (rnn.steps, rnn.clipped, rnn.share) == (4, 2, 0.5)
    assert rnn.factor == pytest.approx((1 / 4 + 1 / 2) / 2)
    assert rnn.times_median == pytest.approx((4 / 1.5, 1 / 1.5))
    assert "length of that step 0.800000, after clipping 0.200000" in worked.output
    assert lstm.clipped == 0
    assert math.isnan(lstm.factor)


@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
def test_the_state_of_a_cell_by_hand(architecture) -> None:
    network, plain = trained(architecture)
    worked = cell.work(plain, 6, "word")
    hidden, _ = network(torch.tensor([[1], [6]]), tuple(s.double() for s in network.zero_state(1)))
    assert worked.first == pytest.approx(hidden[-1, 0, :4].tolist())
    assert worked.norm == pytest.approx(float(hidden[-1].norm()))


@pytest.mark.parametrize("prune", [(), (0, 1)])
def test_a_bigram_by_hand_is_the_models(prune) -> None:
    rng = np.random.default_rng(5)
    types = ("<unk>", "<eos>", *(f"w{chr(97 + number)}" for number in range(20)))
    words = rng.choice(np.arange(2, 22), 900, p=(1 / np.arange(1, 21)) / (1 / np.arange(1, 21)).sum())
    stream = np.array([token for line in words.reshape(-1, 6) for token in (*line, 1)], dtype=np.uint8)
    fitted = fit(stream, 22, 2, prune)
    threshold = prune[1] if prune else 0
    described = {"pruned_up_to": list(prune)} if prune else {}
    worked = by_counts.work(model_of(fitted, 2), described, types)
    h, w = worked.context_id, worked.word_id
    pairs = Counter(zip([1, *stream.tolist()], stream.tolist(), strict=False))
    after = [count for (first, _), count in pairs.items() if first == h]
    assert worked.total == sum(after)
    assert worked.count == pairs[h, w] > threshold
    kept = [count for count in after if count > threshold]
    assert worked.with_count == (kept.count(1), kept.count(2), sum(count > 2 for count in kept))
    assert worked.pruned == sum(after) - sum(kept)
    assert (worked.pruned > 0) == bool(prune)
    assert worked.contexts == len({first for first, second in pairs if second == w})
    assert worked.bigrams == len(pairs)
    assert worked.by_hand == pytest.approx(worked.model, abs=1e-12)
    assert worked.model == pytest.approx(
        math.exp(model_of(fitted, 2).read(np.array([[h], [w]]), model_of(fitted, 2).start(1))[0][1, 0])
    )
    assert by_counts.work(model_of(fitted, 2), described, tuple("?" * 22)) is None  # no spelled types


def test_perplexity_from_probabilities() -> None:
    probabilities = np.array([0.5, 0.25, 0.125, 0.5, 1.0, 0.01, 0.5])
    counts = np.array([1, 1, 1, 1, 1, 0, 1.0])
    worked = surprise.work("lstm", "carried", np.log(probabilities), counts, 2.0)
    assert worked.first == pytest.approx([0.5, 0.25, 0.125, 0.5, 1.0])
    assert worked.product == pytest.approx(2**-7)
    assert worked.first_perplexity == pytest.approx(2 ** (7 / 5))
    assert worked.tokens == 6
    assert worked.bits == pytest.approx(8 / 6)
    assert worked.perplexity == pytest.approx(2 ** (8 / 6))


def test_interval_of_a_difference_paired_and_apart() -> None:
    rng = np.random.default_rng(1)
    shared = rng.normal(0, 1, 200)
    a, b = -(2 + shared + rng.normal(0, 0.05, 200)), -(2.2 + shared + rng.normal(0, 0.05, 200))
    starts, every = np.arange(0, 200, 4), np.ones(200, dtype=bool)
    worked = resampled.work(("lstm", "rnn"), ("carried", "carried"), (a, b), every, starts, ("lines", 2), 400, 7)
    assert worked.difference == pytest.approx((b - a).mean())
    draws = [np.random.default_rng(seed).integers(0, 50, (4000, 50)) for seed in (0, 1)]
    sums = [(-nats).reshape(50, 4).sum(axis=1) / 200 for nats in (a, b)]
    for pair, other in ((worked.paired, draws[0]), (worked.apart, draws[1])):
        samples = sums[0][draws[0]].sum(axis=1) - sums[1][other].sum(axis=1)
        np.testing.assert_allclose(pair, np.percentile(samples, (2.5, 97.5)), atol=0.1 * np.ptp(samples))
    assert worked.wider > 5
    assert worked.verdict == "does not hold zero"
    assert worked.ratio == pytest.approx(math.exp(worked.difference))


def test_the_interval_is_the_one_of_the_findings(make_inputs) -> None:
    results = analyse(inputs := make_inputs())
    worked = {each.name: each.worked for each in exercises(inputs, results)}["resampled"]
    quoted = next(found for found in results.findings if (found.model_a, found.model_b, found.topic) == (
        "lstm", "rnn", "perplexity"))  # fmt: skip
    assert (worked.difference, *worked.paired) == pytest.approx((quoted.difference, quoted.low, quoted.high))


def test_agreement_by_hand() -> None:
    items = pd.DataFrame(
        {"model": ["lstm"] * 5 + ["rnn"], "construction": ["a", "a", "a", "b", "b", "a"],
         "verb_good": [-1.0, -1.0, -3.0, -1.0, -2.0, 0.0], "verb_bad": [-2.0, -2.0, -2.0, -2.0, -2.0, -1.0]}
    )  # fmt: skip
    worked = judged.work(items, "lstm")
    assert worked.by_construction == [("a", 3, pytest.approx(2 / 3)), ("b", 2, 0.75)]
    assert worked.headline == pytest.approx((2 / 3 + 0.75) / 2)
    assert worked.over_items == pytest.approx(3.5 / 5)
    assert (worked.items, worked.ties) == (5, 1)


def test_which_exercises_a_run_can_answer(make_inputs) -> None:
    def asked(inputs):
        found = exercises(inputs, analyse(inputs))
        assert [each.name for each in found if each.kind == "theory"] == [each.name for each in found][
            : sum(each.kind == "theory" for each in found)
        ]
        return [each.name for each in found], counted(found)

    assert asked(make_inputs()) == (THEORY + PROGRAMMING, "Ten exercises, four of theory and six of programming")
    names, words = asked(make_inputs(models=("lstm",), floor=False, studies=False))
    assert names == [*THEORY[2:], *PROGRAMMING]
    assert words == "Eight exercises, two of theory and six of programming"
    assert asked(make_inputs(models=("rnn",)))[0] == ["bptt", "radius", "parameters", *PROGRAMMING]
    inputs = make_inputs()
    bare = replace(inputs, bigram=None, items=inputs.items.iloc[:0])
    assert asked(bare)[0] == [*THEORY, "clipped", "cell", "surprise", "resampled"]
    adaptive = {name: {**shape, "cutoffs": (4,)} for name, shape in inputs.shapes.items()}
    assert asked(replace(inputs, shapes=adaptive))[0] == [*THEORY[1:], *PROGRAMMING]
