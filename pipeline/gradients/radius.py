"""How fast a gradient vanishes or explodes by the spectral radius of the recurrent matrix.

The scalar case is ρ^k. For a linear network the product of k Jacobians is U^k, whose norm grows by ρ a step in the
long run (Gelfand's formula). A tanh network multiplies by slopes of at most one beside that: where U is normal, ρ < 1
suffices for vanishing, and ρ > 1 is necessary for explosion, though not sufficient (Pascanu et al. 2013, section 2.1).
"""

from collections.abc import Callable

import pandas as pd
import torch
from torch import Tensor

from pipeline.gradients.jacobian import largest_singular_values, walk
from pipeline.params.clipping import RadiusSweep

KINDS: dict[str, Callable[[Tensor], Tensor]] = {"linear": lambda a: a, "tanh": torch.tanh}
SCALARS = (0.9, 1.1)
SCALAR_STEPS = 100


def scalar_powers() -> pd.DataFrame:
    """What is left of a gradient of one after a hundred steps of one unit: 0.9^100 and 1.1^100."""
    return pd.DataFrame({"factor": SCALARS, "steps": SCALAR_STEPS, "left": [w**SCALAR_STEPS for w in SCALARS]})


def recurrent_matrix(size: int, radius: float, generator: torch.Generator) -> Tensor:
    """A Gaussian matrix (H, H) in float64, scaled to this spectral radius."""
    matrix = torch.randn(size, size, dtype=torch.float64, generator=generator)
    return matrix * (radius / torch.linalg.eigvals(matrix).abs().max())


def growth_rate(kind: str, radius: float, settings: RadiusSweep, generator: torch.Generator) -> float:
    """log10 by which the largest singular value of the Jacobian product grows a step, over the second half of `steps`.

    h_t = φ(U h_{t−1} + x_t) with x_t normal, of standard deviation `input_scale`; φ by `kind`.
    """
    size, nonlinearity = settings.hidden_size, KINDS[kind]
    matrix = recurrent_matrix(size, radius, generator)
    inputs = torch.randn(settings.steps, 1, size, dtype=torch.float64, generator=generator) * settings.input_scale
    path = walk(lambda x, h: nonlinearity(h @ matrix.T + x), inputs, torch.zeros(1, size, dtype=torch.float64))
    half = settings.steps // 2
    (middle,), (end,) = largest_singular_values(path, [(0, half), (0, settings.steps)], size, 0, generator)
    return float((end - middle) / (settings.steps - half))


def sweep(settings: RadiusSweep, seeds: list[int], advance: Callable[[], None] = lambda: None) -> pd.DataFrame:
    """A row a kind, radius and seed with its rate; the same matrix but for its scale at every radius of a seed."""
    rows = []
    for kind in KINDS:
        for radius in settings.radii:
            for seed in seeds:
                rate = growth_rate(kind, radius, settings, torch.Generator().manual_seed(seed))
                rows.append({"kind": kind, "radius": radius, "seed": seed, "log10_rate": rate})
                advance()
    return pd.DataFrame(rows)
