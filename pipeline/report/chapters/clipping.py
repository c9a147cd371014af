"""Exploding, vanishing, clipping: what clipping does about either."""

from pipeline.report import clipping, clipping_figures
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn
from pipeline.report.inputs import Inputs
from pipeline.report.scored import Scored


def analyse(inputs: Inputs, scored: Scored) -> Told:
    if not inputs.clipping:
        return Told()
    tables, found = clipping.clipping_tables(inputs.clipping), clipping.clipping_findings(inputs.clipping)
    return Told(tables, found, {"clip_norm": inputs.plan.clip_norm})


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    return [drawn(*each) for each in clipping_figures.drawn(results.tables)] if "clipping" in results.tables else []


CHAPTER = Chapter("clipping", "Exploding, vanishing, clipping", analyse, draw)
