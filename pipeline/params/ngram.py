"""params.yaml, ngram: the count models."""

from typing import Annotated

from pydantic import Field

from pipeline.params.fields import Count, Positive, Strict


class Ngram(Strict):
    order: Annotated[int, Field(ge=1, le=7)]
    prune: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    engine: Annotated[str, Field(pattern=r"^(local|dask|(tcp|tls)://.+:[0-9]+)$")]
    workers: Count
    memory_mb: Annotated[int, Field(ge=16)]
    add_k: Positive
    backoff_factor: Annotated[float, Field(gt=0, le=1)]
