"""The one contract: anything that predicts the next token.

A count model, a recurrent network and the grammar itself all meet `LanguageModel`; perplexity, the
agreement probe and generation are written against it and never ask which kind they hold.

Shapes are time-first everywhere: tokens (T, B) are B independent streams of T tokens.
"""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.integer[Any]]
Nats = NDArray[np.float64]


class LanguageModel(Protocol):
    """Predicts the next token of each of B streams from what it has read of them.

    A state belongs to the model that made it and is opaque to everybody else. It is never changed in
    place: a state can be kept and continued from more than once.
    """

    @property
    def name(self) -> str: ...

    @property
    def vocabulary_size(self) -> int: ...

    def start(self, batch_size: int) -> Any:
        """The state of `batch_size` streams that have read one `<eos>` and nothing else."""

    def read(self, tokens: Tokens, state: Any) -> tuple[Nats, Any]:
        """Reads tokens (T, B) from `state`.

        Returns the natural-log probability (T, B) of each token given everything read before it, and
        the state after the last. An impossible token has -inf; what is read after it stays -inf, or goes
        on from what the model still sees.
        """

    def next_log_probs(self, state: Any) -> Nats:
        """Natural-log probabilities (B, V) of the next token; each row sums to one."""
