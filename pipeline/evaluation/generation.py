"""Text written by a model, one token at a time."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.reading import advance
from pipeline.language_model import LanguageModel, Nats, Tokens


def generate(
    model: LanguageModel,
    prompt: Tokens,
    temperature: float,
    rng: np.random.Generator,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Iterator[int]:
    """Tokens without end after `prompt` (P,), drawn as `draw` says."""
    state = advance(model, prompt[:, None], model.start(1))
    while True:
        token = draw(model.next_log_probs(state), rng.random(1), temperature, top_k, top_p)
        yield int(token[0])
        state = advance(model, token[None], state)


def write_texts(
    model: LanguageModel,
    prompts: Tokens,
    length: int,
    temperature: float,
    rng: np.random.Generator,
    top_k: int | None = None,
    top_p: float | None = None,
) -> NDArray[np.int64]:
    """How the texts of `prompts` (P, B) go on, (length, B), all written at once; without words (0, B) they begin."""
    streams: int = prompts.shape[1]
    state = advance(model, prompts, model.start(streams))
    texts = np.empty((length, streams), dtype=np.int64)
    for row in texts:
        row[:] = draw(model.next_log_probs(state), rng.random(streams), temperature, top_k, top_p)
        state = advance(model, row[None], state)
    return texts


def draw(
    log_probs: Nats, uniforms: NDArray[np.float64], temperature: float, top_k: int | None, top_p: float | None
) -> NDArray[np.int64]:
    """One token (B,) of each row of `log_probs` (B, V), by inversion of the distribution at `uniforms` (B,) in [0, 1).

    The distribution is p^(1/temperature), renormalised; then its `top_k` likeliest tokens (Fan et al. 2018; all of
    those that tie with the last), renormalised; then the fewest likeliest tokens whose probabilities sum to `top_p`
    (above 0) or more (Holtzman et al. 2020), renormalised. None leaves a step out.
    """
    scaled = log_probs / temperature
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    if top_k is not None and top_k < weights.shape[1]:
        last_kept = np.partition(weights, -top_k, axis=1)[:, [-top_k]]
        weights[weights < last_kept] = 0
    if top_p is not None:
        order = np.argsort(-weights, axis=1, kind="stable")
        ranked = np.take_along_axis(weights, order, axis=1)
        likelier = np.cumsum(ranked, axis=1) - ranked
        ranked[likelier >= top_p * ranked.sum(axis=1, keepdims=True)] = 0
        np.put_along_axis(weights, order, ranked, axis=1)
    cumulative = np.cumsum(weights, axis=1)
    return (cumulative <= uniforms[:, None] * cumulative[:, -1:]).sum(axis=1)
