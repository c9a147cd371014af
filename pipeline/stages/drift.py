"""drift, a study: what each model writes by itself after the beginnings of real texts, judged by other models."""

from pipeline.layout import Layout
from pipeline.plans.drift import DriftPlan
from pipeline.plans.reading import mark_unselected, read_selected


def run(layout: Layout) -> dict[str, float]:
    """Writes scores.parquet: a row a writer, temperature, judge, text and position; the real text at temperature 1."""
    plan = read_selected(layout.plan("drift"), DriftPlan)
    if plan is None:
        return mark_unselected(layout.study("drift"))
    import numpy as np
    import pandas as pd

    from pipeline.corpus.streams import load_corpus
    from pipeline.evaluation.free_running import Judge, free_running, real_texts
    from pipeline.grammar.builtin import builtin_model
    from pipeline.io import write_table
    from pipeline.models.load import load_models
    from pipeline.progress import progress
    from pipeline.training.runtime import prepare_runtime

    settings, corpus = plan.drift, load_corpus(layout.corpus)
    test, rng = corpus.splits["test"], np.random.default_rng(plan.seed)
    real = real_texts(test.tokens, test.line_starts, settings.texts, settings.prompt + settings.length, rng)
    writers = load_models(layout, plan.order, plan.models, prepare_runtime(plan.runtime))[plan.order - 1 :]
    judges = [Judge(writers[0], each_line=True)]
    if plan.language:
        judges.append(Judge(builtin_model(plan.language, corpus.vocabulary), each_line=True))
    tables = []
    with progress("drift", len(settings.temperatures) * (len(writers) + 1) * real.shape[1], "texts") as bar:
        for temperature in settings.temperatures:
            scores = free_running(writers, judges, real, settings.prompt, temperature, plan.seed, bar.advance)
            tables.append(scores.assign(temperature=temperature))
    write_table(layout.study("drift") / "scores.parquet", pd.concat(tables, ignore_index=True))
    return {}
