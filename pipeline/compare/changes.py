"""What differs between runs: parameters, code and texts; and what that did. Data frames in, tables out."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from pipeline.compare.runs import Run
from pipeline.corpus.conventions import counting_words
from pipeline.report.names import FLOOR, networks, ngrams, ordered
from pipeline.report.tables import view

ABSENT = "absent"
UNTOLD = "not told"
Outcome = Literal["better", "worse", "undecided", "the same"]


@dataclass(frozen=True)
class Parameter:
    """A parameter that differs, as each run has it, in the order of the runs."""

    name: str
    values: tuple[str, ...]

    @property
    def everywhere(self) -> bool:
        """Whether all runs know it; what only some know came or went with the code."""
        return ABSENT not in self.values


def changed_parameters(runs: Sequence[Run]) -> list[Parameter]:
    """Those that are not the same in all runs, as far as they are told; last, those of sizes that no run has."""
    sizes = {f"sizes.{run.params.get('size')}." for run in runs}
    names = sorted(
        dict.fromkeys(name for run in runs for name in run.params),
        key=lambda name: name.startswith("sizes.") and not name.startswith(tuple(sizes)),  # stable
    )
    found = [Parameter(name, tuple(_shown(run, name) for run in runs)) for name in names]
    return [each for each in found if len(set(each.values) - {UNTOLD}) > 1]


def _shown(run: Run, name: str) -> str:
    if name not in run.params:
        return ABSENT if run.whole else UNTOLD
    return shown(run.params[name])


def shown(value: Any) -> str:
    """A value as params.yaml would have it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)


def changed_code(run: Run, baseline: Run) -> list[str]:
    """Modules that are not the same as in the baseline, of those that both runs say they depended on."""
    return sorted(path for path, made in run.code.items() if baseline.code.get(path, made) != made)


@dataclass(frozen=True)
class Text:
    """Runs whose perplexities may be compared: the same tokens of valid and test over the same vocabulary, counted
    alike. `title`: the corpus, with a number where it was read in more than one way."""

    title: str
    runs: tuple[Run, ...]

    @property
    def summary(self) -> Mapping[str, Any] | None:
        """The data card, where one of the runs still has it."""
        return next((run.summary for run in self.runs if run.summary), None)

    @property
    def counted(self) -> str:
        """What perplexities are per and count; nothing where no data card is left."""
        return counting_words(self.summary["conventions"], _uncounted(self.runs[0])) if self.summary else ""

    @property
    def tokens(self) -> int:
        """Of test, as far as they are counted."""
        table = self.runs[0].tables["perplexity"]
        return int(table.loc[table["split"] == "test", "tokens"].iloc[0])


def texts(runs: Sequence[Run]) -> list[Text]:
    """The runs by text, in their order. Nothing is taken to be the same text that a report does not tell."""
    alike: dict[tuple[Any, ...], list[Run]] = {}
    for run in runs:
        alike.setdefault(_scored(run), []).append(run)
    ways: dict[str, int] = {}
    found = []
    for (corpus, *_), members in alike.items():
        ways[corpus] = ways.get(corpus, 0) + 1
        found.append(
            Text(corpus if ways[corpus] == 1 else f"{corpus}, read otherwise ({ways[corpus]})", tuple(members))
        )
    return found


def _scored(run: Run) -> tuple[Any, ...]:
    data = run.provenance.get("data", {})
    hashes = tuple(data.get(name) for name in ("valid.tokens.npy", "test.tokens.npy", "vocabulary.txt"))
    return (run.corpus, hashes if all(hashes) else run.name, *_uncounted(run))


def _uncounted(run: Run) -> list[Any]:
    told: list[Any] = run.provenance.get("params", {}).get("report", {}).get("perplexity", {}).get("uncounted", [])
    return told


EFFECT = ["model", "run", "value", "low", "high", "change", "change_low", "change_high", "outcome"]


def perplexities(runs: Sequence[Run]) -> pd.DataFrame:
    """Test perplexity by model and run with its interval, and the change from the first run in percent."""
    tables = {run.name: _named(run.tables["perplexity"].query("split == 'test'"), "perplexity") for run in runs}
    return _effects(tables, lambda value, base: 100 * (value / base - 1), lower_is_better=True)


