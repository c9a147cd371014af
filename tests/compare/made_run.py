"""A run without training: tables in the form that a report's are, made from params.yaml by arithmetic.

`python made_run.py` is the one stage of the small repository in which comparing is tested.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

NETWORKS = ("rnn", "gru", "lstm")
BASE = {"unigram": 300.0, "5gram": 70.0, "rnn": 30.0, "gru": 25.0, "lstm": 20.0}
RIGHT = {"unigram": 0.5, "5gram": 0.55, "rnn": 0.8, "gru": 0.9, "lstm": 0.95}


def tables(params: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Only the LSTM depends on its learning rate, only networks on the seed; another corpus has no floor."""
    trained = NETWORKS if params["model"] == "all" else (params["model"],)
    models = ["unigram", "5gram", *trained]
    factor = dict.fromkeys(models, 1.0) | dict.fromkeys(trained, 1 + 0.001 * (params["seed"] - 1))
    if "lstm" in trained:
        factor["lstm"] *= 1 + 50 * abs(params["lstm"]["learning_rate"] - 0.008)
    floor = {"grammar": 16.0} if params["corpus"] == "builtin" else {}
    right = {model: RIGHT[model] / factor[model] for model in models}
    values = {model: BASE[model] * factor[model] for model in models} | floor
    return {
        "perplexity": pd.DataFrame(
            [
                {"model": model, "split": split, "tokens": 6000, "nats": 1.0, "perplexity": value * more,
                 "low": value * more * 0.98, "high": value * more * 1.02, "state": "line"}
                for model, value in values.items()
                for split, more in (("valid", 0.99), ("test", 1.0))
            ]
        ),
        "agreement": pd.DataFrame(
            [
                {"model": model, "suite": "builtin", "construction": construction, "number": "all",
                 "n_attractors": "all", "distance": "all", "items": items, "accuracy": right[model],
                 "low": right[model] - 0.02, "high": right[model] + 0.02, "score": "verb"}
                for model in models
                for construction, items in (("all", 400), ("simple", 200))
            ]
        ),
        "training": pd.DataFrame(
            [
                {"model": model, "step": step, "tokens": 1000 * step, "nats": 3.0,
                 "perplexity": values[model] + 40 / step, "split": split}
                for model in trained
                for split in ("train", "valid")
                for step in (1, 2, 4)
            ]
        ),
        "gradients": pd.DataFrame(
            [
                {"model": model, "weights": weights, "state": state, "lag": lag, "positions": 8,
                 "mean_log10_norm": -lag * factor[model] / 5, "low": -lag * factor[model] / 5 - 0.2,
                 "high": -lag * factor[model] / 5 + 0.2}
                for model in trained
                for weights in ("before", "after")
                for state in (("h", "c") if model == "lstm" else ("h",))
                for lag in range(12)
            ]
        ),
    }  # fmt: skip


def provenance(params: dict[str, Any]) -> dict[str, Any]:
    """What tells which text was scored, and how it was counted."""
    names = ("valid.tokens.npy", "test.tokens.npy", "vocabulary.txt", "summary.json")
    return {
        "data": {name: sha256(f"{name} of {params['corpus']}".encode()).hexdigest() for name in names},
        "params": {"report": {"corpus": params["corpus"], "seed": params["seed"], "perplexity": {"uncounted": []}}},
    }


def metrics(corpus: str, perplexity: pd.DataFrame, agreement: pd.DataFrame, **_: pd.DataFrame) -> dict[str, Any]:
    """As the report stage writes them, so that `dvc exp show` has the columns that it has in the study."""
    test = perplexity[(perplexity["split"] == "test") & (perplexity["model"] != "grammar")]
    values = dict(zip(test["model"], test["perplexity"].round(4), strict=True))
    judged = agreement[agreement["construction"] == "all"]
    best = min(values, key=lambda model: values[model])
    return {
        "corpus": corpus,
        "perplexity": values,
        "agreement": dict(zip(judged["model"], judged["accuracy"].round(4), strict=True)),
        "best": {"model": best, "perplexity": values[best]},
    }


def summary(params: dict[str, Any]) -> dict[str, Any]:
    return {
        "types": 500 if params["corpus"] == "builtin" else 900,
        "tokens": {"train": 90_000, "valid": 6_000, "test": 6_000},
        "conventions": {"blank_lines": "keep", "tokens": "words"},
    }


def write(folder: Path) -> None:
    params = YAML(typ="safe").load((folder / "params.yaml").read_text())
    if params["lstm"]["learning_rate"] > 1:
        raise SystemExit("this learning rate is too high")
    report, data = folder / "reports" / params["corpus"], folder / "data" / params["corpus"] / "corpus"
    (report / "tables").mkdir(parents=True, exist_ok=True)
    data.mkdir(parents=True, exist_ok=True)
    made = tables(params)
    for name, table in made.items():
        table.to_csv(report / "tables" / f"{name}.csv", index=False)
    (report / "provenance.json").write_text(json.dumps(provenance(params)))
    (data / "summary.json").write_text(json.dumps(summary(params)))
    (folder / "reports" / "metrics.json").write_text(json.dumps(metrics(params["corpus"], **made)))


if __name__ == "__main__":
    write(Path())
