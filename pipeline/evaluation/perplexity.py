"""Scoring a token stream, written once against the contract."""

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.language_model import LanguageModel, Nats, Tokens

TOKENS_AT_ONCE = 1 << 13  # read in one call: what bounds the memory of a model that looks at all of them together


def score_stream(model: LanguageModel, tokens: Tokens, starts: NDArray[np.int64]) -> Nats:
    """Natural-log probability (N,) of every token of a stream (N,).

    The state begins anew at each position in `starts` (sorted, the first is 0) and is carried in between:
    `[0]` carries it through the whole stream, the line starts reset it at each line.
    """
    nats = np.empty(len(tokens))
    ends = np.append(starts[1:], len(tokens))
    lengths = ends - starts
    for length in np.unique(lengths):
        chosen = starts[lengths == length]
        width = max(1, TOKENS_AT_ONCE // int(length))
        for batch in np.split(chosen, range(width, len(chosen), width)):
            positions = batch[None, :] + np.arange(length)[:, None]
            nats[positions] = _read_in_pieces(model, tokens, positions)
    return nats


def _read_in_pieces(model: LanguageModel, tokens: Tokens, positions: NDArray[np.int64]) -> Nats:
    state = model.start(positions.shape[1])
    pieces = []
    for piece in np.split(positions, range(TOKENS_AT_ONCE, len(positions), TOKENS_AT_ONCE)):
        scores, state = model.read(np.asarray(tokens[piece]), state)
        pieces.append(scores)
    return np.concatenate(pieces)


def perplexity(nats: Nats) -> float:
    """exp(-Σ log p / N) over every token of `nats` (N,); infinite where a token was impossible."""
    mean = -float(np.mean(nats))
    return math.exp(mean) if mean < 709 else math.inf
