"""Theory: one step of backpropagation through time, derived and held against a finite difference."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.report.exercises.network import Floats, PlainNetwork

STEPS = 12
"""Tokens that are read before the step."""
NUDGE = 1e-5


@dataclass(frozen=True)
class Worked:
    """∂L/∂h of one unit one step back: by the chain rule, and by moving the unit a little either way.

    norm_at and norm_before are those of ∂L/∂h_t and of ∂L/∂h_{t−1}; unit counts from 0; loss is L in nats.
    """

    hidden: int
    steps: int
    loss: float
    unit: int
    analytic: float
    numeric: float
    nudge: float
    norm_at: float
    norm_before: float

    @property
    def error(self) -> float:
        """Relative."""
        return abs(self.analytic - self.numeric) / abs(self.analytic)

    @property
    def factor(self) -> float:
        return self.norm_before / self.norm_at


def work(network: PlainNetwork, tokens: Sequence[int]) -> Worked:
    """One step at the end of `tokens` (T,): all but the last are read, the last is predicted. The unit is the one whose
    gradient is largest. Of several layers the step is that of the last."""
    *read, target = (int(token) for token in tokens)
    before, after = network.trace(read)[-2:]
    layer = network.layers - 1
    x = network.input(read[-1]) if layer == 0 else after[layer - 1][0]
    h_before, h = before[layer][0], after[layer][0]
    at = loss_gradient(network, h, target)
    back = network.recurrent_matrix(layer).T @ ((1 - h**2) * at)
    unit = int(np.argmax(np.abs(back)))

    def loss(moved: float) -> float:
        start = h_before.copy()
        start[unit] += moved
        return -float(network.log_probs(network.step(layer, x, (start,))[0])[target])

    return Worked(
        hidden=len(h),
        steps=len(read),
        loss=loss(0.0),
        unit=unit,
        analytic=float(back[unit]),
        numeric=(loss(NUDGE) - loss(-NUDGE)) / (2 * NUDGE),
        nudge=NUDGE,
        norm_at=float(np.linalg.norm(at)),
        norm_before=float(np.linalg.norm(back)),
    )


def loss_gradient(network: PlainNetwork, h: Floats, target: int) -> Floats:
    """∂L/∂h_t (H,) of L = −log p(target): (O P)ᵀ (p − 1_target)."""
    matrix, _ = network.output
    p = np.exp(network.log_probs(h))
    p[target] -= 1
    return p @ matrix
