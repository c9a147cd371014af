"""Theory: the additive path of a gated network, as time constants of its gates."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.report.names import networks


@dataclass(frozen=True)
class Moment:
    """Over units: the time constant in steps of the median unit and of the longest, and the share of units whose is
    longer than a training segment."""

    when: str
    median: float
    longest: float
    beyond: float


@dataclass(frozen=True)
class Worked:
    """`architecture` is lstm or gru; `openness` is the mean of the longest unit's gate after training."""

    architecture: str
    units: int
    segment: int
    moments: list[Moment]
    gate: float

    @property
    def last(self) -> Moment:
        return self.moments[-1]

    def left(self, steps: int) -> float:
        """What the longest unit has left of its content after `steps`: e^(−steps / τ)."""
        return float(np.exp(-steps / self.last.longest))

    @property
    def median_left(self) -> float:
        """The same of the median unit after a training segment."""
        return float(np.exp(-self.segment / self.last.median))


WORDS = {"before": "before training", "halfway": "halfway", "after": "after training"}


def work(times: pd.DataFrame, segment: int) -> Worked:
    """From the time constants of all units; of the LSTM where there is one, else of the GRU."""
    architecture = networks(times["model"])[-1]
    own = times[times["model"] == architecture]
    moments = []
    for when, words in WORDS.items():
        steps = own.loc[own["weights"] == when, "steps"]
        if len(steps):
            beyond = float((steps > segment).mean())
            moments.append(Moment(words, float(steps.median()), float(steps.max()), beyond))
    longest = float(np.exp(-1 / moments[-1].longest))
    return Worked(architecture, int((own["weights"] == "after").sum()), segment, moments, longest)
