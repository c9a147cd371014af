"""Programming: perplexity from the probabilities of tokens."""

from dataclasses import dataclass

import numpy as np

from pipeline.report.exercises.network import Floats

FIRST = 5


@dataclass(frozen=True)
class Worked:
    """Of one model on test: the probabilities of its first tokens, and over all that count, their number and the sum
    of −log p. `quoted` is the perplexity of the report."""

    model: str
    state: str
    first: list[float]
    tokens: int
    nats: float
    quoted: float

    @property
    def first_perplexity(self) -> float:
        """One over the geometric mean."""
        return float(np.exp(-np.mean(np.log(self.first))))

    @property
    def product(self) -> float:
        return float(np.prod(self.first))

    @property
    def perplexity(self) -> float:
        return float(np.exp(self.nats / self.tokens))

    @property
    def bits(self) -> float:
        """A token."""
        return self.nats / self.tokens / float(np.log(2))

    @property
    def output(self) -> str:
        """What the listing prints."""
        return "\n".join(
            [
                f"first {len(self.first)} tokens: perplexity {self.first_perplexity:.4f}",
                f"{self.tokens} tokens, {self.nats:.1f} nats, perplexity {self.perplexity:.4f}",
            ]
        )


def work(model: str, state: str, nats: Floats, counted: Floats, quoted: float) -> Worked:
    """From the log probabilities (N,) of test in the order of the text, and which of them count (N,)."""
    chosen = np.asarray(counted, dtype=bool)
    first = [float(p) for p in np.exp(nats[chosen][:FIRST])]
    return Worked(model, state, first, int(chosen.sum()), -float(nats[chosen].sum()), quoted)
