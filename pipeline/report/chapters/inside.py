"""Inside the networks: what can be read from a state, and what a unit carries."""

import pandas as pd

from pipeline.report import inside, inside_figures
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn, listed
from pipeline.report.inputs import Inputs
from pipeline.report.names import label
from pipeline.report.scored import Scored


def analyse(inputs: Inputs, scored: Scored) -> Told:
    if not inputs.inside:
        return Told()
    resamples, seed = inputs.plan.agreement.resamples, inputs.plan.seed
    made = {
        "inside": inside.reading_table(inputs.inside, "offset", resamples, seed),
        "inside_by_attractors": inside.reading_table(inputs.inside, "attractors", resamples, seed),
        "inside_by_distance": inside.reading_table(inputs.inside, "distance", resamples, seed),
        "inside_units": inside.units_table(inputs.inside, resamples, seed),
        "inside_all_units": inside.all_units_table(inputs.inside),
    }
    found = inside.inside_findings(inputs.inside, resamples, seed)
    return Told(made, found, {"fewest_read": inside_figures.FEWEST_ITEMS})


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    if "inside" not in results.tables:
        return []
    units = results.tables["inside_all_units"]
    by_offset, by_attractors = results.tables["inside"], results.tables["inside_by_attractors"]
    made = [drawn("inside_units", "Every unit silenced", _units(units), inside_figures.units(units))]
    if all(len(inside_figures.well_filled(cells)) for cells in (by_offset, by_attractors)):
        figure = inside_figures.reading(by_offset, by_attractors)
        made.append(drawn("inside", "The number of the subject, read from the state", _reading(by_offset), figure))
    return made


def _reading(table: pd.DataFrame) -> str:
    rows = table[(table["task"] == "new") & (table["offset"] == 0)].to_dict("records")
    shares = {f"{label(row['model'])} {row['part']}": f"{row['accuracy']:.0%}" for row in rows}
    return f"Share read rightly at the subject itself: {listed(shares)}."


def _units(table: pd.DataFrame) -> str:
    rows = table[table["rank"] == 1].to_dict("records")
    falls = {f"{label(row['model'])} {row['layer']}/{row['unit']}": f"{100 * row['reported_accuracy_with']:.1f} points"
             for row in rows}  # fmt: skip
    return f"Fall in accuracy across attractors without the first unit of each network: {listed(falls)}."


CHAPTER = Chapter("inside", "Inside the networks", analyse, draw)
