"""Figures of the memory tasks, each with its title and what it shows in words."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from pipeline.report.memory import LABELS, networks_of, task_words, tasks_of
from pipeline.report.style import COLOURS, INK, WIDTH, label_ends, styled


def drawn(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str, str, Figure]]:
    """Name, title, description and figure of each."""
    table, capacity = tables["memory"], tables["capacity"]
    if len(table):
        yield "memory", "Accuracy against distance", _accuracy(table), accuracy(table)
    if len(capacity):
        yield "capacity", "Items copied by size of state", _capacity(capacity), copied(capacity)


def accuracy(table: pd.DataFrame) -> Figure:
    """Accuracy by length, a panel a task; dashed: what chance gives."""
    tasks = tasks_of(table)
    with styled():
        from seaborn import despine

        rows = -(-len(tasks) // 2)
        figure = Figure(figsize=(WIDTH, 0.4 + 2.3 * rows))
        axes = figure.subplots(rows, min(2, len(tasks)), sharey=True, squeeze=False).flatten()
        for ax, task in zip(axes, tasks, strict=False):
            despine(ax=ax)
            own = table[table["task"] == task]
            ends = _lines(ax, own, "length", "accuracy", 100)
            ax.axhline(100 * own["chance"].iloc[0], color=INK, linewidth=0.8, linestyle=(0, (4, 2)))
            _powers(ax, sorted(own["length"].unique()))
            ax.set_ylim(0, 104)
            ax.set_title(task_words(own, task))
            label_ends(ax, ends, gap=0.11)
        for ax in axes[len(tasks) :]:
            ax.set_visible(False)
        for ax in axes[:: min(2, len(tasks))]:
            ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
            ax.set_ylabel("right answers")
        for ax in axes[max(0, len(tasks) - 2) : len(tasks)]:
            ax.set_xlabel("steps to remember")
        return figure


def copied(table: pd.DataFrame) -> Figure:
    """Items that can be copied by hidden size."""
    with styled():
        from seaborn import despine

        figure = Figure(figsize=(WIDTH, 3.0))
        ax = figure.subplots()
        despine(ax=ax)
        ends = _lines(ax, table, "hidden_size", "copied", 1)
        _powers(ax, sorted(table["hidden_size"].unique()))
        ax.set_ylim(bottom=0)
        ax.set_xlabel("hidden size")
        ax.set_ylabel("items copied")
        label_ends(ax, ends)
        return figure


def _lines(ax: Axes, table: pd.DataFrame, x: str, y: str, scale: float) -> dict[str, tuple[float, float, str]]:
    """A line a network with its interval; where each ends."""
    ends = {}
    for name in networks_of(table):
        own, tint = table[table["network"] == name].sort_values(x), COLOURS[name]
        low, high = (scale * own[column].astype(float) for column in ("low", "high"))
        ax.fill_between(own[x].astype(float), low, high, color=tint, alpha=0.14, linewidth=0)
        ax.plot(own[x], scale * own[y], color=tint, marker="o", markersize=3.5)
        ends[LABELS[name].replace("identity RNN", "IRNN")] = (
            float(own[x].iloc[-1]),
            scale * float(own[y].iloc[-1]),
            tint,
        )
    return ends


def _powers(ax: Axes, values: list[int]) -> None:
    ax.set_xscale("log")
    ax.set_xticks(values, [f"{value:g}" for value in values])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlim(values[0] / 1.1, values[-1] * (1.001 if len(values) > 1 else 1.1))


def _accuracy(table: pd.DataFrame) -> str:
    parts = []
    for task in tasks_of(table):
        own = table[table["task"] == task]
        longest = own[own["length"] == own["length"].max()].set_index("network")["accuracy"]
        ends = ", ".join(f"{LABELS[name]} {longest[name]:.0%}" for name in networks_of(own))
        parts.append(f"{task_words(own, task)} at {own['length'].max()}: {ends}")
    return f"Share of right answers by length; at the longest, {'; '.join(parts)}."


def _capacity(table: pd.DataFrame) -> str:
    sizes = np.sort(table["hidden_size"].unique())
    ends = []
    for name in networks_of(table):
        own = table[table["network"] == name].set_index("hidden_size")["copied"]
        ends.append(f"{LABELS[name]} {own[sizes[0]]:.1f} and {own[sizes[-1]]:.1f}")
    return f"Items copied with a hidden size of {sizes[0]} and of {sizes[-1]}: {', '.join(ends)}."
