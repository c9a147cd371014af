"""The order in which a network reads its training text."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.language_model import Tokens
from pipeline.params.networks import Size

SHORTEST = 5  # tokens of a random segment, as in AWD-LSTM
DEVIATION = 5.0
HALVED = 0.05  # of the random segments are around half of bptt_len


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


def segments(streams: NDArray[np.int64], bptt_len: int) -> Iterator[NDArray[np.int64]]:
    """One epoch as segments (at most bptt_len + 1, B): inputs are all rows but the last, targets all but the first."""
    for start in range(0, len(streams) - 1, bptt_len):
        yield streams[start : start + bptt_len + 1]


def lay_out(rows: int, size: Size, seed: int) -> NDArray[np.int64]:
    """Where each step's segment begins and ends (steps, 2) in streams of `rows` rows: row `begin` is its first input,
    row `end` its last target. All epochs, one after the other; a segment never goes on into the next epoch.

    Lengths are `bptt_len`; or random about it, or about half of it for one in twenty (Merity et al. 2018, section 5),
    so that not the same tokens stand at a segment's end in every epoch. A curriculum grows them linearly from
    `grow_from` while the first `grow_share` of the tokens is read. It follows from the plan alone: a resumed run has
    the same, and a checkpoint holds nothing of it.
    """
    settings, rng = size.segments, np.random.default_rng([seed, rows])
    fixed = settings.lengths == "fixed" and settings.grow_share == 0
    fewest = max(size.validations, round(size.training_tokens / (size.bptt_len * size.batch_size))) if fixed else 0
    spans: list[tuple[int, int]] = []
    begin = read = 0
    while len(spans) < fewest if fixed else read < size.training_tokens or len(spans) < size.validations:
        length = size.bptt_len
        grown = read / (settings.grow_share * size.training_tokens) if settings.grow_share else 1.0
        if grown < 1:
            length = round(settings.grow_from + grown * (size.bptt_len - settings.grow_from))
        if settings.lengths == "random":
            centre = length / 2 if rng.random() < HALVED else length
            length = max(min(SHORTEST, length), round(rng.normal(centre, DEVIATION)))
        end = min(begin + length, rows - 1)
        spans.append((begin, end))
        read += (end - begin) * size.batch_size
        begin = 0 if end == rows - 1 else end
    return np.array(spans)
