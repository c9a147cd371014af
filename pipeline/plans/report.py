"""The plan of the stage report."""

from typing import Literal

from pipeline.params.agreement import Agreement
from pipeline.params.architectures import Architecture
from pipeline.params.embeddings import Embeddings
from pipeline.params.fields import CorpusName, Positive, Seed, Strict
from pipeline.params.perplexity import Perplexity
from pipeline.params.report import Report
from pipeline.params.studies import Study
from pipeline.params.text import Text


class ReportPlan(Strict):
    corpus: CorpusName
    models: list[Architecture]
    studies: list[Study]
    studied_architecture: Architecture
    seed: Seed
    size: str
    embeddings: Embeddings
    text: Text
    clip_norm: Positive
    gate_bias: float | Literal["chrono"]
    perplexity: Perplexity
    agreement: Agreement
    report: Report
