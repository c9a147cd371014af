"""Figures of the study on clipping, each with its title and what it shows in words."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from pipeline.report.figures import power
from pipeline.report.style import COLOURS, INK, canvas, label_ends, styled

KINDS = {"linear": INK, "tanh": COLOURS["rnn"]}
CASES = {"explodes": "a start that explodes", "vanishes": "a start that vanishes"}
CLIPPED = {False: ("without", COLOURS["irnn"]), True: ("clipped", INK)}


def drawn(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str, str, Figure]]:
    """Name, title, description and figure of each."""
    rates = tables["radius"].set_index(["kind", "radius"])["log10_rate"]
    ends = [
        f"{kind} × {10 ** rates[kind].iloc[0]:.2f} and × {10 ** rates[kind].iloc[-1]:.2f}"
        for kind in sorted(set(tables["radius"]["kind"]))
    ]
    words = f"Factor a step of the Jacobian product, at the smallest and largest radius: {', '.join(ends)}."
    yield "radius", "What the spectral radius does", words, radius(tables["radius"])
    traces = tables["clipping_traces"]
    largest = traces[np.isfinite(traces["norm"])].groupby(["case", "clipped"])["norm"].max()
    parts = [
        f"{CASES[case]}, {CLIPPED[bool(clipped)][0]}: largest {norm:.3g}" for (case, clipped), norm in largest.items()
    ]
    words = f"Norm of the gradient of each training step. {'; '.join(parts)}."
    yield "clipping_traces", "Training with and without clipping", words, norms(traces)
    yield (
        "clipping_lags",
        "Gradient by steps back, with and without clipping",
        _lags(tables["clipping_lags"]),
        lags(tables["clipping_lags"]),
    )


def radius(table: pd.DataFrame) -> Figure:
    """Factor by which gradients grow a step, by spectral radius; dotted: the radius itself."""
    ends: dict[str, tuple[float, float, str]] = {}
    with styled():
        figure, (ax,) = canvas(3.0)
        for kind, tint in KINDS.items():
            own = table[table["kind"] == kind].sort_values("radius")
            factor, low, high = (10 ** own[name].to_numpy(float) for name in ("log10_rate", "low", "high"))
            ax.fill_between(own["radius"], low, high, color=tint, alpha=0.16, linewidth=0)
            ax.plot(own["radius"], factor, color=tint, marker="o", markersize=3.5)
            ends[kind] = (float(own["radius"].iloc[-1]), float(factor[-1]), tint)
        bounds = [table["radius"].min(), table["radius"].max()]
        ax.plot(bounds, bounds, color=INK, linewidth=0.9, linestyle=(0, (1, 2)))
        ax.axhline(1, color=INK, linewidth=0.8, linestyle=(0, (4, 2)))
        ax.set_xlim(*bounds)
        ax.set_xlabel("spectral radius of U")
        ax.set_ylabel("factor a step")
        label_ends(ax, ends)
        return figure


def norms(traces: pd.DataFrame) -> Figure:
    """Norm of the gradient before clipping, by step."""
    with styled():
        figure, axes = canvas(3.0, columns=len(CASES))
        for ax, (case, title) in zip(axes, CASES.items(), strict=True):
            ends: dict[str, tuple[float, float, str]] = {}
            for clipped, (name, tint) in CLIPPED.items():
                own = traces[(traces["case"] == case) & (traces["clipped"] == clipped) & np.isfinite(traces["norm"])]
                own = own[own["norm"] > 0]
                width = 0.9 if clipped else 2.4  # where both are the same, both are seen
                ax.plot(own["step"], np.log10(own["norm"]), color=tint, linewidth=width)
                if len(own):
                    ends[name] = (float(traces["step"].max()), float(np.log10(own["norm"].iloc[-1])), tint)
            ax.set_title(title)
            ax.set_xscale("log")  # explosions come early
            ax.set_xlim(1, traces["step"].max())
            ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            ax.xaxis.set_minor_formatter(NullFormatter())
            ax.set_xlabel("training step")
            if ax is axes[-1]:
                for name, tint in CLIPPED.values():
                    ends.setdefault(name, (float(traces["step"].max()), 0.0, tint))
                label_ends(ax, ends)
        axes[0].yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: power(value)))
        axes[0].set_ylabel("gradient norm")
        return figure


def lags(table: pd.DataFrame) -> Figure:
    """Mean log10 norm of the gradient by lag after training, and dotted before it."""
    with styled():
        figure, axes = canvas(3.0, columns=len(CASES))
        for ax, (case, title) in zip(axes, CASES.items(), strict=True):
            ends: dict[str, tuple[float, float, str]] = {}
            for clipped, (name, tint) in CLIPPED.items():
                for weights in ("before", "after"):
                    own = table[
                        (table["case"] == case) & (table["clipped"] == clipped) & (table["weights"] == weights)
                    ].sort_values("lag")
                    before = weights == "before"
                    solid = {"linestyle": "-", "linewidth": 1.2 if clipped else 3.0}
                    dotted: dict[str, Any] = {"linestyle": (0, (1, 2)), "linewidth": 1.0} if before else solid
                    ax.plot(own["lag"], own["mean"], color=INK if before else tint, **dotted)
                    if not before and len(own):
                        ends[name] = (float(table["lag"].max()), float(own["mean"].iloc[-1]), tint)
            ax.set_title(title)
            ax.set_xlim(0, table["lag"].max())
            ax.set_xlabel("steps back in time")
            ax.xaxis.set_major_locator(MaxNLocator(3, integer=True))
            if ax is axes[-1] and ends:
                label_ends(ax, ends)
        axes[0].yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: power(value)))
        axes[0].set_ylabel("norm of the gradient")
        return figure


def _lags(table: pd.DataFrame) -> str:
    after = table[(table["weights"] == "after") & (table["lag"] == table["lag"].max())]
    parts = [
        f"{CASES[case]}, {CLIPPED[bool(clipped)][0]}: 10 to the power {own['mean'].iloc[0]:.1f}"
        for (case, clipped), own in after.groupby(["case", "clipped"])
    ]
    return f"Norm of the gradient {table['lag'].max()} steps back, after training. {'; '.join(parts)}."
