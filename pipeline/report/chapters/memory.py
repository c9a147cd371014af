"""Distance alone: tasks in which nothing varies but how long something has to be remembered."""

from pipeline.report import memory, memory_figures
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn
from pipeline.report.inputs import Inputs
from pipeline.report.scored import Scored


def analyse(inputs: Inputs, scored: Scored) -> Told:
    if inputs.memory is None:
        return Told()
    facts = {"gate_bias": inputs.plan.gate_bias}
    return Told(memory.memory_tables(inputs.memory), memory.memory_findings(inputs.memory), facts)


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    return [drawn(*each) for each in memory_figures.drawn(results.tables)] if "memory" in results.tables else []


CHAPTER = Chapter("memory", "Distance alone", analyse, draw)
