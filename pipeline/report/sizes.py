"""Size and training of each network, as a table."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.plans.network import NetworkPlan
from pipeline.report.names import networks
from pipeline.report.parameters import parameter_count, recurrent_count


def network_table(
    shapes: Mapping[str, Mapping[str, Any]],
    plans: Mapping[str, NetworkPlan],
    steps_of: Mapping[str, pd.DataFrame],
    validations_of: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Size and training of each network: what was spent on it, and what clipping did."""
    rows = []
    for model in networks(shapes):
        steps, validations = steps_of[model], validations_of[model]
        best = validations.iloc[int(np.argmin(validations["nats"]))]
        clipped = steps["norm_before_clipping"] > steps["norm_after_clipping"]
        rows.append(
            {
                "model": model,
                "parameters": parameter_count(shapes[model]),
                "recurrent_parameters": recurrent_count(shapes[model]),
                "hidden_size": int(shapes[model]["hidden_size"]),
                "num_layers": int(shapes[model]["num_layers"]),
                "learning_rate": plans[model].learning_rate,
                "clip_norm": plans[model].clip_norm,
                "steps": len(steps),
                "tokens": int(steps["tokens"].iloc[-1]),
                "best_step": int(best["step"]),
                "best_valid_perplexity": float(best["perplexity"]),
                "largest_norm": float(steps["norm_before_clipping"].max()),
                "clipped_share": float(clipped.mean()),
            }
        )
    return pd.DataFrame(rows)
