from pathlib import Path

import numpy as np
import pytest
from exact_kneser_ney import EOS, stream_of

from pipeline.column import Column
from pipeline.errors import UserError
from pipeline.ngram.counts import extensions
from pipeline.ngram.runs import cut_at_line_ends, write_run

A = 2


def test_a_column_gives_back_what_was_added(tmp_path: Path) -> None:
    column = Column(tmp_path / "values", np.dtype(np.uint16))
    for values in ([3, 1], [], [400, 0, 7]):
        column.append(np.array(values, dtype=np.int64))
    assert len(column) == 5
    assert column.read(1, 4).tolist() == [1, 400, 0]
    assert column.read(3, 99).tolist() == [0, 7]
    assert column.read(5, 9).tolist() == column.read(7, 9).tolist() == []
    assert [block.tolist() for block in column.blocks(2)] == [[3, 1], [400, 0], [7]]


@pytest.mark.parametrize(("largest", "dtype"), [(255, np.uint8), (256, np.uint16), (1 << 16, np.uint32)])
def test_a_published_column_is_an_array_of_the_smallest_type(tmp_path: Path, largest: int, dtype: type) -> None:
    column = Column(tmp_path / "values", np.dtype(np.int64))
    column.append(np.array([5, largest, 0]))
    published = column.publish(tmp_path / "values.npy")
    assert published.dtype == dtype
    assert published.tolist() == [5, largest, 0]
    assert np.load(tmp_path / "values.npy").tolist() == [5, largest, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["values.npy"]


def test_an_empty_column_is_published_as_an_empty_array(tmp_path: Path) -> None:
    assert Column(tmp_path / "none", np.dtype(np.int64)).publish(tmp_path / "none.npy").shape == (0,)


def test_parts_end_at_line_ends() -> None:
    stream = stream_of([[A], [A, A], [], [A, A, A], [A]])  # ends at 2, 5, 6, 10, 12
    for tokens, ends in [(1, [2, 5, 6, 10, 12]), (5, [5, 10, 12]), (6, [6, 12]), (11, [10, 12]), (12, [12])]:
        cuts = list(cut_at_line_ends(stream, tokens, 12))
        assert [cut.stop for cut in cuts] == ends
        assert [cut.start for cut in cuts] == [0, *ends[:-1]]
    assert all(stream[end - 1] == EOS for end in ends)


def test_a_line_above_the_share_of_a_part_makes_a_part_of_its_own() -> None:
    stream = stream_of([[A], [A] * 5, [A]])
    assert [cut.stop for cut in cut_at_line_ends(stream, 3, 6)] == [2, 8, 10]


def test_a_line_too_long_for_the_memory() -> None:
    with pytest.raises(UserError, match=r"begins at token 2 has more than 5 tokens.*ngram\.memory_mb"):
        list(cut_at_line_ends(stream_of([[A], [A] * 5]), 3, 5))


def test_a_run_holds_what_was_found(tmp_path: Path) -> None:
    stream = stream_of([[A, 3, A], [3]])
    run = write_run(tmp_path, "run", extensions(stream, 4, 3))
    for columns, found in zip(run, extensions(stream, 4, 3), strict=True):
        for name in ("keys", "raw", "suffixes"):
            np.testing.assert_array_equal(getattr(columns, name).read(0, 99), getattr(found, name))
