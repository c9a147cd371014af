import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import stats

from pipeline.embeddings import skipgram
from pipeline.embeddings.similarity import nearest
from pipeline.embeddings.skipgram import (
    BLOCK,
    blocks,
    keep_probability,
    noise_distribution,
    train_skipgram,
    update,
    window_mask,
)
from pipeline.errors import UserError
from pipeline.params import Skipgram

CPU = torch.device("cpu")
SETTINGS = Skipgram(use="finetune", epochs=4, window=2, negatives=5, subsample=1.0, noise_power=0.75, learning_rate=0.1)


def text(count=300, seed=0):
    """Two kinds of lines that share no word: words of one kind are neighbours, words of two are not."""
    rng = np.random.default_rng(seed)
    lines = [[*(rng.integers(0, 5, 6) + 2 + 5 * rng.integers(0, 2)), 1] for _ in range(count)]
    return np.concatenate(lines)


def one_step(seed=0, types=40, window=3):
    rng = np.random.default_rng(seed)
    words, lines = rng.integers(0, types, 150), np.sort(rng.integers(0, 12, 150))
    return next(blocks(words, lines, window, rng)), rng


def test_windows_are_those_of_a_plain_loop():
    words, lines = np.arange(100), np.repeat(np.arange(20), 5)
    found = set()
    reaches = {}
    for step in blocks(words, lines, 3, np.random.default_rng(0)):
        mask = window_mask(step, 3)
        for block in range(len(step.words)):
            for centre in range(BLOCK):
                word = step.words[block, centre + 3]
                reaches[word] = step.reach[block, centre]
                for row in np.flatnonzero(mask[block, centre]):
                    found.add((word, step.words[block, row]))
    reaches.pop(-1)
    assert sorted(reaches) == list(range(100))
    assert set(reaches.values()) == {1, 2, 3}
    expected = {
        (centre, other)
        for centre in range(100)
        for other in range(100)
        if 0 < abs(centre - other) <= reaches[centre] and centre // 5 == other // 5
    }
    assert found == expected


def test_the_closed_form_gradient_is_autograds():
    step, rng = one_step()
    settings = SETTINGS.model_copy(update={"window": 3})
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(40, 6, generator=generator, dtype=torch.float64, requires_grad=True)
    outputs = torch.randn(40, 6, generator=generator, dtype=torch.float64, requires_grad=True)
    negatives = torch.from_numpy(rng.integers(0, 40, (len(step.words), 8)))
    mask = torch.from_numpy(window_mask(step, 3)).double()
    words = torch.from_numpy(step.words).clamp(min=0)
    v, u = inputs[words[:, 3 : 3 + BLOCK]], outputs[words]
    weight = mask.sum(-1, keepdim=True) * (settings.negatives / 8)
    loss = -(mask * F.logsigmoid(v @ u.mT)).sum() - (weight * F.logsigmoid(-(v @ outputs[negatives].mT))).sum()
    expected = torch.autograd.grad(loss, [inputs, outputs])
    tables = [inputs.detach().clone(), outputs.detach().clone()]
    told, pairs = update(*tables, torch.ones(2, 40, dtype=torch.float64), step, negatives, settings, rate=1.0)
    assert told.item() == pytest.approx(loss.item())
    assert pairs == mask.sum().item() > 100
    torch.testing.assert_close(inputs.detach() - tables[0], expected[0])
    torch.testing.assert_close(outputs.detach() - tables[1], expected[1])

    def loss_at(value):
        moved = inputs.detach().clone()
        moved[int(words[0, 4]), 2] += value
        tables = [moved, outputs.detach().clone()]
        return update(*tables, torch.ones(2, 40, dtype=torch.float64), step, negatives, settings, rate=0.0)[0].item()

    numeric = (loss_at(1e-5) - loss_at(-1e-5)) / 2e-5
    assert numeric == pytest.approx(expected[0][int(words[0, 4]), 2].item(), rel=1e-5)


