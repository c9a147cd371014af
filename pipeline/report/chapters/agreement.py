"""Agreement: who gives the right form of a verb more probability, on the built-in suite and on a user's own."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.agreement.accuracies import CONSTRUCTIONS
from pipeline.report import figures, inside_figures, near_far, suites, tables
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn, listed
from pipeline.report.findings import Finding, agreement_findings
from pipeline.report.inputs import Inputs
from pipeline.report.names import FORM_WORDS, label, ordered
from pipeline.report.resampling import judgements
from pipeline.report.scored import Scored
from pipeline.report.tables import headline, view


def analyse(inputs: Inputs, scored: Scored) -> Told:
    made, found = _builtin(inputs, scored.longest)
    words = {
        "examples": examples(inputs.suite[inputs.suite["item"].isin(inputs.items["item"])]),
        "suite_sections": [],
        "form_words": FORM_WORDS,
        "fewest_drawn": suites.FEWEST_DRAWN,
        "most_bad_rows": suites.MOST_SHOWN,
    }
    if "agreement_held_out" in made:
        held_out = made["agreement_held_out"]
        words["held_out_items"] = int(held_out.loc[held_out["held_out"], "items"].iloc[0])
    if inputs.suites:
        resamples, seed = inputs.plan.agreement.resamples, inputs.plan.seed
        made["suites"] = suites.suites_table(inputs.suites, resamples, seed)
        bad_rows = suites.bad_rows_table(inputs.suites)
        if len(bad_rows):
            made["suite_bad_rows"] = bad_rows
        found += suites.suite_findings(inputs.suites, resamples, seed)
        words["suite_sections"] = suites.sections(inputs.suites, made["suites"])
    return Told(made, found, words)


def _builtin(inputs: Inputs, longest: str) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """The tables about the built-in suite and the findings; all empty where a small text has the verbs of no item."""
    if inputs.items.empty:
        empty = pd.DataFrame(columns=["model"])
        return {"agreement": pd.DataFrame(columns=tables.AGREEMENT_COLUMNS), "agreement_by_distance": empty}, []
    judged = judgements(inputs.items, inputs.plan.agreement.resamples, inputs.plan.seed)
    made = {
        "agreement": tables.agreement_table(judged, str(inputs.suite_counts["suite"])),
        "agreement_by_distance": tables.agreement_by_distance(judged),
    }
    ends = near_far.near_far_table(judged, made["agreement_by_distance"])
    if len(ends):
        made["agreement_near_far"] = ends
    if len(inputs.surprisal):
        made["surprisal"] = inputs.surprisal
    if judged.groups["held_out"].nunique() > 1:
        made["agreement_held_out"] = tables.agreement_held_out(judged)
    return made, [*agreement_findings(judged, longest), *near_far.near_far_findings(judged)]


def examples(suite: pd.DataFrame) -> list[Mapping[str, Any]]:
    """One pair a construction, the one with the most attractors, split around the verb."""
    shown: list[Mapping[str, Any]] = []
    for construction, rows in suite.groupby("construction", sort=False):
        row = rows.sort_values(["n_attractors", "distance"], kind="stable").iloc[-1]
        good, bad = str(row["good"]).split(), str(row["bad"]).split()
        verb = next(place for place, (right, wrong) in enumerate(zip(good, bad, strict=False)) if right != wrong)
        shown.append(
            {
                "construction": str(construction).replace("_", " "),
                "before": " ".join(good[:verb]),
                "good": good[verb],
                "bad": bad[verb],
                "after": " ".join(good[verb + 1 :]),
                "n_attractors": int(row["n_attractors"]),
                "distance": int(row["distance"]),
            }
        )
    return shown


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    made = []
    if not results.tables["agreement"].empty:
        made += _draw_builtin(results.tables["agreement"], results.tables["agreement_by_distance"])
    if "surprisal" in results.tables:
        table = results.tables["surprisal"]
        made.append(drawn("surprisal", "Surprisal word by word", _surprisal(table), inside_figures.surprisal(table)))
    for name, scored in inputs.suites.items():
        made += _draw_suite(name, suites.drawn_groups(name, scored.suite.form, results.tables["suites"]))
    return made


def _draw_builtin(accuracies: pd.DataFrame, by_distance: pd.DataFrame) -> list[Drawing]:
    by_construction, by_attractors = view(accuracies, "construction"), view(accuracies, "n_attractors")
    whole = listed({model: f"{value:.0%}" for model, value in headline(accuracies).items()})
    made = [
        drawn("agreement", "Agreement accuracy of every model", f"Share of pairs judged rightly: {whole}.",
              figures.headline_bars(accuracies)),
        drawn("construction", "Agreement by construction", _by_kind(by_construction, "construction"),
              figures.agreement_by_construction(accuracies)),
    ]  # fmt: skip
    if by_distance["distance"].nunique() > 1:
        figure = figures.agreement_by_distance(by_distance)
        made.append(drawn("distance", "Agreement by distance", _accuracy(by_distance, "distance"), figure))
        made.append(drawn("verb", "Loss at the verb", _verb(by_distance), figures.verb_loss(by_distance)))
    if by_attractors["n_attractors"].nunique() > 1:
        figure = figures.agreement_by_attractors(accuracies)
        made.append(drawn("attractors", "Agreement by attractors", _accuracy(by_attractors, "n_attractors"), figure))
    return made


def _draw_suite(name: str, groups: Mapping[str, pd.DataFrame]) -> list[Drawing]:
    """A user's suite, drawn as the built-in one is."""
    made = []
    for group, rows in groups.items():
        if group in CONSTRUCTIONS:
            figure = figures.accuracy_dots(rows, group)
        elif group == suites.DISTANCE:
            figure = figures.accuracy_lines(rows, group, "words in between (where a band begins)")
        else:
            figure = figures.accuracy_lines(rows, group, figures.ATTRACTORS_AXIS)
        title = f"Accuracy on {name} by {group.removeprefix('n_')}"
        words = _by_kind(rows, group) if group in CONSTRUCTIONS else _accuracy(rows, group)
        made.append(drawn(f"suite-{name}-{group}", title, words, figure))
    return made


