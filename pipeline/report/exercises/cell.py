"""Programming: the next state of a trained network, computed by hand."""

from dataclasses import dataclass

import numpy as np

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.report.exercises.network import PlainNetwork

SHOWN = 4


@dataclass(frozen=True)
class Worked:
    """The state of the last layer after `<eos>` and one more type, read from zero: its first numbers and its norm."""

    architecture: str
    implementation: str
    layers: int
    hidden: int
    token: int
    word: str
    first: list[float]
    norm: float

    @property
    def output(self) -> str:
        """What the listing prints."""
        return "\n".join([" ".join(f"{value:.4f}" for value in self.first), f"{self.norm:.4f}"])


def work(network: PlainNetwork, token: int, word: str) -> Worked:
    h = network.trace([EOS_ID, token])[-1][-1][0]
    return Worked(
        architecture=network.architecture,
        implementation=str(network.shape["implementation"]),
        layers=network.layers,
        hidden=len(h),
        token=token,
        word=word,
        first=[float(value) for value in h[:SHOWN]],
        norm=float(np.linalg.norm(h)),
    )
