"""The tables of the chapter on counting: what smoothing, more text and longer n-grams buy, and what was never seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.evaluation.bootstrap import resample
from pipeline.language_model import Tokens
from pipeline.report.names import FLOOR, as_text, networks, ngrams, short_unit, shown_type
from pipeline.report.resampling import Floats, estimate

CONTEXT = {"word": 7, "piece": 12, "character": 40}
"""Tokens shown before a surprising one."""
SURPRISES = 10


@dataclass(frozen=True)
class Surprise:
    """A word of test that a count model gave little: the words before it, and the nats it cost each model."""

    context: str
    word: str
    nats: Mapping[str, float]


def perplexities(units: pd.DataFrame, by: Sequence[str], resamples: int, seed: int) -> pd.DataFrame:
    """Perplexity with its 95 % interval by the columns `by`, from rows of unit, tokens and nats.

    All groups have the same units and share the resamples.
    """
    weights = resample(units["unit"].nunique(), resamples, seed).astype(float)
    rows = []
    for key, group in units.groupby(list(by), sort=False, observed=True):
        ordered = group.sort_values("unit")
        nats, tokens = ordered["nats"].to_numpy(dtype=float), ordered["tokens"].to_numpy(dtype=float)
        found = estimate(float(nats.sum() / tokens.sum()), _weighted(weights, nats) / (weights @ tokens))
        with np.errstate(over="ignore"):
            value, low, high = (float(np.exp(each)) for each in (found.value, found.low, found.high))
        rows.append({**dict(zip(by, key, strict=True)), "perplexity": value, "low": low, "high": high})
    return pd.DataFrame(rows)


def _weighted(weights: Floats, nats: Floats) -> Floats:
    """Sums (R,) of nats (U,) by weights (R, U), infinite where a resample draws an impossible token."""
    possible = np.isfinite(nats)
    sums: Floats = weights[:, possible] @ nats[possible]
    sums[weights[:, ~possible].any(axis=1)] = np.inf
    return sums


def hit_rates(
    longest: NDArray[np.integer],
    counted: NDArray[np.bool_],
    scores: Mapping[tuple[str, str], Floats],
    states: Mapping[str, str],
) -> pd.DataFrame:
    """By the order of the longest n-gram ending at a token of test that train has: tokens, share, and perplexity there.

    longest (N,): that order, 1 where only the word itself was seen; counted (N,): the tokens that count. Models: the
    longest n-gram, the networks, the source.
    """
    models = [*ngrams(states)[-1:], *networks(states), *([FLOOR] if FLOOR in states else [])]
    rows = []
    for order in np.unique(longest[counted]):
        chosen = (longest == order) & counted
        tokens = int(chosen.sum())
        row = {"longest_seen": int(order), "tokens": tokens, "share": tokens / int(counted.sum())}
        for model in models:
            with np.errstate(over="ignore"):
                rows.append(
                    {**row, "model": model, "perplexity": float(np.exp(-scores[model, states[model]][chosen].mean()))}
                )
    return pd.DataFrame(rows)


def surprises(
    tokens: Tokens,
    types: Sequence[str],
    scores: Mapping[tuple[str, str], Floats],
    states: Mapping[str, str],
    model: str,
    unit: str,
) -> list[Surprise]:
    """The `SURPRISES` words of test that cost `model` most, each word once, with the nats they cost the networks."""
    before = CONTEXT[short_unit(unit)]
    own = -scores[model, states[model]]
    shown: dict[int, Surprise] = {}
    for place in np.argsort(-own, kind="stable").tolist():
        token = int(tokens[place])
        if token in shown or not np.isfinite(own[place]):
            continue
        line = np.asarray(tokens[max(place - before, 0) : place])
        line = line[np.flatnonzero(line == EOS_ID)[-1] + 1 :] if EOS_ID in line else line
        nats = {name: float(-scores[name, states[name]][place]) for name in (model, *networks(states))}
        shown[token] = Surprise(as_text([types[int(word)] for word in line], unit), shown_type(types[token]), nats)
        if len(shown) == SURPRISES:
            break
    return list(shown.values())


def overlap_table(overlap: pd.DataFrame) -> pd.DataFrame:
    """Sentences of test that train has too, and as many as chance would give, by length in words."""
    starts = np.array([1, 5, 7, 9])
    band = np.searchsorted(starts, overlap["length"], side="right")
    table = overlap.groupby(band).agg(
        shortest=("length", "min"), longest=("length", "max"), sentences=("sentences", "sum"),
        shared=("shared", "sum"), expected=("expected", "sum"), variance=("variance", "sum"),
    )  # fmt: skip
    return table.assign(deviation=np.sqrt(table["variance"])).drop(columns="variance").reset_index(drop=True)
