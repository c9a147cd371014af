"""The plan of the study embeddings."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params.fields import Count, Positive, Strict
from pipeline.plans.network import NetworkPlan


class EmbeddingStudyPlan(Strict):
    """`network` is what every training shares; seed, use, share of train and learning rate differ."""

    selected: Literal[True]
    network: NetworkPlan
    shares: list[float]
    seeds: Annotated[int, Field(ge=2)]
    learning_rate_scales: list[Positive]
    block_lines: Count
    valid_tokens: Count
    test_tokens: Count
