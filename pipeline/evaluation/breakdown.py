"""Mean losses by groups of tokens: how frequent the word is, how far into its line it stands."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.bootstrap import interval, resample
from pipeline.language_model import Tokens

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


def train_counts(tokens: Tokens, train_tokens: Tokens, vocabulary_size: int) -> Integers:
    """How often each word of the stream (N,) stands in train."""
    return np.bincount(train_tokens, minlength=vocabulary_size)[tokens]


def line_positions(line_starts: Integers, length: int) -> Integers:
    """The place (N,) of each word in its line, 1 for the first, in a stream of `length` words."""
    return np.arange(length) - np.repeat(line_starts, np.diff(np.append(line_starts, length))) + 1


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


def _exp(nats: pd.Series) -> Floats:
    values = nats.to_numpy(dtype=float)
    return np.where(values < 700, np.exp(np.minimum(values, 700)), np.inf)
