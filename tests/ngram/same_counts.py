"""Counts compared to the bit."""

import numpy as np

from pipeline.ngram.counts import NgramCounts


def assert_same(ours: NgramCounts, theirs: NgramCounts) -> None:
    assert (ours.vocabulary_size, ours.tokens, ours.lines) == (theirs.vocabulary_size, theirs.tokens, theirs.lines)
    assert ours.order == theirs.order
    for m, (one, other) in enumerate(zip(ours.orders, theirs.orders, strict=True), start=1):
        for name in ("words", "offsets", "raw", "adjusted"):
            a, b = getattr(one, name), getattr(other, name)
            if a is None or b is None:
                assert a is b, f"{name} of order {m}"
            else:
                assert a.dtype == b.dtype, f"{name} of order {m}: {a.dtype} and {b.dtype}"
                np.testing.assert_array_equal(a, b, err_msg=f"{name} of order {m}")
