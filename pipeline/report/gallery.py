"""Which figures a run has."""

from pipeline.report.chapter import Results
from pipeline.report.contents import CHAPTERS
from pipeline.report.drawing import Drawing
from pipeline.report.inputs import Inputs


def draw(inputs: Inputs, results: Results) -> dict[str, Drawing]:
    """Every figure of the report by name. Figures without data are left out."""
    return {drawing.name: drawing for chapter in CHAPTERS for drawing in chapter.draw(inputs, results)}
