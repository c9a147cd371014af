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
EXAMPLES = 3
TELLING = ("prepositional_phrase", "subject_relative", "object_relative_that")
"""The constructions that are shown if the suite has them: what stands between a subject and its verb."""


def example_items(suite: pd.DataFrame, rows: Sequence[int]) -> list[int]:
    """Of the scored `rows`, at most `EXAMPLES`, each of another construction: those of `TELLING`, then any others.

    Of each construction the item of the greatest distance within `MOST_WORDS` words, among those with an attractor if
    there are any. Other constructions come in the order of that distance, those with an attractor first.
    """
    scored = suite.iloc[list(rows)]
    short = np.array([len(str(sentence).split()) <= MOST_WORDS for sentence in scored["good"]], dtype=bool)
    scored = scored[short]
    tempted = scored.assign(tempted=scored["n_attractors"] > 0)
    tempted = tempted.sort_values(["tempted", "distance"], ascending=False, kind="stable")
    best = tempted.drop_duplicates("construction")
    told = best[best["construction"].isin(TELLING)]
    told = told.sort_values("construction", key=lambda names: names.map(TELLING.index), kind="stable")
    others = best[~best["construction"].isin(TELLING)]
    return [*told.index, *others.index][:EXAMPLES]


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
