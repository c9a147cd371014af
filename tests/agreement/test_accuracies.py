import numpy as np
import pandas as pd
import pytest

from pipeline.agreement.accuracies import accuracies, group_labels, judge

RNG = np.random.default_rng(5)
ITEMS = 60


@pytest.fixture
def groups() -> pd.DataFrame:
    kinds = {"UID": RNG.choice(["a", "b"], ITEMS, p=[0.8, 0.2]), "distance": RNG.integers(0, 30, ITEMS)}
    return pd.DataFrame({**kinds, "name": [f"item {n}" for n in range(ITEMS)]})


@pytest.fixture
def scores() -> pd.DataFrame:
    tables = []
    for model, tie in (("rnn", True), ("lstm", False)):
        good, bad = RNG.normal(0.5, 1, ITEMS), RNG.normal(0, 1, ITEMS)
        if tie:
            bad[:7] = good[:7]
        tables.append(pd.DataFrame({"item": np.arange(ITEMS), "model": model, "verb_good": good, "verb_bad": bad}))
    return pd.concat(tables, ignore_index=True)


def test_accuracies_are_means_over_items_and_a_tie_counts_half(groups: pd.DataFrame, scores: pd.DataFrame) -> None:
    table = (
        accuracies(judge(scores, groups, "verb", ["rnn", "lstm"], 200, 1), "verb")
        .set_index(["group", "value", "model"])
        .sort_index()
    )
    own = scores[scores["model"] == "rnn"]
    right = np.where(own["verb_good"] == own["verb_bad"], 0.5, own["verb_good"] > own["verb_bad"])
    assert table.loc[("all", "", "rnn"), "accuracy"] == pytest.approx(right.mean())
    by_uid = [right[(groups["UID"] == name).to_numpy()].mean() for name in "ab"]
    assert table.loc[("UID", "b", "rnn"), "accuracy"] == pytest.approx(by_uid[1])
    assert table.loc[("mean over UID", "", "rnn"), "accuracy"] == pytest.approx(np.mean(by_uid))
    assert table.loc["all", "items"].eq(ITEMS).all()
    assert table.loc["distance", "items"].groupby("model").sum().eq(ITEMS).all()
    assert (table["low"] <= table["accuracy"]).all()
    assert (table["high"] >= table["accuracy"]).all()


def test_the_interval_is_that_of_a_bootstrap_over_items(groups: pd.DataFrame, scores: pd.DataFrame) -> None:
    judged = judge(scores, groups, "verb", ["rnn", "lstm"], 20_000, 1)
    _, samples = judged.mean()
    wide = scores.assign(
        right=np.where(scores["verb_good"] == scores["verb_bad"], 0.5, scores["verb_good"] > scores["verb_bad"])
    )
    right = wide.pivot(index="item", columns="model", values="right")[["rnn", "lstm"]].to_numpy()
    drawn = right[RNG.integers(0, ITEMS, (20_000, ITEMS))].mean(axis=1)
    np.testing.assert_allclose(np.cov(samples.T), np.cov(drawn.T), rtol=0.08, atol=1e-4)  # paired: the covariance too


def test_the_order_of_the_items_changes_nothing(groups: pd.DataFrame, scores: pd.DataFrame) -> None:
    order = RNG.permutation(ITEMS)
    table = accuracies(judge(scores, groups, "verb", ["rnn", "lstm"], 100, 1), "verb")
    shuffled = scores.assign(item=np.argsort(order)[scores["item"]])
    again = judge(shuffled, groups.iloc[order].reset_index(drop=True), "verb", ["rnn", "lstm"], 100, 1)
    pd.testing.assert_frame_equal(accuracies(again, "verb"), table, check_exact=True)


def test_items_without_groups_are_left_out_for_every_model(groups: pd.DataFrame, scores: pd.DataFrame) -> None:
    judged = judge(scores, groups.iloc[:50], "verb", ["rnn", "lstm"], 100, 1)
    assert judged.counts.sum() == 50


def test_numbers_are_ordered_by_size_many_are_banded_and_names_of_items_dropped() -> None:
    columns = {
        "few": ["10", "9", "9"] * 40,
        "many": np.arange(120) % 60,
        "item": [f"i{n}" for n in range(120)],
        "word": ["b", "a", "c"] * 40,
    }
    labelled = group_labels(pd.DataFrame(columns))
    assert list(labelled) == ["few", "many", "word"]
    assert list(labelled["few"].cat.categories) == ["9", "10"]
    assert labelled["many"].iloc[[0, 3, 4, 59]].tolist() == ["0", "2 to 3", "4 to 6", "41 or more"]


def test_a_group_may_be_called_items_and_hold_long_numbers(groups: pd.DataFrame, scores: pd.DataFrame) -> None:
    long = groups.assign(items=np.arange(ITEMS) % 2 + 1_000_001)
    table = accuracies(judge(scores, long, "verb", ["rnn", "lstm"], 100, 1), "verb")
    assert set(table.loc[table["group"] == "items", "value"]) == {"1000001", "1000002"}
