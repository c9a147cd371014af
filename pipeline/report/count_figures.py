"""Figures of the chapter on counting: a table in, a figure out."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.report.figures import plain_log_ticks
from pipeline.report.names import FLOOR, NGRAMS, label, ngrams, ordered
from pipeline.report.style import INK, canvas, colour, label_ends, styled

MARKERS = "osD^vPX"


def learning_curve(table: pd.DataFrame) -> Figure:
    """Test perplexity by the tokens of train that were counted, one line an order, both axes logarithmic."""
    with styled():
        figure, (ax,) = canvas(3.0)
        ends = {}
        for model in ngrams(table["model"]):
            own = table[table["model"] == model].sort_values("train_tokens")
            x = own["train_tokens"].to_numpy()
            ax.fill_between(x, own["low"], own["high"], color=colour(model), alpha=0.2, linewidth=0)
            ax.plot(x, own["perplexity"], color=colour(model), marker="o", markersize=3.5)
            ends[label(model)] = (float(x[-1]), float(own["perplexity"].iloc[-1]), INK)
        ax.set_xscale("log", base=2)
        ax.set_yscale("log")
        counts = sorted(set(table["train_tokens"]))
        ax.set_xticks(counts[::-2], [f"{count:,.0f}" for count in counts[::-2]])
        ax.set_xlim(counts[0], counts[-1])
        plain_log_ticks(ax)
        ax.set_xlabel("tokens of train that were counted")
        ax.set_ylabel("test perplexity")
        label_ends(ax, ends)
        return figure


def smoothing(table: pd.DataFrame, names: dict[str, str]) -> Figure:
    """Test perplexity by order, one line a way of smoothing; where a word is impossible there is no point."""
    with styled():
        figure, (ax,) = canvas(3.2)
        ends = {}
        greys = np.linspace(0xB0, 0x30, len(names))
        for place, (method, title) in enumerate(names.items()):
            own = table[(table["smoothing"] == method) & np.isfinite(table["perplexity"])].sort_values("order")
            if own.empty:
                continue
            level = round(greys[place])
            tint = f"#{level:02x}{level:02x}{level:02x}"
            ax.plot(own["order"], own["perplexity"], color=tint, marker=MARKERS[place], markersize=4)
            last = int(own["order"].iloc[-1])
            name = title if last == table["order"].max() else f"{title}: infinite from order {last + 1}"
            ends[name] = (float(last), float(own["perplexity"].iloc[-1]), INK)
        ax.set_yscale("log")
        plain_log_ticks(ax)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_xlim(table["order"].min() - 0.1, table["order"].max())
        ax.set_xlabel("order")
        ax.set_ylabel("test perplexity")
        label_ends(ax, ends)
        return figure


def hits(table: pd.DataFrame, unit: str) -> Figure:
    """How often the longest n-gram that train has is of each order, and how well each model does there."""
    shares = table.drop_duplicates("longest_seen").sort_values("longest_seen")
    names = [label(NGRAMS[order - 1]) for order in shares["longest_seen"]]
    places = np.arange(len(names))
    with styled():
        figure, (bars, lines) = canvas(2.9, columns=2, share=False)
        bars.barh(places, 100 * shares["share"], color=colour("5gram"), height=0.66)
        for place, share in zip(places, shares["share"], strict=True):
            bars.annotate(f"{100 * share:.0f} %", (100 * share, place), (4, 0), textcoords="offset points", va="center")
        bars.set_yticks(places, names)
        bars.set_xlim(0, 130 * shares["share"].max())
        bars.tick_params(axis="y", length=0)
        bars.grid(axis="y", visible=False)
        bars.set_xlabel(f"% of the {unit}s of test")
        bars.set_title("longest n-gram seen in train")
        ends = {}
        for model in ordered(table["model"]):
            own = table[table["model"] == model].sort_values("longest_seen")
            dashes = (0, (4, 2)) if model == FLOOR else "-"
            lines.plot(places, own["perplexity"], color=colour(model), marker="o", markersize=3.5, linestyle=dashes)
            ends[label(model)] = (float(places[-1]), float(own["perplexity"].iloc[-1]), colour(model))
        lines.set_yscale("log")
        lines.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        lines.set_xticks(places, [str(order) for order in shares["longest_seen"]])
        lines.set_xlabel("order of that n-gram")
        lines.set_title("perplexity there")
        label_ends(lines, ends)
        return figure
