"""The order in which a network reads its training text."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.language_model import Tokens


def columns(tokens: Tokens, batch_size: int) -> NDArray[np.int64]:
    """The stream (N,) as `batch_size` parallel streams, (N // batch_size + 1, batch_size).

    Row 0 is what each stream has read before its first token: the token before it, `<eos>` for the first stream.
    The fewer than `batch_size` tokens left over at the end are not trained on; they are always scored.
    """
    length = len(tokens) // batch_size
    if length < 2:
        raise UserError(
            f"the text has {len(tokens):,} tokens, too few for batch_size {batch_size}. "
            "Bring more text, or lower batch_size of this size in params.yaml."
        )
    used = np.asarray(tokens[: length * batch_size], dtype=np.int64).reshape(batch_size, length).T
    before = np.concatenate([[EOS_ID], used[-1, :-1]])
    return np.concatenate([before[None], used])


def segments_per_epoch(rows: int, bptt_len: int) -> int:
    return -(-(rows - 1) // bptt_len)


def segments(streams: NDArray[np.int64], bptt_len: int) -> Iterator[NDArray[np.int64]]:
    """One epoch as segments (at most bptt_len + 1, B): inputs are all rows but the last, targets all but the first."""
    for start in range(0, len(streams) - 1, bptt_len):
        yield streams[start : start + bptt_len + 1]
