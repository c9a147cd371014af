"""Mean losses by groups of tokens: how frequent the word is, how far into its sentence it stands, what was done to its
context, how long a model has been writing.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.evaluation.bootstrap import interval, resample
from pipeline.language_model import Tokens

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
TEXT = "text"
"""The writer of the real text, by name."""


def train_counts(tokens: Tokens, train_tokens: Tokens, vocabulary_size: int) -> Integers:
    """How often each word of the stream (N,) stands in train."""
    return np.bincount(train_tokens, minlength=vocabulary_size)[tokens]


def sentence_starts(tokens: Tokens, line_starts: Integers, closing: Sequence[int]) -> Integers:
    """Where sentences begin (S,) in a stream (N,): with each line, and after a word of `closing` that does not end one.

    Where a line is a sentence that is where lines begin; where it is a paragraph, full stops part it.
    """
    after = np.flatnonzero(np.isin(tokens[:-1], closing) & (np.asarray(tokens[1:]) != EOS_ID)) + 1
    return np.union1d(line_starts, after)


def places(starts: Integers, length: int) -> Integers:
    """The place (N,) of each word in its line or sentence, 1 for the first, in a stream of `length` words."""
    return np.arange(length) - np.repeat(starts, np.diff(np.append(starts, length))) + 1


def by_bin(
    table: pd.DataFrame, values: Integers, edges: list[int], starts: Integers, resamples: int, seed: int
) -> pd.DataFrame:
    """Mean loss of every model by bins of `values` (N,), a number of each token, such as its count in train.

    table: the scores of one split, as in `tokens.parquet`: model, state, position, nats. Bin i holds the tokens of
    edges[i] <= value < edges[i + 1], the last all from its edge on; those of smaller values are left out.
    Columns: model, state, at_least and below (NA for the last bin), tokens, nats and perplexity, and the 95 %
    intervals of both by the bootstrap over the documents or blocks that begin at `starts`, the same for all models.
    """
    bins = np.searchsorted(edges, values, side="right") - 1
    units = np.searchsorted(starts, np.arange(len(values)), side="right") - 1
    tables = []
    for (model, state), rows in table.groupby(["model", "state"], observed=True, sort=False):
        losses = np.empty(len(values))
        losses[rows["position"].to_numpy()] = -rows["nats"].to_numpy()
        kept = bins >= 0
        means = grouped_means(losses[kept], bins[kept], units[kept], len(starts), resamples, seed)
        tables.append(means.assign(model=str(model), state=str(state)))
    means = pd.concat(tables, ignore_index=True)
    below = pd.array([*edges[1:], None], dtype="Int64")
    return pd.DataFrame(
        {
            "model": means["model"],
            "state": means["state"],
            "at_least": np.array(edges)[means["group"]],
            "below": below[means["group"].to_numpy()],
            "tokens": means["count"],
            "nats": means["mean"],
            "nats_low": means["low"],
            "nats_high": means["high"],
            "perplexity": _exp(means["mean"]),
            "perplexity_low": _exp(means["low"]),
            "perplexity_high": _exp(means["high"]),
        }
    )


def grouped_means(
    values: Floats, groups: Integers, units: Integers, num_units: int, resamples: int, seed: int
) -> pd.DataFrame:
    """The mean of `values` (N,) in each of `groups` (N,), with its 95 % interval by the bootstrap over `units` (N,).

    Columns: group (those that have a value), count, mean, low, high. The same seed and number of units draw the same
    resamples, whatever the values. A mean that holds an infinite value is infinite, and so are the bounds that
    resamples with it reach; resamples in which a group has nothing are left out.
    """
    found, group = np.unique(groups, return_inverse=True)
    cells = units * len(found) + group
    shape = (num_units, len(found))
    finite = np.isfinite(values)
    sums = np.bincount(cells[finite], values[finite], minlength=num_units * len(found)).reshape(shape)
    infinite = np.bincount(cells[~finite], minlength=num_units * len(found)).reshape(shape)
    counts = np.bincount(cells, minlength=num_units * len(found)).reshape(shape)
    weights = resample(num_units, resamples, seed).astype(float)
    drawn = weights @ counts
    with np.errstate(invalid="ignore"):
        samples = np.where(weights @ infinite > 0, np.inf, weights @ sums / drawn)
    total = counts.sum(axis=0)
    means = np.where(infinite.sum(axis=0) > 0, np.inf, sums.sum(axis=0) / total)
    bounds = [interval(samples[drawn[:, column] > 0, column]) for column in range(len(found))]
    low, high = np.array(bounds).reshape(-1, 2).T
    return pd.DataFrame({"group": found, "count": total, "mean": means, "low": low, "high": high})


def context_effect(losses: pd.DataFrame, starts: NDArray[np.int64], resamples: int, seed: int) -> pd.DataFrame:
    """What each manipulation costs, from `context.context_losses` of one model.

    One row a manipulation and k: positions, nats (the mean loss), difference (to the whole context at the same
    positions), and the 95 % interval of the difference by the bootstrap over the documents or blocks of the text,
    which begin at `starts`; the same resamples for all models.
    """
    whole = losses[losses["manipulation"] == "whole"].set_index("position")["nats"]
    rows = []
    for (manipulation, k), group in losses.groupby(["manipulation", "k"], sort=False):
        nats, positions = group["nats"].to_numpy(), group["position"].to_numpy()
        differences, units = nats - whole[positions].to_numpy(), np.searchsorted(starts, positions, side="right") - 1
        [(_, count, mean, low, high)] = grouped_means(
            differences, np.zeros(len(units), int), units, len(starts), resamples, seed
        ).itertuples(index=False)
        rows.append(
            {
                "manipulation": manipulation,
                "k": k,
                "positions": count,
                "nats": nats.mean(),
                "difference": mean,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


def drift(scores: pd.DataFrame, edges: list[int], resamples: int, seed: int) -> pd.DataFrame:
    """How texts of `free_running.free_running` fare by position: one row a writer, judge and bin of positions.

    Bin i holds the positions edges[i] to edges[i + 1] - 1, the last edge ends the last. Columns: first and last
    (position), texts, possible (the share of tokens that the judge does not hold impossible), nats (the mean loss of
    those), and the 95 % intervals of both by the bootstrap over texts.
    """
    tables = []
    for (writer, judge), rows in scores.groupby(["writer", "judge"], observed=True, sort=False):
        bins = np.searchsorted(edges, rows["position"].to_numpy(), side="right") - 1
        inside = (bins >= 0) & (bins < len(edges) - 1)
        nats, text, bins = rows["nats"].to_numpy()[inside], rows["text"].to_numpy()[inside], bins[inside]
        possible = np.isfinite(nats)
        texts = int(text.max()) + 1
        shares = grouped_means(possible.astype(float), bins, text, texts, resamples, seed)
        means = grouped_means(-nats[possible], bins[possible], text[possible], texts, resamples, seed)
        both = shares.merge(means, on="group", how="left", suffixes=("_possible", "_nats"))
        group = both["group"].to_numpy()
        tables.append(
            pd.DataFrame(
                {
                    "writer": writer,
                    "judge": judge,
                    "first": np.array(edges)[group],
                    "last": np.array(edges)[group + 1] - 1,
                    "texts": texts,
                    "possible": both["mean_possible"],
                    "possible_low": both["low_possible"],
                    "possible_high": both["high_possible"],
                    "nats": both["mean_nats"],
                    "nats_low": both["low_nats"],
                    "nats_high": both["high_nats"],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _exp(nats: pd.Series) -> Floats:
    values = nats.to_numpy(dtype=float)
    return np.where(values < 700, np.exp(np.minimum(values, 700)), np.inf)
