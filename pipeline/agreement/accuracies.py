"""Accuracy of every model on a suite, by whatever its items can be grouped by, with paired intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.probe import accuracy
from pipeline.agreement.readers.suite import Suite
from pipeline.evaluation.bootstrap import interval

Floats = NDArray[np.float64]
SCORES = ("verb", "sentence")
MOST_VALUES = 100
"""A text column with more values than this names items, not groups."""
MOST_NUMBERS = 12
"""A column with more numbers than this is grouped in bands."""
BANDS = (0, 1, 2, 4, 7, 11, 16, 23, 31, 41)
"""Where bands begin: 0, 1, 2 to 3, 4 to 6, …"""
CONSTRUCTIONS = ("construction", "UID")
"""Columns that name constructions: of these there is a plain mean over their values too."""
COLUMNS = ("score", "group", "value", "model", "items", "accuracy", "low", "high")


@dataclass(frozen=True)
class Judged:
    """Items judged by one score, those alike in every group and under every model gathered into one kind.

    right (K, M): 1, 0.5 or 0 of each kind and model; counts (K,): its items; groups: a row a kind; draws (R, K): how
    often each is drawn in each resample. Drawing kinds by their counts is drawing items, paired between models.
    """

    models: list[str]
    right: Floats
    counts: NDArray[np.int64]
    groups: pd.DataFrame
    draws: NDArray[np.int32]

    def mean(self, kinds: NDArray[np.int64] | slice = slice(None)) -> tuple[Floats, Floats]:
        """Accuracy (M,) over the items of `kinds`, and under each resample (R, M); NaN where none is drawn."""
        counts, drawn, right = self.counts[kinds], self.draws[:, kinds].astype(float), self.right[kinds]
        with np.errstate(invalid="ignore"):
            return counts @ right / counts.sum(), drawn @ right / drawn.sum(axis=1, keepdims=True)

    def by_value(self, group: str) -> dict[str, NDArray[np.int64]]:
        """The kinds of each value of `group`, in order."""
        values = self.groups[group]
        return {
            str(value): np.flatnonzero(values == value) for value in values.cat.categories if (values == value).any()
        }

    def mean_over(self, group: str) -> tuple[Floats, Floats]:
        """The plain mean over the values of `group` of what `mean` gives."""
        means = [self.mean(kinds) for kinds in self.by_value(group).values()]
        return np.mean([value for value, _ in means], axis=0), np.mean([samples for _, samples in means], axis=0)

    @cached_property
    def construction(self) -> str | None:
        """The group that names constructions, where there is one."""
        return next((name for name in CONSTRUCTIONS if name in self.groups), None)


def judge(
    scores: pd.DataFrame, groups: pd.DataFrame, score: str, models: Sequence[str], resamples: int, seed: int
) -> Judged:
    """From log probabilities in long format (item, model, …_good, …_bad) and one row of `groups` an item, by index.

    Items that `groups` lacks are left out.
    """
    chosen = scores[scores["item"].isin(groups.index)]
    right = accuracy(chosen[f"{score}_good"].to_numpy(), chosen[f"{score}_bad"].to_numpy())
    wide = (
        chosen[["item", "model"]].assign(right=right).pivot(index="item", columns="model", values="right")[list(models)]
    )
    wide.columns = pd.RangeIndex(len(models))  # numbers, which no group is called by
    labelled = group_labels(groups.loc[wide.index])
    table = labelled.join(wide)
    kinds = table.groupby(list(table.columns), observed=True, sort=True).size().reset_index(name=len(models))
    counts = kinds[len(models)].to_numpy()  # a number too, since a group may be called "items"
    draws = np.random.default_rng(seed).multinomial(counts.sum(), counts / counts.sum(), size=resamples)
    return Judged(
        models=list(models),
        right=kinds[list(wide.columns)].to_numpy(dtype=float),
        counts=counts,
        groups=kinds[list(labelled.columns)],
        draws=draws.astype(np.int32),
    )


def judge_suite(
    suite: Suite, scores: pd.DataFrame, score: str, models: Sequence[str], resamples: int, seed: int
) -> Judged | None:
    """What `judge` makes of a suite; None where no scored item can be judged by this score."""
    groups = suite.pairs[list(suite.groups)]
    if score == "verb":
        groups = groups[suite.compares_forms]
    scored = groups[groups.index.isin(scores["item"])]
    return judge(scores, scored, score, models, resamples, seed) if len(scored) else None


def suite_accuracies(
    suite: Suite, scores: pd.DataFrame, models: Sequence[str], resamples: int, seed: int
) -> pd.DataFrame:
    """`accuracies` by both scores, as far as items can be judged by them."""
    judged = {score: judge_suite(suite, scores, score, models, resamples, seed) for score in SCORES}
    return pd.concat([accuracies(by, score) for score, by in judged.items() if by], ignore_index=True)


def accuracies(judged: Judged, score: str) -> pd.DataFrame:
    """Accuracy by model: of all items, by every value of every group, and as the mean over constructions."""
    whole = int(judged.counts.sum())
    tables = [_rows(judged, "all", "", whole, judged.mean())]
    if judged.construction:
        mean = judged.mean_over(judged.construction)
        tables.append(_rows(judged, f"mean over {judged.construction}", "", whole, mean))
    for group in judged.groups.columns.astype(str):
        for value, kinds in judged.by_value(group).items():
            tables.append(_rows(judged, group, value, int(judged.counts[kinds].sum()), judged.mean(kinds)))
    return pd.concat(tables, ignore_index=True).assign(score=score)[list(COLUMNS)]


def group_labels(groups: pd.DataFrame) -> pd.DataFrame:
    """The columns of `groups` as categories in the order in which they are shown: numbers by size, words by alphabet.

    Numbers of more than `MOST_NUMBERS` values become bands; columns of more than `MOST_VALUES` words are left out.
    """
    labelled = {}
    for name in groups:
        numbers = pd.to_numeric(groups[name], errors="coerce")
        if numbers.isna().any():
            words = groups[name].astype(str)
            if words.nunique() <= MOST_VALUES:
                labelled[name] = pd.Categorical(words, sorted(words.unique()))
        elif numbers.nunique() <= MOST_NUMBERS:
            values = sorted(numbers.unique())
            labelled[name] = pd.Categorical(
                [_written(value) for value in numbers], [_written(value) for value in values]
            )
        else:
            labelled[name] = _bands(numbers.to_numpy(dtype=float))
    return pd.DataFrame(labelled, index=groups.index)


def _written(number: float) -> str:
    """In six digits, or in as many as tell it from every other."""
    short = f"{number:g}"
    return short if float(short) == number else str(number)


def _bands(numbers: Floats) -> pd.Categorical:
    place = np.searchsorted(BANDS, numbers, side="right")
    names = [f"below {BANDS[0]}"]
    names += [f"{a}" if b == a + 1 else f"{a} to {b - 1}" for a, b in pairwise(BANDS)]
    names.append(f"{BANDS[-1]} or more")
    return pd.Categorical([names[index] for index in place], names)


def _rows(judged: Judged, group: str, value: str, items: int, means: tuple[Floats, Floats]) -> pd.DataFrame:
    values, samples = means
    defined = samples[~np.isnan(samples).any(axis=1)]
    bounds = [interval(defined[:, place]) if len(defined) else (np.nan, np.nan) for place in range(len(judged.models))]
    low, high = np.transpose(bounds)
    return pd.DataFrame(
        {
            "group": group,
            "value": value,
            "model": judged.models,
            "items": items,
            "accuracy": values,
            "low": low,
            "high": high,
        }
    )
