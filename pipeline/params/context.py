"""params.yaml, context: a study."""

from typing import Annotated

from pydantic import Field

from pipeline.params.fields import Count, Strict


class Context(Strict):
    """How much of the context each model uses."""

    positions: Count
    length: Annotated[int, Field(ge=2)]
    kept: Annotated[list[Count], Field(min_length=1)]
