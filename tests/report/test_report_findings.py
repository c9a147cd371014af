import numpy as np
import pytest

from pipeline.report.analysis import analyse, usual_order
from pipeline.report.chapter import Results
from pipeline.report.findings import FACTOR, LOGITS, PERCENT, POINTS, Finding, verdict


@pytest.mark.parametrize(
    ("low", "high", "direction", "expected"),
    [
        (0.1, 0.2, "above", "holds"),
        (-0.2, -0.1, "above", "fails"),
        (-0.1, 0.1, "above", "undecided"),
        (-0.2, -0.1, "below", "holds"),
        (0.1, 0.2, "below", "fails"),
        (-0.1, 0.1, "below", "undecided"),
        (0.0, 0.2, "above", "undecided"),
        (-0.2, 0.0, "below", "undecided"),
        (np.nan, np.nan, "above", "undecided"),
    ],
)
def test_verdict(low, high, direction, expected) -> None:
    assert verdict(low, high, direction) == expected


def only(results: Results, topic: str, a: str, b: str) -> Finding:
    (found,) = [item for item in results.about(topic) if (item.model_a, item.model_b) == (a, b)]
    return found


def test_usual_order(make_inputs) -> None:
    results = analyse(make_inputs())
    for a, b in (("rnn", "trigram"), ("lstm", "rnn"), ("gru", "rnn"), ("lstm", "gru"), ("lstm", "trigram")):
        assert only(results, "perplexity", a, b).verdict == "holds"
    assert only(results, "perplexity", "lstm", "rnn").difference == pytest.approx(-0.4, abs=0.01)
    assert usual_order(results).startswith("The usual order holds in this run in each of 4 comparisons")


def test_a_worse_lstm_fails(make_inputs) -> None:
    results = analyse(make_inputs(nats={"lstm": 2.3, "rnn": 1.6}))
    assert only(results, "perplexity", "lstm", "rnn").verdict == "fails"
    assert only(results, "perplexity", "lstm", "rnn").value.startswith("+")
    assert usual_order(results).startswith("The usual order fails in this run")
    assert "LSTM below RNN" in usual_order(results).split("fails: ")[1].split(";")[0]


def test_equal_models_are_undecided(make_inputs) -> None:
    inputs = make_inputs()
    rnn = inputs.tokens[inputs.tokens["model"] == "rnn"]
    others = inputs.tokens[inputs.tokens["model"] != "lstm"]
    import pandas as pd

    same = pd.concat([others, rnn.assign(model="lstm")])
    results = analyse(type(inputs)(**{**vars(inputs), "tokens": same}))
    found = only(results, "perplexity", "lstm", "rnn")
    assert (found.difference, found.low, found.high) == (0, 0, 0)
    assert found.verdict == "undecided"


def test_pairing_makes_the_interval_of_a_difference_narrow(make_inputs) -> None:
    """What is hard is hard for all: the difference varies far less than either perplexity does."""
    results = analyse(make_inputs())
    found = only(results, "perplexity", "lstm", "rnn")
    row = results.tables["perplexity"].query("model == 'lstm' and split == 'test'").iloc[0]
    assert found.high - found.low < 0.3 * (np.log(row["high"]) - np.log(row["low"]))


def test_share_of_the_distance_to_the_floor(make_inputs) -> None:
    """From the trigram at 2.2 nats to the floor at 1.2: the LSTM at 1.6 closes 60 %, the RNN at 2.0 closes 20 %."""
    results = analyse(make_inputs())
    assert only(results, "floor", "lstm", "trigram").difference == pytest.approx(0.6, abs=0.01)
    assert only(results, "floor", "rnn", "trigram").difference == pytest.approx(0.2, abs=0.01)


def test_the_distance_starts_at_the_best_ngram_on_valid(make_inputs) -> None:
    results = analyse(make_inputs(nats={"bigram": 2.1}))
    assert results.best_ngram == "bigram"
    assert only(results, "floor", "lstm", "bigram").difference == pytest.approx(5 / 9, abs=0.02)


def test_no_floor_no_share(make_inputs) -> None:
    assert not analyse(make_inputs(floor=False)).about("floor")


def test_missing_models_leave_their_findings_out(make_inputs) -> None:
    results = analyse(make_inputs(models=("lstm",)))
    named = {name for found in results.findings for name in (found.model_a, found.model_b)}
    assert not named & {"rnn", "gru"}
    assert only(results, "perplexity", "lstm", "trigram").verdict == "holds"


def test_memory_beyond_the_line(make_inputs) -> None:
    found = only(analyse(make_inputs()), "memory", "lstm", "lstm begun anew at each line")
    assert found.difference == pytest.approx(-0.1, abs=0.01)
    assert found.verdict == "holds"


def test_jacobians(make_inputs) -> None:
    results = analyse(make_inputs())
    assert only(results, "jacobian", "rnn", "").difference == pytest.approx(-0.3, abs=0.01)
    assert only(results, "jacobian", "rnn", "lstm").difference == pytest.approx(-0.3, abs=0.01)
    assert only(results, "jacobian", "rnn", "lstm").verdict == "holds"


def test_gradients(make_inputs) -> None:
    results = analyse(make_inputs())
    assert only(results, "gradients", "rnn", "").difference == pytest.approx(-0.5, abs=0.01)
    assert only(results, "gradients", "rnn", "lstm").difference == pytest.approx(-0.4, abs=0.01)
    assert only(results, "gradients", "rnn", "lstm").verdict == "holds"


def test_interaction_is_the_difference_of_slopes(make_inputs) -> None:
    results = analyse(make_inputs())
    rnn, lstm = (only(results, "distance", name, "").difference for name in ("rnn", "lstm"))
    assert only(results, "distance", "rnn", "lstm").difference == pytest.approx(rnn - lstm)


def test_notation() -> None:
    assert PERCENT.write(np.log(0.8)) + PERCENT.unit == "−20.0 %"
    assert POINTS.write(0.052) + POINTS.unit == "+5.2 points"
    assert LOGITS.write(-0.25) == "−0.250"
    assert FACTOR.write(-1) == "× 0.100"


def test_differences_table(make_inputs) -> None:
    results = analyse(make_inputs(nats={"lstm": 2.3, "rnn": 1.6}))
    table = results.tables["differences"]
    assert list(table.columns) == ["model_a", "model_b", "measure", "difference", "low", "high", "finding"]
    row = table.query("model_a == 'lstm' and model_b == 'rnn' and measure == 'log perplexity'").iloc[0]
    assert row["finding"] == "fails"
    assert row["low"] <= row["difference"] <= row["high"]
