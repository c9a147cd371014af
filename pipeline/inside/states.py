"""What a network holds after each word from the subject to the last before the verb."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.inside.items import Ints, Items, batches
from pipeline.models.recurrent import RecurrentNetwork

TOKENS_AT_ONCE = 1 << 14
PARTS = ("hidden", "cell")
"""A state's parts, in the order in which the network returns them; only the LSTM has a cell."""


@dataclass(frozen=True)
class WordStates:
    """The last layer's state after N words. item (N,): whose; offset (N,): words after the subject's head, 0 at the
    head itself; parts: (N, H) by name."""

    item: Ints
    offset: Ints
    parts: dict[str, NDArray[np.float32]]


@torch.inference_mode()
def word_states(network: RecurrentNetwork, items: Items) -> WordStates:
    """The states after the words from head to verb of every item; each is read after one `<eos>`, from a zero state."""
    device = network.device
    item, offset = [], []
    parts: dict[str, list[NDArray[np.float32]]] = {}
    for batch in batches(items, TOKENS_AT_ONCE):
        tokens = np.stack([items.prefixes[number] for number in batch.tolist()], axis=1)
        first = torch.full((1, len(batch)), EOS_ID, device=device)
        _, state = network(first, network.zero_state(len(batch)))
        head = items.head[batch]
        for place, words in enumerate(tokens):
            _, state = network(torch.as_tensor(words[None], device=device), state)
            after = np.flatnonzero(head <= place)
            if not len(after):
                continue
            item.append(batch[after])
            offset.append(place - head[after])
            for name, part in zip(PARTS, state, strict=False):
                parts.setdefault(name, []).append(part[-1].cpu().numpy()[after])
    return WordStates(
        np.concatenate(item), np.concatenate(offset), {name: np.concatenate(rows) for name, rows in parts.items()}
    )
