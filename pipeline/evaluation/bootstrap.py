"""95 % intervals by the percentile bootstrap (Efron 1979), paired wherever two models meet."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LEVEL = (2.5, 97.5)


@lru_cache(maxsize=32)  # a report asks for the same ones hundreds of times
def resample(units: int, resamples: int, seed: int) -> NDArray[np.int64]:
    """How often each of `units` is drawn in each resample, (R, U), not to be written to.

    The same seed draws the same units, so that statistics of two models over the same units are paired.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(units, np.full(units, 1 / units), size=resamples)
    drawn.flags.writeable = False
    return drawn


def block_sums(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums (U,) of `values` (N,) over the blocks that begin at `starts` (U,), the first at 0."""
    return np.add.reduceat(values, starts)


def interval(samples: NDArray[np.float64]) -> tuple[float, float]:
    """The bounds of the middle 95 % of `samples` (R,), some of which may be infinite."""
    finite = np.isfinite(samples).all()  # between infinities nothing can be interpolated
    low, high = np.percentile(samples, LEVEL, method="linear" if finite else "inverted_cdf")
    return float(low), float(high)
