"""The study on clipping: its tables, and what it found."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.report.findings import FACTOR, POINTS, Direction, Finding, Notation, signed
from pipeline.report.resampling import Floats
from pipeline.report.seeds import over_seeds, seed_finding

Studied = Mapping[str, pd.DataFrame]
"""radius, scalar, traces, lags, outcomes: what the study left."""
CHANCE = 1 / 4
"""Of the order of two symbols: what a network that is no number any more is taken to answer."""
MAGNITUDES = Notation(lambda value: signed(value, 1), " powers of ten")
TOPIC = "clipping"


def radius_table(rates: pd.DataFrame) -> pd.DataFrame:
    """Mean rate over seeds by kind of network and radius, as log10 a step, with its interval."""
    rows = []
    for (kind, value), own in rates.groupby(["kind", "radius"], sort=True):
        radius = float(str(value))
        found = over_seeds(own["log10_rate"].to_numpy(float))
        row = {"kind": kind, "radius": radius, "seeds": len(own), "log10_rate": found.value}
        rows.append(row | {"low": found.low, "high": found.high, "log10_radius": np.log10(radius)})
    return pd.DataFrame(rows)


def lag_table(lags: pd.DataFrame) -> pd.DataFrame:
    """Mean over seeds of log10 of the gradient's norm by case, clipping, moment and lag."""
    by = ["case", "clipped", "weights", "lag"]
    finite = lags[np.isfinite(lags["log10_norm"].astype(float))]
    return finite.groupby(by, sort=False)["log10_norm"].agg(["mean", "count"]).reset_index()


def first_seed(traces: pd.DataFrame) -> pd.DataFrame:
    """The traces of one seed, which is what a figure has room for."""
    return traces[traces["seed"] == traces["seed"].min()].drop(columns="seed")


def clipping_tables(studied: Studied) -> dict[str, pd.DataFrame]:
    return {
        "clipping": studied["outcomes"],
        "clipping_traces": first_seed(studied["traces"]),
        "clipping_lags": lag_table(studied["lags"]),
        "radius": radius_table(studied["radius"]),
        "scalar": studied["scalar"],
    }


def clipping_findings(studied: Studied) -> list[Finding]:
    """Whether clipping prevents explosion, whether it changes vanishing, and whether the radius decides which it is."""
    outcomes = studied["outcomes"]
    accuracy, largest = _paired(outcomes, "accuracy"), _paired(outcomes, "largest_norm")
    found = []
    exploded = np.log10(np.clip(largest["explodes", False], None, np.finfo(float).max))
    norms = exploded - np.log10(np.clip(largest["explodes", True], None, np.finfo(float).max))
    claim = "From a start that explodes, the largest gradient of training is larger without clipping than with it."
    found.append(seed_finding(TOPIC, claim, ("without", "with"), "log10 largest norm", norms, "above", MAGNITUDES))
    for case, words in (("explodes", "explode"), ("vanishes", "vanish")):
        claim = f"From a start whose gradients {words}, training with clipping ends more accurate than without."
        difference = accuracy[case, True] - accuracy[case, False]
        found.append(seed_finding(TOPIC, claim, ("with", "without"), "accuracy", difference, "above", POINTS))
    slopes = _slopes(studied["lags"])
    claim = "With clipping, the gradients of the start that vanishes still fade with every step back after training."
    fading, free = slopes["vanishes", True], slopes["vanishes", False]
    found.append(seed_finding(TOPIC, claim, ("with", ""), "log10 norm per step of lag", fading, "below", FACTOR))
    claim = "From the start that vanishes, gradients fade more slowly after training with clipping than without."
    found.append(seed_finding(TOPIC, claim, ("with", "without"), "log10 norm per step of lag", fading - free, "above",
                              FACTOR))  # fmt: skip
    return found + _radius_findings(studied["radius"])


def _radius_findings(rates: pd.DataFrame) -> list[Finding]:
    found = []
    sides: list[tuple[float, str, Direction]] = [
        (float(rates["radius"].min()), "vanish", "below"),
        (float(rates["radius"].max()), "explode", "above"),
    ]
    for kind in ("linear", "tanh"):
        of_kind = rates[rates["kind"] == kind].pivot(index="seed", columns="radius", values="log10_rate")
        for radius, verb, direction in sides:
            claim = f"With a spectral radius of {radius:g}, gradients {verb} in a {kind} network."
            found.append(seed_finding("radius", claim, (kind, ""), "log10 largest singular value per step",
                                      of_kind[radius].to_numpy(float), direction, FACTOR))  # fmt: skip
    return found


def _paired(outcomes: pd.DataFrame, column: str) -> dict[tuple[str, bool], Floats]:
    """Values (S,) in the order of seeds, by case and whether clipped."""
    filled = outcomes.assign(
        **{column: outcomes[column].astype(float).fillna(CHANCE if column == "accuracy" else np.inf)}
    )
    return {
        (str(case), bool(clipped)): own.sort_values("seed")[column].to_numpy(float)
        for (case, clipped), own in filled.groupby(["case", "clipped"])
    }


def _slopes(lags: pd.DataFrame) -> dict[tuple[str, bool], Floats]:
    """Slope of log10 of the norm on lag after training, by case and whether clipped, one of each seed (NaN of one that
    is no number any more, or whose gradient is zero)."""
    after = lags[lags["weights"] == "after"]
    slopes = {}
    for (case, clipped), own in after.groupby(["case", "clipped"]):
        wide = own.pivot(index="lag", columns="seed", values="log10_norm").sort_index().astype(float)
        lag = wide.index.to_numpy(float) - wide.index.to_numpy(float).mean()
        norms = wide.to_numpy(float, copy=True)
        norms[:, ~np.isfinite(norms).all(axis=0)] = np.nan
        slopes[str(case), bool(clipped)] = lag @ norms / (lag**2).sum()
    return slopes
