"""A figure as the page holds it, with what a reader who cannot see it is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.figure import Figure

from pipeline.report.names import label
from pipeline.report.style import to_svg


@dataclass(frozen=True)
class Drawing:
    """A figure as SVG, its title and what it shows in words, computed from the same table."""

    name: str
    svg: str
    title: str
    description: str


def drawn(name: str, title: str, description: str, figure: Figure) -> Drawing:
    return Drawing(name, to_svg(figure, f"figure-{name}", title, description), title, description)


def listed(values: Mapping[str, str]) -> str:
    """What is said of each model, in a row."""
    return ", ".join(f"{label(model)} {value}" for model, value in values.items())
