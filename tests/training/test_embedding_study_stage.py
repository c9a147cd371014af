"""The stage as a whole, where it is interrupted, run as a process as DVC does."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from project import run_stage
from test_input_study import NETWORK, PLAN, VECTORS

from pipeline.corpus.streams import Corpus, Split, save_corpus
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.io import write_json, write_tensors
from pipeline.layout import Layout
from pipeline.training.input_study import validated_and_tested, variant

LINES = np.random.default_rng(0).integers(2, 6, (90, 5)) * [[1, 1, 1, 1, 0]] + [[0, 0, 0, 0, 1]]
SPLITS = {
    name: Split(part.ravel().astype(np.uint8), None)
    for name, part in zip(("train", "valid", "test"), np.split(LINES, [30, 60]), strict=True)
}
CORPUS = Corpus(Vocabulary(("<unk>", "<eos>", "a", "b", "c", "d")), SPLITS, {})


@pytest.fixture
def layout(tmp_path) -> Layout:
    """Of a project with a text and its vectors."""
    made = Layout(tmp_path, "mine")
    save_corpus(made.corpus, CORPUS)
    write_tensors(made.embeddings / "vectors.safetensors", {"vectors": VECTORS})
    return made


def study(layout, **changes) -> tuple[int, int, str]:
    """The stage's exit code, how many networks it trained, and what it told."""
    plan = PLAN.model_copy(update={"shares": [1.0], "seeds": 2} | changes)
    write_json(layout.plan("embedding_study"), plan.model_dump())
    done = run_stage("embedding_study", layout.root, "mine")
    return done.returncode, done.stderr.count("train lstm: done"), done.stdout + done.stderr


def kept(layout) -> list[str]:
    root = layout.root / ".resume"
    return sorted(file.name for file in root.iterdir()) if root.exists() else []


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


def test_each_part_is_trained_and_scored_as_asked(layout):
    code, trained, _ = study(layout, shares=[0.5, 1.0])
    assert (code, trained) == (0, 2 * 9)
    folder = layout.study("embeddings")
    test, curves = pd.read_parquet(folder / "test.parquet"), pd.read_parquet(folder / "validations.parquet")
    assert test.groupby("share")["train_tokens"].unique().map(list).to_dict() == {0.5: [75], 1.0: [150]}
    cut = {name: SPLITS[name].first_tokens(18) for name in ("valid", "test")}
    for (share, use, seed), found in test.groupby(["share", "use", "seed"]):
        [rate] = found["learning_rate"].unique()
        folder = layout.root / f"{share}-{use}-{seed}"
        curve, own = validated_and_tested(
            variant(NETWORK, use, seed, rate), Corpus(CORPUS.vocabulary, SPLITS | cut, {}),
            SPLITS["train"].first_lines(share), VECTORS, "x", PLAN.block_lines, torch.device("cpu"), False, folder,
        )  # fmt: skip
        assert found["nats"].tolist() == own["nats"].tolist()
        assert found["tokens"].tolist() == own["tokens"].tolist()
        ours = curves[(curves["share"] == share) & (curves["use"] == use) & (curves["seed"] == seed)]
        assert ours["nats"].tolist() == curve["nats"].tolist()


def test_a_smaller_study_takes_what_it_shares_with_a_larger_one_and_leaves_the_rest(layout):
    (blocked := layout.study("embeddings") / "search.parquet").mkdir(parents=True)
    assert study(layout, seeds=3)[:2] == (1, 12)
    blocked.rmdir()
    assert study(layout, seeds=2)[:2] == (0, 0)
    assert study(layout, seeds=3)[:2] == (0, 9)
    assert kept(layout) == []


def changed_vectors(layout) -> dict:
    write_tensors(layout.embeddings / "vectors.safetensors", {"vectors": 2 * VECTORS})
    return {}


def changed_text(layout) -> dict:
    save_corpus(layout.corpus, replace(CORPUS, splits=SPLITS | {"valid": SPLITS["test"]}))
    return {}


def changed_network(layout) -> dict:
    return {"network": NETWORK.model_copy(update={"size": NETWORK.size.model_copy(update={"hidden_size": 7})})}


@pytest.mark.parametrize("change", [changed_vectors, changed_text, changed_network])
def test_other_vectors_text_or_networks_are_another_study(layout, change):
    (layout.study("embeddings") / "search.parquet").mkdir(parents=True)
    assert study(layout)[1] == 9
    assert study(layout, **change(layout))[1] == 9
    assert len(kept(layout)) == 2


@pytest.mark.parametrize(
    ("vectors", "told"),
    [
        (np.where(np.arange(24).reshape(6, 4) == 9, np.nan, VECTORS), "the vectors of 1 of 6 types are not finite"),
        (VECTORS[:5], "found vectors of 5 types where the vocabulary has 6"),
    ],
)
def test_vectors_that_are_unfit_are_told_before_any_network_is_trained(layout, vectors, told):
    write_tensors(layout.embeddings / "vectors.safetensors", {"vectors": vectors.astype(np.float32)})
    code, trained, said = study(layout)
    assert (code, trained) == (1, 0)
    assert told in said
    assert kept(layout) == []
