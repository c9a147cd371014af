"""What params.yaml resolves to: one plan per stage and per architecture.

Stages read their plan and nothing else, so that a change re-runs just what it touches.
"""

from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from pipeline.errors import UserError
from pipeline.io import read_json
from pipeline.params import (
    BUILTIN,
    Agreement,
    Architecture,
    CorpusName,
    Count,
    Gradients,
    Language,
    Params,
    Perplexity,
    Positive,
    Recurrent,
    Report,
    Runtime,
    Seed,
    Size,
    Skipgram,
    Strict,
    Text,
    Training,
)


class CorpusPlan(Strict):
    corpus: CorpusName
    seed: Seed
    language: Language | None
    text: Text


class EmbeddingsPlan(Strict):
    seed: Seed
    runtime: Runtime
    dim: Count
    skipgram: Skipgram


class NetworkPlan(Strict):
    """One network: its shape and how it is trained."""

    selected: Literal[True]
    architecture: Architecture
    seed: Seed
    runtime: Runtime
    embeddings: Literal["finetune", "frozen", "none"]
    size: Size
    training: Training
    learning_rate: Positive
    clip_norm: Positive


class Unselected(Strict):
    """The plan of an architecture that `model` leaves out."""

    selected: Literal[False]


class PerplexityPlan(Strict):
    models: list[Architecture]
    seed: Seed
    runtime: Runtime
    order: Count
    language: Language | None
    perplexity: Perplexity


class AgreementPlan(Strict):
    models: list[Architecture]
    seed: Seed
    runtime: Runtime
    order: Count
    language: Language | None
    agreement: Agreement


class GradientsPlan(Strict):
    models: list[Architecture]
    seed: Seed
    runtime: Runtime
    gradients: Gradients


class ReportPlan(Strict):
    corpus: CorpusName
    models: list[Architecture]
    seed: Seed
    size: str
    text: Text
    perplexity: Perplexity
    agreement: Agreement
    report: Report


def resolve(params: Params) -> dict[str, Strict]:
    """One plan per stage and per architecture, by the name of its file."""
    models, seed, runtime = list(params.models), params.seed, params.runtime
    size = params.sizes[params.size]

    def network(name: Architecture, own: Recurrent) -> Strict:
        if name not in models:
            return Unselected(selected=False)
        return NetworkPlan(
            selected=True,
            architecture=name,
            seed=seed,
            runtime=runtime,
            embeddings=params.embeddings.use,
            size=size,
            training=params.training,
            learning_rate=own.learning_rate * size.learning_rate_scale,
            clip_norm=own.clip_norm,
        )

    language = params.language if params.corpus == BUILTIN else None
    shared: dict[str, Any] = {"models": models, "seed": seed, "runtime": runtime}
    scoring = shared | {"order": params.ngram.order, "language": language}
    return {
        "corpus": CorpusPlan(
            corpus=params.corpus,
            seed=seed,
            language=language,
            text=params.text,
        ),
        "ngram": params.ngram,
        "embeddings": EmbeddingsPlan(seed=seed, runtime=runtime, dim=size.embedding_dim, skipgram=params.embeddings),
        "rnn": network("rnn", params.rnn),
        "gru": network("gru", params.gru),
        "lstm": network("lstm", params.lstm),
        "perplexity": PerplexityPlan(**scoring, perplexity=params.perplexity),
        "agreement": AgreementPlan(**scoring, agreement=params.agreement),
        "gradients": GradientsPlan(**shared, gradients=params.gradients),
        "report": ReportPlan(
            corpus=params.corpus,
            models=models,
            seed=seed,
            size=params.size,
            text=params.text,
            perplexity=params.perplexity,
            agreement=params.agreement,
            report=params.report,
        ),
    }


PlanType = TypeVar("PlanType", bound=Strict)


def read_plan(path: Path, kind: type[PlanType]) -> PlanType:
    try:
        return kind.model_validate(read_json(path))
    except ValidationError:
        raise UserError(f"{path} was written by another version of the code. Run `python -m pipeline plan`.") from None


def read_network_plan(path: Path) -> NetworkPlan | None:
    """The plan of one architecture, None when `model` leaves it out."""
    return None if read_json(path) == {"selected": False} else read_plan(path, NetworkPlan)
