"""Figures of what is inside a network: a table in, a figure out."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from pipeline.report.names import label, networks, ordered
from pipeline.report.style import INK, canvas, colour, label_ends, styled

FEWEST_ITEMS = 20
"""Items of a cell below which its share is left to the table: of one or two items it could only be 0, 50 or 100 %."""
LINES = {"new": "-", "control": (0, (1.5, 2))}
AXES = {"offset": "words after the subject", "attractors": "attractors before the verb"}


def reading(by_offset: pd.DataFrame, by_attractors: pd.DataFrame) -> Figure:
    """Share of states from which a new subject's number is read, and the control label, by words and attractors; cells
    of fewer than `FEWEST_ITEMS` items are not drawn."""
    with styled():
        figure, axes = canvas(3.2, columns=2)
        for ax, cells, by in zip(axes, (by_offset, by_attractors), AXES, strict=True):
            table = well_filled(cells)
            values = sorted(table[by].unique())
            place = {value: index for index, value in enumerate(values)}
            ends: dict[str, tuple[float, float, str]] = {}
            for model in networks(table["model"]):
                for part in ("hidden", "cell"):
                    for task, dashes in LINES.items():
                        chosen = (table["model"] == model) & (table["part"] == part) & (table["task"] == task)
                        own = table[chosen].sort_values(by)
                        if own.empty:
                            continue
                        x, y = own[by].map(place).to_numpy(dtype=float), 100 * own["accuracy"].to_numpy()
                        tint, main = colour(model), task == "new"
                        if main:
                            ax.fill_between(x, 100 * own["low"], 100 * own["high"], color=tint, alpha=0.15, linewidth=0)
                            name = f"{label(model)} cell" if part == "cell" else label(model)
                            ends[name] = (float(x[-1]), float(y[-1]), tint)
                        marker = {"hidden": "o", "cell": "s"}[part] if main else ""
                        ax.plot(x, y, color=tint, linestyle=dashes, marker=marker, markersize=3.5,
                                linewidth=1.8 if main else 1.0)  # fmt: skip
            ax.axhline(50, color=INK, linewidth=0.8, linestyle=(0, (4, 2)))
            ax.set_xticks(range(len(values)), [f"{value}" for value in values])
            ax.set_xlim(-0.2, len(values) - 1)
            ax.set_xlabel(AXES[by])
            if ax is axes[-1]:
                label_ends(ax, ends)
        axes[0].set_ylabel("% read rightly")
        return figure


def well_filled(table: pd.DataFrame) -> pd.DataFrame:
    """The cells of a table of what is read that have items enough to be drawn."""
    return table[table["items"] >= FEWEST_ITEMS]


def units(table: pd.DataFrame) -> Figure:
    """What silencing each unit takes from accuracy across attractors: the choosing half against the reporting half."""
    models = networks(table["model"])
    with styled():
        figure, axes = canvas(2.6, columns=len(models))
        for ax, model in zip(axes, models, strict=True):
            own = table[table["model"] == model]
            x, y = (100 * own[f"{half}_accuracy_with"].to_numpy() for half in ("chosen_by", "reported"))
            named = (own["rank"] > 0).to_numpy()
            ax.axhline(0, color=INK, linewidth=0.8)
            ax.plot(x[~named], y[~named], "o", color=INK, alpha=0.25, markersize=3, markeredgewidth=0)
            ax.plot(x[named], y[named], "o", color=colour(model), markersize=5)
            first = own[own["rank"] == 1].iloc[0]
            at = (100 * first["chosen_by_accuracy_with"], 100 * first["reported_accuracy_with"])
            ax.annotate(f"{first['layer']}/{first['unit']}", at, (-5, 4), textcoords="offset points", ha="right",
                        color=colour(model), fontweight="bold", fontsize=9)  # fmt: skip
            ax.set_title(label(model))
            ax.set_xlabel("fall on the half\nthat chooses")
        axes[0].set_ylabel("fall on the other half (points)")
        return figure


def surprisal(table: pd.DataFrame) -> Figure:
    """Surprisal word by word of a few sentences under every model; at the verb, hollow, that of the wrong form."""
    items = list(table["item"].unique())
    models = ordered(table["model"])
    with styled():
        figure, _ = canvas(0.01)
        figure.clear()
        figure.set_size_inches(figure.get_figwidth(), 2.3 * len(items) + 0.3)
        axes = np.atleast_1d(figure.subplots(len(items), 1))
        for ax, item in zip(axes, items, strict=True):
            ax.spines[["top", "right"]].set_visible(False)
            ends: dict[str, tuple[float, float, str]] = {}
            for model in models:
                own = table[(table["item"] == item) & (table["model"] == model)].sort_values("place")
                bits = own["bits"].to_numpy(dtype=float)
                ax.plot(own["place"], bits, color=colour(model), marker="o", markersize=3, linewidth=1.4)
                wrong = own[own["wrong_bits"].notna()]
                ax.plot(wrong["place"], wrong["wrong_bits"], "o", color=colour(model), markersize=6,
                        markerfacecolor="none", markeredgewidth=1.4)  # fmt: skip
                ends[label(model)] = (float(own["place"].iloc[-1]), float(bits[-1]), colour(model))
            words = table[(table["item"] == item) & (table["model"] == models[0])].sort_values("place")
            shown = [f"{word}\n({wrong})" if isinstance(wrong, str) and wrong else word
                     for word, wrong in zip(words["word"], words["wrong"], strict=True)]  # fmt: skip
            long = len(shown) > 7
            ax.set_xticks(
                words["place"], shown, rotation=35 if long else 0, ha="right" if long else "center", fontsize=8
            )
            ax.set_xlim(-0.3, len(shown) - 1)
            ax.set_ylim(bottom=0)
            ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            ax.set_ylabel("bits")
            label_ends(ax, ends, gap=0.12)
        return figure
