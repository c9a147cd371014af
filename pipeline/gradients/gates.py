"""How far the gates of a network stand open, and how long its units remember.

A unit of an LSTM's cell state keeps the share f_t of itself at step t, a unit of a GRU's state the share z_t (torch's
form) or 1 − z_t (the textbooks'). After k steps exp(Σ ln f) is left of it: an exponential decay with the time
constant −1 / mean(ln f), in steps (Tallec and Ollivier 2018). What the gates write meanwhile is left out of that.
"""

import copy
from collections.abc import Mapping

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.gradients.jacobian import cells_by_hand
from pipeline.models.cells.gru import GRU
from pipeline.models.cells.lstm import LSTM
from pipeline.models.cells.torch_gru import TorchGRU
from pipeline.models.recurrent import RecurrentNetwork

KEPT = "kept"
"""The gate, by whatever name and sign, that says how much of its state a unit keeps."""


@torch.no_grad()
def gate_openness(network: RecurrentNetwork, windows: NDArray[np.int64]) -> pd.DataFrame:
    """A row a gate, layer and unit: `openness`, its mean over windows (T, B) read from a zero state, and `mean_log`,
    the mean of its natural logarithm, float64. Empty for an RNN, which has no gates.
    """
    network = copy.deepcopy(network).double().eval()
    cells = cells_by_hand(network)
    tokens = torch.as_tensor(windows, device=network.device)
    state = [tuple(part[layer].double() for part in network.zero_state(tokens.shape[1])) for layer in range(len(cells))]
    totals: dict[tuple[str, int], Tensor] = {}
    for row in tokens:
        x = network.embedding(row)
        for layer, cell in enumerate(cells):
            if isinstance(cell, LSTM | GRU | TorchGRU):
                for name, gate in _named(cell, cell.gates(x, state[layer])).items():
                    both = torch.stack([gate.sum(dim=0), gate.log().sum(dim=0)])
                    totals[name, layer] = totals.get((name, layer), torch.zeros_like(both)) + both
            state[layer] = cell.step(x, state[layer])
            x = state[layer][0]
    tables = []
    for (name, layer), total in totals.items():
        mean, mean_log = (total / tokens.numel()).cpu().numpy()
        rows = {"gate": name, "layer": layer, "unit": np.arange(len(mean)), "openness": mean, "mean_log": mean_log}
        tables.append(pd.DataFrame(rows))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _named(cell: LSTM | GRU | TorchGRU, gates: Mapping[str, Tensor]) -> dict[str, Tensor]:
    if isinstance(cell, LSTM):
        return {KEPT: gates["f"], "input": gates["i"], "output": gates["o"]}
    kept = gates["z"] if isinstance(cell, TorchGRU) else 1 - gates["z"]
    return {KEPT: kept, "reset": gates["r"]}
