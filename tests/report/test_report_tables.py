import math

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.bootstrap import interval, resample
from pipeline.report import tables
from pipeline.report.findings import agreement_findings
from pipeline.report.resampling import flow, judgements, log_perplexity, logistic_slopes

HALF, QUARTER = math.log(0.5), math.log(0.25)


def scored(model: str, split: str, state: str, nats: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"model": model, "split": split, "state": state, "position": range(len(nats)), "nats": nats})


def test_token_scores_follow_position_whatever_the_order_of_rows() -> None:
    table = scored("rnn", "test", "line", [-1.0, -2.0, -3.0]).iloc[[2, 0, 1]]
    found = tables.token_scores(pd.concat([table, scored("rnn", "valid", "line", [-9.0])]), "test")
    np.testing.assert_array_equal(found["rnn", "line"], [-1, -2, -3])


def test_perplexity_by_hand() -> None:
    """Four tokens of ½, ½, ¼, ¼: 6 log 2 nats, perplexity 2^1.5."""
    scores = {("bigram", "line"): np.array([HALF, HALF, QUARTER, QUARTER])}
    measured = log_perplexity(scores, np.ones(4, bool), np.array([0, 2]), 200, 1)
    row = tables.perplexity_table({"test": measured}, {"bigram": "line"}).iloc[0]
    assert row["tokens"] == 4
    assert row["nats"] == pytest.approx(6 * math.log(2))
    assert row["perplexity"] == pytest.approx(2**1.5)
    # two blocks of two: a resample is both first, both second, or one of each
    assert row["low"] == pytest.approx(2)
    assert row["high"] == pytest.approx(4)


def test_tokens_that_do_not_count_are_in_neither_sum() -> None:
    nats = np.array([-np.inf, HALF, QUARTER, QUARTER, -7.0])
    counted = np.array([False, True, True, True, False])
    measured = log_perplexity({("bigram", "line"): nats}, counted, np.array([0, 3]), 200, 1)
    alone = log_perplexity({("bigram", "line"): nats[1:4]}, np.ones(3, bool), np.array([0, 2]), 200, 1)
    assert measured.value("bigram", "line") == alone.value("bigram", "line")
    np.testing.assert_array_equal(measured.samples("bigram", "line"), alone.samples("bigram", "line"))


def test_interval_is_the_bootstrap_over_blocks_of_unequal_length() -> None:
    rng = np.random.default_rng(3)
    nats, starts = -rng.random(50), np.array([0, 3, 10, 11, 30])
    measured = log_perplexity({("rnn", "carried"): nats}, np.ones(len(nats), bool), starts, 300, 7)
    blocks = np.split(nats, starts[1:])
    expected = [
        -sum(weight * block.sum() for weight, block in zip(draw, blocks, strict=True))
        / sum(weight * len(block) for weight, block in zip(draw, blocks, strict=True))
        for draw in resample(5, 300, 7)
    ]
    row = tables.perplexity_table({"test": measured}, {"rnn": "carried"}).iloc[0]
    assert (row["low"], row["high"]) == pytest.approx(tuple(np.exp(interval(np.array(expected)))))


def test_an_impossible_token_makes_perplexity_infinite_and_only_its_resamples() -> None:
    nats = {("grammar", "document"): np.array([-1.0, -np.inf])}
    measured = log_perplexity(nats, np.ones(2, bool), np.array([0, 1]), 100, 0)
    assert measured.value("grammar", "document") == math.inf
    samples = measured.samples("grammar", "document")
    np.testing.assert_array_equal(np.isinf(samples), measured.weights[:, 1] > 0)
    assert set(samples[np.isfinite(samples)]) == {1.0}


def test_primary_states() -> None:
    keys = [("lstm", "line"), ("lstm", "carried"), ("bigram", "line"), ("grammar", "document")]
    assert tables.primary(keys) == {"bigram": "line", "lstm": "carried", "grammar": "document"}
    assert tables.primary([("grammar", "line")]) == {"grammar": "line"}


