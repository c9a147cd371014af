"""Of a made-up run: what its studies left, but for those of agreement."""

import math

import numpy as np
import pandas as pd

from pipeline.corpus.streams import Corpus

INPUT_NATS = {(100, "none"): 3.0, (100, "frozen"): 2.7, (100, "finetune"): 2.5,
              (400, "none"): 2.0, (400, "frozen"): 2.4, (400, "finetune"): 2.0}  # fmt: skip
"""Nats a token of test by tokens of train and use of the vectors."""
CHOSEN_RATE = {"none": 0.002, "frozen": 0.002, "finetune": 0.004}


def input_tests() -> pd.DataFrame:
    """Seeds differ by a tenth of a nat; what vectors that are trained on are worth, by a hundredth or thrice that."""
    rows = [
        {"train_tokens": size, "share": size / 400, "use": use, "seed": seed, "unit": unit, "tokens": tokens,
         "learning_rate": CHOSEN_RATE[use],
         "nats": tokens * (nats + 0.1 * seed + 0.01 * (seed - 2) * (use == "finetune") * (1 if size == 100 else 3))}
        for (size, use), nats in INPUT_NATS.items()
        for seed in (1, 2, 3)
        for unit, tokens in enumerate((30, 50))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def input_search() -> pd.DataFrame:
    """The larger rate is better for vectors that are trained on and diverges for random ones."""
    rows = [
        {"train_tokens": size, "share": size / 400, "use": use, "learning_rate": rate,
         "nats": nats if rate == CHOSEN_RATE[use] else nats + (math.inf if use == "none" else 0.1)}
        for (size, use), nats in INPUT_NATS.items()
        for rate in (0.002, 0.004)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def input_curves() -> pd.DataFrame:
    tests = input_tests().query("unit == 0").drop(columns="unit")
    read = [tests.assign(nats=tests["nats"] / 30 + 4 / part, tokens=1000 * part) for part in (1, 2, 3, 4)]
    return pd.concat(read, ignore_index=True)


def adaptation(corpus: Corpus, level: float, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The cache helps a little, dynamic evaluation more; one setting ran away; not all of test was scored."""
    count = len(corpus.splits["test"].tokens) - 7
    test = {name: -(level - gain + rng.normal(0, 0.05, count)) for name, gain in (("cache", 0.1), ("dynamic", 0.2))}
    dynamic = {"rule": ["sgd", "sgd", "rms"], "segment": 5, "learning_rate": [0.1, 9.0, 0.001], "decay": 0.01}
    cache = {"window": [5, 9], "theta": [0.0, 0.5], "weight": [0.1, 0.2]}
    return {
        "dynamic": pd.DataFrame(
            {**dynamic, "epsilon": 0.001, "tokens": 50, "nats": [level, np.inf, level - 0.2],
             "chosen": [False, False, True]}
        ),
        "cache": pd.DataFrame({**cache, "tokens": 50, "nats": [level - 0.1, level], "chosen": [True, False]}),
        "test": pd.DataFrame(test),
    }  # fmt: skip


def context(models: list[str], corpus: Corpus, rng: np.random.Generator) -> pd.DataFrame:
    """The trigram uses two words; networks lose by whatever is cut off, the RNN less, and half of that by shuffling."""
    positions = np.arange(20, len(corpus.splits["test"].tokens), 3)
    tables = []
    for model in models:
        whole = rng.gamma(2, 1, len(positions))
        rows: list[tuple[str, int, float]] = [("whole", 20, 0.0)]
        for k in (1, 2, 4, 8):
            lost = (1.0 if k < 2 else 0.0) if model == "trigram" else {"rnn": 1.2}.get(model, 1.6) / k
            rows += [("truncated", k, lost), ("shuffled", k, lost / 2)]
        for manipulation, k, lost in rows:
            nats = whole + (rng.normal(lost, 0.01, len(positions)) if lost else 0)
            table = {"manipulation": manipulation, "k": k, "position": positions, "nats": nats, "model": model}
            tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def drift(models: list[str], judges: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Own text is dearer than real text, ever more so and the hotter the more; networks leave the grammar at times."""
    texts, length = 12, 20
    text, position = (grid.ravel() for grid in np.indices((texts, length)))
    tables = []
    for temperature in (0.7, 1.0):
        for writer in ("text", *models):
            for judge in judges:
                more = 0.0 if writer == "text" else temperature * (0.5 + position / length)
                nats = -(2.0 + more + rng.normal(0, 0.05, texts * length))
                if judge == "grammar" and writer != "text":
                    nats[position > 12 + text // 2 + (3 if writer == "lstm" else 0)] = -np.inf
                columns = {"writer": writer, "judge": judge, "text": text, "position": position + 1, "nats": nats}
                tables.append(pd.DataFrame({**columns, "temperature": temperature}))
    return pd.concat(tables, ignore_index=True).astype({"writer": "category", "judge": "category"})


def clipping(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """A start that explodes overflows without clipping and learns with it; one that vanishes is the same either way."""
    made: dict[str, list[pd.DataFrame]] = {"traces": [], "lags": [], "outcomes": []}
    for case in ("explodes", "vanishes"):
        for seed in range(3):
            norm = 10 ** rng.normal(2 if case == "explodes" else -2, 0.1, 8)
            for clipped in (False, True):
                overflows = case == "explodes" and not clipped
                which = {"case": case, "clipped": clipped, "seed": seed}
                own = np.append(norm[:4] * 1e6, np.inf) if overflows else norm
                trace = {"step": np.arange(1, len(own) + 1), "loss": own / 10, "norm": own}
                made["traces"].append(pd.DataFrame(trace | which))
                for weights in ("before", "after"):
                    slope = {"explodes": 0.1, "vanishes": -0.4 - 0.01 * seed}[case]
                    values = np.full(5, np.nan) if overflows and weights == "after" else slope * np.arange(5)
                    lags = {"lag": np.arange(5), "log10_norm": values, "weights": weights}
                    made["lags"].append(pd.DataFrame(lags | which))
                accuracy = np.nan if overflows else {"explodes": 0.9, "vanishes": 0.25}[case] + 0.01 * seed
                outcome = {"steps": len(own), "accuracy": accuracy, "loss": own[-1] / 10, "largest_norm": own.max()}
                made["outcomes"].append(pd.DataFrame([which | outcome]))
    radius = [
        {"kind": kind, "radius": value, "seed": seed,
         "log10_rate": np.log10(value) - (0.3 if kind == "tanh" else 0) + 0.001 * seed}
        for kind in ("linear", "tanh") for value in (0.5, 1.0, 1.5) for seed in range(3)
    ]  # fmt: skip
    scalar = {"factor": [0.9, 1.1], "steps": 100, "left": [0.9**100, 1.1**100]}
    whole = {name: pd.concat(tables, ignore_index=True) for name, tables in made.items()}
    return whole | {"radius": pd.DataFrame(radius), "scalar": pd.DataFrame(scalar)}


def memory(models: tuple[str, ...], rng: np.random.Generator) -> pd.DataFrame:
    """The RNN forgets with length, the LSTM does not; copies are as long as an eighth of the state."""
    rows = []
    for network in [*models, *(["irnn"] if "rnn" in models else [])]:
        for task, chance in (("adding", 0.19), ("copy", 0.125), ("order", 0.25), ("digits", 0.1)):
            for length in (10, 100):
                for seed in range(3):
                    accuracy = 0.95 if network == "lstm" or length == 10 else 0.3
                    rows.append((task, network, 64, 1, length, seed, accuracy + 0.01 * rng.random(), chance))
        for size in (8, 16, 32):
            for items in (2, 4):
                for seed in range(3):
                    share = min(1.0, size / 8 / items) * (0.99 + 0.01 * rng.random())
                    rows.append(("capacity", network, size, items, 5, seed, 0.125 + 0.875 * share, 0.125))
    columns = ["task", "network", "hidden_size", "items", "length", "seed", "accuracy", "chance"]
    table = pd.DataFrame(rows, columns=columns).assign(learning_rate=0.003, steps=100, loss=0.1)
    return table.assign(data=np.where(table["task"] == "digits", "mnist", "drawn"))
