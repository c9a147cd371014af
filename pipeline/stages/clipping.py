"""clipping, a study: why gradients vanish and explode, and what clipping does about it."""

from pipeline.layout import Layout
from pipeline.plans.clipping import ClippingPlan
from pipeline.plans.reading import mark_unselected, read_selected


def run(layout: Layout) -> dict[str, float]:
    """Writes radius.csv, a row a random network, and traces, lags and outcomes of training with and without."""
    folder = layout.study("clipping")
    plan = read_selected(layout.plan("clipping"), ClippingPlan)
    if plan is None:
        return mark_unselected(folder)
    from pipeline.gradients.clipping import CASES, compare
    from pipeline.gradients.radius import KINDS, scalar_powers, sweep
    from pipeline.io import write_table
    from pipeline.progress import progress
    from pipeline.training.runtime import prepare_runtime

    settings, _ = plan.clipping, prepare_runtime(plan.runtime)
    seeds = [plan.seed + place for place in range(settings.radius.seeds)]
    with progress("radius", len(KINDS) * len(settings.radius.radii) * len(seeds), "networks") as bar:
        write_table(folder / "radius.csv", sweep(settings.radius, seeds, bar.advance))
    write_table(folder / "scalar.csv", scalar_powers())
    with progress("clipping", len(CASES) * 2 * settings.seeds, "runs") as bar:
        for name, table in compare(settings, plan.seed, bar.advance).items():
            write_table(folder / f"{name}.parquet", table)
    return {}
