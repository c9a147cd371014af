from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from pipeline.corpus.streams import Corpus, Split
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.errors import UserError
from pipeline.io import write_bytes
from pipeline.params.reading import read_params
from pipeline.params.runtime import Runtime
from pipeline.plans.embedding_study import EmbeddingStudyPlan
from pipeline.plans.network import NetworkPlan
from pipeline.training import loop
from pipeline.training.build import build_network
from pipeline.training.checkpoint import resume_folder
from pipeline.training.input_study import USES, check_shares, experiment, kept, validated_and_tested, variant
from pipeline.training.run import Diverged

CPU = torch.device("cpu")
PARAMS = read_params(Path(__file__).parents[2] / "params.yaml")
SMALL = PARAMS.sizes["small"]
NETWORK = NetworkPlan(
    selected=True,
    architecture="lstm",
    seed=5,
    runtime=Runtime(device="cpu", threads=1, precision="fp32"),
    embeddings="finetune",
    size=SMALL.model_copy(
        update={
            "embedding_dim": 4, "hidden_size": 6, "batch_size": 2, "bptt_len": 5, "training_tokens": 400,
            "validations": 2, "dropout": SMALL.dropout.model_copy(update={"input": 0.0, "output": 0.0}),
        }
    ),
    training=PARAMS.training.model_copy(update={"tie_output": False, "embedding_range": 0.1, "warmup_share": 0.1}),
    learning_rate=0.02,
    clip_norm=1.0,
)  # fmt: skip
PLAN = EmbeddingStudyPlan(selected=True, network=NETWORK, shares=[0.5, 1.0], seeds=3, learning_rate_scales=[0.5, 1.0],
                          block_lines=1, valid_tokens=18, test_tokens=18)  # fmt: skip
TRAIN = Split(np.tile(np.array([2, 3, 4, 1, 3, 1], dtype=np.uint8), 10), None)
VECTORS = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


def using(name):
    return NETWORK.model_copy(update={"embeddings": name})


def recorded(nats):
    """A `learn` that notes what it was asked for; nats(share, use, seed, rate) is the better of two validations."""
    asked = []

    def learn(share, network):
        asked.append((share, network.embeddings, network.seed, network.learning_rate))
        best = nats(*asked[-1])
        curve = pd.DataFrame({"tokens": [1, 2, 3], "nats": [best + 1, best, best + 2]})
        return curve, pd.DataFrame({"unit": [0], "tokens": [1], "nats": [best]})

    return asked, learn


def test_the_first_seed_tries_the_rates_and_the_others_take_the_best():
    better = {"none": 0.01, "frozen": 0.02, "finetune": 0.01}
    asked, learn = recorded(lambda share, use, seed, rate: share + (rate != better[use]))
    made = experiment(PLAN, learn)
    expected = [
        (share, use, seed, rate)
        for share in (0.5, 1.0)
        for use in USES
        for seed, rate in [(5, 0.01), (5, 0.02), (6, better[use]), (7, better[use])]
    ]
    assert asked == expected
    kept = [each for each in expected if each[3] == better[each[1]]]
    columns = ["share", "use", "seed", "learning_rate"]
    assert list(made["test"][columns].itertuples(index=False, name=None)) == kept
    assert list(made["validations"][columns].itertuples(index=False, name=None)) == [e for e in kept for _ in range(3)]
    assert (made["test"]["nats"] == made["test"]["share"]).all()
    search = made["search"].set_index(["share", "use", "learning_rate"])["nats"]
    assert len(search) == 12
    assert search[0.5, "frozen", 0.01] == 1.5
    assert search[0.5, "frozen", 0.02] == 0.5


def test_a_rate_that_diverges_is_passed_over_and_all_that_do_are_an_error():
    def nats(share, use, seed, rate):
        if rate == 0.02 or use == "finetune":
            raise Diverged("the loss is nan")
        return 1.0

    told = r"use finetune and 0.5 of train, .* rate: 0.01, 0.02\. .*_scales, found \[0.5, 1.0\]"
    with pytest.raises(UserError, match=told):
        experiment(PLAN, recorded(nats)[1])
    made = experiment(PLAN, recorded(lambda *each: nats(each[0], "none", *each[2:]))[1])
    assert set(made["test"]["learning_rate"]) == {0.01}
    assert set(made["search"].groupby("learning_rate")["nats"].max()) == {1.0, np.inf}


