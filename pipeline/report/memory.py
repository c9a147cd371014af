"""The study of memory tasks: accuracy by length, items copied by size of state, and what it found."""

import numpy as np
import pandas as pd

from pipeline.params.memory_tasks import MEMORY_NETWORKS
from pipeline.report.findings import POINTS, Finding, Notation, signed
from pipeline.report.seeds import over_seeds, seed_finding

TOPIC = "remembering"
LABELS = {"rnn": "RNN", "irnn": "identity RNN", "gru": "GRU", "lstm": "LSTM"}
TASK_WORDS = {"adding": "adding two numbers", "copy": "copying", "order": "the order of two symbols",
              "digits": "digits pixel by pixel"}  # fmt: skip
IMAGE_WORDS = {"digits": "scikit-learn's digits pixel by pixel", "mnist": "MNIST's digits pixel by pixel"}
ITEMS = Notation(lambda value: signed(value, 2), " items")


def networks_of(table: pd.DataFrame) -> list[str]:
    present = set(table["network"])
    return [name for name in MEMORY_NETWORKS if name in present]


def tasks_of(table: pd.DataFrame) -> list[str]:
    present = set(table["task"])
    return [name for name in TASK_WORDS if name in present]


def task_words(table: pd.DataFrame, task: str) -> str:
    """What a task is called; digits by whose they are."""
    return IMAGE_WORDS[table.loc[table["task"] == task, "data"].iloc[0]] if task == "digits" else TASK_WORDS[task]


def memory_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy over seeds by task, network and length, with its interval, and the learning rate chosen."""
    rows = []
    distance = runs[runs["task"] != "capacity"]
    for (task, network, length), own in distance.groupby(["task", "network", "length"], sort=False):
        found = over_seeds(own["accuracy"].to_numpy(float))
        row = {"task": task, "network": network, "length": length, "seeds": len(own), "accuracy": found.value}
        row |= {"low": max(found.low, 0.0), "high": min(found.high, 1.0), "chance": own["chance"].iloc[0]}
        row |= {"data": own["data"].iloc[0]}
        rows.append(row | {"learning_rate": own["learning_rate"].iloc[0], "steps": own["steps"].mean()})
    return pd.DataFrame(rows)


def copied_items(runs: pd.DataFrame) -> pd.DataFrame:
    """By network, hidden size and seed: the most items copied over all the numbers of items tried, each counted by its
    share of right answers beyond chance: n · (accuracy − chance) / (1 − chance)."""
    own = runs[runs["task"] == "capacity"]
    share = ((own["accuracy"] - own["chance"]) / (1 - own["chance"])).clip(lower=0)
    counted = own.assign(copied=own["items"] * share)
    return counted.groupby(["network", "hidden_size", "seed"], sort=False)["copied"].max().reset_index()


def capacity_table(copied: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (network, size), own in copied.groupby(["network", "hidden_size"], sort=False):
        found = over_seeds(own["copied"].to_numpy(float))
        row = {"network": network, "hidden_size": size, "seeds": len(own), "copied": found.value}
        rows.append(row | {"low": max(found.low, 0.0), "high": found.high})
    return pd.DataFrame(rows)


def memory_tables(runs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {"memory": memory_table(runs), "capacity": capacity_table(copied_items(runs)), "memory_runs": runs}


def memory_findings(runs: pd.DataFrame) -> list[Finding]:
    """Whether accuracy falls with length, whether gates help at the longest, and whether the state bounds the copy."""
    found = []
    for task in tasks_of(runs):
        own = runs[runs["task"] == task]
        wide = {
            name: own[own["network"] == name].pivot(index="length", columns="seed", values="accuracy").sort_index()
            for name in networks_of(own)
        }
        for name, table in wide.items():
            if len(table) > 1:
                x = np.log10(table.index.to_numpy(float))
                slopes = (x - x.mean()) @ table.to_numpy(float) / ((x - x.mean()) ** 2).sum()
                claim = f"At {task_words(own, task)}, the accuracy of the {LABELS[name]} falls with length."
                found.append(seed_finding(TOPIC, claim, (name, ""), f"{task}: accuracy per tenfold length", slopes,
                                          "below", POINTS))  # fmt: skip
        for gated in ("gru", "lstm"):
            for plain in ("rnn", "irnn"):
                if gated in wide and plain in wide:
                    longest = wide[gated].index.max()
                    difference = (wide[gated].loc[longest] - wide[plain].loc[longest]).to_numpy(float)
                    claim = (
                        f"At {task_words(own, task)} over {longest} steps, the {LABELS[gated]} is right more "
                        f"often than the {LABELS[plain]}."
                    )
                    found.append(seed_finding(TOPIC, claim, (gated, plain), f"{task}: accuracy", difference, "above",
                                              POINTS))  # fmt: skip
    copied = copied_items(runs)
    for name in networks_of(copied):
        wide_copy = copied[copied["network"] == name].pivot(index="hidden_size", columns="seed", values="copied")
        x = np.log2(wide_copy.index.to_numpy(float))
        slopes = (x - x.mean()) @ wide_copy.to_numpy(float) / ((x - x.mean()) ** 2).sum()
        claim = f"The {LABELS[name]} copies more items the larger its state is."
        found.append(seed_finding("capacity", claim, (name, ""), "items per doubling of the hidden size", slopes,
                                  "above", ITEMS))  # fmt: skip
    return found
