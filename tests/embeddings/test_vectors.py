import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import stats

from pipeline.embeddings import negative_sampling
from pipeline.embeddings.cbow import cbow_gradient
from pipeline.embeddings.checks import check_vectors
from pipeline.embeddings.contexts import (
    BLOCK,
    BLOCKS_PER_STEP,
    SHARED_NOISE,
    NoiseSampler,
    Step,
    keep_probability,
    noise_distribution,
    steps,
    trained_words,
    window_weights,
)
from pipeline.embeddings.method import train_vectors
from pipeline.embeddings.negative_sampling import ROWS_PER_STEP, SUMMED_RATE, step_damping, to_device
from pipeline.embeddings.ppmi_svd import cooccurrences, ppmi
from pipeline.embeddings.similarity import learned_types, nearest
from pipeline.embeddings.skipgram import skipgram_gradient
from pipeline.errors import UserError
from pipeline.params.embeddings import Embeddings

CPU = torch.device("cpu")
SETTINGS = Embeddings.model_validate(
    {
        "method": "skipgram",
        "use": "finetune",
        "window": 2,
        "min_count": 1,
        "subsample": 1.0,
        "noise_power": 0.75,
        "epochs": 4,
        "negatives": 5,
        "skipgram": {"learning_rate": 0.1},
        "cbow": {"learning_rate": 0.1},
        "svd": {"shift": 1.0, "singular_power": 0.5, "iterations": 5},
        "quality": {
            "min_count": 2,
            "words": 100,
            "neighbours": 4,
            "folds": 2,
            "inverse_penalty": 1.0,
            "resamples": 100,
        },
    }
)
SHIFTED = SETTINGS.svd.model_copy(update={"shift": 1000.0})
METHODS = ("skipgram", "cbow", "svd")


def settings(**changes):
    return SETTINGS.model_copy(update=changes)


def text(count=300, seed=0):
    """Two kinds of lines that share no word: words of one kind are neighbours, words of two are not."""
    rng = np.random.default_rng(seed)
    lines = [[*(rng.integers(0, 5, 6) + 2 + 5 * rng.integers(0, 2)), 1] for _ in range(count)]
    return np.concatenate(lines)


def one_batch(seed=0, types=40, window=3):
    """Lines of all lengths in double precision, padding among them."""
    rng = np.random.default_rng(seed)
    sampler = NoiseSampler(np.full(types, 1 / types))
    step = next(steps(rng.integers(0, types, 150), np.sort(rng.integers(0, 12, 150)), window, sampler, rng))
    return to_device(step, torch.from_numpy(window_weights(window, 5 / SHARED_NOISE)).double(), CPU)


def test_windows_are_those_of_a_plain_loop():
    words, lines, window = np.arange(100), np.repeat(np.arange(20), 5), 3
    found, reaches = set(), {}
    for step in steps(words, lines, window, NoiseSampler(np.full(100, 0.01)), np.random.default_rng(0)):
        batch = to_device(step, torch.from_numpy(window_weights(3, 0.125)), CPU)
        assert step.noise.shape == (len(step.words), SHARED_NOISE)
        for block, centre in batch.mask.any(-1).nonzero().tolist():
            word = int(batch.centres[block, centre])
            assert word not in reaches
            around = [int(batch.words[block, row]) for row in np.flatnonzero(batch.mask[block, centre])]
            reaches[word] = max(abs(word - other) for other in around)
            found |= {(word, other) for other in around}
    assert sorted(reaches) == list(range(100))
    assert set(reaches.values()) == {1, 2, 3}
    expected = {
        (centre, other)
        for centre in range(100)
        for other in range(100)
        if 0 < abs(centre - other) <= reaches[centre] and centre // 5 == other // 5
    }
    assert found == expected


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
        torch.testing.assert_close(summed, grad)
    for which in (0, 1):
        for row, column in ((int(batch.words[0, 4]), 2), (int(batch.noise[0, 0]), 5)):

            def loss_at(move, which=which, row=row, column=column):
                moved = [table.clone() for table in plain]
                moved[which][row, column] += move
                return gradient(*moved, batch, True).loss[0].item()

            numeric = (loss_at(1e-5) - loss_at(-1e-5)) / 2e-5
            assert numeric == pytest.approx(expected[which][row, column].item(), rel=1e-5, abs=1e-7)


def test_noise_is_unigram_to_the_three_quarters():
    counts = np.array([0, 3, 10, 200, 50, 1])
    noise = noise_distribution(counts, 0.75)
    assert noise[0] == 0
    assert noise[3] / noise[2] == pytest.approx(20**0.75)
    drawn = np.bincount(NoiseSampler(noise).draw((200, 100), np.random.default_rng(0)).ravel(), minlength=6)
    assert drawn[0] == 0
    assert stats.chisquare(drawn[1:], 20_000 * noise[1:]).pvalue > 0.001
    flat = noise_distribution(counts, 1.0)
    assert stats.chisquare(drawn[1:], 20_000 * flat[1:]).pvalue < 1e-6


