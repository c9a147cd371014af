from pathlib import Path

import numpy as np
import pytest
from exact_kneser_ney import FIRST_WORD, Lines, stream_of
from hypothesis import given, settings
from hypothesis import strategies as st
from same_counts import assert_same

from pipeline.ngram.counts import NgramCounts, count_ngrams, extensions
from pipeline.ngram.merge import merge
from pipeline.ngram.runs import write_run

A, B, C = 2, 3, 4

some_lines = st.lists(st.lists(st.integers(FIRST_WORD, FIRST_WORD + 3), max_size=7), min_size=1, max_size=8)


def merged(folder: Path, parts: list[Lines], vocabulary_size: int, order: int, records: int) -> NgramCounts:
    streams = [stream_of(lines) for lines in parts]
    runs = [
        write_run(folder, f"run{number}", extensions(stream, vocabulary_size, order))
        for number, stream in enumerate(streams)
    ]
    occurrences = np.bincount(np.concatenate(streams), minlength=vocabulary_size)
    return merge(occurrences, runs, folder, records)


def whole(parts: list[Lines]) -> np.ndarray:
    return stream_of([line for lines in parts for line in lines])


@given(
    parts=st.lists(some_lines, min_size=1, max_size=5),
    order=st.integers(1, 7),
    records=st.sampled_from([1, 2, 7, 30, 10_000]),
)
@settings(max_examples=100, deadline=None)
def test_any_parts_merge_into_the_counts_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, parts: list[Lines], order: int, records: int
) -> None:
    found = merged(tmp_path_factory.mktemp("merge"), parts, 8, order, records)
    assert_same(found, count_ngrams(whole(parts), 8, order))


def test_adjusted_counts_do_not_add_up(tmp_path: Path) -> None:
    """B is seen after A in both parts and after C in one: after two tokens, not three."""
    found = merged(tmp_path, [[[A, B]], [[A, B], [C, B]]], 5, 2, 4)
    assert found.orders[0].adjusted is not None
    assert found.orders[0].adjusted.tolist() == [0, 1, 1, 2, 1, 0]


@pytest.mark.parametrize("records", [8, 100])
def test_parts_whose_ngrams_lie_apart(tmp_path: Path, records: int) -> None:
    """Sorted lines, so that one run is used up before the next begins."""
    parts = [[[word, word + 1, word]] * 9 for word in range(FIRST_WORD, 40)]
    assert_same(merged(tmp_path, parts, 42, 4, records), count_ngrams(whole(parts), 42, 4))


def test_more_types_than_tokens(tmp_path: Path) -> None:
    parts: list[Lines] = [[[70_000, 3]], [[3, 70_000]]]
    assert_same(merged(tmp_path, parts, 70_001, 3, 1_000), count_ngrams(whole(parts), 70_001, 3))


def test_nothing_is_left_but_the_result(tmp_path: Path) -> None:
    merged(tmp_path, [[[A, B, A]], [[C, A], []]], 5, 3, 2)
    result = {f"{name}_{m}.npy" for m in (2, 3) for name in ("words", "offsets", "raw")}
    assert {path.name for path in tmp_path.iterdir()} == result | {"adjusted_1.npy", "adjusted_2.npy"}