def test_position_in_the_line_by_hand() -> None:
    nats = -np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    table = tables.perplexity_by_position({("rnn", "line"): nats}, {"rnn": "line"}, np.array([0, 2]))
    assert table["position"].tolist() == [1, 2, 3]
    assert table["tokens"].tolist() == [2, 2, 1]
    assert table["nats"].tolist() == [5, 10, 16]


def items() -> pd.DataFrame:
    """Model a is right on items 0 and 1 and ties on 3; construction x has items 0 to 2, y has item 3."""
    groups = pd.DataFrame(
        {"item": [0, 1, 2, 3], "construction": ["x", "x", "x", "y"], "number": ["singular"] * 4,
         "n_attractors": [0, 0, 1, 1], "distance": [0, 0, 3, 3], "n_distractors_same": 0, "held_out": False,
         "suite": "builtin"}
    )  # fmt: skip
    a = groups.assign(model="rnn", verb_good=[-1.0, -1.0, -2.0, -1.0], verb_bad=[-2.0, -2.0, -1.0, -1.0])
    b = groups.assign(model="grammar", verb_good=-1.0, verb_bad=-2.0)
    both = pd.concat([a, b])
    return both.assign(sentence_good=both["verb_bad"], sentence_bad=both["verb_good"])


def test_accuracy_by_hand() -> None:
    table = tables.agreement_table(judgements(items(), 100, 0), "builtin")
    assert tables.headline(table) == pytest.approx({"rnn": (2 / 3 + 1 / 2) / 2, "grammar": 1.0})
    by_distance = tables.view(table, "distance").set_index(["model", "distance"])
    assert by_distance.loc[("rnn", 0), "accuracy"] == 1
    assert by_distance.loc[("rnn", 3), "accuracy"] == pytest.approx(0.25)
    assert by_distance.loc[("rnn", 3), "items"] == 2
    cell = tables.view(table, *tables.CELL).query("model == 'rnn' and construction == 'x' and distance == 3")
    assert cell["accuracy"].tolist() == [0]
    reversed_score = tables.view(table, score="sentence").set_index("model")["accuracy"]
    assert reversed_score["grammar"] == 0
    assert ",".join(table.columns) == (
        "model,suite,construction,number,n_attractors,distance,items,accuracy,low,high,score"
    )


def test_items_whose_subject_and_verb_never_met_are_counted_apart() -> None:
    """Items 2 and 3 are held out: the RNN is wrong on one and ties on the other, and right on both that met."""
    judged = judgements(items().assign(held_out=items()["item"] > 1), 100, 0)
    table = tables.agreement_held_out(judged).set_index(["model", "held_out"])
    assert table.loc[("rnn", False), "accuracy"] == 1
    assert table.loc[("rnn", True), "accuracy"] == 0.25
    assert table["items"].tolist() == [2, 2, 2, 2]
    (found,) = (item for item in agreement_findings(judged, "5gram") if item.topic == "held_out")
    assert (found.model_a, found.difference) == ("rnn", -0.75)


def test_distances_are_gathered_in_bands() -> None:
    """Distances 0, 0, 3, 3 with the RNN right, right, wrong, tied."""
    table = tables.agreement_by_distance(judgements(items(), 100, 0)).query("model == 'rnn'")
    assert table[["shortest", "longest", "distance", "items", "accuracy"]].to_numpy().tolist() == [
        [0, 0, 0, 2, 1],
        [3, 3, 3, 2, 0.25],
    ]
    wide = items().assign(distance=items()["item"] + 11)
    assert tables.agreement_by_distance(judgements(wide, 100, 0))["distance"].unique().tolist() == [12.5]


def test_rounding_keeps_significant_digits() -> None:
    table = tables.rounded(pd.DataFrame({"a": [1234567.89, 0.0000123456789], "b": [1, 2], "c": ["x", "y"]}))
    assert table["a"].tolist() == [1234570.0, 0.0000123457]
    assert table["b"].tolist() == [1, 2]


