"""Programming: the bootstrap interval of a difference, paired and not."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.bootstrap import interval
from pipeline.report.exercises.network import Floats
from pipeline.report.resampling import log_perplexity

Blocks = Literal["documents", "lines", "stretches"]


@dataclass(frozen=True)
class Worked:
    """log perplexity of a less that of b, with its 95 % interval under the same resamples of test for both; apart: the
    interval where each has resamples of its own. `units` of `blocks` are drawn."""

    a: str
    b: str
    state_a: str
    state_b: str
    units: int
    blocks: Blocks
    lines: int
    resamples: int
    seed: int
    difference: float
    paired: tuple[float, float]
    apart: tuple[float, float]

    @property
    def wider(self) -> float:
        """How many times as wide the interval is without pairing."""
        return (self.apart[1] - self.apart[0]) / (self.paired[1] - self.paired[0])

    @property
    def ratio(self) -> float:
        """Of the perplexities."""
        return float(np.exp(self.difference))

    @property
    def verdict(self) -> str:
        excluded = self.paired[0] > 0 or self.paired[1] < 0
        return "does not hold zero" if excluded else "holds zero"

    @property
    def output(self) -> str:
        """What the listing prints."""
        return "\n".join(
            [
                f"difference {self.difference:.6f}",
                f"paired {self.paired[0]:.6f} to {self.paired[1]:.6f}",
                f"apart {self.apart[0]:.6f} to {self.apart[1]:.6f}",
            ]
        )


def work(
    models: tuple[str, str],
    states: tuple[str, str],
    nats: tuple[Floats, Floats],
    counted: NDArray[np.bool_],
    starts: NDArray[np.int64],
    cut: tuple[Blocks, int],
    resamples: int,
    seed: int,
) -> Worked:
    """Of two models' log probabilities (N,) of test. `starts` (U,): where the units begin; `cut` says what they are
    and, of lines, how many make a unit."""
    keyed = dict(zip(zip(models, states, strict=True), nats, strict=True))
    first, second = (log_perplexity(keyed, counted, starts, resamples, each) for each in (seed, seed + 1))
    a, b = zip(models, states, strict=True)
    own = first.samples(*a)
    return Worked(
        *models,
        *states,
        units=len(starts),
        blocks=cut[0],
        lines=cut[1],
        resamples=resamples,
        seed=seed,
        difference=first.value(*a) - first.value(*b),
        paired=interval(own - first.samples(*b)),
        apart=interval(own - second.samples(*b)),
    )
