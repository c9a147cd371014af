"""What the study of a network's inside found, as tables: what is read from its state, what silencing a unit does."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.accuracies import BANDS
from pipeline.agreement.probe import accuracy
from pipeline.evaluation.bootstrap import interval, resample
from pipeline.inside.items import NONE, RANDOM, TOGETHER
from pipeline.report.findings import POINTS, Finding, capital, finding
from pipeline.report.names import networks, with_article
from pipeline.report.resampling import Floats

Looked = Mapping[str, Mapping[str, pd.DataFrame]]
"""By network: reading, units and margins, as the study writes them."""
KINDS = {"with": "with attractors", "without": "without attractors"}


def reading_table(looked: Looked, by: str, resamples: int, seed: int) -> pd.DataFrame:
    """Share of states from which a label is read rightly, by model, part, task and `by`, with intervals over items.

    by: offset (every word from the head on, in bands), or attractors or distance, at the last word before the verb.
    """
    rows = []
    for model in networks(looked):
        reading = looked[model]["reading"]
        if by != "offset":
            reading = last_words(reading)
        values = reading[by].to_numpy()
        first = values if by == "attractors" else np.array(BANDS)[np.searchsorted(BANDS, values, side="right") - 1]
        for key, own in reading.assign(first=first).groupby(["part", "task", "first"], sort=True):
            right, words = _by_item(own)
            samples = _ratio(right, words, resamples, seed)
            low, high = interval(samples)
            share = float(right.sum() / words.sum())
            rows.append((model, *key, len(right), share, low, high))
    columns = ["model", "part", "task", by, "items", "accuracy", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def last_words(reading: pd.DataFrame) -> pd.DataFrame:
    """What was read after the last word before the verb."""
    return reading[reading["offset"] == reading["distance"]]


def units_table(looked: Looked, resamples: int, seed: int) -> pd.DataFrame:
    """What silencing each named unit takes from accuracy on the items that it was not chosen by, paired over items.

    Columns: model, silenced (a unit as layer/number, all of them together, as many at random), kind (of the items),
    items, accuracy (with it silenced), whole (with nothing silenced), fall, low, high.
    """
    rows = []
    for model in networks(looked):
        margins = looked[model]["margins"]
        for kind in KINDS:
            right = right_by_item(margins, kind)
            if right.empty:
                continue
            weights = resample(len(right), resamples, seed) / len(right)
            for name in right.columns.drop(NONE):
                fall = (right[NONE] - right[name]).to_numpy()
                low, high = interval(weights @ fall)
                accuracies = (float(right[name].mean()), float(right[NONE].mean()))
                rows.append((model, name, kind, len(right), *accuracies, float(fall.mean()), low, high))
    return pd.DataFrame(
        rows, columns=["model", "silenced", "kind", "items", "accuracy", "whole", "fall", "low", "high"]
    )


def all_units_table(looked: Looked) -> pd.DataFrame:
    """Every unit: its falls in accuracy and margin on either half, its rank where it was chosen, 0 where not."""
    return pd.concat([looked[model]["units"].assign(model=model) for model in networks(looked)], ignore_index=True)


def right_by_item(margins: pd.DataFrame, kind: str) -> pd.DataFrame:
    """1, 0.5 or 0 by item of `kind` and by what was silenced, in the order in which it was."""
    own = margins[(margins["attractors"] > 0) == (kind == "with")]
    margin = own["margin"].to_numpy()
    right = own.assign(right=accuracy(margin, np.zeros_like(margin)))
    wide = right.pivot(index="item", columns="silenced", values="right")
    return wide[list(margins["silenced"].unique())]


def inside_findings(looked: Looked, resamples: int, seed: int) -> list[Finding]:
    """Is the number read rather than known by heart, where is it kept best, does it hang on one unit?"""
    last = {model: last_words(looked[model]["reading"]) for model in networks(looked)}
    found = []
    for model, reading in last.items():
        for part in _parts(reading):
            own = reading[reading["part"] == part]
            claim = (
                f"The {part} state of {with_article(model)} tells the number of the subject just before the verb "
                "better than it tells a label that each noun was given by chance."
            )
            pair = (f"{model} {part}", "control")
            found += _difference(claim, pair, own, "known", own, "control", resamples, seed)
    if "lstm" in last:
        cell, hidden = (last["lstm"][last["lstm"]["part"] == part] for part in ("cell", "hidden"))
        claim = "The cell state of the LSTM tells the number of a new subject better than its hidden state."
        found += _difference(claim, ("lstm cell", "lstm hidden"), cell, "new", hidden, "new", resamples, seed)
    for gated in ("gru", "lstm"):
        if gated in last and "rnn" in last:
            ours, theirs = (last[model][last[model]["part"] == "hidden"] for model in (gated, "rnn"))
            named = with_article(gated)
            claim = f"The hidden state of {named} tells the number of a new subject better than that of the RNN."
            found += _difference(claim, (f"{gated} hidden", "rnn hidden"), ours, "new", theirs, "new", resamples, seed)
    for model in networks(looked):
        found += _unit_findings(model, looked[model]["margins"], resamples, seed)
    return found


def _unit_findings(model: str, margins: pd.DataFrame, resamples: int, seed: int) -> list[Finding]:
    right = {kind: right_by_item(margins, kind) for kind in KINDS}
    if any(table.empty for table in right.values()):
        return []
    first = str(right["with"].columns[1])
    values, samples = {}, {}
    for kind, table in right.items():
        weights = resample(len(table), resamples, seed) / len(table)
        for name in (first, TOGETHER, RANDOM):
            fall = (table[NONE] - table[name]).to_numpy()
            values[kind, name], samples[kind, name] = float(fall.mean()), weights @ fall
    named, whole = capital(with_article(model)), f"accuracy of the {model}"
    claims = [
        (f"{named} agrees less often across attractors without its unit {first}.", (first, ""), ("with", first), None),
        (f"{named} loses more by its unit {first} across attractors than without any.", (first, "without attractors"),
         ("with", first), ("without", first)),
        (f"{named} loses more across attractors by its named units together than by as many others.",
         (TOGETHER, RANDOM), ("with", TOGETHER), ("with", RANDOM)),
    ]  # fmt: skip
    return [
        finding(
            "inside",
            claim,
            (f"{model} {names[0]}", names[1]),
            f"fall of {whole}",
            values[a] - (values[b] if b else 0.0),
            samples[a] - (samples[b] if b else 0.0),
            "above",
            POINTS,
        )
        for claim, names, a, b in claims
    ]


def _difference(
    claim: str,
    names: tuple[str, str],
    a: pd.DataFrame,
    task_a: str,
    b: pd.DataFrame,
    task_b: str,
    resamples: int,
    seed: int,
) -> list[Finding]:
    """That more is read of `a` than of `b`, over the items that both were tested on; nothing where there are none."""
    right = [table[table["task"] == task].set_index("item")["right"] for table, task in ((a, task_a), (b, task_b))]
    both = pd.concat(right, axis=1, join="inner", keys=["a", "b"]).astype(float)
    if both.empty:
        return []
    difference = (both["a"] - both["b"]).to_numpy()
    samples = resample(len(difference), resamples, seed) @ difference / len(difference)
    measure = "share of states read rightly"
    return [finding("inside", claim, names, measure, float(difference.mean()), samples, "above", POINTS)]


def _parts(reading: pd.DataFrame) -> list[str]:
    return [part for part in ("hidden", "cell") if (reading["part"] == part).any()]


def _by_item(own: pd.DataFrame) -> tuple[Floats, Floats]:
    """Words read rightly and words (U,), by item."""
    sums = own.groupby("item")["right"].agg(["sum", "size"])
    return sums["sum"].to_numpy(dtype=float), sums["size"].to_numpy(dtype=float)


def _ratio(right: Floats, words: Floats, resamples: int, seed: int) -> NDArray[np.float64]:
    weights = resample(len(right), resamples, seed)
    return np.asarray((weights @ right) / (weights @ words))
