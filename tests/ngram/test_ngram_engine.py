import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from exact_kneser_ney import EOS, FIRST_WORD, stream_of, zipf_lines
from same_counts import assert_same

from pipeline.errors import UserError
from pipeline.ngram import engine as counting
from pipeline.ngram.counts import count_ngrams
from pipeline.ngram.engine import BYTES_PER_TOKEN, counted
from pipeline.ngram.kneser_ney import smooth
from pipeline.ngram.storage import save

LINES = zipf_lines(1, 300, 20)
STREAM = stream_of(LINES)
TYPES = 25


def memory_for(tokens: int) -> int:
    return tokens * BYTES_PER_TOKEN


@pytest.mark.parametrize("order", range(1, 8))
@pytest.mark.parametrize("tokens", [40, 300, 10_000])
def test_the_memory_allowed_changes_nothing(tmp_path: Path, order: int, tokens: int) -> None:
    with counted(STREAM, TYPES, order, "local", 1, memory_for(tokens), tmp_path) as found:
        assert_same(found, count_ngrams(STREAM, TYPES, order))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_mapped_streams(tmp_path: Path, dtype: type) -> None:
    np.save(tmp_path / "stream.npy", STREAM.astype(dtype))
    stream = np.load(tmp_path / "stream.npy", mmap_mode="r")
    with counted(stream, TYPES, 4, "local", 1, memory_for(200), tmp_path / "new") as found:
        assert_same(found, count_ngrams(STREAM, TYPES, 4))


def test_a_model_saved_from_counts_on_disk_has_the_same_bytes(tmp_path: Path) -> None:
    save(tmp_path / "memory", smooth(count_ngrams(STREAM, TYPES, 5)))
    with counted(STREAM, TYPES, 5, "local", 1, memory_for(100), tmp_path) as found:
        save(tmp_path / "disk", smooth(found))
    files = sorted(path.name for path in (tmp_path / "memory").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "disk").iterdir())
    assert len(files) > 10
    for name in files:
        assert (tmp_path / "memory" / name).read_bytes() == (tmp_path / "disk" / name).read_bytes(), name


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_stays_on_disk(tmp_path: Path, fails: bool) -> None:
    def use_counts() -> None:
        with counted(STREAM, TYPES, 3, "local", 1, memory_for(100), tmp_path):
            assert len(list(tmp_path.iterdir())) == 1
            if fails:
                raise RuntimeError("smoothing failed")

    if fails:
        with pytest.raises(RuntimeError, match="smoothing failed"):
            use_counts()
    else:
        use_counts()
    assert not list(tmp_path.iterdir())


def random_stream(kind: str, tokens: int) -> tuple[np.ndarray, int]:
    """A stream of lines of 20 tokens, and the size of its vocabulary."""
    types = 2_000
    rng = np.random.default_rng(0)
    if kind == "hardly any n-gram comes twice":
        stream = rng.integers(FIRST_WORD, types, size=tokens)
    elif kind == "one bigram is nearly everything":
        stream = np.where(rng.random(tokens) < 0.99, FIRST_WORD, rng.integers(FIRST_WORD, types, size=tokens))
    else:
        stream = np.repeat(np.sort(rng.integers(FIRST_WORD, types, size=tokens // 20)), 20)
    stream[19::20] = EOS
    return stream.astype(np.uint16), types


@pytest.mark.parametrize(
    "kind", ["hardly any n-gram comes twice", "one bigram is nearly everything", "the lines are sorted"]
)
def test_memory_stays_within_the_bound(tmp_path: Path, kind: str) -> None:
    tokens, allowed = 400_000, 6_000_000
    stream, types = random_stream(kind, tokens)

    def peak(memory_bytes: int) -> int:
        tracemalloc.start()
        with counted(stream, types, 5, "local", 1, memory_bytes, tmp_path) as found:
            assert found.tokens == tokens
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(memory_for(tokens)) > 3 * allowed
    # what threads of other tests allocate meanwhile, Dask's among them, is traced too and can only add
    assert min(peak(allowed) for _ in range(3)) < allowed


def test_a_line_too_long_for_the_memory_leaves_nothing_behind(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match="more than 50 tokens"),
        counted(stream_of([[2, 3], [2] * 60]), 4, 3, "local", 1, memory_for(50), tmp_path),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_dask_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(UserError, match=r"Dask is not installed.*pip install --editable '\.\[dask\]'"),
        counted(STREAM, TYPES, 3, "dask", 2, memory_for(100), tmp_path),
    ):
        pass


def test_a_scheduler_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(counting, "SECONDS_TO_CONNECT", 1)
    with (
        pytest.raises(UserError, match=r"tcp://127\.0\.0\.1:9, but no Dask scheduler answers there"),
        counted(STREAM, TYPES, 3, "tcp://127.0.0.1:9", 2, memory_for(100), tmp_path),
    ):
        pass


@pytest.mark.parametrize("tokens", [100, 10_000])
def test_dask_counts_the_same_with_worker_processes_of_its_own(tmp_path: Path, tokens: int) -> None:
    pytest.importorskip("distributed")
    with counted(STREAM, TYPES, 5, "dask", 2, memory_for(tokens), tmp_path) as found:
        assert_same(found, count_ngrams(STREAM, TYPES, 5))
    assert not list(tmp_path.iterdir())


def test_dask_counts_the_same_by_the_workers_of_a_running_scheduler(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path / "dask")
    ) as cluster:
        for order in (1, 4):
            with counted(
                STREAM, TYPES, order, cluster.scheduler_address, 0, memory_for(60), tmp_path / "ours"
            ) as found:
                assert_same(found, count_ngrams(STREAM, TYPES, order))


def test_a_scheduler_without_workers(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None, local_directory=str(tmp_path)) as cluster,
        pytest.raises(UserError, match=r"has no workers\. Start some with `dask worker tcp://"),
        counted(STREAM, TYPES, 3, cluster.scheduler_address, 0, memory_for(100), tmp_path),
    ):
        pass
