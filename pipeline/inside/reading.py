"""Diagnostic classifiers: can the subject's number be read from a network's state, word by word?

A logistic regression is trained on the states after the words of one band of distances from the subject (0, 1, 2 to 3,
4 to 6, …), and tested on items that it was not trained on (Adi et al. 2017; Giulianelli et al. 2018). Three tasks:

- new: the number, of subjects whose word did not stand in training, so that nothing can be had by knowing nouns;
- known: the number, of other items with subjects that did;
- control: of the same items, a label that each subject word was given by chance (Hewitt and Liang 2019). What a
  classifier gets right of it, it knows by heart; known minus control is its selectivity.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.agreement.accuracies import BANDS
from pipeline.inside.items import Ints, Items
from pipeline.inside.states import WordStates

TASKS = ("new", "known", "control")
MOST_STEPS = 1000
TOLERANCE = 1e-3


@dataclass(frozen=True)
class Task:
    """label (I,) and fold (I,) of each item; `seen`: only subjects that stand in training are tested."""

    name: str
    label: NDArray[np.bool_]
    fold: Ints
    seen: bool


def tasks(items: Items, folds: int, rng: np.random.Generator) -> list[Task]:
    """The three tasks over the same items."""
    words, word_of = np.unique(items.subject, return_inverse=True)
    by_word = rng.permutation(len(words)) % folds
    by_item = rng.permutation(len(items)) % folds
    chance = rng.permutation(len(words)) % 2 == 1
    return [
        Task("new", items.plural, by_word[word_of], seen=False),
        Task("known", items.plural, by_item, seen=True),
        Task("control", chance[word_of], by_item, seen=True),
    ]


def read_number(
    states: WordStates, items: Items, folds: int, inverse_penalty: float, rng: np.random.Generator
) -> pd.DataFrame:
    """One row a part of the state, task, item and word that was tested: part, task, item (the row in the suite),
    offset, distance, attractors (of the whole item), right. Every item is tested once, by the classifier of the fold
    that left it out; a fold whose training items are all of one label tests none.
    """
    band = np.searchsorted(BANDS, states.offset, side="right")
    tables = []
    for task in tasks(items, folds, rng):
        for name, part in states.parts.items():
            for index in np.unique(band):
                own = np.flatnonzero(band == index)
                for tested, right in _cross_validated(part, states.item, own, task, items, folds, inverse_penalty):
                    item = states.item[tested]
                    tables.append(
                        pd.DataFrame(
                            {
                                "part": name,
                                "task": task.name,
                                "item": items.rows[item],
                                "offset": states.offset[tested],
                                "distance": items.distance[item],
                                "attractors": items.attractors[item],
                                "right": right,
                            }
                        )
                    )
    columns = ["part", "task", "item", "offset", "distance", "attractors", "right"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def _cross_validated(
    part: NDArray[np.float32], item: Ints, own: Ints, task: Task, items: Items, folds: int, inverse_penalty: float
) -> Iterator[tuple[Ints, NDArray[np.bool_]]]:
    """By fold, the rows of `part` (N, H) among `own` that were tested, and whether each was read rightly."""
    label, fold, subject = task.label[item[own]], task.fold[item[own]], items.subject[item[own]]
    first = np.zeros(len(own), dtype=bool)
    first[np.unique(item[own], return_index=True)[1]] = True  # one word an item trains: the others say nearly the same
    for left_out in range(folds):
        train, test = (fold != left_out) & first, fold == left_out
        if task.seen:
            test &= np.isin(subject, subject[train])
        if len(np.unique(label[train])) < 2 or not test.any():
            continue
        classifier = make_pipeline(
            StandardScaler(), LogisticRegression(C=inverse_penalty, max_iter=MOST_STEPS, tol=TOLERANCE)
        )
        classifier.fit(part[own[train]], label[train])
        yield own[test], classifier.predict(part[own[test]]) == label[test]
