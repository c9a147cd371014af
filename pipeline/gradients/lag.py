"""How much of a loss reaches a state that lies k steps back.

By the chain rule dL_t/dh_{t-k} = dL_t/dh_t · Π_{j=t-k+1..t} dh_j/dh_{j-1}: a product of k Jacobians, whose norm
shrinks or grows geometrically with k (Bengio et al. 1994; Pascanu et al. 2013, equation 5).
"""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.language_model import Tokens
from pipeline.models.recurrent import RecurrentNetwork

STATE_NAMES = ("h", "c")


def gradient_by_lag(network: RecurrentNetwork, windows: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """log10 of the norm of dL/dh_{t-k} for lags k = 0..K, by state: "h", and "c" for the LSTM, each (K + 1, B).

    windows (K + 3, B): what the network reads from a zero state, and in the last row the token whose loss L is
    taken, predicted at position t from all rows before it. The norm runs over all layers of the state. The states
    are what one step hands to the next, so c_t itself (lag 0) has no gradient but through h_t: it is NaN. Computed
    in float64, where a gradient that vanishes is still a number; one that is
    exactly zero gives -inf.
    """
    network = copy.deepcopy(network).double().eval()
    tokens = torch.as_tensor(windows, device=network.device)
    state = tuple(part.double() for part in network.zero_state(tokens.shape[1]))
    trace = []
    for row in tokens[:-1]:
        _, state = network(row[None], state)
        trace.append(state)
    loss = F.cross_entropy(network.logits(state[0][-1]), tokens[-1], reduction="sum")
    wanted = [part for step in trace[1:] for part in step]  # the state after row 0 lies before the longest lag
    gradients = torch.autograd.grad(loss, wanted, allow_unused=True)
    norms = {}
    for index, name in enumerate(STATE_NAMES[: len(state)]):
        latest_first = [
            torch.full_like(state[0], torch.nan) if gradient is None else gradient
            for gradient in reversed(gradients[index :: len(state)])
        ]
        stacked = torch.stack(latest_first)  # (K + 1, layers, B, H)
        largest = stacked.abs().amax(dim=(1, 3))  # divided out, or the square of a tiny number would be zero
        scaled = stacked / largest.clamp(min=torch.finfo(stacked.dtype).tiny)[:, None, :, None]
        norms[name] = (scaled.square().sum(dim=(1, 3)).sqrt().log10() + largest.log10()).cpu().numpy()
    return norms


def sample_windows(tokens: Tokens, max_lag: int, positions: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """`positions` windows (max_lag + 3, B) of the stream (N,), at random places without replacement."""
    length = max_lag + 3
    room = len(tokens) - length + 1
    if room < 1:
        raise UserError(
            f"gradients.max_lag: found {max_lag}, but the text scored has {len(tokens)} tokens. Lower it below that."
        )
    starts = np.sort(rng.choice(room, size=min(positions, room), replace=False))
    return np.asarray(tokens[starts[None, :] + np.arange(length)[:, None]], dtype=np.int64)
