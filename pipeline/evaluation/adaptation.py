"""A network that adapts to the text it is scored on: dynamic evaluation and the cache, their settings from valid."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from pipeline.errors import UserError
from pipeline.evaluation.cache import Cache, cache_grid, score_with_cache
from pipeline.evaluation.dynamic import Update, dynamic_grid, gradient_rms, score_dynamically
from pipeline.language_model import Tokens
from pipeline.models.recurrent import RecurrentNetwork
from pipeline.params.adaptation import Adaptation, DynamicEvaluation
from pipeline.progress import progress


@dataclass(frozen=True)
class Adapted:
    """`settings`: by method (dynamic, cache) the loss of each setting on valid, in nats a token; the best is `chosen`.

    `scores`: a row a token of test, the natural-log probability by method, under the chosen settings.
    """

    settings: dict[str, pd.DataFrame]
    scores: pd.DataFrame


def adapt(
    network: RecurrentNetwork, train: Tokens, valid: Tokens, test: Tokens, settings: Adaptation, batch_size: int
) -> Adapted:
    """Chooses the settings of both methods on `valid` and scores `test` once with them.

    `batch_size` is what the root mean square gradients over `train` are taken with. Raises UserError where the weights
    ran away under every setting, or under the chosen one on test.
    """
    name, dynamic, cache = network.shape.architecture, settings.dynamic, settings.cache
    updates, rms = possible_updates(dynamic), None
    if dynamic.rms_learning_rates:
        rms = gradient_rms(network, train, batch_size, dynamic.segment, dynamic.rms_batches)
    with progress(f"{name}: {len(updates)} settings on valid", (len(updates) + 1) * len(valid)) as bar:
        caches = cache_grid(network, valid, cache.windows, cache.thetas, cache.weights, bar.advance)
        followed = dynamic_grid(network, valid, updates, rms, bar.advance)
    if not np.isfinite(followed["nats"]).any():
        raise UserError(_ran_away(name, "under every setting"))
    update, remembered = updates[int(followed["nats"].argmin())], _best_cache(caches)
    with progress(f"{name}: test", 2 * len(test)) as bar:
        scores = pd.DataFrame(
            {
                "cache": score_with_cache(network, test, remembered, bar.advance),
                "dynamic": score_dynamically(network, test, update, rms, bar.advance),
            }
        )
    if not np.isfinite(scores["dynamic"]).all():
        raise UserError(_ran_away(name, f"on test under the setting that was best on valid ({update})"))
    return Adapted({"dynamic": _chosen(followed), "cache": _chosen(caches)}, scores)


def possible_updates(settings: DynamicEvaluation) -> list[Update]:
    """Every decay with every learning rate of both rules."""
    rates = [("sgd", rate) for rate in settings.sgd_learning_rates]
    rates += [("rms", rate) for rate in settings.rms_learning_rates]
    return [
        Update("sgd" if rule == "sgd" else "rms", settings.segment, rate, decay, settings.epsilon)
        for (rule, rate), decay in product(rates, settings.decays)
    ]


def _best_cache(grid: pd.DataFrame) -> Cache:
    best = grid.iloc[int(grid["nats"].argmin())]
    return Cache(int(best["window"]), float(best["theta"]), float(best["weight"]))


def _chosen(grid: pd.DataFrame) -> pd.DataFrame:
    return grid.assign(chosen=np.arange(len(grid)) == int(grid["nats"].argmin()))


def _ran_away(name: str, where: str) -> str:
    return (
        f"adaptation of the {name}: the weights ran away {where}. Give smaller numbers in sgd_learning_rates and "
        "rms_learning_rates of adaptation.dynamic, or a larger epsilon."
    )
