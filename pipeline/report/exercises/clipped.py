"""Programming: what clipping did in training, from the norms of every step."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.report.names import networks


@dataclass(frozen=True)
class Clipped:
    """Steps of training and how many were clipped; factor: the mean of norm after over norm before, of those clipped
    (NaN without any). Of the step with the largest norm: its norms, and the lengths learning rate times norm of the
    step that plain gradient descent would have taken. median: of all norms before clipping."""

    model: str
    steps: int
    clipped: int
    factor: float
    largest: float
    largest_after: float
    learning_rate: float
    median: float

    @property
    def share(self) -> float:
        return self.clipped / self.steps

    @property
    def times_median(self) -> tuple[float, float]:
        """The largest norm as a multiple of the median, before and after clipping."""
        return self.largest / self.median, self.largest_after / self.median


@dataclass(frozen=True)
class Worked:
    """`model` is the network that was clipped most often, which the listing takes."""

    each: list[Clipped]
    model: str
    optimiser: str

    @property
    def output(self) -> str:
        """What the listing prints."""
        own = next(each for each in self.each if each.model == self.model)
        return "\n".join(
            [
                f"{own.clipped} of {own.steps} steps clipped",
                f"mean factor {own.factor:.4f}",
                f"largest norm {own.largest:.4f}, after clipping {own.largest_after:.4f}",
                f"length of that step {own.learning_rate * own.largest:.6f}, "
                f"after clipping {own.learning_rate * own.largest_after:.6f}",
            ]
        )


def work(steps: Mapping[str, pd.DataFrame], optimiser: str) -> Worked:
    each = []
    for model in networks(steps):
        before = steps[model]["norm_before_clipping"].to_numpy(float)
        after = steps[model]["norm_after_clipping"].to_numpy(float)
        cut, top = before > after, int(np.argmax(before))
        each.append(
            Clipped(
                model=model,
                steps=len(before),
                clipped=int(cut.sum()),
                factor=float((after[cut] / before[cut]).mean()) if cut.any() else float("nan"),
                largest=float(before[top]),
                largest_after=float(after[top]),
                learning_rate=float(steps[model]["learning_rate"].iloc[top]),
                median=float(np.median(before)),
            )
        )
    return Worked(each, max(each, key=lambda one: one.share).model, optimiser)
