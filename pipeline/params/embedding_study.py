"""params.yaml, embedding_study: a study."""

from typing import Annotated

from pydantic import Field

from pipeline.params.architectures import Architecture
from pipeline.params.fields import Count, Positive, Strict


class EmbeddingStudy(Strict):
    """Networks that begin from learned vectors, keep them, or do without, on little text and on much."""

    architecture: Architecture
    shares: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Field(min_length=1)]
    seeds: Annotated[int, Field(ge=2)]
    learning_rate_scales: Annotated[list[Positive], Field(min_length=1)]
    training_tokens: Count
    validations: Count
    valid_tokens: Annotated[int, Field(ge=2)]
    test_tokens: Count
