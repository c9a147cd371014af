"""When to use which model: quality against what it costs, a row a model.

A count model is a table: for each n-gram up to its order a probability, and for each of those that a longer one goes
on from, a weight. A network is its parameters. Both are numbers that have to be kept, and are compared as such.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.report.findings import capital
from pipeline.report.names import FLOOR, in_row, label, networks, ngrams, ordered, with_article
from pipeline.report.parameters import MATRICES, parameter_count
from pipeline.report.tables import headline

Timings = Mapping[str, Mapping[str, float]]
"""Seconds, peak megabytes and tokens a second by stage, of those that are known."""


def choosing_table(
    perplexities: pd.DataFrame,
    agreement: pd.DataFrame,
    reach: pd.DataFrame | None,
    shapes: Mapping[str, Mapping[str, Any]],
    sizes: Sequence[int],
) -> pd.DataFrame:
    """By model: test perplexity with its interval, agreement (NaN where it was not asked), tokens of context that it
    can see (NaN: no limit) and that it uses (as `studies.context_reach`; infinite: more than was tried; NaN: unknown),
    numbers that have to be kept, numbers of its state while it reads, and multiply-adds for the probability of a token.

    `sizes`: distinct n-grams by order, from 1 up.
    """
    test = perplexities[perplexities["split"] == "test"].set_index("model")
    accuracy = headline(agreement)
    used = {} if reach is None else dict(zip(reach["model"], reach["truncated"].fillna(np.inf), strict=True))
    rows = []
    for model in ordered(test.index):
        if model == FLOOR:
            continue
        row = {"model": model, **{name: float(test[name][model]) for name in ("perplexity", "low", "high")}}
        row |= {"agreement": accuracy.get(model, np.nan), "used": used.get(model, np.nan)}
        if model in shapes:
            row |= {"sees": np.nan, "numbers": parameter_count(shapes[model])}
            row |= {"state": state_numbers(shapes[model]), "multiply_adds": multiply_adds(shapes[model])}
        else:
            order = ngrams(test.index).index(model) + 1
            row |= {"sees": float(order - 1), "numbers": sum(sizes[:order]) + sum(sizes[: order - 1])}
            row |= {"state": order - 1, "multiply_adds": order}
        rows.append(row)
    columns = ["model", "perplexity", "low", "high", "agreement", "sees", "used", "numbers", "state", "multiply_adds"]
    return pd.DataFrame(rows, columns=columns)


def state_numbers(shape: Mapping[str, Any]) -> int:
    """What one step hands to the next: h of each layer, and c of the LSTM."""
    return int(shape["hidden_size"]) * int(shape["num_layers"]) * (2 if shape["architecture"] == "lstm" else 1)


def multiply_adds(shape: Mapping[str, Any]) -> int:
    """For the probability of one token: the matrices of the layers, the projection, and a score for every type (of an
    adaptive softmax, for those of its head)."""
    width, hidden, types = (int(shape[name]) for name in ("embedding_dim", "hidden_size", "vocabulary_size"))
    inputs = [width] + [hidden] * (int(shape["num_layers"]) - 1)
    layers = MATRICES[shape["architecture"]] * sum(hidden * (each + hidden) for each in inputs)
    cutoffs = shape.get("cutoffs", ())
    scored = cutoffs[0] + len(cutoffs) if cutoffs else types
    if shape["tied"]:
        return layers + (hidden * width if hidden != width else 0) + scored * width
    return layers + scored * hidden


@dataclass(frozen=True)
class Timed:
    """Of one network: seconds of training, microseconds a token in training, peak megabytes; NaN where not known."""

    seconds: float
    token: float
    megabytes: float


def timed(model: str, timings: Timings) -> Timed:
    own = timings.get(f"train@{model}", {})
    speed = own.get("tokens_per_second", np.nan)
    return Timed(own.get("seconds", np.nan), 1e6 / speed, own.get("peak_megabytes", np.nan))


@dataclass(frozen=True)
class Choice:
    """Which model answers a wish best, and by what; `next`: the one after it."""

    wish: str
    model: str
    value: str
    next: str


def choices(table: pd.DataFrame, timings: Timings, unit: str) -> list[Choice]:
    """The best model for each wish that this run can decide; `unit`: what a token is."""
    made = [
        _choice("The lowest perplexity", table, "perplexity", "{:.1f}"),
        _choice("The lowest perplexity without a network", table[table["sees"].notna()], "perplexity", "{:.1f}"),
        _choice("The most agreement", table, "agreement", "{:.1%}", highest=True),
        _choice("The most context used", table, "used", f"{{:g}} {unit}s", highest=True),
        _choice("The fewest numbers to keep", table, "numbers", "{:,.0f}"),
        _choice(f"The fewest multiply-adds a {unit}", table, "multiply_adds", "{:,.0f}"),
    ]
    trained = pd.DataFrame(
        [{"model": model, **vars(timed(model, timings))} for model in networks(table["model"])],
        columns=["model", "seconds", "token", "megabytes"],
    )
    made += [
        _choice("The network soonest trained", trained, "seconds", "{:.1f} s"),
        _choice(f"The least time a {unit} in training", trained, "token", "{:.1f} µs"),
        _choice("The least memory in training", trained, "megabytes", "{:,.0f} MB"),
    ]
    return [each for each in made if each is not None]


def _choice(wish: str, table: pd.DataFrame, column: str, words: str, highest: bool = False) -> Choice | None:
    """Nothing to choose where fewer than two models are known."""
    known = table[table[column].notna()].sort_values(column, ascending=not highest, kind="stable")
    if len(known) < 2:
        return None
    values = known[column].tolist()
    told = [
        words.format(value).replace(",", " ").replace("%", "\N{NO-BREAK SPACE}%")
        if np.isfinite(value)
        else "more than was tried"
        for value in values
    ]
    models = known["model"].tolist()
    best = [model for model, value in zip(models, values, strict=True) if value == values[0]]
    after = f"{label(models[len(best)])} {told[len(best)]}" if len(best) < len(models) else ""
    if after and column == "perplexity" and known["high"].iloc[0] >= known["low"].iloc[1]:
        after += "; intervals overlap"
    return Choice(wish, ", ".join(label(model) for model in best), told[0], after)


def beaten(table: pd.DataFrame) -> dict[str, list[str]]:
    """For each model the others that keep no more numbers than it does and whose whole interval of perplexity lies
    below its own."""
    rows = table.to_dict("records")
    return {
        str(row["model"]): [
            str(other["model"])
            for other in rows
            if other["numbers"] <= row["numbers"] and other["high"] < row["low"] and other is not row
        ]
        for row in rows
    }


def sentences(table: pd.DataFrame) -> Iterator[str]:
    """What size and quality say together."""
    by_others = beaten(table)
    never = [model for model, others in by_others.items() if not others]
    yield f"No other model is at once no larger and clearly better than {_listed(never)}."
    for model, others in by_others.items():
        if others:
            yield f"{capital(with_article(model))} is beaten on both counts by {_listed(others)}."
    counted = table[table["sees"].notna()]
    best = counted.iloc[int(np.argmin(counted["perplexity"]))]
    yield f"Of the count models {with_article(str(best['model']))} predicts test best."
    for row in table[table["sees"].isna()].to_dict("records"):
        change = row["perplexity"] / best["perplexity"] - 1
        times = row["numbers"] / best["numbers"]
        yield (
            f"The {label(row['model'])} keeps {times:.2g} times the numbers of {with_article(str(best['model']))}, for "
            f"a perplexity that is {abs(change):.0%} {'lower' if change < 0 else 'higher'}.".replace(
                "%", "\N{NO-BREAK SPACE}%"
            )
        )


def _listed(models: Sequence[str]) -> str:
    return in_row([with_article(model) for model in models])
