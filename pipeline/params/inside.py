"""params.yaml, inside: a study."""

from typing import Annotated

from pydantic import Field

from pipeline.params.fields import Count, Positive, Strict


class Inside(Strict):
    """Where a network keeps the number of a subject: classifiers on its state, units silenced."""

    items: Annotated[int, Field(ge=2)]
    folds: Annotated[int, Field(ge=2)]
    inverse_penalty: Positive
    units: Count