def test_a_rate_at_which_a_later_seed_diverges_gives_way_to_the_next_best():
    def nats(share, use, seed, rate):
        if (share, use, seed, rate) == (1.0, "frozen", 7, 0.02):
            raise Diverged("the loss is nan")
        return share + (rate == 0.01)

    asked, learn = recorded(nats)
    made = experiment(PLAN, learn)
    of_case = [each[2:] for each in asked if each[:2] == (1.0, "frozen")]
    assert of_case == [(5, 0.01), (5, 0.02), (6, 0.02), (7, 0.02), (6, 0.01), (7, 0.01)]
    cases = made["test"].groupby(["share", "use"])
    rates = cases["learning_rate"].agg(list).to_dict()
    assert rates == {(share, use): [0.02] * 3 for share in (0.5, 1.0) for use in USES} | {(1.0, "frozen"): [0.01] * 3}
    assert all(seeds == [5, 6, 7] for seeds in cases["seed"].agg(list))
    search = made["search"].set_index(["share", "use", "learning_rate"])["nats"]
    assert search[1.0, "frozen", 0.02] == np.inf
    assert np.isfinite(search.drop((1.0, "frozen", 0.02))).all()


def test_a_training_that_diverges_is_seen_as_such_and_not_made_again(tmp_path, monkeypatch):
    corpus = Corpus(
        Vocabulary(("<unk>", "<eos>", "a", "b", "c", "d")), {"train": TRAIN, "valid": TRAIN, "test": TRAIN}, {}
    )
    wild = variant(NETWORK, "none", 5, 1e4).model_copy(update={"clip_norm": 1e6})
    monkeypatch.setattr(loop, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)

    def learn(folder):
        return validated_and_tested(wild, corpus, TRAIN.tokens, VECTORS, "x", 1, CPU, False, folder)

    with pytest.raises(Diverged) as plain:
        learn(tmp_path / "plain")
    assert (tmp_path / "plain" / "checkpoint.pt").exists()
    asked = []
    for _ in range(2):
        with pytest.raises(Diverged) as told:
            kept(tmp_path / "kept", lambda folder: asked.append(folder) or learn(folder))
        assert str(told.value) == str(plain.value)
        assert [file.name for file in (tmp_path / "kept").iterdir()] == ["diverged.txt"]
    assert len(asked) == 1


def test_what_a_training_found_is_kept_and_its_checkpoint_not(tmp_path):
    asked = []

    def learn(folder):
        asked.append(folder)
        write_bytes(folder / "checkpoint.pt", b"state")
        return pd.DataFrame({"tokens": [1, 2], "nats": [0.1, 1 / 3]}), pd.DataFrame({"unit": [0], "nats": [2 / 3]})

    folder = tmp_path / "study" / "lstm"
    first, again = kept(folder, learn), kept(folder, learn)
    assert len(asked) == 1
    for one, other in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert sorted(file.name for file in folder.iterdir()) == ["test.parquet", "validations.parquet"]
    write_bytes(folder / "checkpoint.pt", b"state")  # as of a run that was killed before it removed it
    kept(folder, learn)
    assert len(asked) == 1
    assert not (folder / "checkpoint.pt").exists()
    (folder / "validations.parquet").unlink()
    kept(folder, learn)
    assert len(asked) == 2


def test_a_training_that_is_stopped_keeps_its_checkpoint(tmp_path):
    def stopped(folder):
        write_bytes(folder / "checkpoint.pt", b"state")
        raise UserError("DVC has been killed")

    with (
        pytest.raises(UserError, match="killed"),
        resume_folder(tmp_path, "study") as study,
    ):
        kept(study / "lstm", stopped)
    assert (tmp_path / "study" / "lstm" / "checkpoint.pt").read_bytes() == b"state"


def test_a_network_of_the_study_differs_in_input_seed_and_rate_alone():
    made = variant(NETWORK, "frozen", 6, 0.5)
    assert (made.embeddings, made.seed, made.learning_rate) == ("frozen", 6, 0.5)
    same = {"embeddings", "seed", "learning_rate"}
    assert made.model_dump(exclude=same) == NETWORK.model_dump(exclude=same)


def test_parts_that_are_the_same_are_refused():
    with pytest.raises(UserError, match=r"found 0.01 and 0.02, which of this text are the same 4 tokens"):
        check_shares(PLAN.model_copy(update={"shares": [0.01, 0.02, 1.0]}), TRAIN)


