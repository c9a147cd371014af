import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.errors import UserError
from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.params.networks import Dropout, Optimiser, Segments, Size, Training
from pipeline.params.runtime import Runtime
from pipeline.plans.network import NetworkPlan
from pipeline.training import checkpoint, loop
from pipeline.training import run as run_module
from pipeline.training.advice import what_takes_memory, what_to_lower
from pipeline.training.runtime import choose_device, use_bf16
from pipeline.training.schedule import schedule

CPU = torch.device("cpu")
RNG = np.random.default_rng(0)
# every token is told by the two before it: something to learn, and only with a memory
CYCLE = np.tile(np.array([2, 3, 2, 4, 5, 1]), 400).astype(np.uint16)


def plan(architecture="lstm", **changes) -> NetworkPlan:
    """`dropout` given as a number is that of all activations."""
    dropout = dict(input=0.2, between=0.2, output=0.2, embedding=0.0, weights=0.0, locked=False)
    if isinstance(probability := changes.pop("dropout", None), float):
        dropout |= dict.fromkeys(("input", "between", "output"), probability)
    segments = dict(lengths="fixed", grow_from=2, grow_share=0.0)
    optimiser = dict(method="adamw", weight_decay=0.0, schedule="cosine", plateau_factor=0.5, average_after="never")
    size = dict(
        embedding_dim=8,
        hidden_size=12,
        num_layers=1,
        batch_size=4,
        bptt_len=10,
        training_tokens=4000,
        validations=4,
        learning_rate_scale=1.0,
        clip_norm_scale=1.0,
        activation_penalty=0.0,
        change_penalty=0.0,
    )
    training = dict(
        tie_output=True,
        implementation="torch",
        softmax="full",
        cutoffs=[3],
        recurrent_weights="orthogonal",
        input_weights="uniform",
        embedding_range=0.1,
        forget_bias=1.0,
        warmup_share=0.1,
        final_learning_rate=0.1,
        fused_optimiser=True,
        patience="never",
    )
    own = dict(learning_rate=0.02, clip_norm=0.5)
    for name, value in changes.items():
        next(part for part in (dropout, segments, optimiser, size, training, own) if name in part)[name] = value
    return NetworkPlan(
        selected=True,
        architecture=architecture,
        seed=1,
        runtime=Runtime(device="cpu", threads=1, precision="fp32"),
        embeddings="none",
        size=Size(
            **size,
            dropout=Dropout(**dropout),
            segments=Segments(**segments),
            optimiser=Optimiser(**optimiser),
        ),
        training=Training(**training),
        **own,
    )


def fresh(chosen: NetworkPlan) -> RecurrentNetwork:
    network = RecurrentNetwork(
        Shape(
            chosen.architecture,
            6,
            chosen.size.embedding_dim,
            chosen.size.hidden_size,
            chosen.size.num_layers,
            tied=chosen.training.tie_output,
            frozen=False,
            implementation=chosen.training.implementation,
            cutoffs=chosen.training.clusters,
        )
    )
    network.initialise(
        torch.Generator().manual_seed(chosen.seed),
        chosen.training.embedding_range,
        chosen.training.forget_bias,
        chosen.training.recurrent_weights,
        chosen.training.input_weights,
    )
    return network


def run(chosen: NetworkPlan, folder: Path) -> loop.Trained:
    return loop.train(fresh(chosen), chosen, CYCLE, CYCLE[:1200], CPU, False, folder)


def same(a: loop.Trained, b: loop.Trained) -> bool:
    weights = all(
        torch.equal(getattr(a, when)[name], getattr(b, when)[name])
        for when in ("before", "halfway", "best")
        for name in a.best
    )
    return weights and a.history == b.history


@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
def test_it_learns_what_can_be_learnt(tmp_path, architecture):
    chosen = plan(architecture, dropout=0.0, training_tokens=30000, learning_rate=0.01)
    trained = run(chosen.model_copy(update={"seed": 3}), tmp_path)
    # without a memory, what follows a 2 is a toss-up: perplexity 2^(1/3) = 1.26 at best
    assert trained.history.validations[-1]["perplexity"] < 1.1
    assert trained.history.steps[0]["nats"] > 1.5


