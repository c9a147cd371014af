"""params.yaml, drift: a study."""

from typing import Annotated

from pydantic import Field

from pipeline.params.fields import Count, Positive, Strict


class Drift(Strict):
    """How text that a model goes on with by itself fares."""

    texts: Annotated[int, Field(ge=2)]
    prompt: Count
    length: Annotated[int, Field(ge=2)]
    temperatures: Annotated[list[Positive], Field(min_length=1)]
