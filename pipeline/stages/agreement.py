"""agreement: minimal pairs scored by every model."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.agreement.english import english_suite
from pipeline.agreement.probe import probe
from pipeline.agreement.readers.choose import find_suite, read_suite
from pipeline.agreement.readers.saved import write_suite
from pipeline.agreement.spelling import respell
from pipeline.agreement.suites import EncodedSuite, encode_suite
from pipeline.agreement.surprisal import example_items, surprisals
from pipeline.corpus.streams import load_corpus
from pipeline.corpus.tokenisers import Tokeniser, load_tokeniser
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.grammar.builtin import builtin_model, builtin_suite
from pipeline.io import write_json, write_table
from pipeline.language_model import LanguageModel
from pipeline.layout import Layout
from pipeline.models.load import load_models
from pipeline.plans.agreement import AgreementPlan
from pipeline.plans.reading import read_plan
from pipeline.progress import progress
from pipeline.training.runtime import prepare_runtime


def run(layout: Layout) -> dict[str, float]:
    plan = read_plan(layout.plan("agreement"), AgreementPlan)
    corpus, tokeniser = load_corpus(layout.corpus), load_tokeniser(layout.corpus)
    models = load_models(layout, plan.order, plan.models, prepare_runtime(plan.runtime))
    rng = np.random.default_rng(plan.seed)
    if plan.language:
        name, suite = "builtin", builtin_suite(plan.language, plan.agreement.items_per_cell, plan.seed)
        models.append(builtin_model(plan.language, corpus.vocabulary))
    else:
        name, suite = (
            "english",
            english_suite(plan.agreement.items_per_cell, rng, capitalised=_knows(corpus.vocabulary, tokeniser, "The")),
        )
    encoded = encode_suite(suite, corpus.vocabulary, tokeniser, every_word=True)
    scores = _probe_all("agreement", models, encoded)
    longest_and_after = models[plan.order - 1 :]
    shown = example_items(suite, encoded.rows.tolist())
    surprisal = surprisals(longest_and_after, suite, shown, corpus.vocabulary, tokeniser)
    write_table(layout.agreement / "surprisal.parquet", surprisal)
    suite = suite.rename_axis("item").reset_index()
    items = scores.merge(suite.drop(columns=["good", "bad"]), on="item").assign(suite=name)
    write_table(layout.agreement / "items.parquet", items)
    write_table(layout.agreement / "suite.csv", suite)
    write_json(
        layout.agreement / "counts.json",
        {
            "suite": name,
            "items": len(suite),
            "scored": len(encoded.rows),
            "out_of_vocabulary": encoded.out_of_vocabulary,
        },
    )
    for suite_name in plan.agreement.suites:
        _score_file(layout, suite_name, models, corpus.vocabulary, tokeniser)
    return {}


def _score_file(
    layout: Layout, name: str, models: Sequence[LanguageModel], vocabulary: Vocabulary, tokeniser: Tokeniser
) -> None:
    """Every model on the pairs of a user's file; the same ones for each."""
    suite = respell(read_suite(find_suite(layout.suites, name)), vocabulary)
    encoded = encode_suite(suite.pairs, vocabulary, tokeniser)
    folder = layout.agreement / "suites" / name
    write_table(folder / "scores.parquet", _probe_all(name, models, encoded))
    write_suite(folder, suite, encoded.out_of_vocabulary)


def _probe_all(title: str, models: Sequence[LanguageModel], encoded: EncodedSuite) -> pd.DataFrame:
    scores = []
    with progress(title, len(models) * len(encoded.rows), "items") as bar:
        for model in models:
            scores.append(probe(model, encoded).assign(model=model.name))
            bar.advance(len(encoded.rows))
    return pd.concat(scores, ignore_index=True)


def _knows(vocabulary: Vocabulary, tokeniser: Tokeniser, word: str) -> bool:
    return all(token in vocabulary for token in tokeniser.tokenise(word))