def test_logistic_slope_matches_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    levels = np.array([0.0, 1.0, 4.0, 9.0])
    trials = np.array([40.0, 30.0, 50.0, 20.0])
    successes = np.floor(trials * np.array([0.95, 0.9, 0.7, 0.4]) + rng.random(4))
    x = np.repeat(levels, 2)[:, None]
    y, weights = np.tile([1, 0], 4), np.column_stack([successes, trials - successes]).ravel()
    oracle = LogisticRegression(C=np.inf, tol=1e-10).fit(x, y, sample_weight=weights).coef_[0, 0]
    found = logistic_slopes(levels, trials[:, None], successes[:, None])
    assert found[0] == pytest.approx(oracle, abs=1e-3)


def test_slope_is_finite_and_level_for_a_model_that_is_always_right() -> None:
    slope, samples = judgements(items(), 100, 0).slope("grammar", "distance")
    assert slope == pytest.approx(0, abs=0.01)
    assert np.isfinite(samples).all()


def test_gradient_by_hand() -> None:
    lag, position = (grid.ravel() for grid in np.indices((4, 2)))
    norms = np.where(position == 0, -1.0 * lag, -3.0 * lag)
    norms[(lag == 0) & (position == 0)] = -np.inf  # underflow counts as the smallest float there is
    table = pd.DataFrame({"model": "rnn", "weights": "after", "state": "h", "lag": lag, "position": position,
                          "log10_norm": norms})  # fmt: skip
    flowing = flow(table, 100, 0)
    assert flowing.slope(("rnn", "after", "h"))[0] == pytest.approx(-2)
    found = tables.gradient_table(flowing)
    assert found["mean_log10_norm"].tolist() == pytest.approx([-154, -2, -4, -6])
    assert found["positions"].unique().tolist() == [2]


def test_undefined_lags_are_left_out() -> None:
    lag, position = (grid.ravel() for grid in np.indices((3, 2)))
    table = pd.DataFrame({"model": "lstm", "weights": "after", "state": "c", "lag": lag, "position": position,
                          "log10_norm": np.where(lag == 0, np.nan, -1.0)})  # fmt: skip
    assert tables.gradient_table(flow(table, 100, 0))["lag"].tolist() == [1, 2]


def test_time_constants_come_from_the_gate_that_keeps() -> None:
    rows = {"model": "lstm", "weights": "after", "gate": ["kept", "kept", "input"], "layer": 0, "unit": [0, 1, 0]}
    gates = pd.DataFrame(rows | {"openness": [0.9, 0.5, 0.2], "mean_log": np.log([0.9, 0.5, 0.2])})
    found = tables.gate_tables(gates)
    assert found["time_constants"]["steps"].tolist() == pytest.approx([-1 / np.log(0.9), 1 / np.log(2)])
    assert found["gates"].set_index("gate")["median"].to_dict() == pytest.approx({"kept": 0.7, "input": 0.2})
    assert tables.gate_tables(gates[:0]) == {}


def test_training_rows_are_thinned_and_keep_the_largest_norm(make_inputs) -> None:
    steps = make_inputs().steps["rnn"]
    many = pd.concat([steps] * 20, ignore_index=True).assign(step=range(800))
    many.loc[7, "norm_before_clipping"] = 99.0
    valid = make_inputs().validations["rnn"]
    table = tables.training_table({"rnn": many}, {"rnn": valid})
    train = table[table["split"] == "train"]
    assert len(train) == tables.TRAINING_ROWS
    assert train["norm_largest"].max() == 99
    assert train["step"].iloc[-1] == 799
    assert table[table["split"] == "valid"]["perplexity"].tolist() == valid["perplexity"].tolist()


def test_metrics_choose_on_valid_and_quote_test() -> None:
    rows = [("5gram", "valid", 50.0), ("5gram", "test", 10.0), ("lstm", "valid", 40.0), ("lstm", "test", 45.123456),
            ("grammar", "valid", 1.0), ("grammar", "test", 1.0)]  # fmt: skip
    perplexities = pd.DataFrame(rows, columns=["model", "split", "perplexity"])
    accuracies = tables.agreement_table(judgements(items().replace("rnn", "lstm"), 100, 0), "builtin")
    assert tables.metrics("builtin", perplexities, accuracies) == {
        "corpus": "builtin",
        "perplexity": {"5gram": 10.0, "lstm": 45.1235},
        "agreement": {"lstm": 0.5833},
        "best": {"model": "lstm", "perplexity": 45.1235},
    }
