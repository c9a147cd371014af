"""What params.yaml resolves to: one plan per stage and per architecture.

Stages read their plan and nothing else, so that a change re-runs just what it touches.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from pipeline.errors import UserError
from pipeline.io import read_json, write_json
from pipeline.params import (
    BUILTIN,
    MEMORY_NETWORKS,
    MEMORY_TASKS,
    Adaptation,
    Agreement,
    Architecture,
    Clipping,
    Context,
    CorpusName,
    Count,
    Drift,
    Embeddings,
    Gradients,
    Inside,
    Language,
    Mark,
    Memory,
    MemoryNetworkName,
    MemoryTask,
    MemoryTraining,
    Ngram,
    Params,
    Perplexity,
    Positive,
    Recurrent,
    Report,
    Runtime,
    Seed,
    Size,
    Strict,
    Study,
    Text,
    Training,
)


class CorpusPlan(Strict):
    """`order`: lines that are too short for n-grams of this order are told of before anything is counted or trained."""

    corpus: CorpusName
    seed: Seed
    order: Count
    language: Language | None
    text: Text


class NgramPlan(Strict):
    ngram: Ngram
    block_lines: Count
    uncounted: list[Mark]


class EmbeddingsPlan(Strict):
    seed: Seed
    runtime: Runtime
    dim: Count
    embeddings: Embeddings


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
    """The plan of an architecture that `model` leaves out, or of a study that `studies` does."""

    selected: Literal[False]


class LearningCurvePlan(Strict):
    selected: Literal[True]
    order: Count
    block_lines: Count
    uncounted: list[Mark]
    smallest_share: Annotated[float, Field(gt=0, le=1)]


class EmbeddingStudyPlan(Strict):
    """`network` is what every training shares; seed, use and share of train differ."""

    selected: Literal[True]
    network: NetworkPlan
    shares: list[float]
    seeds: Count
    block_lines: Count


class AdaptationPlan(Strict):
    """Of one study for all networks: each is asked together with its own `NetworkPlan`."""

    selected: Literal[True]
    adaptation: Adaptation


class ContextPlan(Strict):
    selected: Literal[True]
    models: list[Architecture]
    seed: Seed
    runtime: Runtime
    order: Count
    context: Context


class DriftPlan(Strict):
    selected: Literal[True]
    models: list[Architecture]
    seed: Seed
    runtime: Runtime
    order: Count
    language: Language | None
    drift: Drift


class InsidePlan(Strict):
    """Of one study for all networks: each is asked together with its own `NetworkPlan`."""

    selected: Literal[True]
    inside: Inside


class ClippingPlan(Strict):
    selected: Literal[True]
    seed: Seed
    runtime: Runtime
    clipping: Clipping


class MemoryPlan(Strict):
    """One network on one task, at every length, number of items and hidden size."""

    selected: Literal[True]
    task: MemoryTask
    network: MemoryNetworkName
    seed: Seed
    runtime: Runtime
    lengths: Annotated[list[Count], Field(min_length=1)]
    items: Annotated[list[Count], Field(min_length=1)]
    hidden_sizes: Annotated[list[Count], Field(min_length=1)]
    training: MemoryTraining


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
    studies: list[Study]
    studied_architecture: Architecture
    seed: Seed
    size: str
    embeddings: Embeddings
    text: Text
    clip_norm: Positive
    perplexity: Perplexity
    agreement: Agreement
    report: Report


def resolve(params: Params) -> dict[str, Strict]:
    """One plan per stage and per architecture, by the name of its file."""
    models, seed, runtime = list(params.models), params.seed, params.runtime
    size = params.sizes[params.size]

    def network(name: Architecture) -> NetworkPlan:
        own: Recurrent = getattr(params, name)
        return NetworkPlan(
            selected=True,
            architecture=name,
            seed=seed,
            runtime=runtime,
            embeddings=params.embeddings.use,
            size=size,
            training=params.training,
            learning_rate=own.learning_rate * size.learning_rate_scale,
            clip_norm=own.clip_norm * size.clip_norm_scale,
        )

    def chosen(name: Architecture) -> Strict:
        return network(name) if name in models else Unselected(selected=False)

    def study(name: Study, plan: Strict) -> Strict:
        return plan if name in params.selected_studies else Unselected(selected=False)

    language = params.language if params.corpus == BUILTIN else None
    shared: dict[str, Any] = {"models": models, "seed": seed, "runtime": runtime}
    scoring = shared | {"order": params.ngram.order, "language": language}
    return {
        "corpus": CorpusPlan(
            corpus=params.corpus,
            seed=seed,
            order=params.ngram.order,
            language=language,
            text=params.text,
        ),
        "ngram": NgramPlan(
            ngram=params.ngram,
            block_lines=params.perplexity.block_lines,
            uncounted=params.perplexity.uncounted,
        ),
        "embeddings": EmbeddingsPlan(seed=seed, runtime=runtime, dim=size.embedding_dim, embeddings=params.embeddings),
        "rnn": chosen("rnn"),
        "gru": chosen("gru"),
        "lstm": chosen("lstm"),
        "perplexity": PerplexityPlan(**scoring, perplexity=params.perplexity),
        "agreement": AgreementPlan(**scoring, agreement=params.agreement),
        "gradients": GradientsPlan(**shared, gradients=params.gradients),
        "learning_curve": study(
            "learning_curve",
            LearningCurvePlan(
                selected=True,
                order=params.ngram.order,
                block_lines=params.perplexity.block_lines,
                uncounted=params.perplexity.uncounted,
                smallest_share=params.learning_curve.smallest_share,
            ),
        ),
        study_stage("embeddings"): study(
            "embeddings", _embedding_study(network(params.embedding_study.architecture), params)
        ),
        "adaptation": study("adaptation", AdaptationPlan(selected=True, adaptation=params.adaptation)),
        "context": study(
            "context", ContextPlan(selected=True, **shared, order=params.ngram.order, context=params.context)
        ),
        "drift": study("drift", DriftPlan(selected=True, **scoring, drift=params.drift)),
        "inside": study("inside", InsidePlan(selected=True, inside=params.inside)),
        "clipping": study(
            "clipping", ClippingPlan(selected=True, seed=seed, runtime=runtime, clipping=params.clipping)
        ),
        **{
            memory_plan(task, name): study("memory", _memory(params, task, name))
            for task in MEMORY_TASKS
            for name in MEMORY_NETWORKS
        },
        "report": ReportPlan(
            corpus=params.corpus,
            models=models,
            studies=list(params.selected_studies),
            studied_architecture=params.embedding_study.architecture,
            seed=seed,
            size=params.size,
            embeddings=params.embeddings,
            text=params.text,
            clip_norm=params.clipping.clip_norm,
            perplexity=params.perplexity,
            agreement=params.agreement,
            report=params.report,
        ),
    }


def study_stage(name: Study) -> str:
    """The stage, and the plan, of a study: its own name, but where a stage has that already."""
    return "embedding_study" if name == "embeddings" else name


def _embedding_study(network: NetworkPlan, params: Params) -> EmbeddingStudyPlan:
    study = params.embedding_study
    untied = network.training.model_copy(update={"tie_output": False})  # so that the input is all that differs
    size = network.size.model_copy(update={"training_tokens": study.training_tokens})
    return EmbeddingStudyPlan(
        selected=True,
        network=network.model_copy(update={"training": untied, "size": size}),
        shares=sorted(study.shares),
        seeds=study.seeds,
        block_lines=params.perplexity.block_lines,
    )


def memory_plan(task: str, network: str) -> str:
    """The name of the plan of one network on one task."""
    return f"memory_{task}_{network}"


def _memory(params: Params, task: MemoryTask, name: MemoryNetworkName) -> Strict:
    """The identity RNN goes with the plain one where `model` leaves networks out."""
    if {"irnn": "rnn"}.get(name, name) not in params.models:
        return Unselected(selected=False)
    settings: Memory = params.memory
    lengths = {"adding": settings.adding, "copy": settings.copying, "order": settings.order, "digits": settings.digits}
    return MemoryPlan(
        selected=True,
        task=task,
        network=name,
        seed=params.seed,
        runtime=params.runtime,
        lengths=lengths.get(task, [settings.capacity.lag]),
        items={"copy": [settings.copy_items], "capacity": settings.capacity.items}.get(task, [1]),
        hidden_sizes=settings.capacity.hidden_sizes if task == "capacity" else [settings.hidden_size],
        training=settings.training,
    )


PlanType = TypeVar("PlanType", bound=Strict)


def read_plan(path: Path, kind: type[PlanType]) -> PlanType:
    try:
        return kind.model_validate(read_json(path))
    except ValidationError:
        raise UserError(f"{path} was written by another version of the code. Run `python -m pipeline plan`.") from None


def mark_unselected(folder: Path) -> dict[str, float]:
    """The whole output of a stage that was left out; it measured nothing."""
    write_json(folder / "unselected.json", {"selected": False})
    return {}


def read_selected(path: Path, kind: type[PlanType]) -> PlanType | None:
    """The plan of an architecture or of a study, None where it was left out."""
    return None if read_json(path) == {"selected": False} else read_plan(path, kind)
