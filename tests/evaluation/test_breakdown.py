import numpy as np
import pandas as pd
import pytest

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.evaluation.bootstrap import resample
from pipeline.evaluation.breakdown import by_bin, grouped_means, places, sentence_starts, train_counts

RNG = np.random.default_rng(0)


def plain_interval(values, groups, units, group, num_units, resamples, seed):
    means = []
    for weights in resample(num_units, resamples, seed):
        chosen = [v for v, g, u in zip(values, groups, units, strict=True) if g == group for _ in range(weights[u])]
        if chosen:
            means.append(np.mean(chosen))
    return np.percentile(means, [2.5, 97.5])


def test_means_and_intervals_equal_those_of_every_resample_written_out():
    values, groups = RNG.normal(size=120), RNG.integers(0, 4, 120) * 10
    units = np.repeat(np.arange(12), 10)
    groups[units == 3] = 50  # a group that many resamples do not have
    table = grouped_means(values, groups, units, 12, 150, 5).set_index("group")
    assert table.index.tolist() == sorted(set(groups))
    for group, row in table.iterrows():
        assert row["count"] == (groups == group).sum()
        assert row["mean"] == pytest.approx(values[groups == group].mean())
        low, high = plain_interval(values, groups, units, group, 12, 150, 5)
        assert (row["low"], row["high"]) == pytest.approx((low, high))


def test_an_infinite_loss_makes_its_group_infinite_and_no_other():
    values = np.array([1.0, 2.0, np.inf, 3.0, 5.0, 4.0])
    table = grouped_means(values, np.array([0, 0, 1, 1, 1, 2]), np.array([0, 1, 2, 0, 1, 3]), 4, 400, 5)
    assert table["mean"].tolist() == [1.5, np.inf, 4.0]
    assert table["high"].tolist() == [2.0, np.inf, 4.0]
    assert 3 <= table["low"][1] < np.inf  # resamples without the third unit


def test_no_values_have_no_means():
    none = np.zeros(0, int)
    assert grouped_means(np.zeros(0), none, none, 3, 100, 0).empty


def test_sentences_begin_with_lines_and_after_full_stops_within_them():
    stop, mark = 7, 8
    tokens = RNG.choice([2, 3, stop, mark, EOS_ID], 300)
    tokens[-1] = EOS_ID
    lines = [place for place in range(300) if place == 0 or tokens[place - 1] == EOS_ID]
    expected = []
    for place, token in enumerate(tokens):
        if place in lines or (tokens[place - 1] in (stop, mark) and token != EOS_ID):
            expected.append(place)
    assert sentence_starts(tokens, np.array(lines), [stop, mark]).tolist() == expected
    assert sentence_starts(tokens, np.array(lines), []).tolist() == lines


def test_places_count_from_one():
    assert places(np.array([0, 3, 4]), 9).tolist() == [1, 2, 3, 1, 1, 2, 3, 4, 5]


def test_counts_are_of_train():
    assert train_counts(np.array([2, 0, 3, 2]), np.array([2, 2, 1, 3, 2]), 5).tolist() == [3, 0, 1, 3]


def test_losses_by_bin_of_every_model_and_state():
    values = RNG.integers(0, 50, 200)
    losses = {("lstm", "carried"): RNG.gamma(2, 2, 200), ("lstm", "line"): RNG.gamma(2, 2, 200)}
    losses["bigram", "line"] = np.where(np.arange(200) == 7, np.inf, 1.0)
    values[7] = 40
    order = RNG.permutation(200)
    scores = pd.concat(
        pd.DataFrame({"model": m, "state": s, "position": order, "nats": -nats[order]})
        for (m, s), nats in losses.items()
    ).astype({"model": "category", "state": "category"})
    starts, edges = np.arange(0, 200, 20), [1, 5, 30]
    table = by_bin(scores, values, edges, starts, 100, 3)
    assert len(table) == 9
    assert table["at_least"].tolist() == [1, 5, 30] * 3
    assert table["below"][:2].tolist() == [5, 30]
    assert table["below"].isna().tolist() == [False, False, True] * 3
    bins = [(values >= 1) & (values < 5), (values >= 5) & (values < 30), values >= 30]
    for row in table.itertuples():
        inside = bins[edges.index(row.at_least)]
        mean = losses[row.model, row.state][inside].mean()
        assert row.tokens == inside.sum()
        assert row.nats == pytest.approx(mean)
        assert row.perplexity == pytest.approx(np.exp(mean))
        if row.model == "lstm":
            units, groups = np.arange(200) // 20, np.digitize(values, edges)
            group = edges.index(row.at_least) + 1
            bounds = plain_interval(losses[row.model, row.state], groups, units, group, 10, 100, 3)
            assert (row.nats_low, row.nats_high) == pytest.approx(tuple(bounds))
            assert (row.perplexity_low, row.perplexity_high) == pytest.approx(tuple(np.exp(bounds)))
