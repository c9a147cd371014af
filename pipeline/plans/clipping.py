"""The plan of the study clipping."""

from typing import Literal

from pipeline.params.clipping import Clipping
from pipeline.params.fields import Seed, Strict
from pipeline.params.runtime import Runtime


class ClippingPlan(Strict):
    selected: Literal[True]
    seed: Seed
    runtime: Runtime
    clipping: Clipping
