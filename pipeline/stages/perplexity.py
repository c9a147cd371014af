"""perplexity: the probability of every held-out token under every model, and text that each model writes."""

from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.streams import Corpus, Split, load_corpus
from pipeline.corpus.tokenisers import Tokeniser, load_tokeniser
from pipeline.evaluation.generation import generate
from pipeline.evaluation.perplexity import score_stream
from pipeline.grammar.builtin import builtin_model
from pipeline.io import write_json, write_table
from pipeline.language_model import LanguageModel
from pipeline.layout import Layout
from pipeline.models.load import load_models
from pipeline.params.architectures import ARCHITECTURES
from pipeline.plans.perplexity import PerplexityPlan
from pipeline.plans.reading import read_plan
from pipeline.progress import progress
from pipeline.training.runtime import prepare_runtime


def run(layout: Layout) -> dict[str, float]:
    plan = read_plan(layout.plan("perplexity"), PerplexityPlan)
    corpus = load_corpus(layout.corpus)
    models = load_models(layout, plan.order, plan.models, prepare_runtime(plan.runtime))
    if plan.language:
        models.append(builtin_model(plan.language, corpus.vocabulary))
    write_table(layout.perplexity / "tokens.parquet", _score(models, corpus))
    write_json(layout.perplexity / "samples.json", _samples(models, corpus, load_tokeniser(layout.corpus), plan))
    return {}


def _score(models: list[LanguageModel], corpus: Corpus) -> pd.DataFrame:
    """One row a token and model: split, state (how far it is carried), position in the split, nats."""
    runs = [
        (model, name, state, starts)
        for model in models
        for name in ("valid", "test")
        for state, starts in _state_starts(model.name, name, corpus.splits[name]).items()
    ]
    tables = []
    with progress("perplexity", sum(len(corpus.splits[name].tokens) for _, name, _, _ in runs)) as bar:
        for model, name, state, starts in runs:
            nats = score_stream(model, corpus.splits[name].tokens, starts)
            positions = np.arange(len(nats), dtype=np.int32)
            tables.append(
                pd.DataFrame({"model": model.name, "split": name, "state": state, "position": positions, "nats": nats})
            )
            bar.advance(len(nats))
    table = pd.concat(tables, ignore_index=True)
    return table.astype({"model": "category", "split": "category", "state": "category"})


def _state_starts(model: str, name: str, split: Split) -> dict[str, NDArray[np.int64]]:
    """Where the state begins anew, by what it is called.

    Count models forget at each line by themselves; networks carry their state through the split, and are scored
    once more on test with a reset at each line; the grammar knows where documents begin.
    """
    whole = np.zeros(1, dtype=np.int64)
    if model in ARCHITECTURES:
        return {"carried": whole} | ({"line": split.line_starts} if name == "test" else {})
    if model == "grammar" and split.documents is not None:
        return {"document": split.documents}
    return {"line": whole}


def _samples(
    models: list[LanguageModel], corpus: Corpus, tokeniser: Tokeniser, plan: PerplexityPlan
) -> list[dict[str, object]]:
    """What each model writes after `<eos>`, at each temperature."""
    settings, summary = plan.perplexity, corpus.summary
    length = round(settings.sample_words * summary["tokens"]["train"] / summary["words"]["train"])
    samples: list[dict[str, object]] = []
    for model in models:
        for temperature in settings.temperatures:
            rng = np.random.default_rng(plan.seed)
            tokens = islice(generate(model, np.zeros(0, int), temperature, rng), length)
            text = "\n".join(tokeniser.lines(corpus.vocabulary.decode(tokens)))
            samples.append({"model": model.name, "temperature": temperature, "text": text})
    return samples
