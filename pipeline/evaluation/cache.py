"""The continuous cache: words that followed similar states a short while ago are likelier (Grave et al. 2017).

    p_cache(w) ∝ Σ_i 1{x_{i+1} = w} exp(θ h_t · h_i)      i over the `window` states before t
    p(w)       = (1 − λ) p_network(w) + λ p_cache(w)

Equations 3 and 4 of the paper, its linear interpolation. h is the last layer's hidden state, from which the network
predicts the next token. Nothing is trained. Before the first token has been read the cache is empty, and p is the
network's own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.language_model import Nats, Tokens
from pipeline.models.recurrent import RecurrentNetwork

BLOCK = 256  # tokens whose states meet the window's in one matrix product


@dataclass(frozen=True)
class Cache:
    window: int  # states remembered
    theta: float  # θ: 0 counts the words in the window, larger asks for more similar states
    weight: float  # λ


def score_with_cache(
    network: RecurrentNetwork, tokens: Tokens, cache: Cache, seen: Callable[[int], None] = lambda count: None
) -> Nats:
    """Natural-log probability (N,) of every token of a stream (N,), the state carried through it.

    `seen` is told of tokens as they are scored.
    """
    static, cached = _score(network, tokens, [cache.window], [cache.theta], seen)
    return _interpolate(static, cached[cache.window, cache.theta], cache.weight)


def cache_grid(
    network: RecurrentNetwork,
    tokens: Tokens,
    windows: Sequence[int],
    thetas: Sequence[float],
    weights: Sequence[float],
    seen: Callable[[int], None] = lambda count: None,
) -> pd.DataFrame:
    """One row a combination of window, theta and weight: the tokens scored, and their mean loss in nats.

    To be chosen from on valid. The network reads the text once for all of them.
    """
    static, cached = _score(network, tokens, windows, thetas, seen)
    return pd.DataFrame(
        {
            "window": window,
            "theta": theta,
            "weight": weight,
            "tokens": len(tokens),
            "nats": -float(_interpolate(static, cached[window, theta], weight).mean()),
        }
        for window, theta, weight in product(windows, thetas, weights)
    )


def _interpolate(static: Nats, cached: Nats, weight: float) -> Nats:
    return np.log((1 - weight) * np.exp(static) + weight * cached)


@torch.inference_mode()
def _score(
    network: RecurrentNetwork,
    tokens: Tokens,
    windows: Sequence[int],
    thetas: Sequence[float],
    seen: Callable[[int], None],
) -> tuple[Nats, dict[tuple[int, float], Nats]]:
    """Of each token (N,): its log probability under the network, and by window and theta its probability in the cache.

    An empty cache is given the network's own probability, so that every interpolation is that too.
    """
    static = np.empty(len(tokens))
    cached = {key: np.empty(len(tokens)) for key in product(windows, thetas)}
    longest, past = max(windows), 0
    keys = torch.empty(0, network.shape.hidden_size, device=network.device)
    words = torch.empty(0, dtype=torch.long, device=keys.device)
    for begin, hidden, targets in _blocks(network, tokens):
        end = begin + len(targets)
        scores = -F.cross_entropy(network.logits(hidden), targets, reduction="none")
        static[begin:end] = scores.double().cpu().numpy()
        keys, words = torch.cat([keys, hidden]), torch.cat([words, targets])
        similarity = hidden @ keys.T
        followed = words == targets[:, None]
        age = torch.arange(past, past + len(targets), device=keys.device)[:, None] - torch.arange(
            len(keys), device=keys.device
        )
        for window, theta in cached:
            outside = (age < 1) | (age > window)
            attention = (theta * similarity).masked_fill_(outside, -torch.inf).softmax(-1)
            probability = attention.masked_fill_(~followed, 0).sum(-1)
            cached[window, theta][begin:end] = probability.double().cpu().numpy()
        keys, words = keys[-longest:], words[-longest:]
        past = len(keys)
        seen(len(targets))
    for probabilities in cached.values():
        probabilities[:1] = np.exp(static[:1])
    return static, cached


def _blocks(network: RecurrentNetwork, tokens: Tokens) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Blocks of a stream: where each begins, the states (T, H) from which its tokens are predicted, the tokens (T,)."""
    stream = torch.as_tensor(np.append(EOS_ID, tokens).astype(np.int64), device=network.device)
    state = network.zero_state(1)
    for begin in range(0, len(tokens), BLOCK):
        piece = stream[begin : begin + BLOCK + 1]
        hidden, state = network(piece[:-1, None], state)
        yield begin, hidden[:, 0], piece[1:]
