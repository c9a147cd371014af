"""Figures that set runs side by side: one colour a model, as in every report; one line style a run; names where a line
ends. Tables in, figures out. Runs that found the same are drawn once and named together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.compare.changes import telling
from pipeline.report.figures import plain_log_ticks, power
from pipeline.report.names import FLOOR, label
from pipeline.report.style import WIDTH, colour, label_ends, styled

STYLES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.2, 1.2)), (0, (7, 2, 1.2, 2)), (0, (3, 1, 1, 1, 1, 1)))
MOST_DRAWN = 10
"""Runs in a panel of curves: beside it there is room for no more names."""
LONGEST_NAME = 22
Series = Mapping[str, pd.DataFrame]
"""By run."""


def short(name: str) -> str:
    """A name that fits beside a figure, with both of its ends."""
    return name if len(name) <= LONGEST_NAME else f"{name[:10]}…{name[-11:]}"


def together(names: Sequence[str]) -> str:
    """What runs are called that are drawn as one."""
    if len(names) == 2 and sum(map(len, names)) < LONGEST_NAME:
        return ", ".join(names)
    return short(names[0]) + (f" + {len(names) - 1} more" if len(names) > 1 else "")


def folded(series: Series) -> list[tuple[list[str], pd.DataFrame]]:
    """Runs with equal tables as one, with all their names."""
    found: list[tuple[list[str], pd.DataFrame]] = []
    for run, table in series.items():
        twin = next((names for names, other in found if other.equals(table)), None)
        if twin:
            twin.append(run)
        else:
            found.append(([run], table))
    return found


def perplexity_dots(effects: pd.DataFrame, floor: float | None) -> Figure:
    """Test perplexity by model and run; the floor as a line, where it is known."""
    with styled():
        figure, ax = _dots(effects, lambda value: f"{value:.1f}")
        ax.set_xscale("log")
        low, high = ax.get_xlim()
        ax.set_xlim(min(low, (floor or low) * 0.97), high * (high / low) ** 0.12)
        plain_log_ticks(ax, "x")
        ax.set_xlabel("test perplexity (lower is better), with 95 % interval")
        if floor:
            ax.axvline(floor, color=colour(FLOOR), linewidth=1.6, linestyle=(0, (4, 2)))
            ax.annotate(
                f"floor {floor:.1f}", (floor, 1), (3, 3), xycoords=("data", "axes fraction"),
                textcoords="offset points", color=colour(FLOOR), fontweight="bold", fontsize=9,
            )  # fmt: skip
        return figure


def agreement_dots(effects: pd.DataFrame) -> Figure:
    """Agreement accuracy by model and run."""
    with styled():
        figure, ax = _dots(effects, lambda value: f"{100 * value:.1f} %")
        ax.set_xlim(min(0.48, ax.get_xlim()[0]), 1.1)
        ax.set_xticks([tick / 10 for tick in range(0, 11, 1) if tick / 10 >= ax.get_xlim()[0]])
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
        ax.set_xlabel("right verb preferred, with 95 % interval")
        return figure


def _dots(effects: pd.DataFrame, write: Callable[[float], str]) -> tuple[Figure, Axes]:
    """A block a model, a row a run, the value written beside its interval; dotted: the value of the first run."""
    blocks = {}
    for model in telling(list(effects["model"])):
        own = effects[effects["model"] == model].set_index("run")[["value", "low", "high"]]
        blocks[model] = folded({str(run): own.loc[[run]].reset_index(drop=True) for run in own.index})
    lines = sum(len(rows) + 1 for rows in blocks.values())
    figure, (ax,) = _panels(1, 0.75 + 0.21 * lines)
    ticks: dict[int, str] = {}
    place = 0
    for model, rows in blocks.items():
        ticks[place] = label(model)
        base = rows[0][1]["value"].iloc[0]
        ax.vlines(base, place + 0.5, place + len(rows) + 0.5, color=colour(model), linewidth=1, linestyle=":")
        for row, (names, found) in enumerate(rows, start=place + 1):
            value, low, high = found.iloc[0]
            ax.hlines(row, low, high, color=colour(model), linewidth=1.4)
            ax.plot(value, row, color=colour(model), marker="o", markersize=4.5)
            ax.annotate(write(value), (max(high, value), row), (6, 0), textcoords="offset points", va="center",
                        fontsize=8.5)  # fmt: skip
            ticks[row] = together(names)
        place += len(rows) + 1
    ax.set_yticks(list(ticks), list(ticks.values()))
    for tick, (row, _) in zip(ax.get_yticklabels(), ticks.items(), strict=True):
        head = next((model for model in blocks if ticks[row] == label(model)), None)
        tick.set(fontsize=8.5 if head is None else 9.5)
        if head:
            tick.set(color=colour(head), fontweight="bold")
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.set_ylim(place - 0.4, -0.7)
    return figure, ax


def training_curves(curves: Mapping[str, Series]) -> Figure:
    """Perplexity on valid against tokens read: a panel a network, a line a run."""
    with styled():
        figure, axes = _panels(len(curves), 2.15 * len(curves) + 0.3)
        for ax, (model, series) in zip(axes, curves.items(), strict=True):
            ax.set_yscale("log")
            _lines(ax, model, series, _styles(curves), marker="o")
            plain_log_ticks(ax)
        axes[len(axes) // 2].set_ylabel("perplexity on valid")
        axes[-1].set_xlabel("million tokens read")
        _name_lines(axes, curves)
        return figure


def gradient_lines(gradients: Mapping[str, Series]) -> Figure:
    """log10 of the gradient's norm by lag, after training: a panel a network, a line a run with its interval."""
    with styled():
        figure, axes = _panels(len(gradients), 2.15 * len(gradients) + 0.3)
        for ax, (model, series) in zip(axes, gradients.items(), strict=True):
            for _, table in folded(series)[:MOST_DRAWN]:
                ax.fill_between(table["x"], table["low"], table["high"], color=colour(model), alpha=0.1, linewidth=0)
            _lines(ax, model, series, _styles(gradients), marker="")
            ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
            ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: power(value)))
        axes[len(axes) // 2].set_ylabel("norm of the gradient")
        axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
        axes[-1].set_xlabel("steps back in time")
        _name_lines(axes, gradients)
        return figure


def _styles(curves: Mapping[str, Series]) -> dict[str, Any]:
    """The line style of each run, in all panels; there are fewer styles than there may be runs, which is why lines are
    named as well."""
    runs = dict.fromkeys(run for series in curves.values() for run in series)
    return {run: STYLES[place % len(STYLES)] for place, run in enumerate(runs)}


def _lines(ax: Axes, model: str, series: Series, styles: Mapping[str, Any], marker: str) -> None:
    for place, (names, table) in enumerate(folded(series)[:MOST_DRAWN]):
        ax.plot(table["x"], table["y"], color=colour(model), linestyle=styles[names[0]], marker=marker,
                markersize=3, linewidth=1.8 if place == 0 else 1.4)  # fmt: skip
    ax.set_title(label(model), color=colour(model), fontweight="bold")


def _name_lines(axes: Sequence[Axes], curves: Mapping[str, Series]) -> None:
    """Each line's run where it ends, once all panels have their limits."""
    axes[0].set_xlim(0, max(float(table["x"].max()) for series in curves.values() for table in series.values()))
    for ax, (model, series) in zip(axes, curves.items(), strict=True):
        drawn = folded(series)[:MOST_DRAWN]
        ends = {together(names): (float(table["x"].iloc[-1]), float(table["y"].iloc[-1]), colour(model))
                for names, table in drawn}  # fmt: skip
        label_ends(ax, ends, gap=0.115)


def _panels(rows: int, height: float) -> tuple[Figure, list[Axes]]:
    """An empty figure of the page's width with panels below one another, which share what they are drawn against."""
    from seaborn import despine

    figure = Figure(figsize=(WIDTH, height))
    axes = [row[0] for row in figure.subplots(rows, 1, sharex=True, squeeze=False)]
    for ax in axes:
        despine(ax=ax)
    return figure, axes
