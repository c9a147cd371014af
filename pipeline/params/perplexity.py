"""params.yaml, perplexity: held-out text and generated text."""

from typing import Annotated

from pydantic import Field

from pipeline.params.fields import Count, Positive, Strict
from pipeline.params.text import Mark


class Perplexity(Strict):
    uncounted: list[Mark]
    resamples: Annotated[int, Field(ge=100)]
    block_lines: Count
    sample_words: Count
    temperatures: Annotated[list[Positive], Field(min_length=1)]
