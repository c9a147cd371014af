"""Intervals over seeds: few runs of the same experiment, whose mean is judged by Student's t."""

import numpy as np
from scipy import stats

from pipeline.report.findings import Direction, Finding, Notation, Pair
from pipeline.report.resampling import Estimate, Floats


def over_seeds(values: Floats) -> Estimate:
    """The mean of values (S,) and its 95 % interval by Student's t, S − 1 degrees of freedom; no bounds of one.

    Those that are undefined or infinite are left out.
    """
    values = values[np.isfinite(values)]
    if not len(values):
        return Estimate(np.nan, np.nan, np.nan)
    mean = float(np.mean(values))
    if len(values) < 2:
        return Estimate(mean, np.nan, np.nan)
    half = float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return Estimate(mean, mean - half, mean + half)


def seed_finding(
    topic: str, claim: str, models: Pair, measure: str, values: Floats, direction: Direction, notation: Notation
) -> Finding:
    """That the mean of values (S,), one of each seed, lies `direction` zero."""
    found = over_seeds(values)
    return Finding(topic, claim, *models, measure, found.value, found.low, found.high, direction, notation)
