"""Quality against size as a figure, and in words."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.report.choosing import beaten
from pipeline.report.figures import plain_log_ticks
from pipeline.report.names import label, networks, ngrams
from pipeline.report.style import INK, canvas, colour, spread, styled


def quality(table: pd.DataFrame) -> Figure:
    """Test perplexity by the numbers that a model keeps, both logarithmic; the dashed line joins models that no other
    beats in both."""
    rows = {str(row["model"]): row for row in table.to_dict("records")}
    with styled():
        figure, (ax,) = canvas(3.3)
        ax.set_xscale("log")
        ax.set_yscale("log")
        best = sorted((rows[model] for model, others in beaten(table).items() if not others),
                      key=lambda row: row["numbers"])  # fmt: skip
        ax.plot([row["numbers"] for row in best], [row["perplexity"] for row in best], color=INK, linewidth=0.9,
                linestyle=(0, (4, 3)), alpha=0.6, zorder=1)  # fmt: skip
        for model, row in rows.items():
            ax.vlines(row["numbers"], row["low"], row["high"], color=colour(model), linewidth=1.5)
            ax.plot(row["numbers"], row["perplexity"], "o", color=colour(model), markersize=6)
        low, high = table["low"].min(), table["high"].max()
        ax.set_ylim(low / (high / low) ** 0.12, high * (high / low) ** 0.12)
        fewest, most = table["numbers"].min(), table["numbers"].max()
        ax.set_xlim(fewest / (most / fewest) ** 0.12, most * (most / fewest) ** 0.2)
        for place, model in enumerate(ngrams(rows)):  # neighbours among them stand close: above and below by turns
            row = rows[model]
            if row in best:  # the dashed line comes from above, on the left, and leaves downwards, on the right
                first = row is best[0]
                ax.annotate(label(model), (row["numbers"], row["perplexity"]), (7, 4) if first else (-6, -12),
                            textcoords="offset points", ha="left" if first else "right", fontsize=9,
                            fontweight="bold", color=colour(model))  # fmt: skip
                continue
            ax.annotate(label(model), (row["numbers"], row["perplexity"]), (0, -14 if place % 2 else 8),
                        textcoords="offset points", ha="center", fontsize=9, fontweight="bold",
                        color=colour(model))  # fmt: skip
        _label_networks(ax, [rows[model] for model in networks(rows)])
        plain_log_ticks(ax)
        ax.set_xlabel("numbers to keep: parameters, or entries of the table")
        ax.set_ylabel("test perplexity")
        return figure


def _label_networks(ax: Axes, rows: Sequence[Mapping[Any, Any]]) -> None:
    """To the right of the dots, pushed apart where they would touch."""
    inverse = ax.transAxes.inverted()
    shares = [inverse.transform(ax.transData.transform((row["numbers"], row["perplexity"])))[1] for row in rows]
    for row, share in zip(rows, spread(shares, 0.075), strict=True):
        x = inverse.transform(ax.transData.transform((row["numbers"], row["perplexity"])))[0]
        ax.annotate(label(str(row["model"])), (x, share), (8, 0), xycoords="axes fraction", textcoords="offset points",
                    va="center", fontsize=9, fontweight="bold", color=colour(str(row["model"])))  # fmt: skip


def in_words(table: pd.DataFrame) -> str:
    each = ", ".join(
        f"{label(row['model'])} {row['perplexity']:.1f} with {row['numbers']:,}" for row in table.to_dict("records")
    )
    return f"Test perplexity by the numbers that each model keeps: {each}."
