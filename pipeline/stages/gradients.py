"""gradients: how much of a loss reaches a state k steps back, before, halfway and after training."""

import numpy as np
import pandas as pd

from pipeline.corpus.streams import load_corpus
from pipeline.gradients.lag import gradient_by_lag, sample_windows
from pipeline.io import write_table
from pipeline.layout import Layout
from pipeline.models.neural import load_network
from pipeline.plans import GradientsPlan, read_plan
from pipeline.progress import progress
from pipeline.training.runtime import prepare_runtime

WEIGHTS = {"before": "before", "halfway": "halfway", "after": "best"}


def run(layout: Layout) -> dict[str, float]:
    plan = read_plan(layout.plan("gradients"), GradientsPlan)
    valid = load_corpus(layout.corpus).splits["valid"].tokens
    device = prepare_runtime(plan.runtime)
    settings = plan.gradients
    windows = sample_windows(valid, settings.max_lag, settings.positions, np.random.default_rng(plan.seed))
    tables = []
    with progress("gradients", len(plan.models) * len(WEIGHTS), "networks") as bar:
        for model in plan.models:
            for when, weights in WEIGHTS.items():
                network = load_network(layout.network(model), weights, device)
                for state, norms in gradient_by_lag(network, windows).items():
                    lags, positions = np.indices(norms.shape)
                    tables.append(
                        pd.DataFrame(
                            {
                                "model": model,
                                "weights": when,
                                "state": state,
                                "lag": lags.ravel(),
                                "position": positions.ravel(),
                                "log10_norm": norms.ravel(),
                            }
                        )
                    )
                bar.advance()
    columns = ["model", "weights", "state", "lag", "position", "log10_norm"]
    write_table(layout.gradients / "lag.parquet", pd.concat([pd.DataFrame(columns=columns), *tables]))
    return {}
