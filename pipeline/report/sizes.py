"""Size and training of each network, as a table."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.plans.network import NetworkPlan
from pipeline.report.names import networks
from pipeline.training.memory import output_weights


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


GATES = {"rnn": 1, "gru": 3, "lstm": 4}
"""Matrices of each kind in a cell: the candidate and its gates."""


def recurrent_count(shape: Mapping[str, Any]) -> int:
    """Parameters of the recurrent layers. Torch has two bias vectors a gate, cells by hand have one; the GRU in torch's
    form needs a second for its candidate."""
    hidden, first, gates = int(shape["hidden_size"]), int(shape["embedding_dim"]), GATES[shape["architecture"]]
    inputs = [first] + [hidden] * (int(shape["num_layers"]) - 1)
    biases = 2 * gates if shape["implementation"] == "torch" else gates
    if (shape["architecture"], shape["implementation"]) == ("gru", "by_hand"):
        biases += 1
    return sum(hidden * (gates * (width + hidden) + biases) for width in inputs)


def parameter_count(shape: Mapping[str, Any]) -> int:
    """All parameters, a tied output matrix counted once."""
    types, width = int(shape["vocabulary_size"]), int(shape["embedding_dim"])
    hidden = int(shape["hidden_size"])
    total = types * width + recurrent_count(shape)
    if not shape["tied"]:
        return total + output_weights(types, hidden, shape.get("cutoffs", ()))
    return total + types + (hidden * width + width if hidden != width else 0)  # output bias, projection
