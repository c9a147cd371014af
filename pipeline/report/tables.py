"""The long tables that figures, findings and readers share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS
from pipeline.evaluation.breakdown import by_bin, places
from pipeline.report.names import FLOOR, PRIMARY_STATE, networks, ordered
from pipeline.report.resampling import SCORES, Estimate, Floats, Flow, Judgements, LogPerplexity, estimate

LARGEST_NATS = 50.0  # of a training step that diverged for a while: e^50 still fits an axis
ALL = "all"
CELL = ["construction", "number", "n_attractors", "distance"]
TRAINING_ROWS = 300
LONGEST_SENTENCE = 40
AGREEMENT_COLUMNS = ["model", "suite", *CELL, "items", "accuracy", "low", "high", "score"]
FREQUENCIES = (0, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000)
"""Words are grouped by how often they stand in train: never, fewer than 10 times, fewer than 100, …"""
BAND_STARTS = (0, 1, 2, 4, 7, 11, 16, 23)
"""Distances are drawn in bands that widen, since long ones are rare: 0, 1, 2 to 3, 4 to 6, …"""
SIGNIFICANT_DIGITS = 6


def token_scores(tokens: pd.DataFrame, split: str) -> dict[tuple[str, str], Floats]:
    """Log probabilities (N,) of a split by (model, state), in the order of the text."""
    chosen = tokens[tokens["split"] == split]
    scores = {}
    for (model, state), group in chosen.groupby(["model", "state"], observed=True):
        nats = np.empty(len(group))
        nats[group["position"].to_numpy()] = group["nats"].to_numpy()
        scores[str(model), str(state)] = nats
    return scores


def primary(scores: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The state that each model's perplexity is quoted with; a source without documents has only its one state."""
    keys = list(scores)
    return {
        model: PRIMARY_STATE[model]
        if (model, PRIMARY_STATE[model]) in keys
        else next(state for name, state in keys if name == model)
        for model in ordered(name for name, _ in keys)
    }


def perplexity_table(measured: Mapping[str, LogPerplexity], states: Mapping[str, str]) -> pd.DataFrame:
    """Perplexity of each model (its state as in `states`) by split, with total nats and 95 % interval."""
    rows = []
    for model, state in states.items():
        for split, scores in measured.items():
            nats, samples = scores.value(model, state), scores.samples(model, state)
            tokens = int(scores.sizes.sum())
            found = estimate(nats, samples)
            rows.append(
                {
                    "model": model,
                    "split": split,
                    "tokens": tokens,
                    "nats": nats * tokens,
                    "perplexity": float(np.exp(found.value)),
                    "low": float(np.exp(found.low)),
                    "high": float(np.exp(found.high)),
                    "state": state,
                }
            )
    return pd.DataFrame(rows)


def reset_states(models: Iterable[str]) -> dict[str, str]:
    """The networks scored once more with a reset at each line."""
    return dict.fromkeys(networks(models), "line")


def perplexity_by_position(
    scores: Mapping[tuple[str, str], Floats], states: Mapping[str, str], starts: NDArray[np.int64]
) -> pd.DataFrame:
    """Tokens and total nats by position in the sentence, 1 for its first word; for its first `LONGEST_SENTENCE` words.

    `starts` (S,) is where sentences begin.
    """
    position = places(starts, len(next(iter(scores.values())))) - 1
    kept = position < LONGEST_SENTENCE
    tokens = np.bincount(position[kept])
    tables = [
        pd.DataFrame(
            {
                "model": model,
                "position": np.arange(1, len(tokens) + 1),
                "tokens": tokens,
                "nats": np.bincount(position[kept], weights=-scores[model, state][kept]),
            }
        )
        for model, state in states.items()
    ]
    return pd.concat(tables, ignore_index=True)


