"""Of a made-up run: its text, what was counted in it, and what is known of its word vectors."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.corpus.card import data_card
from pipeline.corpus.conventions import conventions
from pipeline.corpus.streams import Corpus, encode
from pipeline.corpus.tokenisers import WHITE_SPACE
from pipeline.corpus.vocabulary import build_vocabulary, count_words
from pipeline.params.reading import read_params

ROOT = Path(__file__).parents[2]


def corpus(documents: bool) -> Corpus:
    words = ["the", "dog", "sees", "many", "cats", "near", "old", "houses"]
    lines = [[words[(line * step) % len(words)] for step in range(1, 4 + line % 4)] for line in range(60)]
    vocabulary = build_vocabulary(count_words(lines), 1, None)
    starts = np.arange(0, 60, 6) if documents else None
    splits = {name: encode(lines, vocabulary, starts) for name in ("train", "valid", "test")}
    params = read_params(ROOT / "params.yaml")
    chosen = conventions(params.text, "builtin").as_dict() | {"min_count": 2}
    summary = data_card(vocabulary, WHITE_SPACE, splits, [(100, 6), (200, 8), (300, 9)], chosen, {})
    return Corpus(vocabulary, splits, summary)


def units(rows: list[dict[str, object]], rng: np.random.Generator) -> pd.DataFrame:
    """Nats of ten units of test for each row; maximum likelihood holds some of them impossible."""
    tables = []
    for row in rows:
        nats = 20 + rng.normal(0, 1, 10)
        if row.get("smoothing") == "maximum_likelihood" and row["order"] == 3:
            nats[4] = np.inf
        tables.append(pd.DataFrame({**row, "unit": np.arange(10), "tokens": 9, "nats": nats}))
    return pd.concat(tables, ignore_index=True)


def overlap() -> pd.DataFrame:
    columns = {"length": [3, 4, 6, 7, 12], "sentences": [9, 8, 7, 20, 30], "shared": [5, 3, 1, 0, 0]}
    return pd.DataFrame(columns | {"expected": [4.5, 3.5, 1.0, 0.2, 0.0], "variance": [2.0, 2.0, 0.9, 0.2, 0.0]})


def probes() -> pd.DataFrame:
    """Skip-gram is right on nine words of ten, factored counts on four of five; the majority on half. Each word is a
    lemma of its own."""
    words = np.arange(60)
    label = np.where(words % 2 == 0, "singular", "plural")
    other = np.where(words % 2 == 0, "plural", "singular")
    shared = {"task": "number of nouns", "word": words, "lemma": [f"l{word}" for word in words], "label": label,
              "majority": "singular"}  # fmt: skip
    return pd.concat(
        [
            pd.DataFrame({**shared, "read": np.where(words % wrong == 0, other, label), "method": method})
            for method, wrong in (("skipgram", 10), ("svd", 5))
        ],
        ignore_index=True,
    )


def analogies() -> pd.DataFrame:
    """Ten pairs, each asked for by the nine others; of the first five every question is answered."""
    asked = [(a, c) for a in range(10) for c in range(10) if a != c]
    first, second = (np.array(column) for column in zip(*asked, strict=True))
    table = {"category": "verb and past", "a": 2 * first, "b": 2 * first + 1, "c": 2 * second, "d": 2 * second + 1}
    return pd.DataFrame({**table, "right": second < 5, "method": "skipgram"})
