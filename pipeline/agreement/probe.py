"""The probe: does a model give the right verb form the higher probability? Written once against the contract."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.suites import EncodedSuite
from pipeline.language_model import LanguageModel, Nats

TOKENS_AT_ONCE = 1 << 14


def probe(model: LanguageModel, suite: EncodedSuite) -> pd.DataFrame:
    """Natural-log probabilities of every item of `suite`, the state reset before each.

    What the two sentences of an item begin with is read once, and each goes on from there. Items of the same lengths
    are read together, in an order that is their own: the order of the suite changes no bit of a score.

    Columns: item (the row in the suite), verb_good and verb_bad (of the two forms after the same prefix, summed over
    the tokens of each), sentence_good and sentence_bad (summed over the sentence, `<eos>` counted).
    """
    scores = np.empty((4, len(suite.rows)))
    for items in _batches(suite):
        begin = suite.verb[items[0]]
        state, before = model.start(len(items)), np.zeros(len(items))
        if begin:
            nats, state = model.read(np.stack([suite.good[item][:begin] for item in items], axis=1), state)
            before = nats.sum(axis=0)
        for row, (sentences, end) in enumerate(((suite.good, suite.good_end), (suite.bad, suite.bad_end))):
            nats, _ = model.read(np.stack([sentences[item][begin:] for item in items], axis=1), state)
            of_verb = np.arange(begin, begin + len(nats))[:, None] < end[items]
            scores[row, items] = np.where(of_verb, nats, 0).sum(axis=0)
            scores[2 + row, items] = before + nats.sum(axis=0)
    names = ("verb_good", "verb_bad", "sentence_good", "sentence_bad")
    return pd.DataFrame({"item": suite.rows, **dict(zip(names, scores, strict=True))})


def accuracy(good: Nats, bad: Nats) -> NDArray[np.float64]:
    """1 where `good` is likelier, 0.5 on a tie, else 0, per item."""
    return np.where(good == bad, 0.5, good > bad)


def _batches(suite: EncodedSuite) -> Iterator[NDArray[np.int64]]:
    """Items (B,) whose prefixes and whose sentences are as long as each other's, so that nothing is padded."""
    alike: dict[tuple[int, int, int], list[int]] = {}
    for item, (verb, good, bad) in enumerate(zip(suite.verb.tolist(), suite.good, suite.bad, strict=True)):
        alike.setdefault((verb, len(good), len(bad)), []).append(item)
    for (_, *lengths), items in sorted(alike.items()):
        items.sort(key=lambda item: (suite.good[item].tolist(), suite.bad[item].tolist()))
        width = max(1, TOKENS_AT_ONCE // max(lengths))
        for start in range(0, len(items), width):
            yield np.array(items[start : start + width])
