"""context, a study: how much of the context each model uses."""

from pipeline.layout import Layout
from pipeline.plans.context import ContextPlan
from pipeline.plans.reading import mark_unselected, read_selected


def run(layout: Layout) -> dict[str, float]:
    """Writes losses.parquet: a row a model, manipulation, number of words kept and position of test."""
    plan = read_selected(layout.plan("context"), ContextPlan)
    if plan is None:
        return mark_unselected(layout.study("context"))
    import numpy as np
    import pandas as pd

    from pipeline.corpus.streams import load_corpus
    from pipeline.evaluation.context import context_losses, sample_positions
    from pipeline.io import write_table
    from pipeline.models.load import load_models
    from pipeline.progress import progress
    from pipeline.training.runtime import prepare_runtime

    settings, tokens = plan.context, load_corpus(layout.corpus).splits["test"].tokens
    positions = sample_positions(tokens, settings.length, settings.positions, np.random.default_rng(plan.seed))
    models = load_models(layout, plan.order, plan.models, prepare_runtime(plan.runtime))[plan.order - 1 :]
    tables = []
    with progress("context", len(models) * (2 * len(settings.kept) + 1) * len(positions), "predictions") as bar:
        for model in models:  # all of them meet the same shuffled words
            rng = np.random.default_rng(plan.seed)
            losses = context_losses(model, tokens, positions, settings.length, settings.kept, rng, bar.advance)
            tables.append(losses.assign(model=model.name))
    write_table(layout.study("context") / "losses.parquet", pd.concat(tables, ignore_index=True))
    return {}
