"""Programming: agreement accuracy from the scores of the two forms of each item."""

from dataclasses import dataclass

import pandas as pd

from pipeline.agreement.probe import accuracy


@dataclass(frozen=True)
class Worked:
    """By construction the items of one model and the share judged rightly; the headline is their plain mean, over_items
    the mean over items. ties: items on which both forms have the same probability."""

    model: str
    items: int
    ties: int
    by_construction: list[tuple[str, int, float]]
    over_items: float

    @property
    def headline(self) -> float:
        return sum(share for _, _, share in self.by_construction) / len(self.by_construction)

    @property
    def output(self) -> str:
        """What the listing prints."""
        rows = [f"{name} {share:.4f}" for name, _, share in self.by_construction]
        return "\n".join([*rows, f"mean over constructions {self.headline:.4f}", f"over items {self.over_items:.4f}"])


def work(items: pd.DataFrame, model: str) -> Worked:
    """From the scored forms in long format: one row an item and model."""
    own = items[items["model"] == model]
    good, bad = own["verb_good"].to_numpy(), own["verb_bad"].to_numpy()
    right = own.assign(right=accuracy(good, bad))
    by_construction = [
        (str(name), len(each), float(each.mean())) for name, each in right.groupby("construction")["right"]
    ]
    return Worked(model, len(own), int((good == bad).sum()), by_construction, float(right["right"].mean()))
