"""The plan of the study embeddings."""

from typing import Literal

from pipeline.params.fields import Count, Strict
from pipeline.plans.network import NetworkPlan


class EmbeddingStudyPlan(Strict):
    """`network` is what every training shares; seed, use and share of train differ."""

    selected: Literal[True]
    network: NetworkPlan
    shares: list[float]
    seeds: Count
    block_lines: Count
    valid_tokens: Count
    test_tokens: Count