def test_frequent_words_are_thinned_and_rare_ones_kept():
    keep = keep_probability(np.array([1_000_000, 100, 1]), 1e-3)
    assert keep[0] == pytest.approx(np.sqrt(1e-3) + 1e-3, rel=1e-3)
    assert keep[1] == keep[2] == 1


def test_rare_words_are_left_out_and_windows_close_over_them():
    found = trained_words(np.array([2, 4, 3, 1, 2, 3, 2, 1]), 6, 2, 1)
    np.testing.assert_array_equal(found.words, [2, 3, 2, 3, 2])
    np.testing.assert_array_equal(found.lines, [0, 0, 1, 1, 1])
    np.testing.assert_array_equal(found.counts, [0, 0, 3, 2, 0, 0])


@pytest.mark.parametrize("method", METHODS)
def test_neighbours_share_their_contexts(method):
    vectors = train_vectors(text(3000), 12, 8, settings(method=method), 1, CPU).vectors
    for word in range(2, 12):
        kind = (word - 2) // 5
        assert {(other - 2) // 5 for other, _ in nearest(vectors, word, 4)} == {kind}


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_the_loss_falls(method):
    losses = train_vectors(text(4000), 12, 8, settings(method=method), 1, CPU).losses
    assert losses[-1] < losses[0] < 6 * np.log(2)


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_frequent_words_do_not_diverge_in_a_tiny_vocabulary(method):
    stream = np.tile([2, 3, 2, 4, 1], 4000)
    vectors = train_vectors(stream, 5, 16, settings(method=method, epochs=20), 1, CPU).vectors
    assert np.isfinite(vectors).all()
    assert np.abs(vectors).max() < 20


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bytes_with_one_thread_or_two(method):
    results = []
    threads = torch.get_num_threads()
    for count in (1, 2, 2):
        torch.set_num_threads(count)
        results.append(train_vectors(text(), 12, 8, settings(method=method), 1, CPU).vectors.tobytes())
    torch.set_num_threads(threads)
    assert results[0] == results[1] == results[2]
    if method != "svd":  # counts have no seed but that of an approximation which is exact on so little
        assert train_vectors(text(), 12, 8, settings(method=method), 2, CPU).vectors.tobytes() != results[0]


@pytest.mark.parametrize("method", METHODS)
def test_eos_is_no_word(method):
    few, many = (train_vectors(text(), 12, 8, settings(method=method, epochs=n), 1, CPU).vectors for n in (1, 4))
    np.testing.assert_array_equal(few[1], many[1])
    assert method == "svd" or not np.array_equal(few[2], many[2])


def test_cooccurrences_and_information_are_those_of_the_formulas():
    chosen = settings(method="svd", noise_power=1.0, subsample=1e9)
    counts = cooccurrences(trained_words(np.array([2, 3, 4, 1, 3, 2, 4, 1]), 5, 1, 2), chosen).toarray()
    expected = np.zeros((5, 5))
    for first, second, weight in [(2, 3, 1), (3, 4, 1), (2, 4, 0.5), (3, 2, 1), (2, 4, 1), (3, 4, 0.5)]:
        expected[first, second] += weight
        expected[second, first] += weight
    np.testing.assert_allclose(counts, expected)
    p = expected / expected.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.maximum(np.log(p / np.outer(p.sum(1), p.sum(1))), 0)
    found = ppmi(cooccurrences(trained_words(np.array([2, 3, 4, 1, 3, 2, 4, 1]), 5, 1, 2), chosen), chosen).toarray()
    np.testing.assert_allclose(found, np.nan_to_num(information, nan=0, neginf=0), atol=1e-12)
    assert found.max() > 0


def test_damping_bounds_the_rows_of_a_frequent_word():
    counts = np.array([0.0, 1.0, 1e6])
    noise = noise_distribution(counts.astype(int), 0.75)
    damping = step_damping(counts, noise, settings(window=2), learning_rate=0.025)
    rows = BLOCKS_PER_STEP * BLOCK * counts / counts.sum()
    assert damping[0, 2] * rows[2] == pytest.approx(ROWS_PER_STEP, rel=1e-3)
    assert damping[0, 0] == damping[0, 1] == 1
    steep = step_damping(counts, noise, settings(window=2), learning_rate=0.1)
    assert steep[0, 2] * rows[2] == pytest.approx(SUMMED_RATE / 0.1, rel=1e-3)


@pytest.mark.parametrize(
    ("stream", "changes", "dim", "message"),
    [
        ([2, 1, 3, 1, 4, 1], {}, 4, "no line of the text has two words"),
        ([2, 2, 1, 2, 2, 1], {}, 4, "has 1 type that occur"),
        ([2, 3, 2, 3, 1, 4, 1], {"min_count": 3}, 4, "has 0 types that occur 3 times or more"),
        ([2, 3, 4, 1, 3, 2, 1], {"window": 3}, 4, r"embeddings\.window: found 3, but the longest line of train has 3"),
        (
            [2, 3, 1] * 9,
            {"window": 1, "subsample": 1e-14},
            4,
            "found 1e-14, which leaves no two of 18 words",
        ),
        ([2, 3, 1] * 9, {"window": 1, "method": "svd", "svd": SHIFTED}, 1, r"svd\.shift: found 1000; no two words"),
        ([2, 3, 4, 1, 3, 2, 1], {"method": "svd"}, 4, "at most 2 dimensions.*embedding_dim of this size is 4"),
    ],
)
def test_what_cannot_be_learned_is_told_before_anything_is(stream, changes, dim, message):
    with pytest.raises(UserError, match=message):
        train_vectors(np.array(stream), 5, dim, settings(**changes), 1, CPU)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.ones((4, 2)), "vectors of 4 types where the vocabulary has 3"),
        (np.array([[1, 2], [3, np.nan], [0, 1]]), "1 of 3 types are not finite, the first of type 1"),
        (np.zeros((3, 2)), "all vectors are zero"),
        (np.ones((3, 1)), "vectors of 1 dimensions where the network's embedding has 2"),
    ],
)
def test_vectors_that_no_network_can_use_are_refused(vectors, message):
    with pytest.raises(UserError, match=message):
        check_vectors(vectors, 3, "vectors.safetensors", 2)


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_frequent_words_do_not_diverge_in_wide_windows(method):
    rng = np.random.default_rng(0)
    stream = np.concatenate([[*(rng.integers(0, 10, 120) + 2), 1] for _ in range(60)])
    losses = train_vectors(stream, 12, 8, settings(method=method, window=50), 1, CPU).losses
    assert losses[-1] < 6 * np.log(2)


