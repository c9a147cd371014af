"""params.yaml, memory: a study."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params.fields import Count, Positive, Strict
from pipeline.params.memory_tasks import DigitImages


class MemoryTraining(Strict):
    """How every network of the memory tasks is trained."""

    batch_size: Count
    steps: Count
    check_every: Count
    solved: Annotated[float, Field(gt=0, le=1)]
    clip_norm: Positive
    gate_bias: float | Literal["chrono"]
    learning_rates: Annotated[list[Positive], Field(min_length=1)]
    search_steps: Count
    seeds: Annotated[int, Field(ge=2)]


Lengths = Annotated[list[Count], Field(min_length=1)]


class Capacity(Strict):
    """How many items each network copies by the size of its state."""

    hidden_sizes: Annotated[list[Count], Field(min_length=2)]
    items: Lengths
    lag: Count


class Memory(Strict):
    """Tasks in which distance is the only variable."""

    hidden_size: Count
    copy_items: Count
    adding: Lengths
    copying: Lengths
    order: Lengths
    digits: Lengths
    images: DigitImages
    capacity: Capacity
    training: MemoryTraining
