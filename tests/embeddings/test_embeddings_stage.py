"""The stage as a whole, run as a process as DVC does."""

import json
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pandas as pd
import pytest
from project import run_stage
from vector_settings import CPU, SHIFTED, settings, text

from pipeline.corpus.streams import Corpus, Split, save_corpus
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.embeddings.method import train_vectors
from pipeline.embeddings.quality import frequent, neighbour_overlap, probes
from pipeline.grammar.labels import word_labels, word_lemmas
from pipeline.io import read_tensors, write_json
from pipeline.layout import Layout
from pipeline.params.runtime import Runtime
from pipeline.plans.embeddings import EmbeddingsPlan

NOUNS, VERBS = (list(word_labels()[f"number of {kind}"])[:5] for kind in ("nouns", "verbs"))
TYPES = ("<unk>", "<eos>", *NOUNS, *VERBS)


def stage(folder: Path, dim: int = 8, **changes) -> tuple[Layout, CompletedProcess]:
    layout = Layout(folder, "mine")
    save_corpus(
        layout.corpus, Corpus(Vocabulary(TYPES), dict.fromkeys(("train", "valid", "test"), Split(text(), None)), {})
    )
    runtime = Runtime(device="cpu", threads=1, precision="fp32")
    plan = EmbeddingsPlan(seed=1, runtime=runtime, dim=dim, embeddings=settings(**changes))
    write_json(layout.plan("embeddings"), plan.model_dump())
    return layout, run_stage("embeddings", folder, "mine")


@pytest.mark.parametrize(("method", "other"), [("skipgram", "svd"), ("cbow", "svd"), ("svd", "skipgram")])
def test_the_chosen_vectors_are_written_and_measured_beside_those_of_the_other_way(tmp_path, method, other):
    layout, done = stage(tmp_path, method=method)
    assert done.returncode == 0, done.stderr
    made = {name: train_vectors(text(), 12, 8, settings(method=name), 1, CPU, bf16=False) for name in (method, other)}
    assert (read_tensors(layout.embeddings / "vectors.safetensors")["vectors"] == made[method].vectors).all()
    assert json.loads((layout.embeddings / "losses.json").read_text()) == made[method].losses
    assert len(made[method].losses) == (0 if method == "svd" else 4)
    counts, quality = np.bincount(text(), minlength=12), settings().quality
    words = frequent(counts, quality)
    shared = neighbour_overlap(made[method].vectors, made[other].vectors, words, quality)
    assert pd.read_parquet(layout.embeddings / "neighbours.parquet")["shared"].tolist() == shared.tolist()
    told = pd.read_parquet(layout.embeddings / "probes.parquet")
    assert told["method"].unique().tolist() == [method, other]
    for name, vectors in made.items():
        own = probes(vectors.vectors, word_labels(), word_lemmas(), TYPES, words, quality, 1)
        assert told[told["method"] == name]["read"].tolist() == own["read"].tolist()
    assert done.stderr.count("embeddings: done") == 1


def test_of_no_more_types_than_dimensions_there_is_no_other_way(tmp_path):
    layout, done = stage(tmp_path, dim=12)
    assert done.returncode == 0, done.stderr
    assert pd.read_parquet(layout.embeddings / "neighbours.parquet").empty


def test_what_the_contrast_refuses_is_told_before_vectors_are_trained(tmp_path):
    layout, done = stage(tmp_path, svd=SHIFTED)
    assert done.returncode == 1
    assert "embeddings.svd.shift: found 1000" in done.stderr
    assert "embeddings: done" not in done.stderr
    assert not layout.embeddings.exists()
