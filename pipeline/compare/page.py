"""The page that sets runs side by side: templates filled with what changed and what that did."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from pipeline.compare import changes, figures
from pipeline.compare.changes import Parameter, Text
from pipeline.compare.runs import LeftOut, Run
from pipeline.report.drawing import Drawing
from pipeline.report.names import FLOOR, label
from pipeline.report.style import to_svg

MOST_NAMED = 6
"""Parameters of one run that are named in the summary; all stand in the table below it."""


@dataclass(frozen=True)
class Effect:
    """What a model came to in one run, or in several that found the same, as it is written: the value with its
    interval, and its change from the baseline with the bounds of that (nothing where there is no change to tell)."""

    model: str
    runs: tuple[str, ...]
    value: float
    low: float
    written: str
    bounds: str
    change: float | None
    changed: str
    between: str
    outcome: str


@dataclass(frozen=True)
class Chapter:
    """Everything about the runs on one text."""

    anchor: str
    text: Text
    floor: float | None
    perplexities: list[Effect]
    accuracies: list[Effect]
    other_items: list[str]
    drawings: dict[str, Drawing]
    undrawn: int


@dataclass(frozen=True)
class Story:
    """What one run changed, and what it did to each network, against the baseline of its text.

    more: parameters that changed but are not named. new: those that only one of the two versions of the code has."""

    run: Run
    against: str
    parameters: list[tuple[str, str, str]]
    more: int
    new: int
    code: list[str]
    perplexities: list[Effect]
    accuracies: list[Effect]


def render(runs: Sequence[Run], left_out: Sequence[LeftOut]) -> str:
    """One HTML file that loads nothing. The first run is the baseline."""
    parameters = changes.changed_parameters(runs)
    chapters = [_chapter(number, text) for number, text in enumerate(changes.texts(runs), start=1)]
    context = {
        "runs": runs,
        "left_out": left_out,
        "parameters": [each for each in parameters if each.everywhere],
        "new_parameters": [each for each in parameters if not each.everywhere],
        "baseline": runs[0],
        "chapters": chapters,
        "stories": [story for chapter in chapters for story in _stories(chapter, runs, parameters)],
        "untold": changes.UNTOLD,
        "most_drawn": figures.MOST_DRAWN,
        "best": best,
        "same_text": len(chapters) == 1,
    }
    html = _environment().get_template("compare.html.j2").render(context)
    return re.sub(r"\n\s*\n+", "\n", html) + "\n"


def best(run: Run) -> tuple[str, float]:
    """The model with the lowest perplexity on valid, and what it has on test."""
    table = run.tables["perplexity"]
    wide = table[table["model"] != FLOOR].pivot(index="model", columns="split", values="perplexity")
    model = str(wide["valid"].idxmin())
    return model, float(wide["test"][model])


def _chapter(number: int, text: Text) -> Chapter:
    perplexities, accuracies = changes.perplexities(text.runs), changes.accuracies(text.runs)
    floor = changes.floor(text.runs)
    curves, gradients = changes.curves(text.runs), changes.gradients(text.runs)
    drawings = {}

    def draw(name: str, title: str, description: str, figure: Figure) -> None:
        svg = to_svg(figure, f"figure-{name}-{number}", title, description)
        drawings[name] = Drawing(f"{name}-{number}", svg, title, description)

    drawn = f"on {text.title}, by model and run"
    draw(
        "perplexity",
        f"Test perplexity {drawn}",
        _values(perplexities, perplexity),
        figures.perplexity_dots(perplexities, floor),
    )
    if len(accuracies):
        draw("agreement", f"Agreement {drawn}", _values(accuracies, share), figures.agreement_dots(accuracies))
    if curves:
        draw(
            "training",
            f"Training {drawn}",
            _ends(curves, "Perplexity on valid", perplexity),
            figures.training_curves(curves),
        )
    if gradients:
        words = "log10 of the norm of the gradient at the longest lag"
        draw(
            "gradients",
            f"Gradient by lag {drawn}",
            _ends(gradients, words, perplexity),
            figures.gradient_lines(gradients),
        )
    lines = [len(figures.folded(series)) for series in (*curves.values(), *gradients.values())]
    return Chapter(
        anchor=f"text-{number}",
        text=text,
        floor=floor,
        perplexities=_written(perplexities, perplexity, "%"),
        accuracies=_written(accuracies, share, "points"),
        other_items=changes.other_items(text.runs),
        drawings=drawings,
        undrawn=max([0, *lines]) - figures.MOST_DRAWN,
    )


def perplexity(value: float) -> str:
    return f"{value:.2f}"


def share(value: float) -> str:
    return f"{100 * value:.1f} %"


def signed(value: float) -> str:
    """With its sign, a true minus; what rounds to nothing has none."""
    return f"{value:+.1f}".replace("-", "−") if round(value, 1) else "0.0"


def _written(effects: pd.DataFrame, write: Callable[[float], str], unit: str) -> list[Effect]:
    found = []
    for _, rows in effects.groupby(["model", "value", "low", "high"], sort=False, dropna=False):
        row: Any = rows.to_dict("records")[0]
        told = row["outcome"] in ("better", "worse", "undecided")
        found.append(
            Effect(
                model=row["model"],
                runs=tuple(rows["run"]),
                value=row["value"],
                low=row["low"],
                written=write(row["value"]),
                bounds=f"{write(row['low'])} to {write(row['high'])}",
                change=row["change"] if told else None,
                changed=f"{signed(row['change'])} {unit}" if told else "",
                between=f"{signed(row['change_low'])} to {signed(row['change_high'])}" if told else "",
                outcome=row["outcome"] if told else "",
            )
        )
    return found


def _stories(chapter: Chapter, runs: Sequence[Run], parameters: Sequence[Parameter]) -> list[Story]:
    """Of every run of a chapter but the one that it is compared with."""
    base, *others = chapter.text.runs
    places = {run.name: place for place, run in enumerate(runs)}

    def values(each: Parameter, run: Run) -> tuple[str, str, str]:
        return each.name, each.values[places[base.name]], each.values[places[run.name]]

    found = []
    for run in others:
        changed = [values(each, run) for each in parameters]
        changed = [each for each in changed if each[1] != each[2] and changes.UNTOLD not in each]
        both = [each for each in changed if changes.ABSENT not in each]
        found.append(
            Story(
                run=run,
                against=base.name,
                parameters=both[:MOST_NAMED],
                more=len(both[MOST_NAMED:]),
                new=len(changed) - len(both),
                code=changes.changed_code(run, base),
                perplexities=_told(chapter.perplexities, run),
                accuracies=_told(chapter.accuracies, run),
            )
        )
    return found


def _told(effects: Sequence[Effect], run: Run) -> list[Effect]:
    """What changed in the longest n-gram and in the networks."""
    own = [each for each in effects if run.name in each.runs and each.outcome]
    kept = changes.telling([each.model for each in effects])
    return [each for each in own if each.model in kept]


def _values(effects: pd.DataFrame, write: Callable[[float], str]) -> str:
    shown = effects[effects["model"].isin(changes.telling(list(effects["model"])))]
    parts = [f"{label(row['model'])} in {row['run']} {write(row['value'])}" for row in shown.to_dict("records")]
    return f"A dot with its interval for each: {', '.join(parts)}."


def _ends(curves: dict[str, dict[str, pd.DataFrame]], words: str, write: Callable[[float], str]) -> str:
    parts = [
        f"{label(model)} in {run} {write(float(table['y'].iloc[-1]))}"
        for model, series in curves.items()
        for run, table in series.items()
    ]
    return f"A panel for each network, a line for each run. {words}, where each line ends: {', '.join(parts)}."


def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("pipeline.compare"), PackageLoader("pipeline.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "label": label,
        "number": lambda value: f"{value:,.0f}".replace(",", " "),
        "safe_svg": Markup,
        "shown": changes.shown,
    }
    environment.filters |= filters
    return environment
