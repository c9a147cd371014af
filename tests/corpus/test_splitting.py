import numpy as np
import pytest

from pipeline.column import Column
from pipeline.corpus import splitting
from pipeline.corpus.splitting import cut


def column(folder, lengths):
    stream = Column(folder / "symbols", np.dtype(np.uint32))
    stream.append(np.array([symbol for length in lengths for symbol in (*[7] * length, 0)], dtype=np.uint32))
    return stream


@pytest.mark.parametrize("block", [1, 2, 3, 1 << 20])
def test_cuts_lie_after_blank_lines_whatever_the_blocks(tmp_path, monkeypatch, block):
    monkeypatch.setattr(splitting, "BLOCK", block)
    lengths = [0, 0, *([3, 2, 0] * 40), 5, 0]
    starts = np.concatenate([[0], np.cumsum(np.array(lengths) + 1)])
    after_blank = {int(starts[i]) for i in range(1, len(lengths)) if lengths[i] and not lengths[i - 1]}
    train, valid, end = cut(column(tmp_path, lengths), len(lengths), [], 0.1, 0.1)
    assert {train, valid} <= after_blank
    assert end == starts[-1]
    assert train == min(after_blank, key=lambda place: abs(int(np.searchsorted(starts, place)) - 0.8 * len(lengths)))


@pytest.mark.parametrize(
    ("lengths", "documents"),
    [
        ([2] * 24 + [2] * 1000, range(25)),  # the last document is nearly all of the text
        ([2] * 1000 + [2] * 24, [0, *range(1000, 1024)]),  # the first is
        ([1, 0] * 25 + [2] * 1000, []),  # blank lines stand at the beginning alone
    ],
)
def test_units_that_miss_the_shares_by_far_are_passed_over(tmp_path, lengths, documents):
    starts = np.concatenate([[0], np.cumsum(np.array(lengths) + 1)])
    symbols = column(tmp_path, lengths)
    train, valid, end = cut(symbols, len(lengths), starts[list(documents)].tolist(), 0.1, 0.1)
    found = np.diff(np.searchsorted(starts, [0, train, valid, end])) / len(lengths)
    np.testing.assert_allclose(found, [0.8, 0.1, 0.1], atol=0.01)


@pytest.mark.parametrize("shares", [(0.001, 0.001), (0.45, 0.44), (0.1, 0.001)])
def test_no_split_is_empty(tmp_path, shares):
    train, valid, end = cut(column(tmp_path, [2] * 20), 20, [], *shares)
    assert 0 < train < valid < end == 60
