"""What several tests need: a model whose every answer is known, and small texts."""

import numpy as np
import pytest

from pipeline.language_model import Nats, Tokens


class UniformModel:
    """Gives every type the same probability; counts how often it was started anew."""

    def __init__(self, vocabulary_size: int) -> None:
        self.name, self.vocabulary_size, self.starts = "uniform", vocabulary_size, 0

    def start(self, batch_size: int) -> int:
        self.starts += batch_size
        return batch_size

    def read(self, tokens: Tokens, state: int) -> tuple[Nats, int]:
        return np.full(tokens.shape, -np.log(self.vocabulary_size)), state

    def next_log_probs(self, state: int) -> Nats:
        return np.full((state, self.vocabulary_size), -np.log(self.vocabulary_size))


@pytest.fixture
def uniform_model() -> UniformModel:
    return UniformModel(7)
