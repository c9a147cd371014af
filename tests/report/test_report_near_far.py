"""What is kept of agreement far from the subject, on judgements whose answer is known."""

import numpy as np
import pandas as pd
import pytest
from test_report_page import PROVENANCE

from pipeline.evaluation.bootstrap import resample
from pipeline.report.analysis import analyse
from pipeline.report.findings import agreement_findings
from pipeline.report.gallery import draw
from pipeline.report.near_far import ends, kept, near_far_findings, near_far_table
from pipeline.report.page import render_page
from pipeline.report.resampling import Judgements
from pipeline.report.tables import agreement_by_distance

EACH = 600


def judged(shares, distances=(0, 5, 12)):
    """Items of three distances, of which each model has given `shares` right, in an order of its own."""
    rng = np.random.default_rng(0)
    right = {
        model: np.concatenate([rng.permutation(np.arange(EACH) < round(share * EACH)) for share in by_distance])
        for model, by_distance in shares.items()
    }
    count = EACH * len(distances)
    groups = pd.DataFrame(
        {"distance": np.repeat(distances, EACH), "construction": "c", "held_out": False, "n_attractors": 0}
    )
    table = pd.DataFrame(right).astype(float)
    weights = resample(count, 300, 0).astype(float).T
    return Judgements(groups, {"verb": table, "sentence": table}, table, weights)


WEAK_RNN = {"bigram": (0.5, 0.5, 0.5), "rnn": (0.60, 0.52, 0.50), "lstm": (0.95, 0.85, 0.80)}


def only(found, claim):
    (one,) = [item for item in found if claim in item.claim]
    return one


def test_a_network_near_chance_forgets_sooner_though_its_slope_is_flat():
    made = judged(WEAK_RNN)
    slopes = agreement_findings(made, "bigram")
    assert only(slopes, "falls faster with distance in the RNN than in the LSTM").verdict == "fails"
    found = near_far_findings(made)
    share = only(found, "keeps less")
    assert share.verdict == "holds"
    assert share.difference == pytest.approx(0 / 0.1 - 0.3 / 0.45)
    assert only(found, "LSTM close to").difference == pytest.approx(-0.35)
    assert only(found, "LSTM far from").difference == pytest.approx(-0.30)


def test_it_fails_where_the_lstm_forgets_and_is_undecided_between_equals():
    turned = judged({"rnn": (0.9, 0.9, 0.9), "lstm": (0.9, 0.7, 0.55)})
    assert only(near_far_findings(turned), "keeps less").verdict == "fails"
    equal = judged({"rnn": (0.9, 0.8, 0.7), "lstm": (0.9, 0.8, 0.7)})
    assert only(near_far_findings(equal), "keeps less").verdict == "undecided"


def test_no_share_is_kept_of_nothing_and_no_ends_are_made_of_one_distance():
    guessing = judged({"rnn": (0.5, 0.5, 0.5), "lstm": (0.9, 0.8, 0.7)})
    assert kept(guessing, "rnn", ends(guessing)) is None
    assert not [item for item in near_far_findings(guessing) if "keeps less" in item.claim]
    near = judged({"rnn": (0.9,), "lstm": (0.9,)}, distances=(3,))
    assert ends(near) is None
    assert not near_far_findings(near)
    assert near_far_table(near, agreement_by_distance(near)).empty


def test_the_table_has_both_ends_and_how_far_a_model_is_above_chance():
    made = judged(WEAK_RNN)
    table = near_far_table(made, agreement_by_distance(made)).set_index("model")
    assert table.loc["lstm", ["near", "far"]].tolist() == pytest.approx([0.95, 0.80])
    assert table.loc["lstm", "kept"] == pytest.approx(2 / 3)
    assert table.loc["lstm", "kept_low"] < 2 / 3 < table.loc["lstm", "kept_high"]
    assert (table["near_items"] == EACH).all()
    assert table.loc["lstm", ["reach", "shortest_to", "longest_from"]].tolist() == [12, 0, 12]
    assert table.loc["rnn", "reach"] == 0
    assert np.isnan(table.loc["bigram", ["kept", "reach"]].astype(float)).all()


def test_the_page_shows_both_measures_and_says_why(make_inputs):
    inputs = make_inputs()
    results = analyse(inputs)
    page = render_page(inputs, results, draw(inputs, results), PROVENANCE)
    assert "Accuracy falls faster with distance in the RNN than in the LSTM." in page
    assert "The RNN keeps less of its lead over guessing at long distances than the LSTM." in page
    assert "Why a second measure?" in page
    assert ">nan" not in page
    assert results.tables["agreement_near_far"]["model"].tolist() == results.models
