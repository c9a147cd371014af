"""The plan of the study drift."""

from typing import Literal

from pipeline.params.architectures import Architecture
from pipeline.params.drift import Drift
from pipeline.params.fields import Count, Seed, Strict
from pipeline.params.language import Language
from pipeline.params.runtime import Runtime


class DriftPlan(Strict):
    selected: Literal[True]
    models: list[Architecture]
    seed: Seed
    runtime: Runtime
    order: Count
    language: Language | None
    drift: Drift
