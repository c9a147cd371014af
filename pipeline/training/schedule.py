"""The learning rate from step to step, as a share of its peak."""

import math
from collections.abc import Sequence

from pipeline.plans.network import NetworkPlan

PLATEAU_FLOOR = 1e-4  # a rate that has fallen below this share of its peak falls no further


def schedule(step: int, total_steps: int, plan: NetworkPlan, validations: Sequence[float] = ()) -> float:
    """Linear warm-up; then half a cosine (Loshchilov and Hutter 2017), a step down at each of the losses `validations`
    so far that was no better than the best before it, or the peak itself."""
    settings = plan.size.optimiser
    warmup = max(1, round(plan.training.warmup_share * total_steps))
    if step < warmup:
        return (step + 1) / warmup
    if settings.schedule == "constant":
        return 1.0
    if settings.schedule == "plateau":
        worse = sum(nats >= min(validations[:place]) for place, nats in enumerate(validations) if place)
        return float(max(PLATEAU_FLOOR, settings.plateau_factor**worse))
    floor = plan.training.final_learning_rate
    progress_made = (step - warmup) / max(1, total_steps - warmup)
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress_made))


def out_of_patience(validations: Sequence[float], patience: int | None) -> bool:
    """Whether the last `patience` validations were all no better than the best before them."""
    if patience is None or len(validations) <= patience:
        return False
    return min(validations[-patience:]) >= min(validations[:-patience])
