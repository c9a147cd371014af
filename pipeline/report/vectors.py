"""What the vectors know: tables with intervals, and findings."""

from typing import Any

import numpy as np
import pandas as pd

from pipeline.evaluation.bootstrap import resample
from pipeline.report.findings import POINTS, Finding, Notation, capital, finding, signed
from pipeline.report.resampling import Floats, estimate

METHODS = {"skipgram": "skip-gram", "cbow": "CBOW", "svd": "factored counts"}
COSINE = Notation(lambda cosine: signed(cosine, 2))
TASKS = {
    "part of speech": "the part of speech",
    "number of nouns": "whether a noun is singular or plural",
    "number of verbs": "whether a verb is singular or plural",
    "selectional class": "what kind of thing a noun names",
}


def probe_table(probes: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """By method and task: the share of words whose label a linear reader tells, with its interval over lemmas, and the
    share that the majority class would get."""
    rows = []
    for (method, task), group in probes.groupby(["method", "task"], sort=False):
        right = _equal(group["read"], group["label"])
        found = estimate(float(right.mean()), _means(right, resamples, seed, group["lemma"]))
        rows.append(
            {"method": method, "task": task, "words": len(group), "lemmas": group["lemma"].nunique(),
             "classes": group["label"].nunique(),
             "accuracy": found.value, "low": found.low, "high": found.high,
             "majority": float((group["majority"] == group["label"]).mean())}
        )  # fmt: skip
    return pd.DataFrame(rows)


def analogy_table(analogies: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """By method and category: the share of questions answered, with its interval over the pairs asked for."""
    rows = []
    for (method, category), group in analogies.groupby(["method", "category"], sort=False):
        by_pair = group.groupby(["c", "d"])["right"].mean().to_numpy(dtype=float)  # each is asked equally often
        found = estimate(float(by_pair.mean()), _means(by_pair, resamples, seed))
        rows.append(
            {"method": method, "category": category, "pairs": len(by_pair), "questions": len(group),
             "accuracy": found.value, "low": found.low, "high": found.high}
        )  # fmt: skip
    return pd.DataFrame(rows)


def vector_findings(
    method: str, probes: pd.DataFrame, neighbours: pd.DataFrame, resamples: int, seed: int
) -> list[Finding]:
    """Whether each label is told better than by the majority class, and two methods share neighbours beyond chance."""
    found = []
    for task, group in probes[probes["method"] == method].groupby("task", sort=False):
        label = group["label"]
        gain = _equal(group["read"], label) - _equal(group["majority"], label)
        claim = f"A linear reader tells {TASKS[str(task)]} from {METHODS[method]} better than the commonest class does."
        samples = _means(gain, resamples, seed, group["lemma"])
        found.append(_claimed(claim, (method, "majority"), f"accuracy, {task}", gain, samples))
    if len(neighbours):
        other = "skipgram" if method == "svd" else "svd"
        beyond = (neighbours["shared"] - neighbours["chance"]).to_numpy(dtype=float)
        claim = (
            f"{capital(METHODS[method])} and {METHODS[other]} give a word the same neighbours more often than chance."
        )
        samples = _means(beyond, resamples, seed)
        found.append(_claimed(claim, (method, other), "share of neighbours", beyond, samples))
    return found


def number_findings(method: str, ways: pd.DataFrame | None, resamples: int, seed: int) -> list[Finding]:
    """Whether singulars lead to their plurals in one direction: cosines of each way with the mean of the others."""
    if ways is None:
        return []
    cosines = ways["cosine"].to_numpy(dtype=float)
    claim = f"With {METHODS[method]}, the way from a singular to its plural points where those of other nouns point."
    samples = _means(cosines, resamples, seed)
    value = float(cosines.mean())
    return [finding("vectors", claim, (method, ""), "mean cosine", value, samples, "above", COSINE)]


def _claimed(claim: str, models: Any, measure: str, values: Floats, samples: Floats) -> Finding:
    return finding("vectors", claim, models, measure, float(values.mean()), samples, "above", POINTS)


def _equal(first: "pd.Series[str]", second: "pd.Series[str]") -> Floats:
    """(N,) 1 where both say the same, else 0."""
    return np.asarray(first.to_numpy() == second.to_numpy(), dtype=np.float64)


def _means(values: Floats, resamples: int, seed: int, units: "pd.Series[str] | None" = None) -> Floats:
    """(R,) Means of values (N,) under the bootstrap, over those of one unit together where `units` (N,) are given."""
    unit = np.arange(len(values)) if units is None else pd.factorize(units)[0]
    sums, sizes = np.bincount(unit, values), np.bincount(unit)
    drawn = resample(len(sizes), resamples, seed)
    means: Floats = (drawn @ sums) / (drawn @ sizes)
    return means
