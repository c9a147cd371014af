"""memory, a study: one network on one task in which distance, or the size of the state, is the only variable."""

from typing import TYPE_CHECKING

from pipeline.layout import Layout
from pipeline.params.memory_tasks import DigitImages
from pipeline.plans.memory import MemoryPlan, memory_plan
from pipeline.plans.reading import mark_unselected, read_selected

if TYPE_CHECKING:
    from pipeline.memory.digits import Images


def run(layout: Layout, task: str, network: str) -> dict[str, float]:
    """Writes runs.csv, a row a trained network, and search.csv, one a learning rate that was tried."""
    folder = layout.study("memory") / task / network
    plan = read_selected(layout.plan(memory_plan(task, network)), MemoryPlan)
    if plan is None:
        return mark_unselected(folder)
    from pipeline.io import write_table
    from pipeline.memory.experiment import experiment, run_count
    from pipeline.progress import progress
    from pipeline.training.runtime import prepare_runtime

    device = prepare_runtime(plan.runtime)
    images = _images(plan.images, layout)
    with progress(f"{task}, {network}", run_count(plan), "runs") as bar:
        for name, table in experiment(plan, device, images, bar.advance).items():
            write_table(folder / f"{name}.csv", table)
    return {}


def _images(name: DigitImages | None, layout: Layout) -> "Images | None":
    from pipeline.memory.digits import small_images
    from pipeline.memory.mnist import mnist_images

    if name == "mnist":
        return mnist_images(layout.mnist, layout.downloads)
    return small_images() if name == "digits" else None
