"""The plan of the study context."""

from typing import Literal

from pipeline.params.architectures import Architecture
from pipeline.params.context import Context
from pipeline.params.fields import Count, Seed, Strict
from pipeline.params.runtime import Runtime


class ContextPlan(Strict):
    selected: Literal[True]
    models: list[Architecture]
    seed: Seed
    runtime: Runtime
    order: Count
    context: Context
