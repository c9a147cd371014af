"""The tables of three studies: networks that adapt to what they read, how much context is used, how own text drifts."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.breakdown import context_effect, drift
from pipeline.report.names import networks, ordered
from pipeline.report.resampling import Floats, LogPerplexity, estimate, log_perplexity

STATIC = "static"
METHODS = (STATIC, "cache", "dynamic")
"""How a network is evaluated: its weights and nothing else, with the cache beside it, with weights that follow."""
ALIKE = 0.01
"""Nats a token within which a model counts as undisturbed: one percent of perplexity (Khandelwal et al. 2018)."""
DRIFT_BINS = 5
Studied = Mapping[str, Mapping[str, pd.DataFrame]]
"""By network: the losses of every setting on valid (dynamic, cache) and the scores of test."""


def adapted_scores(
    studied: Studied,
    scores: Mapping[tuple[str, str], Floats],
    counted: NDArray[np.bool_],
    starts: NDArray[np.int64],
    resamples: int,
    seed: int,
) -> LogPerplexity:
    """Each network by each method over the tokens of test that were scored so, under shared resamples.

    `counted` (N,): which tokens of test count; `starts`: where the units of these tokens begin.
    """
    count = len(next(iter(studied.values()))["test"])
    nats = {}
    for model in networks(studied):
        nats[model, STATIC] = scores[model, "carried"][:count]
        nats |= {(model, method): studied[model]["test"][method].to_numpy() for method in METHODS[1:]}
    return log_perplexity(nats, counted[:count], starts, resamples, seed)


def adaptation_table(studied: Studied, valid: Mapping[tuple[str, str], Floats], test: LogPerplexity) -> pd.DataFrame:
    """Perplexity by network and method: on valid over the tokens that settings come from, on test with its interval."""
    rows = []
    for model in networks(studied):
        for method in METHODS:
            chosen = None if method == STATIC else best_setting(studied[model][method])
            tokens = int(studied[model]["cache"]["tokens"].iloc[0])
            nats = -valid[model, "carried"][:tokens].mean() if chosen is None else chosen["nats"]
            found = estimate(test.value(model, method), test.samples(model, method))
            rows.append(
                {
                    "model": model,
                    "method": method,
                    "valid_tokens": tokens,
                    "valid_perplexity": float(np.exp(nats)),
                    "test_tokens": len(studied[model]["test"]),
                    "test_perplexity": float(np.exp(found.value)),
                    "low": float(np.exp(found.low)),
                    "high": float(np.exp(found.high)),
                    "setting": "" if chosen is None else _words(chosen, method),
                }
            )
    return pd.DataFrame(rows)


def settings_table(studied: Studied) -> pd.DataFrame:
    """Every setting that was tried on valid, with its perplexity there."""
    tables = [
        studied[model][method].assign(model=model, method=method)
        for model in networks(studied)
        for method in METHODS[1:]
    ]
    table = pd.concat(tables, ignore_index=True)
    with np.errstate(over="ignore"):
        table["perplexity"] = np.exp(table["nats"])
    first = ["model", "method", "tokens", "perplexity", "chosen"]
    return table[[*first, *table.columns.difference([*first, "nats"], sort=False)]]


def best_setting(grid: pd.DataFrame) -> "pd.Series[float]":
    return grid[grid["chosen"]].iloc[0]


def _words(setting: "pd.Series[float]", method: str) -> str:
    if method == "cache":
        return f"{setting['window']:g} states, θ {setting['theta']:g}, λ {setting['weight']:g}"
    return f"{setting['rule']}, η {setting['learning_rate']:g}, λ {setting['decay']:g}, every {setting['segment']:g}"


def context_table(losses: pd.DataFrame, starts: NDArray[np.int64], resamples: int, seed: int) -> pd.DataFrame:
    """What each model pays where the words beyond the last k are gone or shuffled, with intervals, in nats a token."""
    tables = [
        context_effect(losses[losses["model"] == model], starts, resamples, seed).assign(model=model)
        for model in ordered(losses["model"])
    ]
    table = pd.concat(tables, ignore_index=True)
    return table[["model", *table.columns.drop("model")]]


def context_reach(table: pd.DataFrame) -> pd.DataFrame:
    """By model: the fewest last words of those tried whose context beyond can go, or lose its order, for `ALIKE` nats.

    NaN where even the most words tried were too few.
    """
    rows = []
    for model in ordered(table["model"]):
        row: dict[str, object] = {"model": model}
        for manipulation in ("truncated", "shuffled"):
            own = table[(table["model"] == model) & (table["manipulation"] == manipulation)].sort_values("k")
            enough = (own["difference"] <= ALIKE).to_numpy()[::-1].cumprod()[::-1].astype(bool)  # from there on
            row[manipulation] = float(own["k"][enough].min()) if enough.any() else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def drift_table(scores: pd.DataFrame, bins: int, resamples: int, seed: int) -> pd.DataFrame:
    """How texts fare under each judge by writer, temperature and position, cut into `bins` of equal length."""
    length = int(scores["position"].max())
    edges = np.unique(np.linspace(1, length + 1, bins + 1).round().astype(int)).tolist()
    tables = [
        drift(own, edges, resamples, seed).assign(temperature=temperature)
        for temperature, own in scores.groupby("temperature")
    ]
    table = pd.concat(tables, ignore_index=True)
    table = table.assign(
        perplexity=np.exp(table["nats"]),
        perplexity_low=np.exp(table["nats_low"]),
        perplexity_high=np.exp(table["nats_high"]),
    )
    first = ["writer", "judge", "temperature"]
    return table[[*first, *table.columns.drop(first)]]


def plain_temperature(temperatures: Sequence[float]) -> float:
    """The one nearest to 1, at which a model writes as it predicts."""
    return min(temperatures, key=lambda temperature: abs(np.log(temperature)))
