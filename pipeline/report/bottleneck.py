"""What this run shows of a state of fixed size, a row a network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.report.choosing import state_numbers
from pipeline.report.findings import Finding
from pipeline.report.memory import LABELS, networks_of
from pipeline.report.names import label, networks, plural

BITS = 32
"""Of a float32."""
ENDS = ("near", "far", "kept", "kept_low", "kept_high")
"""Columns taken from the table of accuracy near the subject and far from it."""


def bottleneck_table(
    choosing: pd.DataFrame,
    near_far: pd.DataFrame | None,
    found: Sequence[Finding],
    shapes: Mapping[str, Mapping[str, Any]],
) -> pd.DataFrame:
    """By network: numbers of its state; bound, the tokens that these could hold at most, were every bit put to use, at
    the bits that the network itself needs for a token; accuracy near and far from the subject, and the share of its
    lead over guessing that is kept; the factor by which the gradient changes a step back; tokens of context used.
    Of `used`, infinite: more than was tried. NaN where the run does not know."""
    rows = []
    ends = {} if near_far is None else {row["model"]: row for row in near_far.to_dict("records")}
    slopes = {each.model_a: each.difference for each in found if each.topic == "gradients" and not each.model_b}
    own = choosing.set_index("model")
    for model in networks(shapes):
        numbers = state_numbers(shapes[model])
        row: dict[str, Any] = {"model": model, "state": numbers}
        row["bound"] = BITS * numbers / np.log2(own["perplexity"][model])
        row |= {name: ends.get(model, {}).get(name, np.nan) for name in ENDS}
        row["gradient"] = float(10 ** slopes[model]) if model in slopes else np.nan
        rows.append(row | {"used": own["used"][model]})
    return pd.DataFrame(rows, columns=["model", "state", "bound", *ENDS, "gradient", "used"])


def sentences(table: pd.DataFrame, capacity: pd.DataFrame | None, unit: str) -> Iterator[str]:
    """What the table, and the study of memory where it ran, come to."""
    for row in table.to_dict("records"):
        name = label(row["model"])
        if row["gradient"] == row["gradient"]:
            yield f"In the {name} {_half_life(row['gradient'])}."
    for row in table.to_dict("records"):
        if row["kept"] == row["kept"]:
            yield (
                f"Far from the subject the {label(row['model'])} keeps {row['kept']:.0%} of the lead over guessing "
                f"that it has near it ({row['far']:.0%} right against {row['near']:.0%}).".replace(
                    "%", "\N{NO-BREAK SPACE}%"
                )
            )
    for row in table.to_dict("records"):
        if np.isfinite(row["used"]):
            yield (
                f"With the last {row['used']:g} {plural(unit)} alone, the {label(row['model'])} predicts within one "
                f"percent as well as with all before them."
            )
    if capacity is not None:
        yield from _copied(capacity)


def _half_life(factor: float) -> str:
    """How soon a gradient is halved, or doubled, at `factor` a step."""
    if factor == 1:
        return "the gradient keeps its length from step to step"
    steps = abs(np.log(2) / np.log(factor))
    return f"the gradient is {'halved' if factor < 1 else 'doubled'} every {steps:.1f} steps back"


def _copied(capacity: pd.DataFrame) -> Iterator[str]:
    for network in networks_of(capacity):
        own = capacity[capacity["network"] == network].sort_values("hidden_size").to_dict("records")
        first, last = own[0], own[-1]
        yield (
            f"Asked to copy, the {LABELS[network]} repeats {first['copied']:.1f} symbols from a state of "
            f"{first['hidden_size']} numbers and {last['copied']:.1f} from one of {last['hidden_size']}."
        )


@dataclass(frozen=True)
class LayerCost:
    """Multiply-adds of one layer of width d over n tokens: n d² of a recurrent one, n² d of self-attention, constants
    left out (Vaswani et al. 2017, table 1)."""

    n: int
    d: int

    @property
    def recurrent(self) -> int:
        return self.n * self.d**2

    @property
    def attention(self) -> int:
        return self.n**2 * self.d

    @property
    def told(self) -> str:
        """Which is the smaller."""
        if self.n == self.d:
            return "the two are equal"
        smaller = "attention" if self.n < self.d else "recurrence"
        times = max(self.n, self.d) / min(self.n, self.d)
        return f"{smaller} needs the less, by a factor of {times:.1f}"
