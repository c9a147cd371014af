"""adaptation, a study: one network that goes on learning from what it is scored on, and that has a cache beside it."""

from pipeline.layout import Layout
from pipeline.plans.adaptation import AdaptationPlan
from pipeline.plans.network import NetworkPlan
from pipeline.plans.reading import mark_unselected, read_selected


def run(layout: Layout, architecture: str) -> dict[str, float]:
    """Writes dynamic.csv and cache.csv, the loss of each setting on valid, and test.parquet, scored with the best."""
    network_plan = read_selected(layout.plan(architecture), NetworkPlan)
    plan = read_selected(layout.plan("adaptation"), AdaptationPlan)
    folder = layout.study("adaptation") / architecture
    if plan is None or network_plan is None:
        return mark_unselected(folder)
    # imported here, so that a study that is not asked for takes a second and not torch's five
    from pipeline.corpus.streams import load_corpus
    from pipeline.evaluation.adaptation import adapt
    from pipeline.io import write_table
    from pipeline.models.neural import load_network
    from pipeline.training.runtime import prepare_runtime

    settings, splits = plan.adaptation, load_corpus(layout.corpus).splits
    test = splits["test"].tokens
    adapted = adapt(
        load_network(layout.network(architecture), "best", prepare_runtime(network_plan.runtime)),
        splits["train"].tokens,
        splits["valid"].tokens[: settings.valid_tokens],
        test if settings.test_tokens == "all" else test[: settings.test_tokens],
        settings,
        network_plan.size.batch_size,
    )
    for method, table in adapted.settings.items():
        write_table(folder / f"{method}.csv", table)
    write_table(folder / "test.parquet", adapted.scores)
    return {}
