"""Counting: what smoothing, longer n-grams and more text buy."""

import numpy as np
import pandas as pd

from pipeline.report import count_figures, counting
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn, listed
from pipeline.report.inputs import Inputs
from pipeline.report.names import SMOOTHING_WORDS, short_unit
from pipeline.report.scored import Scored


def analyse(inputs: Inputs, scored: Scored) -> Told:
    resamples, seed = inputs.plan.perplexity.resamples, inputs.plan.seed
    scores, counted = scored.scores["test"], scored.counted["test"]
    made = {
        "hit_rates": counting.hit_rates(inputs.longest_seen, counted, scores, scored.states),
        "smoothing": counting.perplexities(inputs.smoothing, ["smoothing", "order"], resamples, seed),
    }
    if inputs.learning_curve is not None:
        by = ["model", "share", "train_tokens"]
        made["learning_curve"] = counting.perplexities(inputs.learning_curve, by, resamples, seed)
    surprises = counting.surprises(
        inputs.corpus.splits["test"].tokens,
        inputs.corpus.vocabulary.types,
        scores,
        scored.states,
        scored.longest,
        inputs.corpus.summary["unit"],
    )
    return Told(made, words={"surprises": surprises})


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    unit, tables = short_unit(inputs.corpus.summary["unit"]), results.tables
    made = [
        drawn("hits", f"How long an n-gram train has for each {unit}", _hits(tables["hit_rates"]),
              count_figures.hits(tables["hit_rates"], unit)),
        drawn("smoothing", "Ways of smoothing", _smoothing(tables["smoothing"]),
              count_figures.smoothing(tables["smoothing"], SMOOTHING_WORDS)),
    ]  # fmt: skip
    if "learning_curve" in tables:
        curve = tables["learning_curve"]
        made.append(drawn("learning_curve", "Counting more text", _curve(curve), count_figures.learning_curve(curve)))
    return made


def _hits(table: pd.DataFrame) -> str:
    shares = table.drop_duplicates("longest_seen").sort_values("longest_seen")
    parts = (f"{share:.0%} order {order}" for order, share in zip(shares["longest_seen"], shares["share"], strict=True))
    return f"Share of the tokens of test by the longest n-gram that ends there and stands in train: {', '.join(parts)}."


def _smoothing(table: pd.DataFrame) -> str:
    longest = table[table["order"] == table["order"].max()].set_index("smoothing")["perplexity"]
    parts = (
        f"{SMOOTHING_WORDS[name]} {_perplexity(longest[name])}" for name in SMOOTHING_WORDS if name in longest.index
    )
    return f"Test perplexity at order {table['order'].max()} by way of smoothing: {', '.join(parts)}."


def _perplexity(value: float) -> str:
    return f"{value:.1f}" if np.isfinite(value) else "infinite"


def _curve(table: pd.DataFrame) -> str:
    ends = {}
    for model, rows in table.groupby("model", sort=False):
        values = rows.sort_values("train_tokens")["perplexity"]
        ends[str(model)] = f"from {values.iloc[0]:.1f} to {values.iloc[-1]:.1f}"
    return f"Test perplexity from the smallest part of train to all of it: {listed(ends)}."


CHAPTER = Chapter("counting", "Counting", analyse, draw)
