"""agreement: minimal pairs scored by every model."""

import numpy as np
import pandas as pd

from pipeline.agreement.english import english_suite
from pipeline.agreement.probe import probe
from pipeline.agreement.suites import encode_suite
from pipeline.corpus.streams import load_corpus
from pipeline.corpus.tokenisers import Tokeniser, load_tokeniser
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.grammar.builtin import builtin_model, builtin_suite
from pipeline.io import write_json, write_table
from pipeline.layout import Layout
from pipeline.models.load import load_models
from pipeline.plans import AgreementPlan, read_plan
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
    scores = []
    with progress("agreement", len(models) * len(encoded.rows), "items") as bar:
        for model in models:
            scores.append(probe(model, encoded).assign(model=model.name))
            bar.advance(len(encoded.rows))
    suite = suite.rename_axis("item").reset_index()
    items = pd.concat(scores).merge(suite.drop(columns=["good", "bad"]), on="item").assign(suite=name)
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
    return {}


def _knows(vocabulary: Vocabulary, tokeniser: Tokeniser, word: str) -> bool:
    return all(token in vocabulary for token in tokeniser.tokenise(word))
