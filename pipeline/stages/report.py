"""report: tables, figures, findings and the page, from what every stage before it left."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.readers.saved import read_scored_suite
from pipeline.corpus.streams import load_corpus
from pipeline.errors import UserError
from pipeline.io import read_array, read_json, read_table, read_tensors, write_json, write_table, write_text
from pipeline.layout import Layout
from pipeline.ngram.storage import SUMMARY
from pipeline.ngram.storage import load as load_ngram
from pipeline.params.architectures import ARCHITECTURES
from pipeline.params.memory_tasks import MEMORY_NETWORKS, MEMORY_TASKS
from pipeline.params.studies import study_stage
from pipeline.plans.memory import memory_plan
from pipeline.plans.network import NetworkPlan
from pipeline.plans.reading import read_plan, read_selected
from pipeline.plans.report import ReportPlan
from pipeline.provenance import describe, read_timings
from pipeline.report.analysis import analyse
from pipeline.report.gallery import draw
from pipeline.report.inputs import Inputs
from pipeline.report.page import render_page, render_readme
from pipeline.report.style import standalone
from pipeline.report.tables import rounded

PLANS = ("corpus", "ngram", "embeddings", *ARCHITECTURES, "perplexity", "agreement", "gradients", "report")


def run(layout: Layout) -> dict[str, float]:
    inputs = _read(layout)
    results = analyse(inputs)
    drawings = draw(inputs, results)
    provenance = _provenance(layout, inputs)
    for name, table in results.tables.items():
        write_table(layout.report / "tables" / f"{name}.csv", rounded(table))
    for name, drawing in drawings.items():
        write_text(layout.report / "figures" / f"{name}.svg", standalone(drawing.svg))
    write_json(layout.report / "provenance.json", provenance)
    write_text(layout.report / "index.html", render_page(inputs, results, drawings, provenance))
    write_text(layout.report / "README.md", render_readme(inputs, results, drawings))
    write_json(layout.metrics, results.metrics)
    return {}


def _read(layout: Layout) -> Inputs:
    plan = read_plan(layout.plan("report"), ReportPlan)
    networks: dict[str, NetworkPlan] = {}
    for name in plan.models:
        network = read_selected(layout.plan(name), NetworkPlan)
        if network is None:
            raise UserError(f"{layout.plan(name)} and {layout.plan('report')} disagree. Run `python -m pipeline plan`.")
        networks[name] = network
    folders = {name: layout.network(name) for name in plan.models}
    fit = read_json(layout.ngram / SUMMARY)
    return Inputs(
        plan=plan,
        networks=networks,
        corpus=load_corpus(layout.corpus),
        vectors=read_tensors(layout.embeddings / "vectors.safetensors")["vectors"],
        vector_losses=read_json(layout.embeddings / "losses.json"),
        vector_probes=read_table(layout.embeddings / "probes.parquet"),
        vector_analogies=read_table(layout.embeddings / "analogies.parquet"),
        vector_neighbours=read_table(layout.embeddings / "neighbours.parquet"),
        shapes={name: read_json(folder / "shape.json") for name, folder in folders.items()},
        weights={name: _weights(folder, name) for name, folder in folders.items()},
        steps={name: read_table(folder / "steps.csv") for name, folder in folders.items()},
        validations={name: read_table(folder / "validations.csv") for name, folder in folders.items()},
        tokens=read_table(layout.perplexity / "tokens.parquet"),
        samples=read_json(layout.perplexity / "samples.json"),
        items=read_table(layout.agreement / "items.parquet"),
        suite=read_table(layout.agreement / "suite.csv"),
        suite_counts=read_json(layout.agreement / "counts.json"),
        suites={name: read_scored_suite(layout.agreement / "suites" / name) for name in plan.agreement.suites},
        lags=read_table(layout.gradients / "lag.parquet"),
        jacobians=read_table(layout.gradients / "jacobian.parquet"),
        jacobian_map=read_table(layout.gradients / "map.parquet"),
        gates=read_table(layout.gradients / "gates.parquet"),
        longest_seen=read_array(layout.ngram / "longest_seen.npy"),
        ngram_fit=fit,
        bigram=load_ngram(layout.ngram, 2) if fit["order"] > 1 else None,
        smoothing=read_table(layout.ngram / "smoothing.parquet"),
        overlap=_optional(layout.corpus / "overlap.csv"),
        learning_curve=_optional(layout.study("learning_curve") / "curve.parquet"),
        embedding_validations=_optional(layout.study("embeddings") / "validations.parquet"),
        embedding_test=_optional(layout.study("embeddings") / "test.parquet"),
        embedding_search=_optional(layout.study("embeddings") / "search.parquet"),
        adaptation=_by_network(layout, "adaptation", plan.models, ("dynamic.csv", "cache.csv", "test.parquet")),
        context=_optional(layout.study("context") / "losses.parquet"),
        drift=_optional(layout.study("drift") / "scores.parquet"),
        surprisal=read_table(layout.agreement / "surprisal.parquet"),
        inside=_by_network(layout, "inside", plan.models, ("reading.parquet", "units.csv", "margins.parquet")),
        clipping=_clipping(layout.study("clipping")),
        memory=_memory(layout.study("memory")),
    )


def _weights(folder: Path, name: str) -> dict[str, dict[str, NDArray[np.float32]]]:
    """By moment; those before the end are asked about in the RNN alone."""
    moments = {"before": "before", "halfway": "halfway", "after": "best"} if name == "rnn" else {"after": "best"}
    return {when: read_tensors(folder / f"{file}.safetensors") for when, file in moments.items()}


def _by_network(
    layout: Layout, study: str, models: Sequence[str], files: Sequence[str]
) -> dict[str, dict[str, pd.DataFrame]]:
    """What a study left of each network, nothing where it did not run."""
    folders = {name: layout.study(study) / name for name in models}
    return {
        name: {Path(file).stem: read_table(folder / file) for file in files}
        for name, folder in folders.items()
        if (folder / files[0]).exists()
    }


def _clipping(folder: Path) -> dict[str, pd.DataFrame]:
    """What the study left, nothing where it did not run."""
    files = ("radius.csv", "scalar.csv", "traces.parquet", "lags.parquet", "outcomes.parquet")
    return {Path(file).stem: read_table(folder / file) for file in files if (folder / file).exists()}


def _memory(folder: Path) -> pd.DataFrame | None:
    """Every run of every network on every task, None where the study did not run."""
    made = [
        read_table(folder / task / network / "runs.csv").assign(task=task, network=network)
        for task in MEMORY_TASKS
        for network in MEMORY_NETWORKS
        if (folder / task / network / "runs.csv").exists()
    ]
    return pd.concat(made, ignore_index=True) if made else None


def _optional(path: Path) -> pd.DataFrame | None:
    """A table that not every run makes."""
    return read_table(path) if path.exists() else None


def _provenance(layout: Layout, inputs: Inputs) -> dict[str, Any]:
    """Everything about this run that another run with the same results may have otherwise."""
    stages = {"corpus": "corpus", "ngram": "ngram", "embeddings": "embeddings"}
    stages |= {f"train@{name}": name for name in inputs.plan.models}
    stages |= {"perplexity": "perplexity", "agreement": "agreement", "gradients": "gradients"}
    own = [study_stage(name) for name in inputs.plan.studies if name != "memory"]
    for study in own:
        each = {f"{study}@{name}": study for name in inputs.plan.models}
        stages |= each if study in ("adaptation", "inside") else {study: study}
    if inputs.memory is not None:
        done = inputs.memory[["task", "network"]].drop_duplicates().itertuples(index=False)
        memory = {f"memory@{task}-{network}": memory_plan(task, network) for task, network in done}
        stages |= memory
        own += memory.values()
    return {
        **describe(layout.root),
        "durations": read_timings(layout, stages),
        "data": {path.name: _hash(path) for path in sorted(layout.corpus.iterdir()) if path.is_file()},
        "params": {name: read_json(layout.plan(name)) for name in (*PLANS, *own)},
    }


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
