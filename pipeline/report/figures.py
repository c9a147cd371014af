"""Figures: a table in, a figure out. Nothing here reads a file or computes a result.

Each function returns a matplotlib `Figure`; `style.to_svg` makes it part of the page.
"""

from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter

from pipeline.report.names import FLOOR, NGRAMS, label, networks, ngrams, ordered
from pipeline.report.style import INK, canvas, colour, label_ends, styled
from pipeline.report.tables import LARGEST_NATS, headline, view

CUT = 2.0
"""How many times the second longest bar the longest may be before it is cut."""
WEIGHTS = {"before": "before training", "halfway": "halfway", "after": "after training"}


def perplexity(table: pd.DataFrame) -> Figure:
    """Test perplexity as bars with intervals, the floor as a line."""
    test = table[table["split"] == "test"].set_index("model")
    models = [name for name in ordered(test.index) if name != FLOOR]
    with styled():
        figure, (ax,) = canvas(0.42 + 0.31 * len(models) + 0.35)
        rows = np.arange(len(models))
        shown = test.loc[models]
        tallest, second = sorted(shown["high"], reverse=True)[:2] if len(models) > 1 else (shown["high"].max(), 0.0)
        end = second * 1.25 if tallest > CUT * second > 0 else tallest * 1.12
        ax.barh(rows, shown["perplexity"], color=[colour(name) for name in models], height=0.66)
        ax.hlines(rows, shown["low"], shown["high"], color=INK, linewidth=1.2)
        for row, (value, high) in enumerate(zip(shown["perplexity"], shown["high"], strict=True)):
            if value > end:  # one bar would leave the others no room: it runs out of the figure and says so
                ax.annotate(f"{value:.1f} →", (end, row), (-5, 0), textcoords="offset points", va="center", ha="right")
            else:
                ax.annotate(f"{value:.1f}", (high, row), (5, 0), textcoords="offset points", va="center")
        ax.set_yticks(rows, [label(name) for name in models])
        ax.invert_yaxis()
        ax.grid(axis="y", visible=False)
        ax.tick_params(axis="y", length=0)
        ax.set_xlim(0, end)
        ax.set_xlabel("test perplexity (lower is better), with 95 % interval")
        if FLOOR in test.index:
            floor = float(test["perplexity"][FLOOR])
            ax.axvline(floor, color=colour(FLOOR), linewidth=1.6, linestyle=(0, (4, 2)))
            ax.annotate(f"floor {floor:.1f}", (floor, -0.5), (3, 4), textcoords="offset points", ha="left",
                        color=colour(FLOOR), fontweight="bold", fontsize=9)  # fmt: skip
        return figure


def training_curves(table: pd.DataFrame) -> Figure:
    """Perplexity while training: thin, on train text; thick with dots, on valid."""
    with styled():
        figure, (ax,) = canvas(3.1)
        ends = {}
        for model in networks(table["model"]):
            own = table[table["model"] == model]
            train, valid = own[own["split"] == "train"], own[own["split"] == "valid"]
            smooth = train["nats"].rolling(5, min_periods=1, center=True).mean()
            seen = np.exp(np.minimum(smooth, LARGEST_NATS))
            ax.plot(train["tokens"] / 1e6, seen, color=colour(model), linewidth=0.7, alpha=0.55)
            ax.plot(valid["tokens"] / 1e6, valid["perplexity"], color=colour(model), marker="o", markersize=3.5)
            ends[label(model)] = (float(own["tokens"].max() / 1e6), float(valid["perplexity"].iloc[-1]), colour(model))
        valid = table[table["split"] == "valid"]
        top = float(valid["perplexity"].max()) * 1.6
        bottom = float(min(valid["perplexity"].min(), np.exp(table["nats"].quantile(0.02)))) * 0.93
        ax.set_yscale("log")
        ax.set_ylim(bottom, top)
        plain_log_ticks(ax)
        ax.set_xlim(0, max(x for x, _, _ in ends.values()))
        ax.set_xlabel("million tokens read")
        ax.set_ylabel("perplexity")
        label_ends(ax, ends)
        return figure


