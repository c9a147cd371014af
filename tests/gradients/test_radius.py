import numpy as np
import pytest
import torch

from pipeline.gradients.radius import growth_rate, recurrent_matrix, scalar_powers, sweep
from pipeline.params.clipping import RadiusSweep


def settings(**changes):
    return RadiusSweep(
        **({"hidden_size": 12, "steps": 120, "input_scale": 0.1, "radii": [0.5, 1.5], "seeds": 2} | changes)
    )


def generator():
    return torch.Generator().manual_seed(3)


def test_the_scalar_case():
    left = scalar_powers().set_index("factor")["left"]
    assert left[0.9] == pytest.approx(2.656e-5, rel=1e-3)
    assert left[1.1] == pytest.approx(13780.6, rel=1e-4)


@pytest.mark.parametrize("radius", [0.5, 0.9, 1.1, 1.5])
def test_a_linear_networks_rate_is_its_radius(radius):
    values = torch.linalg.eigvals(recurrent_matrix(12, radius, generator()))
    assert values.abs().max().item() == pytest.approx(radius)
    assert growth_rate("linear", radius, settings(), generator()) == pytest.approx(np.log10(radius), abs=0.01)


def test_tanh_never_grows_faster_and_follows_where_states_stay_small():
    quiet = settings(input_scale=0.0)
    assert growth_rate("tanh", 0.9, quiet, generator()) == pytest.approx(np.log10(0.9), abs=0.01)
    loud = settings(input_scale=5.0)
    assert growth_rate("tanh", 1.5, loud, generator()) < np.log10(1.5) - 0.05


def test_a_sweep_has_a_row_for_each_network():
    table = sweep(settings(steps=8), [1, 2])
    assert len(table) == 2 * 2 * 2
    assert table.groupby("radius")["log10_rate"].mean().is_monotonic_increasing
