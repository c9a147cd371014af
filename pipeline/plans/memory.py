"""The plan of one network on one task of the study memory."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params.fields import Count, Seed, Strict
from pipeline.params.memory import MemoryTraining
from pipeline.params.memory_tasks import DigitImages, MemoryNetworkName, MemoryTask
from pipeline.params.runtime import Runtime


class MemoryPlan(Strict):
    """One network on one task, at every length, number of items and hidden size; `images` are those of the digits."""

    selected: Literal[True]
    task: MemoryTask
    network: MemoryNetworkName
    seed: Seed
    runtime: Runtime
    lengths: Annotated[list[Count], Field(min_length=1)]
    items: Annotated[list[Count], Field(min_length=1)]
    images: DigitImages | None
    hidden_sizes: Annotated[list[Count], Field(min_length=1)]
    training: MemoryTraining


def memory_plan(task: str, network: str) -> str:
    """The name of the plan of one network on one task."""
    return f"memory_{task}_{network}"
