"""Every statistic of the report under the same bootstrap resamples, as matrix products.

A resample is a row of weights: how often each unit (document, item, position) is drawn. What two models share the
weights of is paired.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.probe import accuracy
from pipeline.evaluation.bootstrap import block_sums, interval, resample

Floats = NDArray[np.float64]
SCORES = ("verb", "sentence")
PRIOR_PRECISION = 0.01
ITERATIONS = 60


@dataclass(frozen=True)
class Estimate:
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


def estimate(value: float, samples: Floats) -> Estimate:
    """`value` with the interval of `samples` (R,); samples that are undefined (a unit never drawn) are left out."""
    defined = samples[~np.isnan(samples)]
    return Estimate(value, *interval(defined)) if len(defined) else Estimate(value, np.nan, np.nan)


@dataclass(frozen=True)
class LogPerplexity:
    """Mean nats a token of one split, by model and how far its state is carried, under shared resamples.

    sums: log probability summed over each unit (U,); sizes (U,): tokens counted in each unit; weights (R, U).
    """

    sums: Mapping[tuple[str, str], Floats]
    sizes: Floats
    weights: Floats

    def value(self, model: str, state: str) -> float:
        return -float(self.sums[model, state].sum() / self.sizes.sum())

    def samples(self, model: str, state: str) -> Floats:
        """(R,) Infinite where a resample holds a token that the model holds impossible."""
        sums = self.sums[model, state]
        possible = np.isfinite(sums)
        totals = self.weights[:, possible] @ sums[possible]
        totals[self.weights[:, ~possible].any(axis=1)] = -np.inf
        return -totals / (self.weights @ self.sizes)


def log_perplexity(
    nats: Mapping[tuple[str, str], Floats],
    counted: NDArray[np.bool_],
    starts: NDArray[np.int64],
    resamples: int,
    seed: int,
) -> LogPerplexity:
    """From log probabilities (N,) by model and state, which of them count (N,), and where the bootstrap's units start
    (U,)."""
    return LogPerplexity(
        sums={key: block_sums(np.where(counted, values, 0.0), starts) for key, values in nats.items()},
        sizes=block_sums(counted.astype(float), starts),
        weights=resample(len(starts), resamples, seed).astype(float),
    )


@dataclass(frozen=True)
class Judgements:
    """Right or wrong (1, 0.5, 0) by item and model, for both scores, under shared resamples of items.

    groups: one row an item; correct[score]: (I, M) with the models as columns; verb_nats (I, M): the loss on the
    right form at the verb; weights (I, R).
    """

    groups: pd.DataFrame
    correct: Mapping[str, pd.DataFrame]
    verb_nats: pd.DataFrame
    weights: Floats

    @property
    def models(self) -> list[str]:
        return list(self.correct["verb"].columns)

    def mean(self, score: str, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Accuracy (M,) over the items `rows`, and under each resample (M, R); NaN where none of them is drawn."""
        return self._mean(self._arrays[score], rows)

    def mean_verb_nats(self, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """The same of the loss at the verb: nats that its right form costs after the words before it."""
        return self._mean(self.verb_nats.to_numpy(dtype=float), rows)

    def _mean(self, values: Floats, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        chosen, drawn = values[rows], self.weights[rows]
        with np.errstate(invalid="ignore"):
            return chosen.mean(axis=0), chosen.T @ drawn / drawn.sum(axis=0)

    def cells(self, columns: list[str]) -> Iterator[tuple[dict[str, Any], NDArray[np.int64]]]:
        """Each combination of values of `columns` that there is, with the numbers of its items."""
        for values, rows in self.groups.groupby(columns).indices.items():
            names = values if isinstance(values, tuple) else (values,)
            yield dict(zip(columns, names, strict=True)), np.asarray(rows)

    def headline(self, score: str) -> tuple[Floats, Floats]:
        """The plain mean over constructions, (M,) and (M, R)."""
        means = [self.mean(score, rows) for _, rows in self.cells(["construction"])]
        return np.mean([value for value, _ in means], axis=0), np.mean([samples for _, samples in means], axis=0)

    def slope(self, model: str, predictor: str) -> tuple[float, Floats]:
        """Slope of the logit of being right (score verb) on `predictor`, and under each resample (R,).

        Logistic regression over items by Newton's method. A weak normal prior (precision `PRIOR_PRECISION` on the
        standardised predictor and on the intercept) keeps it finite for a model that is always right.
        """
        values = self.groups[predictor].to_numpy(dtype=float)
        levels, level_of_item = np.unique(values, return_inverse=True)
        membership = np.eye(len(levels))[level_of_item]
        right = self.correct["verb"][model].to_numpy()
        whole = np.ones((len(values), 1))
        weights = np.hstack([whole, self.weights])
        slopes = logistic_slopes(levels, membership.T @ weights, membership.T @ (weights * right[:, None]))
        return float(slopes[0]), slopes[1:]

    @cached_property
    def _arrays(self) -> dict[str, Floats]:
        return {score: table.to_numpy(dtype=float) for score, table in self.correct.items()}


def judgements(items: pd.DataFrame, resamples: int, seed: int) -> Judgements:
    """From the scored forms in long format: one row an item and model."""
    correct = {}
    for score in SCORES:
        good, bad = items[f"{score}_good"].to_numpy(), items[f"{score}_bad"].to_numpy()
        judged = items[["item", "model"]].assign(right=accuracy(good, bad))
        correct[score] = judged.pivot(index="item", columns="model", values="right").sort_index()
    verb_nats = -items.pivot(index="item", columns="model", values="verb_good").sort_index()
    measured = [f"{score}_{form}" for score in SCORES for form in ("good", "bad")]
    groups = items.drop_duplicates("item").sort_values("item").drop(columns=["model", *measured])
    weights = resample(len(groups), resamples, seed).astype(float).T
    return Judgements(groups.reset_index(drop=True), correct, verb_nats, np.ascontiguousarray(weights))


def logistic_slopes(levels: Floats, trials: Floats, successes: Floats) -> Floats:
    """Slopes (S,) of S logistic regressions: successes (L, S) of trials (L, S) at each level (L,) of the predictor."""
    centre, spread = levels.mean(), max(levels.std(), 1e-12)
    x = ((levels - centre) / spread)[:, None]
    intercept, slope = np.zeros(trials.shape[1]), np.zeros(trials.shape[1])
    for _ in range(ITERATIONS):
        p = 1 / (1 + np.exp(-(intercept + x * slope)))
        residual, curvature = successes - trials * p, trials * p * (1 - p)
        g0 = residual.sum(axis=0) - PRIOR_PRECISION * intercept
        g1 = (residual * x).sum(axis=0) - PRIOR_PRECISION * slope
        h00 = curvature.sum(axis=0) + PRIOR_PRECISION
        h01 = (curvature * x).sum(axis=0)
        h11 = (curvature * x * x).sum(axis=0) + PRIOR_PRECISION
        determinant = h00 * h11 - h01**2
        # a step is cut to two logits, since Newton's method overshoots far from the optimum
        step0 = np.clip((h11 * g0 - h01 * g1) / determinant, -2, 2)
        step1 = np.clip((h00 * g1 - h01 * g0) / determinant, -2, 2)
        intercept, slope = intercept + step0, slope + step1
        if max(np.abs(step0).max(), np.abs(step1).max()) < 1e-10:
            break
    return slope / spread


LOWEST = -308.0
"""log10 of the smallest normal float64: a gradient that underflowed to zero counts as this."""


@dataclass(frozen=True)
class Flow:
    """log10 norms (K, P) by (model, weights, state), at lags (K,), under shared resamples (R, P) of positions."""

    norms: Mapping[tuple[str, str, str], Floats]
    lags: NDArray[np.int64]
    weights: Floats

    def means(self, key: tuple[str, str, str]) -> tuple[Floats, Floats]:
        """Mean (K,) over positions by lag, and under each resample (R, K)."""
        norms = self.norms[key]
        return norms.mean(axis=1), self.weights @ norms.T / self.weights.sum(axis=1, keepdims=True)

    def slope(self, key: tuple[str, str, str]) -> tuple[float, Floats]:
        """Least-squares slope of the mean log10 norm on lag, from lag 1 on, and under each resample (R,)."""
        later = self.lags > 0
        centred = self.lags[later] - self.lags[later].mean()
        value, samples = self.means(key)
        return float(centred @ value[later] / (centred**2).sum()), samples[:, later] @ centred / (centred**2).sum()


def flow(lags: pd.DataFrame, resamples: int, seed: int) -> Flow:
    """From the long table of norms by model, weights, state, lag and position."""
    norms = {}
    for (model, when, state), group in lags.groupby(["model", "weights", "state"], observed=True):
        wide = group.pivot(index="lag", columns="position", values="log10_norm").sort_index().to_numpy(dtype=float)
        norms[str(model), str(when), str(state)] = np.maximum(wide, LOWEST)  # NaN, the undefined, stays
    positions = next(iter(norms.values())).shape[1]
    return Flow(norms, np.sort(lags["lag"].unique()), resample(positions, resamples, seed).astype(float))