def test_smoothed_contexts_keep_counts_below_one():
    np.testing.assert_allclose(noise_distribution(np.array([0, 0.25, 1.0]), 0.5), [0, 1 / 3, 2 / 3])


def test_nearest_is_by_angle_and_leaves_the_word_out():
    vectors = np.array([[1, 0], [10, 1], [0, 1], [-1, 0]], dtype=np.float32)
    assert [index for index, _ in nearest(vectors, 0, 3)] == [1, 2, 3]
    assert nearest(vectors, 0, 3)[2][1] == pytest.approx(-1)


def test_no_more_are_near_than_there_are_others():
    vectors = np.eye(3, dtype=np.float32)
    assert [index for index, _ in nearest(vectors, 1, 9)] == [0, 2]
    assert [index for index, _ in nearest(vectors, 1, 9, np.array([1, 2]))] == [2]


def test_vectors_that_were_not_learned_are_near_nothing():
    """As those of `<eos>`, of rare words, and of what the text does not have."""
    assert learned_types(np.array([0, 50, 3, 2, 1, 0]), 1).tolist() == [2, 3, 4]
    assert learned_types(np.array([7, 50, 3, 2, 1, 0]), 3).tolist() == [0, 2]


def test_vectors_that_diverge_are_told_of_though_their_numbers_are_finite(monkeypatch):
    monkeypatch.setattr(negative_sampling, "ROWS_PER_STEP", 1e9)  # no word is damped
    monkeypatch.setattr(negative_sampling, "SUMMED_RATE", 1e9)
    with pytest.raises(UserError, match=r"the loss is \S+ in epoch \d, where vectors that know nothing have 4\.159"):
        train_vectors(text(2000), 12, 8, settings(), 1, CPU)


@pytest.mark.parametrize("gradient", [skipgram_gradient, cbow_gradient])
def test_a_step_is_what_word2vec_does_pair_after_pair_in_expectation_over_the_noise(gradient):
    """Against plain loops over pairs, each with the whole noise distribution."""
    rng = np.random.default_rng(0)
    types, window, negatives = 30, 3, 5
    words, lines = rng.integers(0, types, 150), np.sort(rng.integers(0, 12, 150))
    noise = noise_distribution(np.bincount(words, minlength=types), 0.75)
    tables = [torch.randn(types, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(n)) for n in (0, 1)]
    weights = torch.from_numpy(window_weights(window, negatives / SHARED_NOISE)).double()
    [step] = steps(words, lines, window, NoiseSampler(noise), rng)
    found = []
    for seed in range(400):
        drawn = NoiseSampler(noise).draw(step.noise.shape, np.random.default_rng(seed))
        batch = to_device(Step(step.words, step.weights, drawn), weights, CPU)
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
        return steps(words, *others)

    def descended(table, parts, damping, rate):
        rates.append(rate)

    monkeypatch.setattr(negative_sampling, "steps", watched)
    monkeypatch.setattr(negative_sampling, "descend", descended)
    chosen = settings(subsample=0.01)
    train_vectors(text(4000), 12, 2, chosen, 1, CPU)
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
