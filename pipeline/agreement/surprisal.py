"""Surprisal word by word, −log2 p(word | the words before it), of a few sentences of a suite under every model."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.agreement.suites import first_difference
from pipeline.corpus.tokenisers import Tokeniser
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.language_model import LanguageModel, Nats

MOST_WORDS = 13
"""Words of an example at most: what still can be read in a picture."""
ATTRACTORS = (0, 1, 2)


def example_items(suite: pd.DataFrame, rows: Sequence[int]) -> list[int]:
    """Of the scored `rows`, one a number of attractors: that of the greatest distance within `MOST_WORDS` words."""
    scored = suite.iloc[list(rows)]
    scored = scored[[len(str(sentence).split()) <= MOST_WORDS for sentence in scored["good"]]]
    found = []
    for attractors in ATTRACTORS:
        alike = scored[scored["n_attractors"] == attractors].sort_values("distance", ascending=False, kind="stable")
        found += alike.index[:1].tolist()
    return found


def surprisals(
    models: Sequence[LanguageModel], suite: pd.DataFrame, items: Sequence[int], vocabulary: Vocabulary, text: Tokeniser
) -> pd.DataFrame:
    """A row a model, item and word: item, place (from 0), word, bits, and at the verb wrong (the other form) and
    wrong_bits. The state is reset before each sentence; a word of several tokens has the sum of them."""
    rows = []
    for model in models:
        for item in items:
            good, bad = (str(suite[side][item]).split() for side in ("good", "bad"))
            verb = first_difference(good, bad)
            right, wrong = (_bits(model, sentence, vocabulary, text) for sentence in (good, bad))
            for place, word in enumerate(good):
                at_verb = place == verb
                other = (bad[verb], wrong[verb]) if at_verb else ("", np.nan)
                rows.append((model.name, item, place, word, right[place], *other))
    return pd.DataFrame(rows, columns=["model", "item", "place", "word", "bits", "wrong", "wrong_bits"])


def _bits(model: LanguageModel, words: list[str], vocabulary: Vocabulary, text: Tokeniser) -> Nats:
    """Of each word (W,)."""
    spelled = text.spell(words)
    ids = vocabulary.encode(token for word in spelled for token in word)
    nats, _ = model.read(np.asarray(ids, dtype=np.int64)[:, None], model.start(1))
    starts = np.cumsum([0, *map(len, spelled[:-1])])
    return np.asarray(-np.add.reduceat(nats[:, 0], starts) / np.log(2))
