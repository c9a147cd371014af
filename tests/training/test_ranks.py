"""Two real processes, started by torchrun, that talk by gloo."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import rank_worker
import torch

from pipeline.models.dropout import Rates
from pipeline.training import checkpoint
from pipeline.training.ranks import ALONE, Ranks, SharedMasks, join_ranks

HERE = Path(__file__).parent


def torchrun(scenario: str, folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parents[1])}
    return subprocess.run(
        [*command, str(HERE / "rank_worker.py"), scenario, str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def together(tmp_path_factory) -> tuple[dict, dict, str]:
    """What each of two ranks returned, and what they printed."""
    folder = tmp_path_factory.mktemp("ranks")
    done = torchrun("equal", folder)
    assert done.returncode == 0, done.stderr[-3000:]
    first, second = (torch.load(folder / f"results{rank}.pt") for rank in (0, 1))
    return first, second, done.stdout


@pytest.fixture
def _float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.usefixtures("_float64")
@pytest.mark.parametrize("name", list(rank_worker.PLANS))
def test_two_ranks_equal_one_process_in_losses_and_weights(together, tmp_path, name):
    alone = rank_worker.run(name, tmp_path)
    ours = together[0][name]
    assert ours["tokens_read"] == alone.tokens_read
    for kind in ("steps", "validations"):
        theirs = getattr(alone.history, kind)
        assert len(ours["history"][kind]) == len(theirs) > 0
        for row, expected in zip(ours["history"][kind], theirs, strict=True):
            assert row == pytest.approx(expected, rel=1e-8)
    for when in ("before", "halfway", "best"):
        for key, value in getattr(alone, when).items():
            torch.testing.assert_close(ours[when][key], value, rtol=1e-7, atol=1e-9)


def test_all_ranks_have_the_same_weights_and_history_to_the_bit(together):
    first, second, _ = together
    for name in first:
        assert first[name]["history"] == second[name]["history"]
        for when in ("before", "halfway", "best"):
            assert all(torch.equal(value, second[name][when][key]) for key, value in first[name][when].items())


def test_a_resumed_run_of_two_ranks_equals_an_unbroken_one_to_the_bit(together):
    resumed, unbroken = together[0]["resumed"], together[0]["lstm"]
    assert resumed["history"] == unbroken["history"]
    assert resumed["tokens_read"] < unbroken["tokens_read"]
    assert all(torch.equal(value, unbroken["best"][key]) for key, value in resumed["best"].items())


def test_only_the_first_rank_speaks_and_goes_on(together):
    assert together[2].count("resuming lstm at step") == 1
    assert together[2].count("the first rank goes on alone") == 1


@pytest.mark.parametrize("scenario", ["killed", "silent"])
def test_a_lost_rank_ends_all_with_a_message_and_a_checkpoint(tmp_path, scenario):
    done = torchrun(scenario, tmp_path)
    assert done.returncode != 0
    assert "error: rnn: rank 0 of 2" in done.stderr
    assert "Run the same command again; it resumes from the last checkpoint." in done.stderr
    assert "goes on alone" not in done.stdout
    assert checkpoint.load_checkpoint(tmp_path / "same")["step"] == 7


def test_ranks_that_cannot_work_together_are_refused_once(tmp_path):
    done = torchrun("refused", tmp_path)
    assert done.returncode != 0
    assert done.stdout.count("refused: the ranks differ in code, plan, data or torch") == 1
    assert done.stderr.count("torchrun has started 2 ranks, but batch_size is 1") == 1


def test_without_torchrun_a_process_is_alone():
    with join_ranks(torch.device("cpu")) as ranks:
        assert ranks is ALONE
    assert ALONE.first
    assert ALONE.share(5) == slice(0, 5)


@pytest.mark.parametrize(("count", "size"), [(7, 3), (2, 5), (16, 4)])
def test_shares_are_disjoint_and_whole(count, size):
    shares = [range(count)[Ranks(rank, size).share(count)] for rank in range(size)]
    assert [stream for share in shares for stream in share] == list(range(count))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("locked", [False, True])
def test_ranks_drop_what_one_process_would_drop(locked):
    values = torch.ones(6, 5, 4)
    whole = SharedMasks(Rates(locked=locked), torch.Generator().manual_seed(3), 5, ALONE).drop(values, 0.4)
    parts = []
    for rank in range(2):
        ranks = Ranks(rank, 2)
        masks = SharedMasks(Rates(locked=locked), torch.Generator().manual_seed(3), 5, ranks)
        parts.append(masks.drop(values[:, ranks.share(5)], 0.4))
    assert torch.equal(torch.cat(parts, dim=1), whole)
    assert sorted(whole.unique().tolist()) == [0.0, pytest.approx(1 / 0.6)]