def plain_log_ticks(ax: Axes, side: Literal["x", "y"] = "y") -> None:
    """Round numbers in plain figures on a logarithmic axis of a few octaves."""
    axis, (low, high) = (ax.yaxis, ax.get_ylim()) if side == "y" else (ax.xaxis, ax.get_xlim())
    steps = [m * 10.0**e for e in range(-2, 7) for m in (1, 1.5, 2, 3, 4, 5, 7)]
    inside = [step for step in steps if low <= step <= high]
    while len(inside) > 8:
        inside = inside[::2]
    axis.set_major_locator(FixedLocator(inside))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


ATTRACTORS_AXIS = "nouns of the other number in between"


def compared(models: list[str]) -> list[str]:
    """Who is drawn where all would be too many: the longest n-gram, the networks, the source."""
    return [*ngrams(models)[-1:], *networks(models), *(name for name in (FLOOR,) if name in models)]


def agreement_by_distance(table: pd.DataFrame) -> Figure:
    """Accuracy by band of distances, with the reach of the longest n-gram."""
    with styled():
        figure, (ax,) = canvas(3.0)
        longest = ngrams(table["model"])[-1]
        reach = NGRAMS.index(longest) - 1  # the words that fit between a subject and its verb in one n-gram
        if reach >= 0:
            ax.axvspan(ax.get_xlim()[0], reach + 0.5, color=colour(longest), alpha=0.16, linewidth=0)
            ax.annotate(f"fits in a {label(longest)}", (reach + 0.5, 0.44), (4, 0), textcoords="offset points",
                        fontsize=8.5, va="center")  # fmt: skip
        _accuracies(ax, table, "distance", "words between the subject and its verb")
        return figure


def agreement_by_attractors(table: pd.DataFrame) -> Figure:
    """Accuracy by number of attractors."""
    return accuracy_lines(view(table, "n_attractors"), "n_attractors", ATTRACTORS_AXIS)


def accuracy_lines(rows: pd.DataFrame, column: str, axis_label: str) -> Figure:
    """Accuracy by the numbers of `column`."""
    with styled():
        figure, (ax,) = canvas(3.0)
        _accuracies(ax, rows, column, axis_label)
        return figure


