"""Of a made-up run: its networks, their training, what they say of the text, and their gradients."""

import numpy as np
import pandas as pd
import torch

from pipeline.corpus.streams import Corpus
from pipeline.models.recurrent import RecurrentNetwork, Shape

NETWORKS = {"rnn": 2.0, "gru": 1.8, "lstm": 1.6}
"""Nats a token of each."""
LAGS, POSITIONS = 6, 12


def shape(architecture: str, types: int) -> dict[str, object]:
    return {
        "architecture": architecture, "vocabulary_size": types, "embedding_dim": 3, "hidden_size": 4,
        "num_layers": 1, "tied": True, "frozen": False, "implementation": "torch",
    }  # fmt: skip


def weights(shape: dict[str, object]) -> dict[str, dict[str, np.ndarray]]:
    """Random weights as train leaves them, a tied output matrix as the embedding alone: after training, and of the RNN
    also before and halfway."""
    network, made = RecurrentNetwork(Shape(**shape)), {}  # type: ignore[arg-type]
    for number, when in enumerate(("before", "halfway", "after") if shape["architecture"] == "rnn" else ("after",)):
        network.initialise(torch.Generator().manual_seed(number), 0.5, 1.0, "uniform")
        made[when] = {
            name: tensor.numpy().copy()
            for name, tensor in network.state_dict().items()
            if name != "output.weight" or not shape["tied"]
        }
    return made


def steps(level: float) -> pd.DataFrame:
    step = np.arange(1, 41)
    norm = np.where(step % 4 == 0, 2.0, 0.1)
    return pd.DataFrame(
        {"step": step, "tokens": step * 10, "learning_rate": 0.01, "nats": level + 1 / step,
         "norm_before_clipping": norm, "norm_after_clipping": np.minimum(norm, 0.25)}
    )  # fmt: skip


def validations(level: float) -> pd.DataFrame:
    nats = level + np.array([1.0, 0.2, 0.3])
    return pd.DataFrame({"step": [10, 20, 40], "tokens": [100, 200, 400], "nats": nats, "perplexity": np.exp(nats)})


def tokens(level: dict[str, float], corpus: Corpus, rng: np.random.Generator) -> pd.DataFrame:
    tables = []
    for split in ("valid", "test"):
        count = len(corpus.splits[split].tokens)
        shared = rng.normal(0, 0.1, count)  # what is hard is hard for all
        for model, mean in level.items():
            reset = ["line"] if split == "test" else []
            states = ["carried", *reset] if model in NETWORKS else ["document" if model == "grammar" else "line"]
            for state in states:
                nats = -(mean + shared + rng.normal(0, 0.01, count) + 0.1 * (state == "line" and model in NETWORKS))
                table = {"model": model, "split": split, "state": state, "position": np.arange(count), "nats": nats}
                tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def lags(models: tuple[str, ...], rng: np.random.Generator) -> pd.DataFrame:
    tables = []
    for model in models:
        for when in ("before", "halfway", "after"):
            for state in ("h", "c") if model == "lstm" else ("h",):
                lag, position = (grid.ravel() for grid in np.indices((LAGS, POSITIONS)))
                norm = -1 - {"rnn": 0.5, "gru": 0.2, "lstm": 0.1}[model] * lag + rng.normal(0, 0.01, lag.size)
                norm[(lag == 0) & (state == "c")] = np.nan
                table = {"model": model, "weights": when, "state": state, "lag": lag, "position": position}
                tables.append(pd.DataFrame(table | {"log10_norm": norm}))
    return pd.concat(tables, ignore_index=True)


def jacobians(models: tuple[str, ...], rng: np.random.Generator) -> pd.DataFrame:
    """Lags that are not evenly spaced; what a change can do halves in the RNN, and stays in the LSTM."""
    lags = np.array([1, 2, 5, 12])
    row, position = (grid.ravel() for grid in np.indices((len(lags), 8)))
    tables = []
    for model in models:
        for when in ("before", "halfway", "after"):
            slope = {"rnn": -0.3, "gru": -0.1, "lstm": 0.0}[model]
            norm = 0.2 + slope * lags[row] + rng.normal(0, 0.01, row.size)
            table = {"model": model, "weights": when, "state": "whole", "lag": lags[row], "position": position}
            tables.append(pd.DataFrame(table | {"log10_norm": norm}))
    return pd.concat(tables, ignore_index=True)


def jacobian_map(models: tuple[str, ...]) -> pd.DataFrame:
    pairs = [(start, end) for start in range(4) for end in range(start + 1, 5)]
    start, end = np.array(pairs).T
    columns = {
        "start": start,
        "end": end,
        "start_token": start % 3,
        "end_token": end % 3,
        "log10_norm": -0.5 * (end - start),
    }
    return pd.concat([pd.DataFrame({"model": name, **columns}) for name in models], ignore_index=True)


def gates(models: tuple[str, ...], rng: np.random.Generator) -> pd.DataFrame:
    """Nothing of an RNN; forget gates of the LSTM that open with training."""
    tables = [pd.DataFrame(columns=["model", "weights", "gate", "layer", "unit", "openness", "mean_log"])]
    for model in set(models) - {"rnn"}:
        for when, level in (("before", 0.7), ("halfway", 0.8), ("after", 0.9)):
            for gate in ("kept", "input", "output") if model == "lstm" else ("kept", "reset"):
                openness = level + rng.uniform(0, 0.09, 4)
                table = {"model": model, "weights": when, "gate": gate, "layer": 0, "unit": np.arange(4)}
                tables.append(pd.DataFrame(table | {"openness": openness, "mean_log": np.log(openness)}))
    return pd.concat(tables[1:] or tables, ignore_index=True)
