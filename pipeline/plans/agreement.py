"""The plan of the stage agreement."""

from pipeline.params.agreement import Agreement
from pipeline.params.architectures import Architecture
from pipeline.params.fields import Count, Seed, Strict
from pipeline.params.language import Language
from pipeline.params.runtime import Runtime


class AgreementPlan(Strict):
    models: list[Architecture]
    seed: Seed
    runtime: Runtime
    order: Count
    language: Language | None
    agreement: Agreement
