"""gradients: how much of a loss reaches a state k steps back, before, halfway and after training, and why."""

from itertools import combinations

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from pipeline.corpus.streams import load_corpus
from pipeline.gradients.gates import gate_openness
from pipeline.gradients.jacobian import lags, largest_singular_values, network_walk
from pipeline.gradients.lag import gradient_by_lag, sample_windows
from pipeline.io import write_table
from pipeline.layout import Layout
from pipeline.models.neural import load_network
from pipeline.models.recurrent import RecurrentNetwork
from pipeline.params.gradients import Jacobian
from pipeline.plans.gradients import GradientsPlan
from pipeline.plans.reading import read_plan
from pipeline.progress import progress
from pipeline.training.runtime import prepare_runtime

WEIGHTS = {"before": "before", "halfway": "halfway", "after": "best"}
FILES = {
    "lag": ["model", "weights", "state", "lag", "position", "log10_norm"],
    "jacobian": ["model", "weights", "state", "lag", "position", "log10_norm"],
    "map": ["model", "start", "end", "start_token", "end_token", "log10_norm"],
    "gates": ["model", "weights", "gate", "layer", "unit", "openness", "mean_log"],
}


def run(layout: Layout) -> dict[str, float]:
    """Writes lag.parquet and jacobian.parquet, a row a position and lag, map.parquet, one a pair of states of a single
    stretch, and gates.parquet, one a gate and unit."""
    plan = read_plan(layout.plan("gradients"), GradientsPlan)
    valid = load_corpus(layout.corpus).splits["valid"].tokens
    device = prepare_runtime(plan.runtime)
    settings = plan.gradients
    windows = sample_windows(valid, settings.max_lag, settings.positions, np.random.default_rng(plan.seed))
    rows: dict[str, list[pd.DataFrame]] = {name: [pd.DataFrame(columns=FILES[name])] for name in FILES}
    with progress("gradients", len(plan.models) * len(WEIGHTS), "networks") as bar:
        for model in plan.models:
            for when, weights in WEIGHTS.items():
                network = load_network(layout.network(model), weights, device)
                measured = {
                    "lag": _by_lag(gradient_by_lag(network, windows)),
                    "jacobian": _jacobian(network, windows, settings.max_lag, settings.jacobian, plan.seed),
                    "gates": gate_openness(network, windows),
                }
                if when == "after":
                    measured["map"] = _map(network, windows, settings.jacobian, plan.seed)
                for name, table in measured.items():
                    if len(table):
                        rows[name].append(table.assign(model=model, weights=when)[FILES[name]])
                bar.advance()
    for name, tables in rows.items():
        write_table(layout.gradients / f"{name}.parquet", pd.concat(tables[1:] or tables, ignore_index=True))
    return {}


def _by_lag(norms: dict[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Long rows from log10 norms (K + 1, B) by state."""
    return pd.concat([_long(state, np.arange(len(values)), values) for state, values in norms.items()])


def _long(state: str, of_rows: NDArray[np.int64], values: NDArray[np.float64]) -> pd.DataFrame:
    row, position = (grid.ravel() for grid in np.indices(values.shape))
    return pd.DataFrame({"state": state, "lag": of_rows[row], "position": position, "log10_norm": values.ravel()})


def _jacobian(
    network: RecurrentNetwork, windows: NDArray[np.int64], max_lag: int, settings: Jacobian, seed: int
) -> pd.DataFrame:
    """Of the whole state at the end of each window with respect to those before it."""
    path = network_walk(network, windows[:-1, : settings.positions])
    end, chosen = len(windows) - 1, lags(max_lag, settings.lags)
    pairs = [(end - lag, end) for lag in chosen]
    values = largest_singular_values(
        path, pairs, settings.exact_size, settings.iterations, torch.Generator().manual_seed(seed)
    )
    return _long("whole", np.array(chosen), values)


def _map(network: RecurrentNetwork, windows: NDArray[np.int64], settings: Jacobian, seed: int) -> pd.DataFrame:
    """Of every state with respect to every earlier one, over the last words of the first window."""
    tokens = windows[:-1, :1]
    first = len(tokens) - settings.map_steps + 1  # the state after the first word of the picture
    pairs = list(combinations(range(first, len(tokens) + 1), 2))
    values = largest_singular_values(
        network_walk(network, tokens), pairs, settings.exact_size, settings.iterations,
        torch.Generator().manual_seed(seed),
    )  # fmt: skip
    start, end = np.array(pairs).T
    columns = {"start": start - first, "end": end - first}
    columns |= {"start_token": tokens[start - 1, 0], "end_token": tokens[end - 1, 0]}  # read just before each state
    return pd.DataFrame({**columns, "log10_norm": values[:, 0]})
