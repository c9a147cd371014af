"""Figures of the studies, and of perplexity by frequency: a table in, a figure out."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.evaluation.breakdown import TEXT
from pipeline.report.figures import compared, plain_log_ticks
from pipeline.report.names import FLOOR, label, networks, ngrams, ordered
from pipeline.report.studies import METHODS, plain_temperature
from pipeline.report.style import INK, canvas, colour, label_ends, styled

METHOD_LABELS = {"static": "as trained", "cache": "with the cache", "dynamic": "dynamic evaluation"}
MARKERS = {"static": "o", "cache": "s", "dynamic": "D"}
PANELS = {"truncated": "what is earlier gone", "shuffled": "what is earlier shuffled"}


def by_frequency(table: pd.DataFrame, unit: str) -> Figure:
    """Mean nats of a word of test by how often it stands in train."""
    bins = sorted(table["at_least"].unique())
    place = {edge: index for index, edge in enumerate(bins)}
    ends: dict[str, tuple[float, float, str]] = {}
    with styled():
        figure, (ax,) = canvas(3.0)
        for model in compared(list(table["model"])):
            own = table[table["model"] == model].sort_values("at_least")
            own = own[np.isfinite(own["nats"].astype(float))]
            x = own["at_least"].map(place).to_numpy(dtype=float)
            _band(ax, x, own["nats_low"], own["nats_high"], colour(model))
            ax.plot(x, own["nats"], color=colour(model), marker="o", markersize=3.5, **_dashed(model))
            ends[label(model)] = (float(x[-1]), float(own["nats"].iloc[-1]), colour(model))
        ax.set_xticks(range(len(bins)), [frequency_words(edge) for edge in bins])
        ax.set_xlim(-0.2, len(bins) - 1)
        ax.set_xlabel(f"times that the {unit} stands in train")
        ax.set_ylabel("nats a token")
        label_ends(ax, ends)
        return figure


def frequency_words(at_least: int) -> str:
    """A bin of frequencies, each up to the next: never, 1–9, 10–99, 100–999, 1k+, 10k+, …"""
    if at_least == 0:
        return "never"
    if at_least < 1000:
        return f"{at_least}–{10 * at_least - 1}"
    return f"{at_least // 1000}k+"


def adaptation(table: pd.DataFrame) -> Figure:
    """Test perplexity of each network as trained, with the cache and with dynamic evaluation."""
    models = networks(table["model"])
    with styled():
        figure, (ax,) = canvas(0.8 + 0.62 * len(models))
        for row, model in enumerate(models):
            own = table[table["model"] == model].set_index("method")
            for step, method in enumerate(METHODS):
                y, tint = row + 0.24 * (step - 1), colour(model)
                ax.hlines(y, own["low"][method], own["high"][method], color=tint, linewidth=1.2)
                ax.plot(own["test_perplexity"][method], y, color=tint, marker=MARKERS[method], markersize=5)
                ax.annotate(f"{own['test_perplexity'][method]:.1f}  {METHOD_LABELS[method]}", (own["high"][method], y),
                            (6, 0), textcoords="offset points", va="center", fontsize=8.5)  # fmt: skip
        low, high = float(table["low"].min()), float(table["high"].max())
        ax.set_xlim(low - 0.05 * (high - low), high + 0.5 * (high - low))
        ax.set_yticks(range(len(models)), [label(name) for name in models])
        ax.set_ylim(len(models) - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="y", visible=False)
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        ax.set_xlabel("test perplexity (lower is better), with 95 % interval")
        return figure


def context(table: pd.DataFrame, unit: str) -> Figure:
    """What a word costs more where the words before the last k are gone, or shuffled, by k."""
    kept = sorted(table.loc[table["manipulation"] == "truncated", "k"].unique())
    with styled():
        figure, axes = canvas(3.0, columns=2)
        for ax, (manipulation, title) in zip(axes, PANELS.items(), strict=True):
            ends: dict[str, tuple[float, float, str]] = {}
            for model in ordered(table["model"]):
                own = table[(table["model"] == model) & (table["manipulation"] == manipulation)].sort_values("k")
                _band(ax, own["k"].to_numpy(dtype=float), own["low"], own["high"], colour(model))
                ax.plot(own["k"], own["difference"], color=colour(model), marker="o", markersize=3.5)
                ends[label(model)] = (float(own["k"].iloc[-1]), float(own["difference"].iloc[-1]), colour(model))
            ax.axhline(0, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
            ax.set_xscale("log", base=2)
            shown = kept if len(kept) <= 5 else kept[::2]
            ax.set_xticks(shown, [f"{k:g}" for k in shown])
            ax.set_xlim(kept[0] * 0.9, kept[-1])
            ax.set_title(title)
            if ax is axes[-1]:
                label_ends(ax, ends)
        axes[0].set_ylabel(f"nats a {unit} more than with all")
        axes[0].set_xlabel(f"k, {unit}s left as they are")
        axes[1].set_xlabel(f"k, {unit}s left in order")
        return figure


def drift(table: pd.DataFrame, unit: str) -> Figure:
    """By position since the last true word: perplexity under the longest n-gram, and what the grammar still allows."""
    plain = table[table["temperature"] == plain_temperature(table["temperature"].unique().tolist())]
    longest = ngrams(plain["judge"])[-1]
    panels = [(longest, "perplexity", f"perplexity under the {label(longest)}")]
    if FLOOR in set(plain["judge"]):
        panels.append((FLOOR, "possible", "% that the grammar allows"))
    with styled():
        figure, axes = canvas(3.0, columns=len(panels), share=False)
        for ax, (judge, column, title) in zip(axes, panels, strict=True):
            ends: dict[str, tuple[float, float, str]] = {}
            scale = 100 if column == "possible" else 1
            for writer in writers(plain["writer"]):
                own = plain[(plain["judge"] == judge) & (plain["writer"] == writer)].sort_values("first")
                x, tint = own[["first", "last"]].mean(axis=1).to_numpy(), INK if writer == TEXT else colour(writer)
                dashed: dict[str, Any] = {"linestyle": (0, (4, 2))} if writer == TEXT else {}
                _band(ax, x, scale * own[f"{column}_low"], scale * own[f"{column}_high"], tint)
                ax.plot(x, scale * own[column], color=tint, marker="o", markersize=3.5, **dashed)
                ends[writer_label(writer)] = (float(x[-1]), scale * float(own[column].iloc[-1]), tint)
            if column == "perplexity":
                ax.set_yscale("log")
                plain_log_ticks(ax)
            ax.set_title(title)
            ax.set_xlabel(f"{unit}s written so far")
            if ax is axes[-1]:
                label_ends(ax, ends)
        return figure


def drift_by_temperature(table: pd.DataFrame) -> Figure:
    """Perplexity of each model's own text under the longest n-gram, by the temperature it was written at."""
    judged = table[table["judge"] == ngrams(table["judge"])[-1]]
    ends: dict[str, tuple[float, float, str]] = {}
    with styled():
        figure, (ax,) = canvas(2.8)
        real = float(judged.loc[judged["writer"] == TEXT, "perplexity"].iloc[0])
        ax.axhline(real, color=INK, linewidth=1.2, linestyle=(0, (4, 2)))
        for writer in writers(judged["writer"])[1:]:
            own = judged[judged["writer"] == writer].sort_values("temperature")
            _band(ax, own["temperature"].to_numpy(), own["perplexity_low"], own["perplexity_high"], colour(writer))
            ax.plot(own["temperature"], own["perplexity"], color=colour(writer), marker="o", markersize=3.5)
            end = float(own["temperature"].iloc[-1])
            ends[writer_label(writer)] = (end, float(own["perplexity"].iloc[-1]), colour(writer))
        temperatures = sorted(judged["temperature"].unique())
        ends[writer_label(TEXT)] = (temperatures[-1], real, INK)
        ax.set_yscale("log")
        plain_log_ticks(ax)
        ax.set_xticks(temperatures, [f"{value:g}" for value in temperatures])
        ax.set_xlim(temperatures[0] - 0.03, temperatures[-1] + 1e-9)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        ax.set_xlabel("temperature")
        ax.set_ylabel("perplexity under the longest n-gram")
        label_ends(ax, ends)
        return figure


def writers(names: "pd.Series[str]") -> list[str]:
    """The real text, then the models in their order."""
    return [TEXT, *ordered(names.astype(str))]


def writer_label(writer: str) -> str:
    return "real text" if writer == TEXT else label(writer)


def _band(ax: Axes, x: Any, low: Any, high: Any, tint: str) -> None:
    ax.fill_between(x, low.astype(float), high.astype(float), color=tint, alpha=0.16, linewidth=0)


def _dashed(model: str) -> dict[str, Any]:
    return {"linestyle": (0, (4, 2))} if model == FLOOR else {}
