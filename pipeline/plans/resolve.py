"""What params.yaml resolves to: one plan per stage and per architecture, size and architecture merged.

Stages read their plan and nothing else, so that a change re-runs just what it touches.
"""

from typing import Any

from pipeline.params.architectures import Architecture
from pipeline.params.fields import Strict
from pipeline.params.language import BUILTIN
from pipeline.params.memory import Memory
from pipeline.params.memory_tasks import MEMORY_NETWORKS, MEMORY_TASKS, MemoryNetworkName, MemoryTask
from pipeline.params.networks import Recurrent
from pipeline.params.schema import Params
from pipeline.params.studies import Study, study_stage
from pipeline.plans.adaptation import AdaptationPlan
from pipeline.plans.agreement import AgreementPlan
from pipeline.plans.clipping import ClippingPlan
from pipeline.plans.context import ContextPlan
from pipeline.plans.corpus import CorpusPlan
from pipeline.plans.drift import DriftPlan
from pipeline.plans.embedding_study import EmbeddingStudyPlan
from pipeline.plans.embeddings import EmbeddingsPlan
from pipeline.plans.gradients import GradientsPlan
from pipeline.plans.inside import InsidePlan
from pipeline.plans.learning_curve import LearningCurvePlan
from pipeline.plans.memory import MemoryPlan, memory_plan
from pipeline.plans.network import NetworkPlan
from pipeline.plans.ngram import NgramPlan
from pipeline.plans.perplexity import PerplexityPlan
from pipeline.plans.reading import Unselected
from pipeline.plans.report import ReportPlan


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
            gate_bias=params.memory.training.gate_bias,
            perplexity=params.perplexity,
            agreement=params.agreement,
            report=params.report,
        ),
    }


def _embedding_study(network: NetworkPlan, params: Params) -> EmbeddingStudyPlan:
    study = params.embedding_study
    untied = network.training.model_copy(update={"tie_output": False})  # so that the input is all that differs
    size = network.size.model_copy(update={"training_tokens": study.training_tokens, "validations": study.validations})
    return EmbeddingStudyPlan(
        selected=True,
        network=network.model_copy(update={"training": untied, "size": size}),
        shares=sorted(study.shares),
        seeds=study.seeds,
        learning_rate_scales=sorted(study.learning_rate_scales),
        block_lines=params.perplexity.block_lines,
        valid_tokens=study.valid_tokens,
        test_tokens=study.test_tokens,
    )


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
        images=settings.images if task == "digits" else None,
        training=settings.training,
    )
