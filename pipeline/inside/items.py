"""Agreement items as what is asked about the inside of a network: where the subject stands, and what its number is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.suites import EncodedSuite

Ints = NDArray[np.int64]
NONE, TOGETHER, RANDOM = "none", "together", "random"
"""What is silenced besides single units."""


@dataclass(frozen=True)
class Items:
    """Items of an agreement suite over whole words, one token each.

    prefixes: the tokens before the verb of each item; head (I,): where in them the subject's head noun stands; subject
    (I,): its word's id; plural (I,): whether the subject is; good, bad (I,): ids of the two forms; attractors (I,),
    distance (I,): as in MEASURES: words strictly between head and verb; rows (I,): the item in the suite.
    """

    prefixes: list[Ints]
    head: Ints
    subject: Ints
    plural: NDArray[np.bool_]
    good: Ints
    bad: Ints
    attractors: Ints
    distance: Ints
    rows: Ints

    def __len__(self) -> int:
        return len(self.prefixes)

    def take(self, chosen: Ints) -> "Items":
        """The items numbered `chosen`, in that order."""
        return Items(
            prefixes=[self.prefixes[item] for item in chosen.tolist()],
            head=self.head[chosen],
            subject=self.subject[chosen],
            plural=self.plural[chosen],
            good=self.good[chosen],
            bad=self.bad[chosen],
            attractors=self.attractors[chosen],
            distance=self.distance[chosen],
            rows=self.rows[chosen],
        )


def inside_items(suite: pd.DataFrame, encoded: EncodedSuite) -> Items:
    """The scored items of `suite` whose construction stands in both numbers.

    A construction of one number alone ("the cat and the dog ...") would tell a classifier the number by its form.
    """
    both = (suite.groupby("construction")["number"].transform("nunique") == 2).to_numpy(dtype=bool)
    kept = np.flatnonzero(both[encoded.rows])
    rows, verb = encoded.rows[kept], encoded.verb[kept]
    told = suite.iloc[rows]
    distance = told["distance"].to_numpy(dtype=np.int64)
    head = verb - distance - 1
    good = [encoded.good[item] for item in kept.tolist()]
    bad = [encoded.bad[item] for item in kept.tolist()]

    def at(sentences: list[Ints], places: Ints) -> Ints:
        return np.array([tokens[place] for tokens, place in zip(sentences, places.tolist(), strict=True)], np.int64)

    return Items(
        prefixes=[tokens[:place] for tokens, place in zip(good, verb.tolist(), strict=True)],
        head=head,
        subject=at(good, head),
        plural=(told["number"] == "plural").to_numpy(dtype=bool),
        good=at(good, verb),
        bad=at(bad, verb),
        attractors=told["n_attractors"].to_numpy(dtype=np.int64),
        distance=distance,
        rows=rows,
    )


def choose_items(items: Items, most: int, rng: np.random.Generator) -> Items:
    """At most `most` items, half of them with attractors as far as there are enough, in random order."""
    order = rng.permutation(len(items))
    attracted = order[items.attractors[order] > 0]
    plain = order[items.attractors[order] == 0]
    of_attracted = min(len(attracted), max(most - most // 2, most - len(plain)))
    chosen = np.concatenate([attracted[:of_attracted], plain[: most - of_attracted]])
    return items.take(rng.permutation(chosen))


def batches(items: Items, tokens_at_once: int) -> list[Ints]:
    """Items (B,) whose prefixes are equally long, so that nothing is padded; every item once."""
    lengths = np.array([len(prefix) for prefix in items.prefixes], dtype=np.int64)
    found = []
    for length in np.unique(lengths).tolist():
        alike = np.flatnonzero(lengths == length)
        width = max(1, tokens_at_once // max(length, 1))
        found += [alike[begin : begin + width] for begin in range(0, len(alike), width)]
    return found
