"""The stage as a whole, where it is interrupted, run as a process as DVC does."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_input_study import NETWORK, PLAN, TRAIN, VECTORS

from pipeline.corpus.streams import Corpus, save_corpus
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.io import write_json, write_tensors
from pipeline.layout import Layout

STAGE = (
    "import sys; from pathlib import Path; from pipeline.layout import Layout; from pipeline.errors import UserError\n"
    "from pipeline.stages.embedding_study import run\n"
    "try: run(Layout(Path(sys.argv[1]), 'mine'))\n"
    "except UserError as told: sys.exit(str(told))"
)


@pytest.fixture
def layout(tmp_path) -> Layout:
    """Of a project with a text and its vectors."""
    made = Layout(tmp_path, "mine")
    vocabulary = Vocabulary(("<unk>", "<eos>", "a", "b", "c", "d"))
    save_corpus(made.corpus, Corpus(vocabulary, dict.fromkeys(("train", "valid", "test"), TRAIN), {}))
    write_tensors(made.embeddings / "vectors.safetensors", {"vectors": VECTORS})
    return made


def study(layout, **changes) -> tuple[int, int, str]:
    """The stage's exit code, how many networks it trained, and what it told."""
    plan = PLAN.model_copy(update={"shares": [1.0], "seeds": 2} | changes)
    write_json(layout.plan("embedding_study"), plan.model_dump())
    command = [sys.executable, "-c", STAGE, str(layout.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    return done.returncode, done.stderr.count("train lstm: done"), done.stdout + done.stderr


def kept(layout) -> list[str]:
    return sorted(file.name for file in (layout.root / ".resume").iterdir())


def test_what_was_trained_outlives_a_table_that_could_not_be_written(layout):
    (blocked := layout.study("embeddings") / "search.parquet").mkdir(parents=True)
    code, trained, told = study(layout)
    assert (code, trained) == (1, 9)  # of each use both rates, and the other seed
    assert "IsADirectoryError" in told
    assert len(kept(layout)) == 1
    blocked.rmdir()
    code, trained, told = study(layout)
    assert (code, trained) == (0, 0)
    assert "training 9 of 9, more where one diverges: embeddings.use finetune, 1 of train, learning rate 0.0" in told
    assert kept(layout) == []
    assert len(pd.read_parquet(blocked)) == 6


def test_the_remedy_for_a_study_that_diverged_trains_no_network_twice(layout):
    wild = NETWORK.model_copy(update={"clip_norm": 1e6})
    code, trained, told = study(layout, network=wild, learning_rate_scales=[1e6])
    assert (code, trained) == (1, 1)
    assert "Add smaller numbers to embedding_study.learning_rate_scales, found [1000000.0]" in told
    first = kept(layout)
    code, trained, _ = study(layout, network=wild, learning_rate_scales=[1e6])
    assert (code, trained, kept(layout)) == (1, 0, first)
    code, trained, _ = study(layout, network=wild, learning_rate_scales=[1e6, 1.0], seeds=3)
    assert (code, trained) == (0, 3 * 3 + 2)  # of the three that diverge, one is known to
    assert kept(layout) == []
    search = pd.read_parquet(layout.study("embeddings") / "search.parquet")
    assert np.isinf(search["nats"]).sum() == 3


def test_other_vectors_are_another_study(layout):
    (layout.study("embeddings") / "search.parquet").mkdir(parents=True)
    study(layout)
    write_tensors(layout.embeddings / "vectors.safetensors", {"vectors": 2 * VECTORS})
    _, trained, _ = study(layout)
    assert (trained, len(kept(layout))) == (9, 2)
