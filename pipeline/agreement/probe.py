"""The probe: does a model give the right verb form the higher probability? Written once against the contract."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.suites import EncodedSuite
from pipeline.language_model import LanguageModel, Nats

TOKENS_AT_ONCE = 1 << 14


def probe(model: LanguageModel, suite: EncodedSuite) -> pd.DataFrame:
    """Natural-log probabilities of every item of `suite`, the state reset before each sentence.

    Columns: item (the row in the suite), verb_good and verb_bad (of the two forms after the same prefix, summed over
    the tokens of each),
    sentence_good and sentence_bad (summed over the sentence, `<eos>` counted).
    """
    good = _score(model, suite.good, suite.verb, suite.good_end)
    bad = _score(model, suite.bad, suite.verb, suite.bad_end)
    return pd.DataFrame(
        {
            "item": suite.rows,
            "verb_good": good[0],
            "verb_bad": bad[0],
            "sentence_good": good[1],
            "sentence_bad": bad[1],
        }
    )


def accuracy(good: Nats, bad: Nats) -> NDArray[np.float64]:
    """1 where `good` is likelier, 0.5 on a tie, else 0, per item."""
    return np.where(good == bad, 0.5, good > bad)


def _score(
    model: LanguageModel, sentences: Sequence[NDArray[np.int64]], begin: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[Nats, Nats]:
    """Of each sentence: the log probability of its tokens from `begin` up to `end`, summed, and that of all."""
    at_verb, total = np.empty(len(sentences)), np.empty(len(sentences))
    lengths = np.array([len(sentence) for sentence in sentences])
    for length in np.unique(lengths):  # one batch holds sentences of one length, so nothing is padded
        chosen = np.flatnonzero(lengths == length)
        width = max(1, TOKENS_AT_ONCE // int(length))
        for batch in np.split(chosen, range(width, len(chosen), width)):
            nats, _ = model.read(np.stack([sentences[item] for item in batch], axis=1), model.start(len(batch)))
            place = np.arange(length)[:, None]
            inside = (place >= begin[batch]) & (place < end[batch])
            at_verb[batch] = np.where(inside, nats, 0).sum(axis=0)
            total[batch] = nats.sum(axis=0)
    return at_verb, total
