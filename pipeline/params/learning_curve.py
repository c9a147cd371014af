"""params.yaml, learning_curve: a study."""

from typing import Annotated

from pydantic import Field

from pipeline.params.fields import Strict


class LearningCurve(Strict):
    """Count models fitted on a growing part of train."""

    smallest_share: Annotated[float, Field(gt=0, le=1)]
