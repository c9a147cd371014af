"""The text as vectors are trained on it: windows, noise, thinning."""

import numpy as np
import pytest
import torch
from scipy import stats
from vector_settings import CPU

from pipeline.embeddings.contexts import (
    SHARED_NOISE,
    NoiseSampler,
    keep_probability,
    lots,
    noise_distribution,
    trained_words,
    window_weights,
)
from pipeline.embeddings.negative_sampling import batches


def test_windows_are_those_of_a_plain_loop():
    words, lines, window = np.arange(100), np.repeat(np.arange(20), 5), 3
    found, reaches = set(), {}
    made = lots(words, lines, window, NoiseSampler(np.full(100, 0.01)), np.random.default_rng(0), size=3)
    for batch in batches(made, torch.from_numpy(window_weights(3, 0.125)), 2, CPU):
        assert len(batch.centres) <= 2
        assert batch.noise.shape == (len(batch.centres), SHARED_NOISE)
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


def test_noise_is_unigram_to_the_three_quarters():
    counts = np.array([0, 3, 10, 200, 50, 1])
    noise = noise_distribution(counts, 0.75)
    assert noise[0] == 0
    assert noise[3] / noise[2] == pytest.approx(20**0.75)
    sampler, rng = NoiseSampler(noise), np.random.default_rng(0)
    drawn = np.bincount([sampler.draw((1,), rng)[0] for _ in range(20_000)], minlength=6)  # independent, call by call
    assert drawn[0] == 0
    assert stats.chisquare(drawn[1:], 20_000 * noise[1:]).pvalue > 0.001
    flat = noise_distribution(counts, 1.0)
    assert stats.chisquare(drawn[1:], 20_000 * flat[1:]).pvalue < 1e-6


def test_noise_drawn_together_comes_as_often_as_is_expected_and_in_no_order():
    noise = noise_distribution(np.array([0, 3, 10, 200, 50, 1]), 0.75)
    sampler = NoiseSampler(noise)
    drawn = sampler.draw((2, 10_000), np.random.default_rng(0))
    assert np.abs(np.bincount(drawn.ravel(), minlength=6) - 20_000 * noise).max() < 1
    halves = [np.bincount(half, minlength=6)[1:] for half in drawn]
    assert stats.chi2_contingency(halves).pvalue > 0.001


def test_frequent_words_are_thinned_and_rare_ones_kept():
    keep = keep_probability(np.array([1_000_000, 100, 1]), 1e-3)
    assert keep[0] == pytest.approx(np.sqrt(1e-3) + 1e-3, rel=1e-3)
    assert keep[1] == keep[2] == 1


def test_rare_words_are_left_out_and_windows_close_over_them():
    found = trained_words(np.array([2, 4, 3, 1, 2, 3, 2, 1]), 6, 2, 1)
    np.testing.assert_array_equal(found.words, [2, 3, 2, 3, 2])
    np.testing.assert_array_equal(found.lines, [0, 0, 1, 1, 1])
    np.testing.assert_array_equal(found.counts, [0, 0, 3, 2, 0, 0])


def test_smoothed_contexts_keep_counts_below_one():
    np.testing.assert_allclose(noise_distribution(np.array([0, 0.25, 1.0]), 0.5), [0, 1 / 3, 2 / 3])