def _accuracy(rows: pd.DataFrame, column: str) -> str:
    """The two ends of a figure: accuracy of each model at the first and the last value of `column`."""
    order = sorted(rows[column].unique())
    ends = {}
    for model in ordered(rows["model"]):
        own = rows[rows["model"] == model].set_index(column)["accuracy"]
        ends[model] = f"{own[order[0]]:.0%} and {own[order[-1]]:.0%}"
    first, last = (f"{value:.3g}" if isinstance(value, float) else f"“{value}”" for value in (order[0], order[-1]))
    name = column.removeprefix("n_")
    return f"Share of pairs judged rightly by {name}, at {first} and at {last}: {listed(ends)}."


def _by_kind(rows: pd.DataFrame, column: str) -> str:
    """Accuracy of each model on the kind that it finds hardest, and on its easiest."""
    ends = {}
    for model in ordered(rows["model"]):
        own = rows[rows["model"] == model].sort_values("accuracy", kind="stable")
        (low, hardest), (high, easiest) = (own.iloc[end][["accuracy", column]] for end in (0, -1))
        ends[model] = f"from {low:.0%} ({hardest}) to {high:.0%} ({easiest})".replace("_", " ")
    return f"Share of pairs judged rightly by {column.replace('_', ' ')}, hardest to easiest: {listed(ends)}."


def _verb(table: pd.DataFrame) -> str:
    nats = table.pivot(index="distance", columns="model", values="verb_nats").sort_index()
    ends = {name: f"{nats[name].iloc[0]:.2f} and {nats[name].iloc[-1]:.2f}" for name in ordered(nats.columns)}
    return f"Mean nats of the right verb form, at the shortest and at the longest distance: {listed(ends)}."


def _surprisal(table: pd.DataFrame) -> str:
    rows = table[table["wrong"] != ""].to_dict("records")
    verbs = [f"{row['word']} {row['bits']:.1f}, {row['wrong']} {row['wrong_bits']:.1f} ({label(row['model'])})"
             for row in rows]  # fmt: skip
    return f"Bits of the right and the wrong form at each verb: {'; '.join(verbs)}."


CHAPTER = Chapter("agreement", "Agreement", analyse, draw)
