"""Intervals over trainings that differ in their seed alone."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats


def seed_interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean of values (S,), one a seed, S at least two, and the ends of its 95 % interval by Student's t (1908)."""
    mean = float(values.mean())
    half = float(stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5)
    return mean, mean - half, mean + half
