"""inside, a study: where one network keeps the number of a subject."""

from pipeline.layout import Layout
from pipeline.plans.inside import InsidePlan
from pipeline.plans.network import NetworkPlan
from pipeline.plans.reading import mark_unselected, read_selected

FEWEST = 20
"""Items below which no half and no fold says anything."""


def run(layout: Layout, architecture: str) -> dict[str, float]:
    """Writes reading.parquet, what classifiers read from the state; units.csv and margins.parquet, what silencing does.

    Raises UserError where too few items of the agreement suite can be scored.
    """
    network_plan = read_selected(layout.plan(architecture), NetworkPlan)
    plan = read_selected(layout.plan("inside"), InsidePlan)
    folder = layout.study("inside") / architecture
    if plan is None or network_plan is None:
        return mark_unselected(folder)
    # imported here, so that a study that is not asked for takes a second and not torch's five
    import numpy as np

    from pipeline.agreement.suites import encode_suite
    from pipeline.corpus.streams import load_corpus
    from pipeline.errors import UserError
    from pipeline.inside.ablation import ablate
    from pipeline.inside.items import choose_items, inside_items
    from pipeline.inside.reading import read_number
    from pipeline.inside.states import word_states
    from pipeline.io import read_table, write_table
    from pipeline.models.neural import load_network
    from pipeline.progress import progress
    from pipeline.training.runtime import prepare_runtime

    settings, vocabulary = plan.inside, load_corpus(layout.corpus).vocabulary
    suite = read_table(layout.agreement / "suite.csv")
    scored = inside_items(suite, encode_suite(suite, vocabulary, every_word=True))
    # the same items, folds and labels for every network, so that they are compared item by item
    items = choose_items(scored, settings.items, np.random.default_rng(network_plan.seed))
    if len(items) < FEWEST:
        raise UserError(
            f"studies: inside found {len(items)} items of the agreement suite whose words are all in the vocabulary; "
            f"it needs {FEWEST}. Raise agreement.items_per_cell or text.max_types, bring more text, or leave it out."
        )
    network = load_network(layout.network(architecture), "best", prepare_runtime(network_plan.runtime)).eval()
    states, rng = word_states(network, items), np.random.default_rng(network_plan.seed)
    write_table(folder / "reading.parquet", read_number(states, items, settings.folds, settings.inverse_penalty, rng))
    units = network.shape.num_layers * network.shape.hidden_size
    with progress(f"inside {architecture}", units, "units") as bar:
        ablation = ablate(network, items, settings.units, rng, bar.advance)
    write_table(folder / "units.csv", ablation.units)
    write_table(folder / "margins.parquet", ablation.margins)
    return {}
