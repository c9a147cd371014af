"""Figures of what stands behind a gradient: Jacobians between states, and how long gates keep."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.report.figures import plain_log_ticks, power
from pipeline.report.names import label, networks
from pipeline.report.style import canvas, colour, label_ends, styled

WORDS_SHOWN = 24
WORDS_IN_ROWS = 9
"""States beyond which an axis has no room for their words."""


def jacobian_map(table: pd.DataFrame) -> Figure:
    """log10 of the largest singular value between all pairs of states, one panel a network."""
    models = networks(table["model"])
    size = int(table["end"].max()) + 1
    low, high = float(table["log10_norm"].clip(lower=-30).min()), float(table["log10_norm"].max())
    with styled():
        figure, axes = canvas(2.4, columns=len(models))
        for ax, model in zip(axes, models, strict=True):
            own = table[table["model"] == model]
            grid = np.full((size, size), np.nan)
            grid[own["end"], own["start"]] = own["log10_norm"].clip(lower=-30)
            ax.grid(visible=False)
            drawn = ax.pcolormesh(grid[1:, :-1], vmin=low, vmax=max(high, low + 1), cmap="magma")
            ax.set_aspect("equal")
            ax.set_ylim(size - 1, 0)
            ax.set_title(label(model), color=colour(model), fontweight="bold")
            ax.set_xticks([])
            words = own.drop_duplicates("end").sort_values("end")["end_word"]
            if size <= WORDS_SHOWN and words.str.len().sum() and ax is axes[0]:
                every = 1 if size <= WORDS_IN_ROWS else 2  # rows are no higher than the panels are wide
                ax.set_yticks(np.arange(size - 1)[::every] + 0.5, words[::every], fontsize=6)
                ax.tick_params(axis="y", length=0)
            else:
                ax.tick_params(axis="y", length=0, labelleft=ax is axes[0])
        axes[len(axes) // 2].set_xlabel("state that is moved, first to last")
        axes[0].set_ylabel("state that is looked at")
        bar = figure.colorbar(drawn, ax=axes, shrink=0.6, pad=0.02)
        bar.outline.set_visible(False)
        bar.ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: power(value)))
        return figure


def time_constants(table: pd.DataFrame) -> Figure:
    """Share of units by time constant, longest last: after training, and dotted before it."""
    ends: dict[str, tuple[float, float, str]] = {}
    with styled():
        figure, (ax,) = canvas(2.9)
        for model in networks(table["model"]):
            for when in ("before", "after"):
                steps = np.sort(table.loc[(table["model"] == model) & (table["weights"] == when), "steps"])
                share = 100 * (1 - np.arange(len(steps)) / len(steps))
                look: dict[str, Any] = {"linestyle": (0, (1, 1.5)), "linewidth": 1.2} if when == "before" else {}
                ax.plot(steps, share, color=colour(model), drawstyle="steps-post", **look)
            ends[label(model)] = (float(steps[-1]), float(share[-1]), colour(model))
        ax.set_xscale("log")
        plain_log_ticks(ax, "x")
        ax.set_ylim(0, 102)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
        ax.set_ylabel("units that remember longer")
        ax.set_xlabel("time constant of what a unit keeps, in steps")
        label_ends(ax, {name: (float(table["steps"].max()), y, tint) for name, (_, y, tint) in ends.items()})
        return figure
