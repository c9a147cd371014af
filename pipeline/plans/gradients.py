"""The plan of the stage gradients."""

from pipeline.params.architectures import Architecture
from pipeline.params.fields import Seed, Strict
from pipeline.params.gradients import Gradients
from pipeline.params.runtime import Runtime


class GradientsPlan(Strict):
    models: list[Architecture]
    seed: Seed
    runtime: Runtime
    gradients: Gradients
