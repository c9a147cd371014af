"""Text written by a model, one token at a time."""

from collections.abc import Iterator

import numpy as np

from pipeline.language_model import LanguageModel, Tokens


def generate(model: LanguageModel, prompt: Tokens, temperature: float, rng: np.random.Generator) -> Iterator[int]:
    """Tokens without end after `prompt` (P,): drawn from p^(1/temperature), renormalised."""
    state = model.start(1)
    if len(prompt):
        _, state = model.read(prompt[:, None], state)
    while True:
        scaled = model.next_log_probs(state)[0] / temperature
        cumulative = np.cumsum(np.exp(scaled - scaled.max()))
        token = int(np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right"))
        yield token
        _, state = model.read(np.array([[token]]), state)
