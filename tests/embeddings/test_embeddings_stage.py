"""The stage as a whole, run as a process as DVC does."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from vector_settings import SHIFTED, settings, text

from pipeline.corpus.streams import Corpus, Split, save_corpus
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.io import write_json
from pipeline.layout import Layout
from pipeline.params.runtime import Runtime
from pipeline.plans.embeddings import EmbeddingsPlan

STAGE = (
    "import sys; from pathlib import Path; from pipeline.layout import Layout; from pipeline.errors import UserError\n"
    "from pipeline.stages.embeddings import run\n"
    "try: run(Layout(Path(sys.argv[1]), 'mine'))\n"
    "except UserError as told: sys.exit(str(told))"
)


def stage(folder: Path, dim: int = 8, **changes) -> tuple[Layout, subprocess.CompletedProcess]:
    layout = Layout(folder, "mine")
    words = Vocabulary(("<unk>", "<eos>", *(f"w{word}" for word in range(10))))
    save_corpus(layout.corpus, Corpus(words, dict.fromkeys(("train", "valid", "test"), Split(text(), None)), {}))
    runtime = Runtime(device="cpu", threads=1, precision="fp32")
    plan = EmbeddingsPlan(seed=1, runtime=runtime, dim=dim, embeddings=settings(**changes))
    write_json(layout.plan("embeddings"), plan.model_dump())
    command = [sys.executable, "-c", STAGE, str(folder)]
    return layout, subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )  # fmt: skip


@pytest.mark.parametrize("method", ["skipgram", "cbow", "svd"])
def test_vectors_are_measured_beside_those_of_the_other_way(tmp_path, method):
    layout, done = stage(tmp_path, method=method)
    assert done.returncode == 0, done.stderr
    assert set(pd.read_parquet(layout.embeddings / "neighbours.parquet").columns) == {"word", "shared", "chance"}
    losses = json.loads((layout.embeddings / "losses.json").read_text())
    assert len(losses) == (0 if method == "svd" else 4)
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
