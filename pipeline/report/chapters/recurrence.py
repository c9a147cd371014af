"""Recurrence: the cells, their equations and their diagrams."""

from markupsafe import Markup

from pipeline.report.chapter import Chapter, Told
from pipeline.report.diagrams import all_diagrams
from pipeline.report.inputs import Inputs
from pipeline.report.names import networks
from pipeline.report.scored import Scored


def analyse(inputs: Inputs, scored: Scored) -> Told:
    shown = all_diagrams(networks(scored.models))
    words = {
        "diagrams": {name: Markup(svg) for name, svg in shown.items()},
        "implementations": {str(shape["implementation"]) for shape in inputs.shapes.values()},
    }
    return Told(words=words)


CHAPTER = Chapter("recurrence", "Recurrence", analyse)