def _accuracies(ax: Axes, rows: pd.DataFrame, column: str, axis_label: str) -> None:
    ax.axhline(0.5, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
    _lines(ax, rows, column, "accuracy", "low", "high")
    _accuracy_axis(ax, float(rows["low"].min()))
    ax.annotate("chance", (ax.get_xlim()[0], 0.5), (4, 3), textcoords="offset points", fontsize=8.5)
    ax.set_xlabel(axis_label)


def verb_loss(table: pd.DataFrame) -> Figure:
    """Mean nats that the right verb form costs, by band of distances."""
    with styled():
        figure, (ax,) = canvas(3.0)
        _lines(ax, table, "distance", "verb_nats", "verb_nats_low", "verb_nats_high")
        ax.set_xlabel("words between the subject and its verb")
        ax.set_ylabel("nats at the verb")
        return figure


def _lines(ax: Axes, rows: pd.DataFrame, x: str, y: str, low: str, high: str) -> None:
    """A line and its interval a model, named where it ends; the source is dashed."""
    ends = {}
    for model in compared(list(rows["model"])):
        own = rows[rows["model"] == model].sort_values(x)
        place = own[x].astype(float).to_numpy()
        ax.fill_between(place, own[low].astype(float), own[high].astype(float), color=colour(model), alpha=0.16,
                        linewidth=0)  # fmt: skip
        dashed: dict[str, Any] = {"linestyle": (0, (4, 2))} if model == FLOOR else {}
        ax.plot(place, own[y], color=colour(model), marker="o", markersize=3.5, **dashed)
        ends[label(model)] = (float(place[-1]), float(own[y].iloc[-1]), colour(model))
    first = min(rows[x].astype(float))
    last = max(place for place, _, _ in ends.values())
    ax.set_xlim(first - 0.04 * (last - first), last + 0.02)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    label_ends(ax, ends)


def _accuracy_axis(ax: Axes, lowest: float) -> None:
    ax.set_ylim(min(0.4, np.floor(10 * lowest) / 10), 1.02)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    ax.set_ylabel("right verb preferred")


def agreement_by_construction(table: pd.DataFrame) -> Figure:
    """Accuracy by construction, one dot a model, easiest construction on top."""
    return accuracy_dots(view(table, "construction"), "construction")


def accuracy_dots(rows: pd.DataFrame, column: str) -> Figure:
    """Accuracy by the words of `column`, one dot a model, the easiest on top."""
    models = [name for name in compared(list(rows["model"])) if name != FLOOR]
    shown = rows[rows["model"].isin(models)]
    constructions = list(shown.groupby(column)["accuracy"].mean().sort_values(kind="stable").index)
    with styled():
        figure, (ax,) = canvas(0.75 + 0.40 * len(constructions))
        ax.axvline(0.5, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
        for place, model in enumerate(models):
            own = shown[shown["model"] == model].set_index(column).loc[constructions]
            y = np.arange(len(constructions)) - (place - (len(models) - 1) / 2) * 0.17
            ax.hlines(y, own["low"].astype(float), own["high"].astype(float), color=colour(model), linewidth=1.1)
            ax.plot(own["accuracy"], y, color=colour(model), marker="o", markersize=4.5, linestyle="none")
        ax.set_yticks(range(len(constructions)), [wrapped(name) for name in constructions])
        ax.tick_params(axis="y", length=0, labelsize=8.5)
        ax.set_ylim(-0.6, len(constructions) - 0.4)
        ax.set_xlim(min(0.4, float(shown["low"].min()) - 0.02), 1.02)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
        ax.set_xlabel("right verb preferred, with 95 % interval")
        _names_on_top(ax, models)
        return figure


def wrapped(name: str, width: int = 24) -> str:
    """A long name on two lines."""
    words, lines = name.replace("_", " ").split(), [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _names_on_top(ax: Axes, models: list[str]) -> None:
    """The models' names in their colours, in one row above the axes."""
    for place, model in enumerate(models):
        ax.annotate(f"● {label(model)}", (place / len(models), 1), (0, 4), xycoords="axes fraction",
                    textcoords="offset points", color=colour(model), fontweight="bold", fontsize=9)  # fmt: skip


def gradient_by_lag(table: pd.DataFrame, main: str, words: str) -> Figure:
    """log10 of a norm by lag: one panel a moment of training, one line a network for the state `main`."""
    moments = [when for when in WEIGHTS if when in set(table["weights"])]
    with styled():
        figure, axes = canvas(3.1, columns=len(moments))
        for ax, when in zip(axes, moments, strict=True):
            ends: dict[str, tuple[float, float, str]] = {}
            here = table[table["weights"] == when]
            for model in networks(here["model"]):
                for state in ("c", main):
                    own = here[(here["model"] == model) & (here["state"] == state)].sort_values("lag")
                    if own.empty:
                        continue
                    dashed: dict[str, Any] = {"linestyle": (0, (3, 1.5)), "linewidth": 1.1} if state == "c" else {}
                    if state == main:
                        ax.fill_between(
                            own["lag"], own["low"], own["high"], color=colour(model), alpha=0.16, linewidth=0
                        )
                        ends[label(model)] = (float(own["lag"].iloc[-1]), float(own["mean_log10_norm"].iloc[-1]),
                                              colour(model))  # fmt: skip
                    ax.plot(own["lag"], own["mean_log10_norm"], color=colour(model), **dashed)
            ax.set_title(WEIGHTS[when])
            ax.set_xlim(0, table["lag"].max())
            ax.xaxis.set_major_locator(MaxNLocator(3, integer=True))
            if ax is axes[-1]:
                label_ends(ax, ends)
        axes[0].yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: power(value)))
        axes[0].set_ylabel(words)
        axes[len(axes) // 2].set_xlabel("steps back in time")
        return figure


def power(exponent: float) -> str:
    """10 to a whole power, in plain characters: SVG text needs no font of ours."""
    digits = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    return f"10{str(round(exponent)).translate(digits)}"


def training_norms(table: pd.DataFrame, clip_norms: dict[str, float]) -> Figure:
    """Norm of the training gradient before clipping, and the level at which it was cut."""
    train = table[table["split"] == "train"]
    models = networks(train["model"])
    with styled():
        figure, axes = canvas(2.7, columns=len(models))
        for ax, model in zip(axes, models, strict=True):
            own = train[train["model"] == model]
            ax.plot(own["step"], own["norm_largest"], color=colour(model), linewidth=0.6, alpha=0.5)
            ax.plot(own["step"], own["norm_before_clipping"], color=colour(model), linewidth=1.4)
            ax.set_yscale("log")
            ax.set_title(label(model), color=colour(model), fontweight="bold")
            ax.xaxis.set_major_locator(MaxNLocator(3, integer=True))
            ax.set_xlim(left=0)
            if model in clip_norms:
                ax.axhline(clip_norms[model], color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
                ax.set_title(f"limit {clip_norms[model]:g}", loc="right", fontsize=8.5)
        plain_log_ticks(axes[0])
        axes[0].set_ylabel("gradient norm")
        axes[len(axes) // 2].set_xlabel("training step")
        return figure


def nats_by_position(table: pd.DataFrame) -> Figure:
    """Mean nats a token by position in the sentence."""
    with styled():
        figure, (ax,) = canvas(3.0)
        ends = {}
        most = table.groupby("position")["tokens"].max()
        shown = most[most >= min(max(30, most.max() * 0.02), most.max())].index
        for model in compared(list(table["model"])):
            own = table[(table["model"] == model) & table["position"].isin(shown)].sort_values("position")
            mean = own["nats"] / own["tokens"]
            dashed: dict[str, Any] = {"linestyle": (0, (4, 2))} if model == FLOOR else {}
            ax.plot(own["position"], mean, color=colour(model), **dashed)
            ends[label(model)] = (float(own["position"].iloc[-1]), float(mean.iloc[-1]), colour(model))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_xlim(0.6, max(shown) + 0.2)
        ax.set_xlabel("position in the sentence")
        ax.set_ylabel("nats a token")
        label_ends(ax, ends)
        return figure


def headline_bars(table: pd.DataFrame) -> Figure:
    """Agreement accuracy of every model, the mean over constructions."""
    rows = view(table).set_index("model")
    models = ordered(headline(table))
    shown = rows.loc[models]
    with styled():
        figure, (ax,) = canvas(0.5 + 0.28 * len(models))
        y = np.arange(len(models))
        ax.axvline(0.5, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
        ax.hlines(y, shown["low"].astype(float), shown["high"].astype(float), linewidth=2.2,
                  color=[colour(name) for name in models])  # fmt: skip
        ax.scatter(shown["accuracy"], y, color=[colour(name) for name in models], s=34, zorder=3)
        for row, (value, high) in enumerate(zip(shown["accuracy"], shown["high"], strict=True)):
            ax.annotate(f"{100 * value:.1f}", (high, row), (6, 0), textcoords="offset points", va="center")
        ax.set_yticks(y, [label(name) for name in models])
        ax.tick_params(axis="y", length=0)
        ax.invert_yaxis()
        ax.set_xlim(min(0.4, float(shown["low"].min()) - 0.03), 1.06)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
        ax.set_xlabel("right verb preferred, mean over constructions, with 95 % interval")
        return figure
