"""The plan of the stage ngram."""

from pipeline.params.fields import Count, Strict
from pipeline.params.ngram import Ngram
from pipeline.params.text import Mark


class NgramPlan(Strict):
    ngram: Ngram
    block_lines: Count
    uncounted: list[Mark]