def accuracies(runs: Sequence[Run]) -> pd.DataFrame:
    """Agreement over all constructions by model and run, and the change from the first run in points.

    Runs that judged other items than the first one, or that judged none, have no rows.
    """
    judged = {run.name: view(run.tables["agreement"]) for run in runs if "agreement" in run.tables}
    tables = {
        name: _named(table, "accuracy") for name, table in judged.items() if _items(table) == _items(first(judged))
    }
    return _effects(tables, lambda value, base: 100 * (value - base), lower_is_better=False)


def other_items(runs: Sequence[Run]) -> list[str]:
    """Names of runs whose agreement is over another suite, or another number of its items, than the first one's."""
    judged = {run.name: view(run.tables["agreement"]) for run in runs if "agreement" in run.tables}
    return [name for name, table in judged.items() if _items(table) != _items(first(judged))]


def first(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    return next(iter(tables.values()))


def _items(table: pd.DataFrame) -> set[tuple[str, int]]:
    return set(zip(table["suite"], table["items"], strict=True))


def _named(table: pd.DataFrame, value: str) -> pd.DataFrame:
    return table.set_index("model")[[value, "low", "high"]].rename(columns={value: "value"}).astype(float)


def _effects(
    tables: Mapping[str, pd.DataFrame], change: Callable[[float, float], float], lower_is_better: bool
) -> pd.DataFrame:
    """One row a model and run, models as they are always shown, without the source.

    A change is bounded by both intervals: if each value lies in its own, it lies between change_low and change_high.
    There is none where the first run has no such model.
    """
    rows = []
    for model in ordered(name for table in tables.values() for name in table.index if name != FLOOR):
        base: tuple[float, float, float] | None = None
        for place, (run, table) in enumerate(tables.items()):
            if model not in table.index:
                continue
            value, low, high = table.loc[[model]].to_numpy()[0].tolist()
            row: dict[str, Any] = {"model": model, "run": run, "value": value, "low": low, "high": high}
            if place == 0:
                base = (value, low, high)
            elif base == (value, low, high):
                row |= {"change": 0.0, "change_low": 0.0, "change_high": 0.0, "outcome": "the same"}
            elif base:
                at_least, at_most = change(low, base[2]), change(high, base[1])
                row |= {"change": change(value, base[0]), "change_low": at_least, "change_high": at_most}
                row["outcome"] = _outcome(at_least, at_most, lower_is_better)
            rows.append(row)
    return pd.DataFrame(rows, columns=EFFECT)


def _outcome(at_least: float, at_most: float, lower_is_better: bool) -> Outcome:
    if math.isnan(at_least) or math.isnan(at_most) or at_least <= 0 <= at_most:
        return "undecided"
    return "better" if (at_most < 0) == lower_is_better else "worse"


def telling(models: Sequence[str]) -> list[str]:
    """Who is named where all would be too many: the longest n-gram and the networks."""
    return [*ngrams(models)[-1:], *networks(models)]


def floor(runs: Sequence[Run]) -> float | None:
    """Test perplexity of the source, where it is known."""
    for run in runs:
        table = run.tables["perplexity"].query("split == 'test'").set_index("model")["perplexity"]
        if FLOOR in table.index:
            return float(table[FLOOR])
    return None


def curves(runs: Sequence[Run]) -> dict[str, dict[str, pd.DataFrame]]:
    """By network and run: perplexity on valid (y) against million tokens read (x)."""

    def curve(table: pd.DataFrame) -> pd.DataFrame:
        valid = table[table["split"] == "valid"].sort_values("tokens")
        return pd.DataFrame({"model": valid["model"], "x": valid["tokens"] / 1e6, "y": valid["perplexity"]})

    return _by_network({run.name: curve(run.tables["training"]) for run in runs if "training" in run.tables})


def gradients(runs: Sequence[Run]) -> dict[str, dict[str, pd.DataFrame]]:
    """By network and run: log10 of the norm (y, low, high) after training against the lag (x), of the hidden state."""

    def curve(table: pd.DataFrame) -> pd.DataFrame:
        after = table[(table["weights"] == "after") & (table["state"] == "h")].sort_values("lag")
        return after.rename(columns={"lag": "x", "mean_log10_norm": "y"})[["model", "x", "y", "low", "high"]]

    return _by_network({run.name: curve(run.tables["gradients"]) for run in runs if "gradients" in run.tables})


def _by_network(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, pd.DataFrame]]:
    found: dict[str, dict[str, pd.DataFrame]] = {}
    for model in networks(name for table in tables.values() for name in table["model"]):
        each = {run: table[table["model"] == model].drop(columns="model") for run, table in tables.items()}
        found[model] = {run: table.reset_index(drop=True) for run, table in each.items() if len(table)}
    return found
