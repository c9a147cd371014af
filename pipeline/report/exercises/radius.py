"""Theory: the spectral radius of the trained RNN's recurrent matrix, and what it says of the rate of its gradient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.report.exercises.network import PlainNetwork

STEPS = 200
"""Tokens that slopes are averaged over."""
WEIGHTS = {"before": "before training", "halfway": "halfway", "after": "after training"}


@dataclass(frozen=True)
class Moment:
    """radius: largest modulus of an eigenvalue of U; singular: its largest singular value; slope: mean of 1 − h² over
    units and tokens; gradient, jacobian: factor a step as the gradients stage measured it, NaN without it."""

    when: str
    radius: float
    singular: float
    slope: float
    gradient: float
    jacobian: float

    @property
    def damped(self) -> float:
        """The radius times the mean slope."""
        return self.radius * self.slope


@dataclass(frozen=True)
class Worked:
    hidden: int
    layer: int
    layers: int
    tokens: int
    moments: list[Moment]

    @property
    def last(self) -> Moment:
        return self.moments[-1]

    @property
    def linear(self) -> str:
        """What U alone says after training."""
        verb = "grow" if self.last.radius > 1 else "shrink"
        return f"Were the units linear, the gradient would {verb}, in the long run, by × {self.last.radius:.3f} a step"

    @property
    def nearer(self) -> str:
        """Which of the two predictions lies nearer to the measured rate, on a logarithmic scale."""
        measured = np.log(self.last.gradient)
        apart = {
            "the radius alone": abs(np.log(self.last.radius) - measured),
            "the radius times the mean slope": abs(np.log(self.last.damped) - measured),
        }
        best, other = sorted(apart, key=lambda name: float(apart[name]))
        guesses = (self.last.radius, self.last.damped)
        side = ""
        if min(guesses) > self.last.gradient or max(guesses) < self.last.gradient:
            side = f"; both too {'high' if min(guesses) > self.last.gradient else 'low'}"
        return (
            f"Of the two guesses, {best} comes nearer (off by a factor of {np.exp(apart[best]):.2f} a step{side}; "
            f"{other} by {np.exp(apart[other]):.2f})."
        )

    @property
    def bound(self) -> str:
        """Whether the theorem on vanishing applies."""
        held = self.last.singular < 1
        follows = "so the gradient must vanish" if held else "so that the theorem is silent: it may vanish or not"
        return (
            f"The largest singular value is {self.last.singular:.3f}, {'below' if held else 'not below'} 1, {follows}"
        )


def work(
    networks: Mapping[str, PlainNetwork], tokens: Sequence[int], gradients: pd.DataFrame, jacobians: pd.DataFrame
) -> Worked:
    """`networks`: the RNN by moment (before, halfway, after), those that are known. The last layer's U is taken."""
    shown = [int(token) for token in tokens[:STEPS]]
    moments = []
    for when in WEIGHTS:
        if when not in networks:
            continue
        network = networks[when]
        layer = network.layers - 1
        matrix = network.recurrent_matrix(layer)
        states = np.array([state[layer][0] for state in network.trace(shown)])
        moments.append(
            Moment(
                when=WEIGHTS[when],
                radius=float(np.abs(np.linalg.eigvals(matrix)).max()),
                singular=float(np.linalg.norm(matrix, 2)),
                slope=float((1 - states**2).mean()),
                gradient=rate(gradients, when, "h"),
                jacobian=rate(jacobians, when, "whole"),
            )
        )
    return Worked(len(matrix), layer + 1, networks["after"].layers, len(shown), moments)


def rate(table: pd.DataFrame, when: str, state: str) -> float:
    """The RNN's factor a step: ten to the power of the least-squares slope of mean log10 norm on lag, from lag 1."""
    own = table[(table["model"] == "rnn") & (table["weights"] == when) & (table["state"] == state) & (table["lag"] > 0)]
    if len(own) < 2:
        return float("nan")
    return float(10 ** np.polyfit(own["lag"].to_numpy(float), own["mean_log10_norm"].to_numpy(float), 1)[0])
