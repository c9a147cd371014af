import numpy as np
import pytest

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.training.segments import columns, segments


@pytest.mark.parametrize(("length", "batch", "bptt"), [(100, 4, 7), (101, 3, 33), (64, 2, 32), (10, 5, 1)])
def test_an_epoch_predicts_every_token_once_from_the_one_before(length, batch, bptt):
    stream = np.random.default_rng(0).integers(2, 1000, length).astype(np.uint16)
    streams = columns(stream, batch)
    pieces = list(segments(streams, bptt))
    assert len(pieces) == -(-(length // batch) // bptt)
    inputs = np.concatenate([piece[:-1] for piece in pieces]).T.ravel()
    targets = np.concatenate([piece[1:] for piece in pieces]).T.ravel()
    used = length // batch * batch
    np.testing.assert_array_equal(targets, stream[:used])
    np.testing.assert_array_equal(inputs, [EOS_ID, *stream[: used - 1]])
    assert max(len(piece) for piece in pieces) == min(bptt, length // batch) + 1


def test_a_text_shorter_than_the_batch_is_refused():
    with pytest.raises(UserError, match="has 7 tokens, too few for batch_size 4"):
        columns(np.arange(7), 4)
