"""The plan of the stage perplexity."""

from pipeline.params.architectures import Architecture
from pipeline.params.fields import Count, Seed, Strict
from pipeline.params.language import Language
from pipeline.params.perplexity import Perplexity
from pipeline.params.runtime import Runtime


class PerplexityPlan(Strict):
    models: list[Architecture]
    seed: Seed
    runtime: Runtime
    order: Count
    language: Language | None
    perplexity: Perplexity
