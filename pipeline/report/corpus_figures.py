"""Figures of the data card: numbers of the corpus in, a figure out."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.report.figures import plain_log_ticks
from pipeline.report.names import plural
from pipeline.report.style import INK, canvas, colour, styled


def line_lengths(histogram: dict[int, int], unit: str) -> Figure:
    """Share of the lines of train by their number of tokens, each of which is a `unit`."""
    counts = pd.Series(histogram).sort_index()
    total = counts.sum()
    longest = int(counts.index[int(np.searchsorted(counts.cumsum().to_numpy(), 0.995 * total))])
    with styled():
        figure, (ax,) = canvas(2.2)
        width = max(1, round(longest / 40))
        bins = counts[counts.index <= longest].groupby((counts[counts.index <= longest].index - 1) // width).sum()
        ax.bar(bins.index * width + (width + 1) / 2, 100 * bins / total, width=0.86 * width, color=colour("5gram"))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_xlabel(f"{plural(unit)} in a line")
        ax.set_ylabel("% of lines")
        ax.grid(axis="x", visible=False)
        return figure


def frequencies(counts: np.ndarray, unit: str) -> Figure:
    """Count of each type of train by its rank, both logarithmic."""
    falling = np.sort(counts[counts > 0])[::-1]
    ranks = np.unique(np.geomspace(1, len(falling), 120).round().astype(int))
    with styled():
        figure, (ax,) = canvas(2.6)
        ax.loglog(ranks, falling[ranks - 1], color=colour("5gram"))
        ax.plot(ranks, falling[0] / ranks, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
        ax.set_ylim(0.7, falling[0] * 2)
        middle = float(np.sqrt(len(falling)))
        ax.annotate("1 / rank", (middle, falling[0] / middle), (6, 6), textcoords="offset points", fontsize=8.5)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        ax.set_xlabel(f"rank of the {unit}")
        ax.set_ylabel("times in train")
        return figure


def growth(points: list[tuple[int, int]]) -> Figure:
    """Distinct words (or characters) after so many tokens of train, both logarithmic, with the power law between."""
    tokens, types = np.array(points, dtype=float).T
    exponent, factor = heaps_law(points)
    with styled():
        figure, (ax,) = canvas(2.6)
        ax.loglog(tokens, types, color=colour("5gram"))
        ax.plot(tokens, factor * tokens**exponent, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
        ax.annotate(f"dotted: tokens to the power {exponent:.2f}", (0.98, 0.06), xycoords="axes fraction", ha="right",
                    fontsize=8.5)  # fmt: skip
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        if types[-1] < 10 * types[0]:
            plain_log_ticks(ax)
        ax.set_xlabel("tokens of train read")
        ax.set_ylabel("distinct so far")
        return figure


def heaps_law(points: list[tuple[int, int]]) -> tuple[float, float]:
    """Exponent and factor of types = factor · tokens^exponent (Heaps 1978), by least squares on logarithms."""
    tokens, types = np.log(np.array(points, dtype=float)).T
    exponent, factor = np.polyfit(tokens, types, 1)
    return float(exponent), float(np.exp(factor))
