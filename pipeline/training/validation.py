"""The loss on valid while a network is trained."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from pipeline.models.recurrent import RecurrentNetwork
from pipeline.training.ranks import Ranks
from pipeline.training.segments import segments

ROWS = 256  # read at a time
ROWS_OF_SCORES = 32


@torch.inference_mode()
def nats_per_token(network: RecurrentNetwork, streams: NDArray[np.int64], bf16: bool, ranks: Ranks) -> float:
    """Mean loss over `streams` (N + 1, B), this rank's share of all, read in parallel with carried state."""
    state, total, count = network.zero_state(streams.shape[1]), 0.0, 0.0
    for segment in segments(streams, ROWS) if streams.size else ():
        tokens = torch.as_tensor(segment, device=network.device)
        hidden, state = network(tokens[:-1], state)
        for rows, targets in zip(
            torch.split(hidden, ROWS_OF_SCORES), torch.split(tokens[1:], ROWS_OF_SCORES), strict=True
        ):
            logits = network.logits(rows, bf16)
            total += float(F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum"))
        count += segment[1:].size
    total, count = ranks.total(total, count)
    return total / count