def test_the_kept_weights_are_from_before_halfway_and_the_best_validation(tmp_path):
    chosen = plan()
    trained = run(chosen, tmp_path)
    start = fresh(chosen)
    for name, value in trained.before.items():
        assert torch.equal(value, start.state_dict()[name])
    assert not torch.equal(trained.halfway["embedding.weight"], trained.before["embedding.weight"])
    assert not torch.equal(trained.halfway["embedding.weight"], trained.best["embedding.weight"])
    best = min(trained.history.validations, key=lambda row: row["nats"])
    start.load_state_dict(trained.best | {"output.weight": trained.best["embedding.weight"]})
    again = loop.Run(start, chosen, CYCLE, CYCLE[:1200], CPU, False)
    again.validate()
    assert again.history.validations[0]["nats"] == pytest.approx(best["nats"], abs=1e-6)


def test_history_has_a_row_a_step_and_the_asked_number_of_validations(tmp_path):
    trained = run(plan(validations=4), tmp_path)
    assert [row["step"] for row in trained.history.steps] == list(range(1, 101))
    assert [row["step"] for row in trained.history.validations] == [25, 50, 75, 100]
    assert trained.history.steps[-1]["tokens"] == trained.tokens_read == 100 * 40
    for row in trained.history.steps:
        assert row["norm_after_clipping"] == min(row["norm_before_clipping"], 0.5)
    assert any(row["norm_before_clipping"] > 0.5 for row in trained.history.steps)


def test_the_gradient_is_clipped_to_the_norm(tmp_path):
    chosen = plan(clip_norm=0.01)
    state = loop.Run(fresh(chosen), chosen, CYCLE, CYCLE[:1200], CPU, False)
    state.train_step(state.streams[:11])
    norm = torch.stack([p.grad.norm() for p in state.trainable]).norm().item()
    assert norm == pytest.approx(0.01, rel=1e-4)


def test_the_schedule_warms_up_and_falls_to_its_floor():
    chosen = plan(warmup_share=0.1, final_learning_rate=0.1)
    rates = [schedule(step, 100, chosen) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * (step + 1) for step in range(10)])
    assert rates[55] == pytest.approx(0.55, abs=0.01)
    assert rates[99] == pytest.approx(0.1, abs=0.001)
    assert all(a >= b for a, b in pairwise(rates[9:]))


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path):
    first, second = run(plan(), tmp_path / "first"), run(plan(), tmp_path / "second")
    assert same(first, second)
    other = run(plan().model_copy(update={"seed": 2}), tmp_path / "other")
    assert not same(first, other)