def test_a_part_ends_with_a_line():
    np.testing.assert_array_equal(TRAIN.first_lines(0.1), [2, 3, 4, 1, 3, 1])
    np.testing.assert_array_equal(TRAIN.first_lines(0.01), [2, 3, 4, 1])
    np.testing.assert_array_equal(TRAIN.first_lines(1.0), TRAIN.tokens)


def test_networks_of_one_seed_begin_with_the_same_weights_but_their_input():
    none, frozen, tuned = (build_network(using(name), 6, VECTORS, "x").state_dict() for name in USES)
    for name in none:
        assert torch.equal(frozen[name], tuned[name])
        assert torch.equal(none[name], tuned[name]) == (name != "embedding.weight")


def test_each_use_learns_and_ends_elsewhere(tmp_path):
    vocabulary = Vocabulary(("<unk>", "<eos>", "a", "b", "c", "d"))
    held_out = Split(np.tile(np.array([2, 3, 4, 1, 3, 1], dtype=np.uint8), 3), None)
    corpus = Corpus(vocabulary, {"train": TRAIN, "valid": held_out, "test": held_out}, {})
    nats = {}
    for use in USES:
        curve, test = validated_and_tested(
            using(use), corpus, TRAIN.tokens, VECTORS, "x", 1, CPU, False, tmp_path / use
        )
        assert len(curve) == 2
        assert test["tokens"].sum() == len(held_out.tokens)
        nats[use] = float(test["nats"].sum()) / len(held_out.tokens)
        assert 0 < nats[use] < np.log(6)
    assert len(set(nats.values())) == 3


def test_the_best_weights_are_scored_on_test_by_blocks_of_lines(tmp_path):
    """Held against a training and a scoring of its own."""
    vocabulary = Vocabulary(("<unk>", "<eos>", "a", "b", "c", "d"))
    rng = np.random.default_rng(3)
    lines = rng.integers(2, 6, (200, 4)) * [[1, 1, 1, 0]] + [[0, 0, 0, 1]]
    lines[:, 1] = np.where(rng.random(200) < 0.8, lines[:, 0], lines[:, 1])
    splits = {name: Split(part.ravel().astype(np.uint8), None) for name, part in
              zip(("train", "valid", "test"), np.split(lines, [20, 100]), strict=True)}  # fmt: skip
    plan = using("frozen").model_copy(update={"learning_rate": 0.1})
    plan = plan.model_copy(update={"size": plan.size.model_copy(update={"validations": 12, "training_tokens": 2000})})
    corpus, train = Corpus(vocabulary, splits, {}), splits["train"].tokens
    curve, test = validated_and_tested(plan, corpus, train, VECTORS, "x", 3, CPU, False, tmp_path / "study")
    network = build_network(plan, 6, VECTORS, "x")
    trained = loop.train(network, plan, train, splits["valid"].tokens, CPU, False, tmp_path / "own")
    assert curve["nats"].tolist() == [row["nats"] for row in trained.history.validations]
    assert curve["nats"].argmin() < 11  # so that the best weights are not the last
    network.load_state_dict(trained.best)
    tokens = torch.from_numpy(splits["test"].tokens.astype(np.int64))[:, None]
    before = torch.cat([torch.ones(1, 1, dtype=torch.int64), tokens[:-1]])
    hidden, _ = network(before, network.zero_state(1))
    nats = torch.nn.functional.cross_entropy(network.output(network.projection(hidden))[:, 0], tokens[:, 0],
                                             reduction="none").detach().numpy()  # fmt: skip
    assert test["tokens"].tolist() == [3 * 4] * 33 + [4]
    np.testing.assert_allclose(test["nats"], np.add.reduceat(nats, np.arange(0, 400, 12)), rtol=1e-5)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (VECTORS[:5], "found vectors of 5 types where the vocabulary has 6"),
        (np.where(np.arange(24).reshape(6, 4) == 9, np.nan, VECTORS), "the vectors of 1 of 6 types are not finite"),
    ],
)
def test_unfit_vectors_are_refused_before_training(vectors, message):
    with pytest.raises(UserError, match=message):
        build_network(NETWORK, 6, vectors.astype(np.float32), "vectors.safetensors")


def test_a_part_too_small_for_a_step_is_refused():
    check_shares(PLAN, TRAIN)
    with pytest.raises(UserError, match=r"embedding_study.shares: found 0.05, .* is 4 tokens .* reads 12"):
        check_shares(PLAN.model_copy(update={"shares": [0.05]}), TRAIN)