def test_noise_is_unigram_to_the_three_quarters():
    counts = np.array([0, 3, 10, 200, 50, 1])
    noise = noise_distribution(counts, 0.75)
    assert noise[0] == 0
    assert noise[3] / noise[2] == pytest.approx(20**0.75)
    drawn = np.bincount(np.random.default_rng(0).choice(6, size=20_000, p=noise), minlength=6)
    assert stats.chisquare(drawn[1:], 20_000 * noise[1:]).pvalue > 0.001
    flat = noise_distribution(counts, 1.0)
    assert stats.chisquare(drawn[1:], 20_000 * flat[1:]).pvalue < 1e-6


def test_frequent_words_are_thinned_and_rare_ones_kept():
    keep = keep_probability(np.array([1_000_000, 100, 1]), 1e-3)
    assert keep[0] == pytest.approx(np.sqrt(1e-3) + 1e-3, rel=1e-3)
    assert keep[1] == keep[2] == 1


def test_neighbours_share_their_contexts():
    vectors = train_skipgram(text(3000), 12, 8, SETTINGS, 1, CPU).vectors
    for word in range(2, 12):
        kind = (word - 2) // 5
        assert {(other - 2) // 5 for other, _ in nearest(vectors, word, 4)} == {kind}


def test_the_loss_falls():
    losses = train_skipgram(text(1000), 12, 8, SETTINGS, 1, CPU).losses
    assert losses[-1] < losses[0] < 6 * np.log(2)


def test_frequent_words_do_not_diverge_in_a_tiny_vocabulary():
    stream = np.tile([2, 3, 2, 4, 1], 4000)
    settings = SETTINGS.model_copy(update={"epochs": 20})
    vectors = train_skipgram(stream, 5, 16, settings, 1, CPU).vectors
    assert np.isfinite(vectors).all()
    assert np.abs(vectors).max() < 20


def test_the_same_seed_gives_the_same_bytes_with_one_thread_or_two():
    results = []
    threads = torch.get_num_threads()
    for count in (1, 2, 2):
        torch.set_num_threads(count)
        results.append(train_skipgram(text(), 12, 8, SETTINGS, 1, CPU).vectors.tobytes())
    torch.set_num_threads(threads)
    assert results[0] == results[1] == results[2]
    assert train_skipgram(text(), 12, 8, SETTINGS, 2, CPU).vectors.tobytes() != results[0]


def test_eos_is_no_word():
    trained = train_skipgram(text(), 12, 8, SETTINGS, 1, CPU).vectors
    once = train_skipgram(text(), 12, 8, SETTINGS.model_copy(update={"epochs": 1}), 1, CPU).vectors
    np.testing.assert_array_equal(trained[1], once[1])
    assert not np.array_equal(trained[2], once[2])


def test_lines_of_one_word_have_nothing_to_learn_from():
    with pytest.raises(UserError, match="no line of the text has two words"):
        train_skipgram(np.array([2, 1, 3, 1, 4, 1]), 5, 4, SETTINGS, 1, CPU)


def test_damping_bounds_the_rows_of_a_frequent_word():
    counts = np.array([0.0, 1.0, 1e6])
    damping = skipgram._damping(counts, noise_distribution(counts.astype(int), 0.75), window=2)
    rows = skipgram.BLOCKS_PER_STEP * BLOCK * counts / counts.sum()
    assert damping[0, 2] * rows[2] == pytest.approx(skipgram.ROWS_PER_STEP, rel=1e-3)
    assert damping[0, 0] == damping[0, 1] == 1


def test_nearest_is_by_angle_and_leaves_the_word_out():
    vectors = np.array([[1, 0], [10, 1], [0, 1], [-1, 0]], dtype=np.float32)
    assert [index for index, _ in nearest(vectors, 0, 3)] == [1, 2, 3]
    assert nearest(vectors, 0, 3)[2][1] == pytest.approx(-1)
