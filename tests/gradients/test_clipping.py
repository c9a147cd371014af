import numpy as np
import pytest
import torch

from pipeline.gradients.clipping import compare, gradient_by_lag, initialise, train
from pipeline.memory.network import MemoryNetwork
from pipeline.memory.tasks import task
from pipeline.params.clipping import Clipping, RadiusSweep


def settings(**changes):
    radius = RadiusSweep(hidden_size=2, steps=4, input_scale=0.1, radii=[0.5, 1.5], seeds=2)
    rest = {"hidden_size": 8, "lag": 5, "steps": 10, "batch_size": 8, "learning_rate": 0.1, "clip_norm": 0.5,
            "exploding_radius": 1.5, "vanishing_radius": 0.3, "seeds": 2}  # fmt: skip
    return Clipping(**({"radius": radius} | rest | changes))


def test_clipping_changes_nothing_where_no_gradient_reaches_the_limit():
    free, clipped = (train("vanishes", each, settings(clip_norm=1e6), 1) for each in (False, True))
    assert free.trace.equals(clipped.trace)
    assert free.lags.equals(clipped.lags)


def test_a_run_that_explodes_ends_and_a_clipped_one_goes_on_from_the_same_start():
    asked = settings(exploding_radius=1.5, lag=30, steps=20)
    free, clipped = (train("explodes", each, asked, 1) for each in (False, True))
    assert free.trace.iloc[0].equals(clipped.trace.iloc[0])
    assert free.trace["norm"].max() > 1e6
    assert len(free.trace) < 20
    assert np.isnan(free.accuracy)
    assert len(clipped.trace) == 20
    assert np.isfinite(clipped.accuracy)


def test_gradients_by_lag_are_those_of_a_moved_state():
    problem = task("order", 4, 1)
    network = MemoryNetwork("irnn", problem.inputs, 5, problem.outputs)
    initialise(network, 0.7, torch.Generator().manual_seed(0))
    network.double()
    batch = problem.draw("test", 3, torch.Generator().manual_seed(0))
    inputs, lag = batch.inputs.double(), 2
    with torch.no_grad():
        before = network.hidden(inputs[: len(inputs) - lag])[-1]

    def loss(state):
        hidden = network.recurrent(inputs[len(inputs) - lag :], state[None])[0]
        return problem.loss(network.readout(hidden[-1:]), batch.targets)

    gradient = torch.autograd.functional.jacobian(loss, before)
    found = gradient_by_lag(network, problem, batch).set_index("lag")["log10_norm"]
    assert found[lag] == pytest.approx(gradient.norm().log10().item(), abs=1e-6)
    assert len(found) == len(inputs)


def test_every_case_is_run_with_and_without_for_each_seed():
    made = compare(settings(), 1)
    outcomes = made["outcomes"].set_index(["case", "clipped", "seed"])
    assert len(outcomes) == 2 * 2 * 2
    assert set(made["lags"]["weights"]) == {"before", "after"}
    traces = made["traces"].groupby(["case", "clipped", "seed"])
    assert (traces["norm"].max() == outcomes["largest_norm"].sort_index()).all()
