"""Of a made-up run: suites of minimal pairs, what models make of them, and what is inside the networks."""

import numpy as np
import pandas as pd

from pipeline.agreement.readers.saved import ScoredSuite
from pipeline.agreement.readers.suite import BadRow, Suite


def suite() -> pd.DataFrame:
    cells = [("simple", 0, 0), ("across a phrase", 1, 3), ("across a relative", 2, 6)]
    rows = [
        {"construction": name, "number": number, "n_attractors": attractors, "distance": distance,
         "n_distractors_same": 0, "held_out": place % 2 == 0,
         "good": "the dog near cats sees", "bad": "the dog near cats see"}
        for name, attractors, distance in cells
        for number in ("singular", "plural")
        for place in range(10)
    ]  # fmt: skip
    return pd.DataFrame(rows).rename_axis("item").reset_index()


def items(level: dict[str, float], suite: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    tables = []
    for model, mean in level.items():
        margin = 3.5 - mean - 0.3 * mean * suite["distance"] / 3 + rng.normal(0, 1, len(suite))
        scores = {"verb_good": -3.0, "verb_bad": -3 - margin, "sentence_good": -9.0, "sentence_bad": -9 - margin}
        tables.append(suite.drop(columns=["good", "bad"]).assign(model=model, suite="builtin", **scores))
    return pd.concat(tables, ignore_index=True)


def own_suite(level: dict[str, float]) -> ScoredSuite:
    """Forty pairs after Linzen, one a bad row, two out of vocabulary."""
    rng = np.random.default_rng(1)
    attractors = np.arange(40) % 5
    pairs = pd.DataFrame({"good": "a <b> is", "bad": "a <b> are", "n_attractors": attractors, "words_before": 2})
    bad = [BadRow(7, "its <b> word is no word")]
    suite = Suite("linzen", pairs, ("n_attractors", "words_before"), np.arange(40), np.ones(40, bool), bad)
    tables = []
    for model, mean in level.items():
        margin = 2.5 - mean - 0.2 * attractors[:38] + rng.normal(0, 0.5, 38)
        scores = {"verb_good": -3.0, "verb_bad": -3 - margin, "sentence_good": -9.0, "sentence_bad": -9 - margin}
        tables.append(pd.DataFrame({"item": np.arange(38), "model": model, **scores}))
    return ScoredSuite(suite, pd.concat(tables, ignore_index=True), 2)


def surprisal(models: list[str]) -> pd.DataFrame:
    """Two sentences in which every model finds the wrong form twice as surprising."""
    rows = [
        (model, item, place, word, 2.0 + item, "see" if word == "sees" else "", 4.0 if word == "sees" else np.nan)
        for model in models
        for item in (0, 7)
        for place, word in enumerate(["the", "<b>", "sees"])
    ]
    return pd.DataFrame(rows, columns=["model", "item", "place", "word", "bits", "wrong", "wrong_bits"])


def inside(model: str, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The number is read from all states but at the last word of every tenth item, the control by chance; 0/2 carries
    it: without it every item with attractors is wrong, of the others none."""
    item, offset = (grid.ravel() for grid in np.indices((90, 3)))
    tables = []
    for part in ("hidden", "cell") if model == "lstm" else ("hidden",):
        for task in ("new", "known", "control"):
            right = rng.random(270) < 0.5 if task == "control" else (item % 10 != 0) | (offset < 2)
            columns = {
                "part": part,
                "task": task,
                "item": item,
                "offset": offset,
                "distance": 2,
                "attractors": item % 3,
            }
            tables.append(pd.DataFrame(columns | {"right": right}))
    units = pd.DataFrame({"layer": 0, "unit": np.arange(4), "rank": [0, 2, 1, 0]})
    for half in ("chosen_by", "reported"):
        for kind in ("with", "without"):
            units[f"{half}_accuracy_{kind}"] = [0.0, 0.0, 1.0 if kind == "with" else 0.0, -0.01]
            units[f"{half}_margin_{kind}"] = units[f"{half}_accuracy_{kind}"]
    attractors = np.arange(20) % 3
    margins = [
        pd.DataFrame(
            {"silenced": name, "item": np.arange(20), "attractors": attractors,
             "margin": np.where((attractors > 0) & (name in ("0/2", "together")), -1.0, 1.0)}
        )
        for name in ("none", "0/2", "0/1", "together", "random")
    ]  # fmt: skip
    return {"reading": pd.concat(tables, ignore_index=True), "units": units, "margins": pd.concat(margins)}