def perplexity_by_frequency(
    scores: Mapping[tuple[str, str], Floats],
    states: Mapping[str, str],
    counts: NDArray[np.int64],
    starts: NDArray[np.int64],
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Losses of the words of test by how often each of them stands in train (`counts`), with intervals.

    `starts` (U,) is where the bootstrap's units begin.
    """
    edges = [edge for edge in FREQUENCIES if edge <= max(counts.max(), 1)]
    place = np.arange(len(counts))
    tables = [
        by_bin(
            pd.DataFrame({"model": model, "state": state, "position": place, "nats": scores[model, state]}),
            counts,
            edges,
            starts,
            resamples,
            seed,
        )
        for model, state in states.items()
    ]
    return pd.concat(tables, ignore_index=True)


def agreement_table(judged: Judgements, suite: str) -> pd.DataFrame:
    """Accuracy by cell and over whole columns ("all" stands where a column is aggregated over), for both scores.

    The headline has "all" in every column and is the plain mean over constructions; all others are means over items.
    Single cells are given for the score verb alone.
    """
    wholes = [*([column] for column in CELL), ["construction", "n_attractors"]]
    tables = []
    for score in SCORES:
        views = [CELL, *wholes] if score == "verb" else wholes
        tables.append(_accuracies(judged, judged.headline(score), {}, len(judged.groups), score))
        for view in views:
            for cell, rows in judged.cells(view):
                tables.append(_accuracies(judged, judged.mean(score, rows), cell, len(rows), score))
    table = pd.concat(tables, ignore_index=True).assign(suite=suite)
    return _in_order(table[AGREEMENT_COLUMNS])


def agreement_held_out(judged: Judgements) -> pd.DataFrame:
    """Accuracy (score verb) on items whose subject and verb never met in train, and on the others, with intervals."""
    views = [
        _accuracies(judged, judged.mean("verb", rows), {}, len(rows), "verb").assign(**cell)
        for cell, rows in judged.cells(["held_out"])
    ]
    return _in_order(pd.concat(views)[["model", "held_out", "items", "accuracy", "low", "high"]])


def agreement_by_distance(judged: Judgements) -> pd.DataFrame:
    """By band of distances (from, to, and their mean over its items): accuracy (score verb) with its interval, and
    the mean nats that the right form costs at the verb with theirs."""
    distance = judged.groups["distance"].to_numpy(dtype=int)
    band = np.searchsorted(BAND_STARTS, distance, side="right")
    tables = []
    for number in np.unique(band):
        rows = np.flatnonzero(band == number)
        inside = distance[rows]
        table = _accuracies(judged, judged.mean("verb", rows), {}, len(rows), "verb").drop(columns=[*CELL, "score"])
        nats, samples = judged.mean_verb_nats(rows)
        nats_low, nats_high = _bounds(samples)
        table = table.assign(verb_nats=nats, verb_nats_low=nats_low, verb_nats_high=nats_high)
        tables.append(table.assign(shortest=inside.min(), longest=inside.max(), distance=inside.mean()))
    columns = ["model", "shortest", "longest", "distance", "items", "accuracy", "low", "high"]
    columns += ["verb_nats", "verb_nats_low", "verb_nats_high"]
    return _in_order(pd.concat(tables, ignore_index=True)[columns])


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    rank = {model: place for place, model in enumerate(ordered(table["model"]))}
    return table.sort_values("model", key=lambda names: names.map(rank), kind="stable", ignore_index=True)


def _accuracies(
    judged: Judgements, means: tuple[Floats, Floats], cell: Mapping[str, Any], items: int, score: str
) -> pd.DataFrame:
    values, samples = means
    low, high = _bounds(samples)
    table = pd.DataFrame({"model": judged.models, "items": items, "accuracy": values, "low": low, "high": high})
    for column in CELL:
        table[column] = cell.get(column, ALL)
    return table.assign(score=score)


def _bounds(samples: Floats) -> tuple[Floats | float, Floats | float]:
    """95 % intervals (M,) of samples (M, R); resamples in which nothing was drawn are left out."""
    samples = samples[:, ~np.isnan(samples).any(axis=0)]
    return tuple(np.percentile(samples, (2.5, 97.5), axis=1)) if samples.size else (np.nan, np.nan)


def view(table: pd.DataFrame, *columns: str, score: str = "verb") -> pd.DataFrame:
    """The rows of an agreement table that are split by `columns` and by nothing else; without any, the headline."""
    chosen = table["score"] == score
    for column in CELL:
        chosen &= (table[column] != ALL) == (column in columns)
    return table[chosen]


def headline(table: pd.DataFrame) -> dict[str, float]:
    """Accuracy by model: the plain mean over constructions, score verb."""
    rows = view(table)
    return dict(zip(rows["model"], rows["accuracy"], strict=True))


def gradient_table(flowing: Flow) -> pd.DataFrame:
    """Mean log10 norm by model, weights, state and lag, with its interval; undefined lags are left out."""
    tables = []
    for (model, when, state), norms in flowing.norms.items():
        values, samples = flowing.means((model, when, state))
        defined = np.flatnonzero(~np.isnan(values))
        low, high = np.percentile(samples[:, defined], (2.5, 97.5), axis=0)
        tables.append(
            pd.DataFrame(
                {
                    "model": model,
                    "weights": when,
                    "state": state,
                    "lag": flowing.lags[defined],
                    "positions": norms.shape[1],
                    "mean_log10_norm": values[defined],
                    "low": low,
                    "high": high,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def gate_tables(gates: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """How far gates stand open, over units, and the time constant of each unit in steps; none without gates."""
    if gates.empty:
        return {}
    openness = gates.groupby(["model", "weights", "gate", "layer"], sort=False)["openness"]
    summary = openness.describe(percentiles=[0.1, 0.5, 0.9]).drop(columns="std").reset_index()
    names = {"count": "units", "min": "lowest", "10%": "tenth", "50%": "median", "90%": "ninetieth", "max": "highest"}
    kept = gates[gates["gate"] == "kept"]
    times = kept[["model", "weights", "layer", "unit", "openness"]].assign(steps=-1 / kept["mean_log"])
    return {"gates": summary.rename(columns=names), "time_constants": times.reset_index(drop=True)}


def training_table(steps: Mapping[str, pd.DataFrame], validations: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Training and validation in one table; at most `TRAINING_ROWS` rows a network, each the mean over its steps.

    norm_largest is the largest norm before clipping, and clipped the share of steps that were clipped, within a row.
    """
    tables = []
    for model, table in steps.items():
        rows = np.arange(len(table)) * min(TRAINING_ROWS, len(table)) // max(len(table), 1)
        cut = table.assign(
            norm_largest=table["norm_before_clipping"],
            clipped=table["norm_before_clipping"] > table["norm_after_clipping"],
        )
        means = cut.groupby(rows).agg(
            {name: "mean" for name in cut.columns} | {"step": "last", "tokens": "last", "norm_largest": "max"}
        )
        tables.append(
            means.assign(model=model, split="train", perplexity=np.exp(np.minimum(means["nats"], LARGEST_NATS)))
        )
        tables.append(validations[model].assign(model=model, split="valid"))
    columns = ["model", "step", "tokens", "nats", "perplexity", "norm_before_clipping", "norm_after_clipping"]
    columns += ["learning_rate", "split", "norm_largest", "clipped"]
    return pd.concat(tables, ignore_index=True)[columns]


def metrics(corpus: str, perplexities: pd.DataFrame, accuracies: pd.DataFrame) -> dict[str, object]:
    """What `dvc metrics show` prints; the best model is chosen on valid and quoted on test."""
    by_split = perplexities[perplexities["model"] != FLOOR].pivot(index="model", columns="split", values="perplexity")
    best = str(by_split["valid"].idxmin())
    accuracy = headline(accuracies)
    return {
        "corpus": corpus,
        "perplexity": {name: round(float(by_split["test"][name]), 4) for name in ordered(by_split.index)},
        "agreement": {name: round(accuracy[name], 4) for name in ordered(accuracy) if name != FLOOR},
        "best": {"model": best, "perplexity": round(float(by_split["test"][best]), 4)},
    }


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """`table` with its floats to `SIGNIFICANT_DIGITS`, as it is written for readers."""
    floats = table.select_dtypes("float")
    return table.assign(**floats.map(lambda value: float(f"{value:.{SIGNIFICANT_DIGITS}g}")))


def lookup(table: pd.DataFrame, model: str, split: str) -> Estimate:
    """A perplexity and its interval."""
    row = table[(table["model"] == model) & (table["split"] == split)].iloc[0]
    return Estimate(float(row["perplexity"]), float(row["low"]), float(row["high"]))


def per_word(table: pd.DataFrame, summary: Mapping[str, Any], uncounted: Sequence[str], model: str) -> float:
    """Test perplexity of a model of characters or pieces by the words that they make: exp(nats / words), an `<eos>` a
    line counted as one where perplexities count it."""
    row = table[(table["model"] == model) & (table["split"] == "test")].iloc[0]
    ends = summary["lines"]["test"] if EOS in uncounted else 0
    return float(np.exp(min(row["nats"] / (summary["words"]["test"] - ends), 700)))
