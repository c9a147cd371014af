import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from exact_kneser_ney import stream_of, zipf_lines

from pipeline.errors import UserError
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of
from pipeline.ngram.storage import load, save

FITTED = fit(stream_of(zipf_lines(1, 200, 10)), 12, 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "ngram", FITTED)
    return tmp_path / "ngram"


@pytest.mark.parametrize("order", range(1, 5))
def test_loaded_equals_fitted(folder: Path, order: int) -> None:
    fitted, loaded = model_of(FITTED, order), load(folder, order)
    assert loaded.name == fitted.name
    assert loaded.vocabulary_size == fitted.vocabulary_size
    read = stream_of(zipf_lines(2, 50, 10))[:, None]
    (ours, our_state), (theirs, their_state) = fitted.read(read, fitted.start(1)), loaded.read(read, loaded.start(1))
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(fitted.next_log_probs(our_state), loaded.next_log_probs(their_state))


def test_arrays_are_memory_mapped(folder: Path) -> None:
    model = load(folder, 4)
    arrays = [*model.trie.words, *model.trie.offsets, *(level.counts for level in model.levels), model.levels[3].left]
    assert all(isinstance(array.base, np.memmap) for array in arrays)


def test_same_bytes_every_time(folder: Path, tmp_path: Path) -> None:
    save(tmp_path / "again", fit(stream_of(zipf_lines(1, 200, 10)), 12, 4))
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "again").iterdir())
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


@pytest.mark.parametrize("prune", [(0, 0, 1), (0, 1_000)])
def test_a_pruned_model_survives(tmp_path: Path, prune: tuple[int, ...]) -> None:
    """Also where all n-grams of an order are left out."""
    fitted = fit(stream_of(zipf_lines(1, 200, 10)), 12, 4, prune)
    save(tmp_path, fitted)
    stored = json.loads((tmp_path / "ngram.json").read_text())
    assert stored["pruned_up_to"] == [*prune, *[prune[-1]] * (4 - len(prune))]
    assert [entry["ngrams"] for entry in stored["orders"]] == [found.size for found in fitted.counts.orders]
    read = stream_of(zipf_lines(2, 50, 10))[:, None]
    for order in range(1, 5):
        ours, loaded = model_of(fitted, order), load(tmp_path, order)
        (first, state), (second, _) = ours.read(read, ours.start(1)), loaded.read(read, loaded.start(1))
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(ours.next_log_probs(state), loaded.next_log_probs(state))


def test_the_summary_tells_what_was_fitted(folder: Path, tmp_path: Path) -> None:
    stored = json.loads((folder / "ngram.json").read_text())
    assert (stored["order"], stored["vocabulary_size"], stored["lines"]) == (4, 12, 200)
    assert [entry["ngrams"] for entry in stored["orders"]] == [found.size for found in FITTED.counts.orders]
    assert stored["orders"][1]["top"] == {"discounts": list(FITTED.top(2).discounts.amounts), "fallback": False}
    assert stored["orders"][3]["lower"] is None
    assert "pruned_up_to" not in stored
    save(tmp_path / "tiny", fit(stream_of([[2, 3], [2, 4]]), 5, 2))
    tiny = json.loads((tmp_path / "tiny" / "ngram.json").read_text())
    assert tiny["orders"][0]["lower"] == {"discounts": [0.5, 1.0, 1.5], "fallback": True}


def test_an_order_that_was_not_fitted(folder: Path) -> None:
    with pytest.raises(UserError, match=r"up to order 4, but order 5 is asked for.*`ngram.order` of 5 or more"):
        load(folder, 5)
    with pytest.raises(UserError, match="order is 0"):
        load(folder, 0)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"ngram.json does not exist"):
        load(tmp_path, 2)


def test_a_missing_array(folder: Path) -> None:
    (folder / "adjusted_2.npy").unlink()
    with pytest.raises(UserError, match=r"adjusted_2.npy does not exist"):
        load(folder, 3)


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x93NUMPY"])
def test_a_damaged_array(folder: Path, content: bytes) -> None:
    (folder / "words_2.npy").write_bytes(content)
    with pytest.raises(UserError, match=r"words_2.npy is damaged.*run the ngram stage again"):
        load(folder, 3)


def test_a_truncated_array(folder: Path) -> None:
    path = folder / "words_3.npy"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(UserError, match=r"words_3.npy is damaged"):
        load(folder, 3)


def test_an_array_of_another_model(folder: Path, tmp_path: Path) -> None:
    save(tmp_path / "other", fit(stream_of(zipf_lines(3, 50, 10)), 12, 4))
    (folder / "raw_3.npy").write_bytes((tmp_path / "other" / "raw_3.npy").read_bytes())
    with pytest.raises(UserError, match=r"raw_3.npy is damaged: it has shape"):
        load(folder, 3)


def test_an_array_of_the_wrong_kind(folder: Path) -> None:
    np.save(folder / "raw_3.npy", np.load(folder / "raw_3.npy").astype(np.float64))
    with pytest.raises(UserError, match=r"raw_3.npy is damaged: it holds float64, not counts"):
        load(folder, 3)


def test_rows_that_do_not_end_where_the_ngrams_do(folder: Path) -> None:
    offsets = np.load(folder / "offsets_2.npy")
    offsets[-1] += 1
    np.save(folder / "offsets_2.npy", offsets)
    with pytest.raises(UserError, match=r"offsets_2.npy is damaged: it goes from 0 to \d+, not 0 to \d+"):
        load(folder, 3)


@pytest.mark.parametrize(
    "change",
    [
        lambda stored: stored["orders"].pop(),
        lambda stored: stored["orders"][1].pop("ngrams"),
        lambda stored: stored["orders"][1].update(lower=None),
        lambda stored: stored["orders"][1]["top"].update(discounts=[1, "x", 2]),
        lambda stored: stored.update(orders=7),
        lambda stored: stored.update(vocabulary_size=13),
    ],
)
def test_a_summary_that_does_not_fit(folder: Path, change: Callable[[dict], object]) -> None:
    stored = json.loads((folder / "ngram.json").read_text())
    change(stored)
    (folder / "ngram.json").write_text(json.dumps(stored))
    with pytest.raises(UserError, match=r"ngram.json is damaged"):
        load(folder, 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "damaged"),
        ("[]", "damaged"),
        ("{}", "damaged"),
        ('{"format": 0}', "reads format"),
        ("\x00", "damaged"),
        ('{"format": 1, "order": 4}', "lacks orders, tokens, vocabulary_size"),
    ],
)
def test_a_damaged_summary(folder: Path, content: str, message: str) -> None:
    (folder / "ngram.json").write_text(content)
    with pytest.raises(UserError, match=message):
        load(folder, 3)
