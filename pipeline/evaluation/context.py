"""How much of the context a model uses: its loss when the words beyond the last k are gone or out of order.

After Khandelwal et al. 2018 (Sharp Nearby, Fuzzy Far Away). A word is predicted after `length` words of context
(whole), after the last k of them alone (truncated: the state begins anew), or after all of them with those before the
last k in random order (shuffled). Where truncating still hurts but shuffling does not, the model knows which words
there were and no longer in which order.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.evaluation.reading import advance
from pipeline.language_model import LanguageModel, Nats, Tokens

TOKENS_AT_ONCE = 1 << 16


def sample_positions(tokens: Tokens, length: int, positions: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Places (P,) of words of the stream (N,) that have `length` words before them, drawn without replacement."""
    if len(tokens) <= length:
        raise UserError(f"a context of {length:,} words was asked for, but the text has {len(tokens):,}. Shorten it.")
    room = len(tokens) - length
    return np.sort(rng.choice(room, size=min(positions, room), replace=False)) + length


def context_losses(
    model: LanguageModel,
    tokens: Tokens,
    positions: NDArray[np.int64],
    length: int,
    kept: Sequence[int],
    rng: np.random.Generator,
    seen: Callable[[int], None] = lambda count: None,
) -> pd.DataFrame:
    """The loss of the words of `tokens` (N,) at `positions` (P,), each after its manipulated context.

    One row a manipulation (whole, truncated, shuffled), k and position: nats, the loss -log p. `kept` holds the k, each
    less than `length`, which is the k of the whole context. Every context begins after one `<eos>`, as a stream does.
    Every model sees the same shuffled words if `rng` is seeded alike. `seen` is told of predictions as they are made.
    """
    if not all(0 <= k < length for k in kept):
        raise ValueError(f"every k must be at least 0 and less than the context of {length} words, found {list(kept)}")
    contexts = np.asarray(tokens)[positions + np.arange(-length, 0)[:, None]]
    words = np.asarray(tokens)[positions]
    losses = {("whole", length): _losses(model, contexts, words, seen)}
    for k in kept:
        losses["truncated", k] = _losses(model, contexts[length - k :], words, seen)
        shuffled = contexts.copy()
        shuffled[: length - k] = rng.permuted(contexts[: length - k], axis=0)
        losses["shuffled", k] = _losses(model, shuffled, words, seen)
    tables = [
        pd.DataFrame({"manipulation": name, "k": k, "position": positions, "nats": nats})
        for (name, k), nats in losses.items()
    ]
    return pd.concat(tables, ignore_index=True)


def _losses(model: LanguageModel, contexts: Tokens, words: Tokens, seen: Callable[[int], None]) -> Nats:
    """-log p (P,) of `words` (P,) after `contexts` (T, P)."""
    width = max(1, TOKENS_AT_ONCE // max(1, len(contexts)))
    losses = np.empty(len(words))
    for begin in range(0, len(words), width):
        batch = slice(begin, begin + width)
        state = advance(model, contexts[:, batch], model.start(len(words[batch])))
        losses[batch] = -model.read(words[None, batch], state)[0][0]
        seen(len(losses[batch]))
    return losses
