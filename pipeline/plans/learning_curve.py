"""The plan of the study learning_curve."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params.fields import Count, Strict
from pipeline.params.text import Mark


class LearningCurvePlan(Strict):
    selected: Literal[True]
    order: Count
    block_lines: Count
    uncounted: list[Mark]
    smallest_share: Annotated[float, Field(gt=0, le=1)]
