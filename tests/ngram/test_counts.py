import numpy as np
import pytest
from exact_kneser_ney import EOS, stream_of

from pipeline.errors import UserError
from pipeline.ngram import counts as counting
from pipeline.ngram.counts import NgramCounts, count_ngrams

A, B, C = 2, 3, 4


def table(counts: NgramCounts, m: int) -> dict[tuple[int, ...], tuple[int, int | None]]:
    """{m-gram: (raw, adjusted)}, read from the arrays."""
    if m == 0:
        return {(): (counts.tokens, None)}
    found = counts.orders[m - 1]
    prefixes = list(table(counts, m - 1))
    grams = {}
    for number, prefix in enumerate(prefixes):
        for place in range(int(found.offsets[number]), int(found.offsets[number + 1])):
            adjusted = None if found.adjusted is None else int(found.adjusted[place])
            grams[(*prefix, int(found.words[place]))] = (int(found.raw[place]), adjusted)
    return grams


def test_counts_of_a_corpus_counted_by_hand() -> None:
    counts = count_ngrams(stream_of([[A, B, A], [A, B], [], [C, A, B]]), 5, 3)
    assert (counts.tokens, counts.lines) == (12, 4)
    assert table(counts, 1) == {
        (0,): (0, 0),
        (EOS,): (4, 3),  # after a, b and, in the blank line, <s>
        (A,): (4, 3),  # after <s>, b, c
        (B,): (3, 1),
        (C,): (1, 1),
    }
    assert table(counts, 2) == {
        (EOS, EOS): (1, 1),
        (EOS, A): (2, 2),  # begins with <s>: occurrences
        (EOS, C): (1, 1),
        (A, EOS): (1, 1),
        (A, B): (3, 2),  # after <s> twice, after c once
        (B, EOS): (2, 1),
        (B, A): (1, 1),
        (C, A): (1, 1),
    }
    assert table(counts, 3) == {
        (EOS, A, B): (2, None),
        (EOS, C, A): (1, None),
        (A, B, EOS): (2, None),
        (A, B, A): (1, None),
        (B, A, EOS): (1, None),
        (C, A, B): (1, None),
    }


def test_lower_orders_do_not_depend_on_the_highest() -> None:
    stream = stream_of([[A, B, A], [A, B], [], [C, A, B]])
    low, high = count_ngrams(stream, 5, 2), count_ngrams(stream, 5, 4)
    for m in (1, 2):
        for name in ("words", "offsets", "raw"):
            np.testing.assert_array_equal(getattr(low.orders[m - 1], name), getattr(high.orders[m - 1], name))


def test_orders_that_no_line_reaches_are_empty() -> None:
    counts = count_ngrams(stream_of([[A], [B]]), 4, 6)
    assert [found.size for found in counts.orders] == [4, 4, 2, 0, 0, 0]
    assert table(counts, 3) == {(EOS, A, EOS): (1, 1), (EOS, B, EOS): (1, 1)}


def test_blank_lines_alone() -> None:
    counts = count_ngrams(stream_of([[], [], []]), 2, 5)
    assert table(counts, 2) == {(EOS, EOS): (3, 3)}
    assert [found.size for found in counts.orders] == [2, 1, 0, 0, 0]


def test_every_array_ends_with_the_never_seen() -> None:
    counts = count_ngrams(stream_of([[A, B, A], [C]]), 5, 3)
    prefixes = 1
    for found in counts.orders:
        assert len(found.raw) == len(found.words) == found.size + 1
        assert found.raw[-1] == 0
        assert len(found.offsets) == prefixes + 2
        assert found.offsets[-1] == found.offsets[-2] == found.size
        prefixes = found.size


def test_integers_are_as_small_as_can_be() -> None:
    counts = count_ngrams(stream_of([[A] * 300]), 300, 2)
    assert counts.orders[0].words.dtype == np.uint16
    assert counts.orders[0].raw.dtype == np.uint16
    assert counts.orders[1].adjusted is None
    assert counts.orders[1].offsets.dtype == np.uint8


def test_sorting_with_and_without_room_for_the_index() -> None:
    rng = np.random.default_rng(0)
    for bound in (50, 1 << 62):  # the second leaves no bits for the index
        key = rng.integers(bound, size=1000)
        ordered, where = counting._sort(key.copy())
        np.testing.assert_array_equal(ordered, np.sort(key))
        np.testing.assert_array_equal(key[where], ordered)


@pytest.mark.parametrize("order", [0, 8, -1])
def test_order_out_of_range(order: int) -> None:
    with pytest.raises(UserError, match=rf"order is {order}; it must be from 1 to 7"):
        count_ngrams(stream_of([[A]]), 3, order)


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        ([], "empty"),
        ([A, B], "ends in id 3, not in <eos>"),
        ([A, 5, EOS], "id 5 is outside the vocabulary of 5 types"),
        ([A, -1, EOS], "id -1 is outside"),
        ([[A, EOS]], r"shape \(1, 2\)"),
    ],
)
def test_bad_streams(stream: list, message: str) -> None:
    with pytest.raises(UserError, match=message):
        count_ngrams(np.array(stream, dtype=np.int64), 5, 2)