@pytest.mark.parametrize("stop", [1, 33, 50, 77, 99])
def test_a_resumed_run_equals_an_unbroken_one_to_the_bit(tmp_path, monkeypatch, stop):
    unbroken = run(plan(), tmp_path / "whole")
    train_step = loop.Run.train_step

    def killed(self, segment):
        if self.step == stop:
            raise KeyboardInterrupt
        train_step(self, segment)

    monkeypatch.setattr(loop, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    monkeypatch.setattr(loop.Run, "train_step", killed)
    with pytest.raises(KeyboardInterrupt):
        run(plan(), tmp_path / "cut")
    monkeypatch.setattr(loop.Run, "train_step", train_step)
    resumed = run(plan(), tmp_path / "cut")
    assert same(resumed, unbroken)
    assert resumed.tokens_read == (100 - stop) * 40


def test_a_loss_that_is_not_finite_stops_with_what_to_try(tmp_path):
    chosen = plan("rnn", learning_rate=1e30, clip_norm=1e30, warmup_share=0.0)
    with pytest.raises(UserError, match=r"rnn: the loss is .* at step \d+ .*Lower rnn\.learning_rate"):
        run(chosen, tmp_path)


def test_advice_names_what_stands_in_the_file_and_what_becomes_of_it():
    plain = what_to_lower(plan("gru", learning_rate=0.5, clip_norm=3.0))
    assert plain == "Lower gru.learning_rate (now 0.5) or gru.clip_norm (now 3)."
    scaled = what_to_lower(
        plan("lstm", learning_rate=35.0, learning_rate_scale=4375.0, clip_norm=0.5, clip_norm_scale=0.25)
    )
    assert "lstm.learning_rate (now 0.008, times learning_rate_scale 4375 of this size: 35)" in scaled
    assert "lstm.clip_norm (now 2, times clip_norm_scale 0.25 of this size: 0.5)" in scaled


def test_a_step_that_is_not_finite_leaves_the_last_good_checkpoint(tmp_path, monkeypatch):
    chosen, states = plan(), []
    monkeypatch.setattr(loop, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    loss = run_module.output_loss

    def breaks(*arguments):
        states.append(len(states))
        return loss(*arguments) * (math.nan if len(states) == 8 else 1.0)

    monkeypatch.setattr(run_module, "output_loss", breaks)
    with pytest.raises(UserError, match="at step 8"), checkpoint.resume_folder(tmp_path, "lstm") as folder:
        run(chosen, folder)
    kept = checkpoint.load_checkpoint(tmp_path / "lstm")
    assert kept["step"] == 7
    assert all(torch.isfinite(value).all() for value in kept["network"].values())


def test_too_little_memory_says_what_to_lower(tmp_path, monkeypatch):
    """The allocator itself is asked for more than any machine has, in place of the scores."""

    def greedy(*_):
        return torch.empty(2**60)

    monkeypatch.setattr(run_module, "output_loss", greedy)
    with pytest.raises(
        UserError, match=r"gru: out of memory on cpu.*10 tokens of 4 streams over 6 types.*Lower batch_size"
    ):
        run(plan("gru"), tmp_path)

    def greedy_within_another(*_):
        """As a capture that ran out of memory ends: in an error that this came before."""
        try:
            return greedy()
        finally:
            raise RuntimeError("capture invalidated")

    monkeypatch.setattr(run_module, "output_loss", greedy_within_another)
    with pytest.raises(UserError, match="gru: out of memory on cpu"):
        run(plan("gru"), tmp_path)
    adaptive = what_takes_memory(plan(softmax="adaptive", tie_output=False), 50_000, bf16=True, ranks=1)
    assert "over 4 types and clusters" in adaptive
    assert adaptive.endswith("or training.cutoffs.")
    full = [what_takes_memory(plan(), 2**20, bf16, ranks=1) for bf16 in (False, True)]
    assert ["take 160 MB" in full[0], "take 80 MB" in full[1]] == [True, True]
    monkeypatch.setattr(
        run_module, "output_loss", lambda *_: torch.zeros(2) @ torch.zeros(3)
    )  # another mistake stays itself
    with pytest.raises(RuntimeError, match="size"):
        run(plan("gru"), tmp_path)


def test_a_network_that_has_diverged_is_no_result(tmp_path):
    chosen = plan("lstm", learning_rate=300.0, clip_norm=1e9, warmup_share=0.0, validations=1, final_learning_rate=1.0)
    with pytest.raises(UserError, match=r"lstm: diverged.*worse than guessing among its 6 types.*Lower lstm"):
        run(chosen, tmp_path)


def test_dropout_is_off_in_validation(tmp_path):
    chosen = plan(dropout=0.9)
    state = loop.Run(fresh(chosen), chosen, CYCLE, CYCLE[:1200], CPU, False)
    before = state.masks.generator.get_state()
    state.validate()
    state.validate()
    assert state.history.validations[0]["nats"] == state.history.validations[1]["nats"]
    assert torch.equal(before, state.masks.generator.get_state())
    assert state.history.validations[0]["nats"] == pytest.approx(math.log(6), abs=0.2)


def test_a_run_without_its_dvc_stops_at_a_checkpoint_and_no_other_begins(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.setattr(loop, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    parents = iter([checkpoint.PARENT] * 3 + [1] * 9)  # asked at the start, then at each checkpoint
    monkeypatch.setattr(checkpoint.os, "getppid", lambda: next(parents))
    with pytest.raises(UserError, match="DVC has been killed; stopped at step 3"):
        run(plan(), tmp_path)
    assert checkpoint.load_checkpoint(tmp_path)["step"] == 3
    with pytest.raises(UserError, match="DVC has been killed; stopped at step 0"):
        run(plan(), tmp_path / "another")
    monkeypatch.delenv("DVC_ROOT")  # by hand there is no DVC to be killed
    assert len(run(plan(), tmp_path).history.steps) > 3


def test_the_runtime_is_what_was_asked_for():
    assert choose_device("cpu") == CPU
    if not torch.cuda.is_available():
        assert choose_device("auto") == CPU
        with pytest.raises(UserError, match="torch sees no GPU"):
            choose_device("cuda")
    assert use_bf16("bf16", CPU)
    assert not use_bf16("fp32", CPU)
