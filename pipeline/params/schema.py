"""params.yaml, whole: its chapters, and what they have to agree on.

A stage imports the chapters that its plan holds and never this module, so that a new key re-runs just the stages that
read its chapter; tests/test_architecture.py holds them to that.
"""

from math import isqrt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.params.adaptation import Adaptation
from pipeline.params.agreement import Agreement
from pipeline.params.architectures import ARCHITECTURES, Architecture
from pipeline.params.clipping import Clipping
from pipeline.params.context import Context
from pipeline.params.drift import Drift
from pipeline.params.embedding_study import EmbeddingStudy
from pipeline.params.embeddings import Embeddings
from pipeline.params.fields import CorpusName, Seed, Strict
from pipeline.params.gradients import Gradients
from pipeline.params.inside import Inside
from pipeline.params.language import BUILTIN, Language
from pipeline.params.learning_curve import LearningCurve
from pipeline.params.memory import Memory
from pipeline.params.networks import Recurrent, Size, Training
from pipeline.params.ngram import Ngram
from pipeline.params.perplexity import Perplexity
from pipeline.params.report import Report
from pipeline.params.runtime import Runtime
from pipeline.params.studies import STUDIES, Study
from pipeline.params.text import Text


class Params(Strict):
    """params.yaml, whole."""

    model: Literal["all"] | Architecture | Annotated[list[Architecture], Field(min_length=1)]
    corpus: CorpusName
    size: str
    studies: Literal["none", "all"] | Study | Annotated[list[Study], Field(min_length=1)]
    seed: Seed
    runtime: Runtime
    language: Language
    text: Text
    ngram: Ngram
    embeddings: Embeddings
    sizes: dict[str, Size]
    training: Training
    rnn: Recurrent
    gru: Recurrent
    lstm: Recurrent
    perplexity: Perplexity
    agreement: Agreement
    gradients: Gradients
    learning_curve: LearningCurve
    embedding_study: EmbeddingStudy
    adaptation: Adaptation
    context: Context
    drift: Drift
    inside: Inside
    clipping: Clipping
    memory: Memory
    report: Report

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        if self.size not in self.sizes:
            raise ValueError(f"size: found {self.size!r}, which is not in sizes; allowed: {', '.join(self.sizes)}")
        if self.corpus in ("raw", "suites", "metrics.json"):
            raise ValueError(f"corpus: found {self.corpus!r}, a name that is taken; call the text something else")
        if self.corpus == BUILTIN and (self.text.min_count not in ("auto", 1, 2) or self.text.max_types < 10_000):
            raise ValueError(
                "text: on the built-in corpus min_count must be auto, 1 or 2 and max_types 10000 or more; its floor is "
                "summed over every word that <unk> could be, which takes too long where many could"
            )
        as_it_is = {"tokens": "words", "words": "whitespace", "lines": "kept", "break_lines": "never"}
        if self.corpus == BUILTIN and any(
            getattr(self.text, key) not in ("auto", value) for key, value in as_it_is.items()
        ):
            raise ValueError(
                "text: the built-in corpus is a text of words and lines, and its floor one of words; tokens, words, "
                "lines and break_lines must be auto there"
            )
        if self.training.softmax == "adaptive" and self.training.tie_output and self.embeddings.use != "frozen":
            raise ValueError(
                "training: found softmax: adaptive with tie_output: true; the embedding cannot be the matrix of an "
                "adaptive softmax, whose rare types have fewer dimensions. Set tie_output: false, or softmax: full"
            )
        clusters, hidden = len(self.training.clusters), self.sizes[self.size].hidden_size
        if hidden < 4**clusters:
            raise ValueError(
                f"training.cutoffs: found {clusters}, each of which quarters the {hidden} units of hidden_size until "
                "none is left; name fewer"
            )
        if len(set(self.agreement.suites)) < len(self.agreement.suites):
            raise ValueError(f"agreement.suites: {', '.join(self.agreement.suites)} names one twice; name each once")
        gradients = self.gradients
        if gradients.jacobian.map_steps > gradients.max_lag:
            raise ValueError(
                f"gradients.jacobian.map_steps: found {gradients.jacobian.map_steps}, more than gradients.max_lag, "
                f"{gradients.max_lag}; lower it, or raise that"
            )
        if self.text.valid_share + self.text.test_share >= 0.9:
            raise ValueError("text: valid_share and test_share leave less than a tenth for train; lower them")
        if not (self.adaptation.dynamic.sgd_learning_rates or self.adaptation.dynamic.rms_learning_rates):
            raise ValueError("adaptation.dynamic: sgd_learning_rates and rms_learning_rates are both empty; give one")
        for name in ("shares", "learning_rate_scales"):
            values = getattr(self.embedding_study, name)
            if len(set(values)) < len(values):
                raise ValueError(f"embedding_study.{name}: found one twice in {values}; name each once")
        if len(set(self.drift.temperatures)) < len(self.drift.temperatures):
            raise ValueError(f"drift.temperatures: found one twice in {self.drift.temperatures}; name each once")
        rooted = [length for length in self.memory.digits if isqrt(length) ** 2 != length or length < 4]
        if rooted:
            raise ValueError(
                f"memory.digits: found {rooted[0]}, which is no square number from 4, such as 64, 256, 784"
            )
        lists = {f"memory.{name}": getattr(self.memory, name) for name in ("adding", "copying", "order", "digits")}
        lists |= {f"memory.capacity.{name}": getattr(self.memory.capacity, name) for name in ("hidden_sizes", "items")}
        for name, values in (lists | {"clipping.radius.radii": self.clipping.radius.radii}).items():
            if len(set(values)) < len(values):
                raise ValueError(f"{name}: found one twice in {values}; name each once")
        if not self.clipping.vanishing_radius < self.clipping.exploding_radius:
            raise ValueError(
                f"clipping: vanishing_radius, {self.clipping.vanishing_radius}, must lie below exploding_radius, "
                f"{self.clipping.exploding_radius}"
            )
        if max(self.context.kept) >= self.context.length:
            raise ValueError(
                f"context.kept: found {max(self.context.kept)}, but the whole context has context.length "
                f"{self.context.length} words; keep fewer, or make it longer"
            )
        return self

    @property
    def models(self) -> tuple[Architecture, ...]:
        """The selected architectures, in the order in which they are always shown."""
        if self.model == "all":
            return ARCHITECTURES
        chosen = [self.model] if isinstance(self.model, str) else self.model
        return tuple(name for name in ARCHITECTURES if name in chosen)

    @property
    def selected_studies(self) -> tuple[Study, ...]:
        if self.studies == "all":
            return STUDIES
        chosen = [self.studies] if isinstance(self.studies, str) else self.studies
        return tuple(name for name in STUDIES if name in chosen)
