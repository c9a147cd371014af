"""params.yaml, agreement: minimal pairs."""

from typing import Annotated

from pydantic import Field

from pipeline.params.fields import Count, Strict, SuiteName


class Agreement(Strict):
    suites: list[SuiteName]
    items_per_cell: Count
    resamples: Annotated[int, Field(ge=100)]
