"""How much of a model's agreement is left far from the subject: accuracy at short and at long distances.

The slope of a logistic regression (MEASURES: the interaction) compares how steeply two models fall. A model that is
near chance everywhere has nothing to fall from, so that its slope is flat although it forgets soonest. Here a model is
measured by what it has itself: kept = (accuracy far − ½) / (accuracy near − ½), the share of its lead over guessing at
short distances that it still has at long ones; 1 where nothing is forgotten, 0 where it ends at chance.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.bootstrap import LEVEL
from pipeline.report.findings import POINTS, Finding, finding
from pipeline.report.names import networks, ordered, with_article
from pipeline.report.resampling import Floats, Judgements, estimate

CHANCE = 0.5


@dataclass(frozen=True)
class Ends:
    """Items at the two ends of a suite's distances: `near` up to `shortest_to` words, `far` from `longest_from` on."""

    near: NDArray[np.int64]
    far: NDArray[np.int64]
    shortest_to: int
    longest_from: int


def ends(judged: Judgements) -> Ends | None:
    """The third of the items nearest to their subject, and the third farthest; items as far as the last of a third
    belong to it. None where the distances are too few for the thirds to be apart."""
    distance = judged.groups["distance"].to_numpy(dtype=int)
    near_bound, far_bound = np.quantile(distance, [1 / 3, 2 / 3])
    near, far = np.flatnonzero(distance <= near_bound), np.flatnonzero(distance >= far_bound)
    if near_bound >= far_bound:
        return None
    return Ends(near, far, int(distance[near].max()), int(distance[far].min()))


def kept(judged: Judgements, model: str, at: Ends) -> tuple[float, Floats] | None:
    """The share kept, and under each resample (R,), paired over items between models; None where the model is not
    clearly above chance near its subject: of nothing, no share can be kept."""
    place = judged.models.index(model)
    (near, near_samples), (far, far_samples) = (judged.mean("verb", rows) for rows in (at.near, at.far))
    lead, samples = near[place] - CHANCE, near_samples[place] - CHANCE
    if not np.nanpercentile(samples, LEVEL[0]) > 0:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(samples > 0, (far_samples[place] - CHANCE) / samples, np.nan)
    return float((far[place] - CHANCE) / lead), shares


def near_far_table(judged: Judgements, by_distance: pd.DataFrame) -> pd.DataFrame:
    """By model: accuracy near and far (with the bounds of either end in words, its items and 95 % interval), the share
    kept, and reach: the words up to which accuracy lies clearly above chance in every band of `by_distance`.

    NaN where no share is defined, or where a model is not above chance in the first band. Empty without two ends.
    """
    at, rows = ends(judged), []
    for model in ordered(judged.models) if at else []:
        assert at is not None
        place = judged.models.index(model)
        row: dict[str, float | str] = {"model": model}
        for name, items in (("near", at.near), ("far", at.far)):
            values, samples = judged.mean("verb", items)
            found = estimate(float(values[place]), samples[place])
            row |= {
                f"{name}_items": len(items),
                name: found.value,
                f"{name}_low": found.low,
                f"{name}_high": found.high,
            }
        share = kept(judged, model, at)
        told = estimate(*share) if share else estimate(np.nan, np.empty(0))
        row |= {"kept": told.value, "kept_low": told.low, "kept_high": told.high}
        reach = _reach(by_distance[by_distance["model"] == model])
        rows.append(row | {"reach": reach, "shortest_to": at.shortest_to, "longest_from": at.longest_from})
    return pd.DataFrame(rows)


def _reach(bands: pd.DataFrame) -> float:
    """The last word of the last band before the first whose interval does not lie above chance."""
    reach = np.nan
    for row in bands.sort_values("shortest").to_dict("records"):
        if not row["low"] > CHANCE:
            break
        reach = float(row["longest"])
    return reach


def near_far_findings(judged: Judgements) -> list[Finding]:
    """Whether the RNN keeps less than the gated networks; and who is ahead near and far, in points."""
    at, place = ends(judged), {model: index for index, model in enumerate(judged.models)}
    found: list[Finding] = []
    for gated in (name for name in ("lstm", "gru") if name in networks(judged.models)):
        if at is None or "rnn" not in place:
            continue
        pair, named = ("rnn", gated), with_article(gated)
        ours, theirs = kept(judged, "rnn", at), kept(judged, gated, at)
        if ours and theirs:
            claim = f"The RNN keeps less of its lead over guessing at long distances than {named}."
            measure = "share kept of accuracy above chance"
            found.append(finding("near_far", claim, pair, measure, ours[0] - theirs[0], ours[1] - theirs[1], "below",
                                 POINTS))  # fmt: skip
        for rows, where in ((at.near, "close to"), (at.far, "far from")):
            values, samples = judged.mean("verb", rows)
            a, b = place["rnn"], place[gated]
            claim = f"The RNN agrees less often than {named} {where} the subject."
            measure = f"accuracy {where} the subject"
            found.append(finding("near_far", claim, pair, measure, float(values[a] - values[b]),
                                 samples[a] - samples[b], "below", POINTS))  # fmt: skip
    return found
