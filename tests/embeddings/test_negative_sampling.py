"""Learning by negative sampling: gradients, steps, and where it would diverge."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from project import ROOT
from vector_settings import CPU, one_batch, settings, text

from pipeline.embeddings import negative_sampling
from pipeline.embeddings.cbow import cbow_gradient
from pipeline.embeddings.contexts import (
    BLOCK,
    BLOCKS_PER_STEP,
    SHARED_NOISE,
    NoiseSampler,
    keep_probability,
    lots,
    noise_distribution,
    trained_words,
    window_weights,
)
from pipeline.embeddings.method import train_vectors
from pipeline.embeddings.negative_sampling import (
    ROW_RATE,
    SUMMED_RATE,
    batches,
    descend,
    step_damping,
    step_size,
    train_by_negative_sampling,
)
from pipeline.embeddings.skipgram import skipgram_gradient
from pipeline.errors import UserError
from pipeline.params.embeddings import NegativeSampling
from pipeline.params.reading import read_params


def skipgram_loss(inputs, outputs, batch, negatives):
    v, u, noise = inputs[batch.centres], outputs[batch.words], outputs[batch.noise]
    weight = batch.mask.sum(-1, keepdim=True) * (negatives / batch.noise.shape[1])
    return -(batch.mask * F.logsigmoid(v @ u.mT)).sum() - (weight * F.logsigmoid(-(v @ noise.mT))).sum()


def cbow_loss(inputs, outputs, batch, negatives):
    """One centre at a time."""
    total = 0.0
    for block in range(len(batch.words)):
        for centre in range(BLOCK):
            context = batch.words[block][batch.mask[block, centre] > 0]
            if len(context):
                h = inputs[context].mean(0)
                total = total - F.logsigmoid(h @ outputs[batch.centres[block, centre]])
                noise = F.logsigmoid(-(outputs[batch.noise[block]] @ h)).sum()
                total = total - noise * (negatives / batch.noise.shape[1])
    return total


@pytest.mark.parametrize(("gradient", "loss"), [(skipgram_gradient, skipgram_loss), (cbow_gradient, cbow_loss)])
def test_the_closed_form_gradient_is_autograds_and_that_of_finite_differences(gradient, loss):
    batch = one_batch()
    generator = torch.Generator().manual_seed(0)
    tables = [torch.randn(40, 6, generator=generator, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    whole = loss(*tables, batch, 5)
    expected = torch.autograd.grad(whole, tables)
    plain = [table.detach() for table in tables]
    found = gradient(*plain, batch, True)
    assert found.loss[0].item() == pytest.approx(whole.item())
    assert found.loss[1] > 100
    for parts, grad in zip((found.inputs, found.outputs), expected, strict=True):
        summed = torch.zeros(40, 6, dtype=torch.float64)
        for rows, values in parts:
            summed.index_add_(0, rows.reshape(-1), values.reshape(-1, 6))
        torch.testing.assert_close(summed, grad, rtol=1e-6, atol=1e-6)  # the noise's weight is rounded to float32
    for which in (0, 1):
        for row, column in ((int(batch.words[0, 4]), 2), (int(batch.noise[0, 0]), 5)):

            def loss_at(move, which=which, row=row, column=column):
                moved = [table.clone() for table in plain]
                moved[which][row, column] += move
                return gradient(*moved, batch, True).loss[0].item()

            numeric = (loss_at(1e-5) - loss_at(-1e-5)) / 2e-5
            assert numeric == pytest.approx(expected[which][row, column].item(), rel=1e-5, abs=1e-7)


def test_skipgrams_gradient_in_bf16_is_its_gradient_rounded():
    """Scores and both products are rounded to 8 bits, a 512th at most each; what is learned stays in float32."""
    batch = one_batch()
    batch = replace(batch, weights=batch.weights.float())
    tables = [torch.randn(40, 64, generator=torch.Generator().manual_seed(seed)) / 4 for seed in (0, 1)]
    exact, rounded = (skipgram_gradient(*tables, batch, True, bf16=bf16) for bf16 in (False, True))
    assert rounded.loss[0].item() == pytest.approx(exact.loss[0].item(), rel=1e-3)
    for one, other in zip(exact.inputs + exact.outputs, rounded.inputs + rounded.outputs, strict=True):
        assert torch.equal(one[0], other[0])
        error = (one[1] - other[1].float()).norm() / one[1].norm()
        assert 1e-4 < error < 1e-2
    moved, expected = torch.zeros(40, 64), torch.zeros(40, 64)
    descend(moved, rounded.inputs, torch.ones(40), 1e-3)
    for rows, values in rounded.inputs:
        expected.index_add_(0, rows.reshape(-1), values.reshape(-1, 64).float(), alpha=-1e-3)
    torch.testing.assert_close(moved, expected)  # sums that bfloat16 could not hold


def test_skipgram_learns_as_much_in_bf16():
    exact, rounded = (train_vectors(text(4000), 12, 8, settings(), 1, CPU, bf16=bf16) for bf16 in (False, True))
    assert not np.array_equal(exact.vectors, rounded.vectors)
    assert rounded.losses[-1] == pytest.approx(exact.losses[-1], rel=2e-3)
    assert np.corrcoef(exact.vectors.ravel(), rounded.vectors.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_the_loss_falls(method):
    losses = train_vectors(text(4000), 12, 8, settings(method=method), 1, CPU, bf16=False).losses
    assert losses[-1] < losses[0] < 6 * np.log(2)


@pytest.mark.parametrize(("lines", "every"), [(400, 1), (16_000, 2), (100_000, 16)])
def test_the_loss_is_looked_at_often_in_an_epoch_of_few_steps_and_rarely_in_a_long_one(lines, every, monkeypatch):
    monkeypatch.setattr(negative_sampling, "step_size", lambda kept, settings: (BLOCKS_PER_STEP, 1.0))
    asked = []

    def watched(inputs, outputs, batch, with_loss):
        asked.append(with_loss)
        return skipgram_gradient(inputs, outputs, batch, with_loss)

    words = trained_words(text(lines), 12, 1, 2)
    train_by_negative_sampling(words, 4, settings(epochs=1), 0.001, 1, CPU, watched)
    assert asked == [number % every == 0 for number in range(len(asked))]


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_frequent_words_do_not_diverge_in_a_tiny_vocabulary(method):
    stream = np.tile([2, 3, 2, 4, 1], 4000)
    vectors = train_vectors(stream, 5, 16, settings(method=method, epochs=20), 1, CPU, bf16=False).vectors
    assert np.isfinite(vectors).all()
    assert np.abs(vectors).max() < 20


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_vectors_begin_within_their_range_over_the_dimension(method):
    made = train_vectors(text(), 500, 8, settings(method=method), 1, CPU, bf16=False)
    vectors = made.vectors[12:]  # of types that never occur
    assert 0.99 * 1.5 / 8 < vectors.max() < 1.5 / 8
    assert -1.5 / 8 < vectors.min() < -0.99 * 1.5 / 8
    assert abs(vectors.mean()) < 0.01


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_damping_bounds_the_rows_of_a_frequent_word(method):
    counts = np.array([0.0, 1.0, 1e6, 1e6])
    noise = noise_distribution(counts.astype(int), 0.75)
    for rate, blocks in ((0.025, 32), (0.1, 8)):
        rows = blocks * BLOCK * counts / counts.sum()
        damping = step_damping(counts, noise, settings(window=2, method=method), rate, blocks, excess=2.0)
        assert damping[0, 2] * rows[2] * rate == pytest.approx(SUMMED_RATE / 2, rel=1e-3)
        assert damping[0, 0] == damping[0, 1] == 1


def test_damping_bounds_the_predictions_of_one_row():
    """Of a centre its pairs and their negatives; of a noise word the pairs of all centres of its block."""
    counts = np.full(100_000, 1.0)  # so that no word is expected in a step
    noise = noise_distribution(counts.astype(int), 0.75)
    wide = settings(window=19, negatives=20)
    damping = step_damping(counts, noise, wide, 0.1, BLOCKS_PER_STEP, 1.0)
    assert damping[0] * 0.1 * 20 * 21 == pytest.approx(ROW_RATE)
    assert damping[1] * 0.1 * 20 * BLOCK * 20 / SHARED_NOISE == pytest.approx(ROW_RATE)
    assert (step_damping(counts, noise, settings(), 0.025, BLOCKS_PER_STEP, 1.0) == 1).all()


def test_steps_are_smaller_where_rows_ask_for_more_of_a_word():
    """Half as many equally frequent types, twice the pairs of a row or twice its predictions: half the blocks."""
    shipped = read_params(ROOT / "params.yaml").embeddings
    many, few = np.full(400, 7.0), np.append(np.full(200, 7.0), np.zeros(200))
    assert step_size(many, shipped) == pytest.approx((32, 1.0))
    assert step_size(few, shipped) == pytest.approx((16, 1.0))
    assert step_size(few, shipped.model_copy(update={"window": 11})) == pytest.approx((8, 1.0))
    assert step_size(few, shipped.model_copy(update={"negatives": 11})) == pytest.approx((8, 1.0))
    assert step_size(np.full(5, 7.0), shipped) == pytest.approx((1, 2.5))  # what smaller steps cannot undo is damped
    assert step_size(few, shipped.model_copy(update={"method": "cbow", "window": 11})) == pytest.approx((32, 2.0))


def topical(types, topics, words, line=30):
    """Lines of one topic each, whose types are equally frequent and all its own."""
    rng, own = np.random.default_rng(0), types // topics
    about = rng.integers(0, topics, (words // line, 1))
    stream = rng.integers(0, own, (words // line, line)) + about * own + 2
    stream[:, -1] = 1
    return stream.ravel()


@pytest.mark.parametrize(
    ("types", "topics", "line", "changes"),
    [
        (100, 5, 30, {}),
        (80, 4, 30, {}),
        (100, 5, 30, {"skipgram": NegativeSampling(learning_rate=0.1)}),
        (200, 4, 120, {"window": 20}),
        (500, 10, 120, {"window": 40, "negatives": 25}),
    ],
)
def test_what_stands_together_does_not_diverge(types, topics, line, changes):
    """The rows of a step agree where it reads lines about one thing; who knows the topics is at least this good."""
    shipped = read_params(ROOT / "params.yaml").embeddings.model_copy(update=changes)
    stream = topical(types, topics, 90_000, line)
    found = train_vectors(stream, types + 2, 32, shipped, 1, CPU, bf16=False).losses[-1]
    # a type of the topic at 1 / own, noise at 1 / types: σ(s) = topics / (topics + negatives) within the topic
    seen, share = topics / (topics + shipped.negatives), shipped.negatives / topics
    best = -np.log(seen) - share * np.log(1 - seen)
    assert found < best + 0.15 * ((1 + shipped.negatives) * np.log(2) - best)


@pytest.mark.parametrize("negatives", [25, 100])
def test_many_negatives_do_not_diverge(negatives):
    stream = random_words(1000, 1.0, 100_000)
    shipped = read_params(ROOT / "params.yaml").embeddings.model_copy(update={"negatives": negatives, "epochs": 1})
    assert train_vectors(stream, 1002, 32, shipped, 1, CPU, bf16=False).losses[-1] < 0.5 * negatives * np.log(2)


def random_words(types, exponent, words):
    share = np.arange(1, types + 1) ** -exponent
    stream = np.random.default_rng(0).choice(types, words, p=share / share.sum()) + 2
    stream[29::30] = 1
    return stream


@pytest.mark.parametrize("subsample", [1e-3, 1.0])
@pytest.mark.parametrize(("types", "exponent"), [(3, 1.0), (10, 1.0), (27, 1.0), (1000, 1.0), (27, 0.0)])
def test_letters_and_words_that_are_not_thinned_are_learned(types, exponent, subsample):
    """Words at random: with σ(s) = 1 / (1 + 5 · noise / share) at best, skip-gram comes near to it."""
    stream = random_words(types, exponent, 200_000)
    shipped = read_params(ROOT / "params.yaml").embeddings.model_copy(update={"subsample": subsample})
    found = train_vectors(stream, types + 2, 8, shipped, 1, CPU, bf16=False).losses[-1]
    counts = np.bincount(stream, minlength=types + 2)
    counts[1] = 0
    noise, kept = noise_distribution(counts, 0.75), counts * keep_probability(counts, subsample)
    share = kept[2:] / kept.sum()
    seen = share / (share + 5 * noise[2:])
    best = -(share * np.log(seen)).sum() - 5 * (noise[2:] * np.log(1 - seen)).sum()
    assert found == pytest.approx(best, abs=0.1)  # of 4.16 where nothing is known


@pytest.mark.parametrize("subsample", [1e-3, 1.0])
@pytest.mark.parametrize(("types", "exponent"), [(10, 1.0), (27, 1.0), (1000, 1.0), (27, 0.0)])
def test_cbow_of_letters_and_of_words_that_are_not_thinned_does_not_diverge(types, exponent, subsample):
    shipped = read_params(ROOT / "params.yaml").embeddings
    chosen = shipped.model_copy(update={"method": "cbow", "subsample": subsample, "epochs": 1})
    losses = train_vectors(random_words(types, exponent, 300_000), types + 2, 8, chosen, 1, CPU, bf16=False).losses
    assert losses[0] < 6 * np.log(2)


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_frequent_words_do_not_diverge_in_wide_windows(method):
    rng = np.random.default_rng(0)
    stream = np.concatenate([[*(rng.integers(0, 10, 120) + 2), 1] for _ in range(60)])
    losses = train_vectors(stream, 12, 8, settings(method=method, window=50), 1, CPU, bf16=False).losses
    assert losses[-1] < 6 * np.log(2)


def test_vectors_that_diverge_are_told_of_though_their_numbers_are_finite(monkeypatch):
    monkeypatch.setattr(negative_sampling, "SUMMED_RATE", 1e9)  # no word is damped …
    monkeypatch.setattr(negative_sampling, "ROW_RATE", 1e9)
    monkeypatch.setattr(negative_sampling, "EQUAL_TYPES", 0)  # … and a step is large
    with pytest.raises(UserError, match=r"the loss is \S+ in epoch \d, where vectors that know nothing have 4\.159"):
        train_vectors(text(2000), 12, 8, settings(), 1, CPU, bf16=False)


@pytest.mark.parametrize("gradient", [skipgram_gradient, cbow_gradient])
def test_a_step_is_what_word2vec_does_pair_after_pair_in_expectation_over_the_noise(gradient):
    """Against plain loops over pairs, each with the whole noise distribution."""
    rng = np.random.default_rng(0)
    types, window, negatives = 30, 3, 5
    words, lines = rng.integers(0, types, 150), np.sort(rng.integers(0, 12, 150))
    noise = noise_distribution(np.bincount(words, minlength=types), 0.75)
    tables = [torch.randn(types, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(n)) for n in (0, 1)]
    weights = torch.from_numpy(window_weights(window, negatives / SHARED_NOISE)).double()
    [lot] = lots(words, lines, window, NoiseSampler(noise), rng)
    found = []
    for seed in range(400):
        drawn = NoiseSampler(noise).draw((len(lot.rows), SHARED_NOISE), np.random.default_rng(seed))
        rows = np.concatenate([lot.rows[:, :-SHARED_NOISE], drawn], axis=1)
        [batch] = batches([replace(lot, rows=rows)], weights, BLOCKS_PER_STEP, CPU)
        update = gradient(*tables, batch, False)
        summed = torch.zeros(2, types, 4, dtype=torch.float64)
        for table, parts in zip(summed, (update.inputs, update.outputs), strict=True):
            for rows, values in parts:
                table.index_add_(0, rows.reshape(-1), values.reshape(-1, 4))
        found.append(summed)
    inputs, outputs = (table.clone().requires_grad_() for table in tables)
    loss = torch.zeros((), dtype=torch.float64)
    for block, centre in batch.mask.any(-1).nonzero().tolist():
        context = inputs[batch.words[block][batch.mask[block, centre] > 0]]
        word = batch.centres[block, centre]
        if gradient is cbow_gradient:
            pairs = [(context.mean(0), outputs[word])]
        else:
            around = outputs[batch.words[block][batch.mask[block, centre] > 0]]
            pairs = [(inputs[word], other) for other in around]
        for v, u in pairs:
            loss = loss - F.logsigmoid(u @ v) - negatives * (torch.from_numpy(noise) @ F.logsigmoid(-(outputs @ v)))
    expected = torch.stack(torch.autograd.grad(loss, (inputs, outputs)))
    samples = torch.stack(found)
    error = (samples.mean(0) - expected) / (samples.std(0) / len(samples) ** 0.5).clamp(min=1e-9)
    assert error.abs().max() < 5
    assert 0.8 < error.square().mean().sqrt() < 1.2


def test_training_thins_frequent_words_at_their_rate_and_the_learning_rate_falls_to_nothing(monkeypatch):
    seen, rates = [], []

    def watched(words, *others):
        seen.append(np.bincount(words, minlength=12))
        return lots(words, *others)

    def descended(table, parts, damping, rate):
        rates.append(rate)

    monkeypatch.setattr(negative_sampling, "lots", watched)
    monkeypatch.setattr(negative_sampling, "descend", descended)
    chosen = settings(subsample=0.01)
    train_vectors(text(4000), 12, 2, chosen, 1, CPU, bf16=False)
    counts = np.bincount(text(4000), minlength=12)[2:]
    keep = keep_probability(counts, 0.01)
    assert keep.max() < 0.5
    spread = np.sqrt(counts * keep * (1 - keep))
    assert len(seen) == 4
    assert all((np.abs(kept[2:] - counts * keep) < 5 * spread).all() for kept in seen)
    inputs = rates[::2]
    assert inputs[0] == 0.1
    assert 0 < inputs[-1] < 2 * 0.1 / len(inputs)
    steps_down = -np.diff(inputs)
    assert (steps_down > 0).all()
    assert steps_down == pytest.approx(0.1 / len(inputs), rel=0.2)
