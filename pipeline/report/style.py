"""One look for every figure: colours by model, light axes, and SVG that follows the page.

Colours are Okabe and Ito's (2008), which colour-blind readers tell apart; count models run from light to dark grey.
In the SVG each is a CSS variable with the colour as its fallback, and text and axes are `currentColor`, so that a
figure suits a light page, a dark one and paper.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from itertools import pairwise
from math import log10
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from pipeline.report.names import FLOOR, NGRAMS

INK = "#010203"
"""Stands for the page's own text colour until the figure is SVG."""

COLOURS = {"rnn": "#d55e00", "irnn": "#e69f00", "gru": "#009e73", "lstm": "#0072b2", FLOOR: "#aa4499"}
FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
WIDTH = 5.4
"""Inches: narrow, so that text is still legible when a telephone shrinks the figure."""

PARAMETERS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "pipeline",
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine measures text alike
    "font.size": 9.5,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.7,
    "patch.linewidth": 0,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": INK,
    "grid.alpha": 0.12,
    "grid.linewidth": 0.6,
    "axes.titlelocation": "left",
    "figure.constrained_layout.use": True,
}


@contextmanager
def styled() -> Iterator[None]:
    """The look, within the block alone: nothing global changes."""
    from seaborn import axes_style

    look: dict[Any, Any] = {**axes_style("ticks"), **PARAMETERS}
    with rc_context(look):
        yield


def canvas(height: float, columns: int = 1, share: bool = True) -> tuple[Figure, list[Axes]]:
    """An empty figure of the page's width with `columns` panels side by side."""
    from seaborn import despine

    figure = Figure(figsize=(WIDTH, height))
    axes = figure.subplots(1, columns, sharey=share, squeeze=False)[0]
    for ax in axes:
        despine(ax=ax)
    return figure, list(axes)


def colour(model: str) -> str:
    """Of a model, everywhere."""
    if model in NGRAMS:
        grey = round(0xC0 - (0xC0 - 0x50) * min(NGRAMS.index(model), 4) / 4) - max(NGRAMS.index(model) - 4, 0) * 16
        return f"#{grey:02x}{grey:02x}{grey:02x}"
    return COLOURS[model]


def label_ends(ax: Axes, ends: dict[str, tuple[float, float, str]], gap: float = 0.075) -> None:
    """Writes each label at the end of its line (x, y, colour), pushed apart where they would touch.

    `gap` is the least distance between two labels as a share of the axis's height.
    """
    low, high = ax.get_ylim()
    scale = log10 if ax.get_yscale() == "log" else float

    def share(y: float) -> float:
        return (scale(y) - scale(low)) / (scale(high) - scale(low))

    places = spread([share(y) for _, y, _ in ends.values()], gap)
    left, right = ax.get_xlim()
    start = (max(x for x, _, _ in ends.values()) - left) / (right - left)
    for (text, (_, _, tint)), place in zip(ends.items(), places, strict=True):
        ax.annotate(
            text, (start, place), (5, 0), xycoords="axes fraction", textcoords="offset points",
            color=tint, va="center", fontweight="bold", fontsize=9, annotation_clip=False,
        )  # fmt: skip


def spread(places: list[float], gap: float) -> list[float]:
    """`places`, as shares of an axis, moved as little as needed so that neighbours lie at least `gap` apart and none
    below the axis, where its ticks are written; order kept."""
    order = sorted(range(len(places)), key=lambda index: (places[index], index))
    moved = list(places)
    for _ in range(200):
        touching = False
        for lower, upper in pairwise(order):
            lacking = gap - (moved[upper] - moved[lower])
            if lacking > 1e-9:
                moved[lower] -= lacking / 2
                moved[upper] += lacking / 2
                touching = True
        if not touching:
            break
    for rank, index in enumerate(order):
        moved[index] = max(moved[index], rank * gap)
    return moved


def to_svg(figure: Figure, name: str, title: str, description: str) -> str:
    """`figure` as an <svg> element: the same bytes every time, ids that begin with `name`, title and description."""
    buffer = io.StringIO()
    with styled():
        blank = {"Date": None, "Creator": None, "Format": None, "Type": None}
        FigureCanvasSVG(figure).print_svg(buffer, metadata=blank)  # type: ignore[no-untyped-call]
    return _for_page(buffer.getvalue(), name, title, description)


def standalone(svg: str) -> str:
    """An <svg> element as a file of its own, whose ink follows the viewer's light or dark setting."""
    rule = "<style>svg{color:#1c1e21}@media(prefers-color-scheme:dark){svg{color:#e6e8eb}}</style>"
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + svg.replace("<title", f"{rule}<title", 1) + "\n"


def _for_page(svg: str, name: str, title: str, description: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    referenced = set(re.findall(r"(?:url\(#|xlink:href=\"#)([^)\"]+)", svg))
    svg = re.sub(r' id="([^"]+)"', lambda found: _renamed(found[1], name, referenced), svg)
    svg = re.sub(r"(url\(#|xlink:href=\"#)", rf"\g<1>{name}-", svg)
    svg = svg.replace(INK, "currentColor")
    for model in (*NGRAMS, *COLOURS):
        svg = svg.replace(colour(model), f"var(--{model}, {colour(model)})")
    svg = re.sub(r"font: ([^;\"]*?) '?DejaVu Sans'?[^;\"]*", rf"font: \1 {FONT}", svg)
    svg = svg.replace("font-family: 'DejaVu Sans'", f"font-family: {FONT}")
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert size is not None  # matplotlib writes one into every figure
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{size[0][9:-1]}" '
        f'width="{size[1]}pt" height="{size[2]}pt" role="img" aria-labelledby="{name}-title {name}-desc" '
        f'font-family="{escape(FONT)}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    )
    svg = re.sub(r"<svg[^>]*>", lambda _: head, svg, count=1)
    return re.sub(r">\s+<", "><", svg).strip()


def _renamed(identifier: str, name: str, referenced: set[str]) -> str:
    return f' id="{name}-{identifier}"' if identifier in referenced else ""
