"""Exercises, with answers worked out from the run."""

from pipeline.corpus.streams import FEWEST_BLOCKS, MARKS
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.exercises.exercise import counted
from pipeline.report.exercises.worked import exercises
from pipeline.report.inputs import Inputs


def conclude(inputs: Inputs, results: Results) -> Told:
    asked = exercises(inputs, results)
    words = {
        "exercises": asked,
        "exercises_counted": counted(asked),
        "fewest_blocks": FEWEST_BLOCKS,
        "uncounted_ids": [MARKS[mark] for mark in inputs.plan.perplexity.uncounted],
    }
    return Told(words=words)


CHAPTER = Chapter("exercises", "Exercises", conclude=conclude)
