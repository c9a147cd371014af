"""What the studies on clipping and on memory tasks say, against made-up runs whose answer is known."""

import numpy as np
import pytest
from scipy import stats

from pipeline.report.analysis import analyse
from pipeline.report.gallery import draw
from pipeline.report.memory import copied_items
from pipeline.report.seeds import over_seeds


@pytest.fixture(scope="module")
def inputs(make_inputs):
    return make_inputs()


@pytest.fixture(scope="module")
def results(inputs):
    return analyse(inputs)


def claims(results, topic):
    return {found.claim: found for found in results.about(topic)}


def test_an_interval_over_seeds_is_students():
    values = np.array([1.0, 2.0, 4.0, 3.5])
    found = over_seeds(values)
    low, high = stats.t.interval(0.95, 3, loc=values.mean(), scale=stats.sem(values))
    assert (found.value, found.low, found.high) == pytest.approx((values.mean(), low, high))
    assert np.isnan(over_seeds(values[:1]).low)


def test_clipping_prevents_explosion_and_does_nothing_for_vanishing(results):
    found = claims(results, "clipping")
    trains = found["From a start whose gradients explode, training with clipping ends more accurate than without."]
    assert trains.difference == pytest.approx(0.91 - 0.25)
    assert trains.verdict == "holds"
    larger = found[
        "From a start that explodes, the largest gradient of training is larger without clipping than with it."
    ]
    assert larger.verdict == "holds"
    same = found["From a start whose gradients vanish, training with clipping ends more accurate than without."]
    assert (same.difference, same.verdict) == (0, "undecided")
    slower = found[
        "From the start that vanishes, gradients fade more slowly after training with clipping than without."
    ]
    assert (slower.difference, slower.verdict) == (0, "undecided")
    fades = found[
        "With clipping, the gradients of the start that vanishes still fade with every step back after training."
    ]
    assert fades.difference == pytest.approx(-0.41)
    assert fades.verdict == "holds"


def test_a_radius_over_one_explodes_where_nothing_flattens(results):
    verdicts = {claim: found.verdict for claim, found in claims(results, "radius").items()}
    assert verdicts == {
        "With a spectral radius of 0.5, gradients vanish in a linear network.": "holds",
        "With a spectral radius of 1.5, gradients explode in a linear network.": "holds",
        "With a spectral radius of 0.5, gradients vanish in a tanh network.": "holds",
        "With a spectral radius of 1.5, gradients explode in a tanh network.": "fails",
    }


def test_accuracy_falls_with_length_where_it_does(results):
    found = claims(results, "remembering")
    rnn = found["At adding two numbers, the accuracy of the RNN falls with length."]
    assert rnn.difference == pytest.approx(-0.65, abs=0.02)
    assert rnn.verdict == "holds"
    assert found["At adding two numbers, the accuracy of the LSTM falls with length."].verdict == "undecided"
    against = found["At MNIST's digits pixel by pixel over 100 steps, the LSTM is right more often than the RNN."]
    assert against.verdict == "holds"


def test_items_copied_are_the_most_over_what_was_tried(inputs, results):
    copied = copied_items(inputs.memory).groupby("hidden_size")["copied"].mean()
    assert copied.to_dict() == pytest.approx({8: 1, 16: 2, 32: 4}, rel=0.02)
    for found in results.about("capacity"):
        assert found.verdict == "holds"
        assert found.difference == pytest.approx(1.5, rel=0.02)


def test_every_figure_of_the_studies_is_drawn(inputs, results):
    drawings = draw(inputs, results)
    for name in ("radius", "clipping_traces", "clipping_lags", "memory", "capacity", "jacobian_map", "time_constants"):
        assert drawings[name].svg.startswith("<svg")
        assert "nan" not in drawings[name].description
