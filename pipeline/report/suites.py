"""What a run says about suites of a user's own: tables, findings, and published figures where the suite is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.agreement.accuracies import COLUMNS, CONSTRUCTIONS, SCORES, Judged, judge_suite, suite_accuracies
from pipeline.agreement.readers.saved import ScoredSuite
from pipeline.agreement.readers.suite import BadRow
from pipeline.report.findings import POINTS, Finding, capital, finding
from pipeline.report.names import networks, ngrams, ordered, with_article
from pipeline.report.published import PublishedAccuracy, published_accuracies

MOST_SHOWN = 20
"""Bad rows on the page; the table has all."""
FEWEST_DRAWN = 20
"""Items of a cell below which its accuracy is in the table alone."""
DISTANCE = "distance"
ATTRACTORS = ("n_attractors", "attractors")
HEADLINE = {"blimp": "sentence"}
"""By which score a form is published; others by the verb."""


@dataclass(frozen=True)
class SuiteSection:
    """What the page says about one suite. `groups`: by group, its values with the items and the accuracy of each of
    `models` by `score`; `whole`: the rows of all items by model and score."""

    name: str
    form: str
    score: str
    pairs: int
    out_of_vocabulary: int
    bad_rows: Sequence[BadRow]
    models: list[str]
    whole: list[tuple[str, dict[str, dict[str, float]]]]
    groups: dict[str, list[tuple[str, int, list[float]]]]
    published: Sequence[PublishedAccuracy]


def suites_table(suites: Mapping[str, ScoredSuite], resamples: int, seed: int) -> pd.DataFrame:
    """Accuracy by suite, score, group, value and model; a suite without a scored item is left out."""
    tables = [
        suite_accuracies(scored.suite, scored.scores, _models(scored), resamples, seed).assign(suite=name)
        for name, scored in suites.items()
        if not scored.scores.empty
    ]
    columns = ["suite", *COLUMNS]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def bad_rows_table(suites: Mapping[str, ScoredSuite]) -> pd.DataFrame:
    rows = [(name, row.line, row.cause) for name, scored in suites.items() for row in scored.suite.bad_rows]
    return pd.DataFrame(rows, columns=["suite", "line", "cause"])


def suite_findings(suites: Mapping[str, ScoredSuite], resamples: int, seed: int) -> list[Finding]:
    """Who agrees more often on each suite, paired over items, by the score that its form is published by."""
    found: list[Finding] = []
    for name, scored in suites.items():
        if scored.scores.empty:
            continue
        score, models = _score(scored), _models(scored)
        judged = judge_suite(scored.suite, scored.scores, score, models, resamples, seed)
        if judged is not None:
            found += _compared(name, judged)
    return found


def _compared(name: str, judged: Judged) -> list[Finding]:
    values, samples = judged.mean()
    place = {model: index for index, model in enumerate(judged.models)}
    longest = ngrams(judged.models)[-1]
    found = []
    for a, b in (("lstm", "rnn"), ("gru", "rnn"), ("lstm", "gru"), ("lstm", longest), ("rnn", longest)):
        if a in place and b in place:
            claim = f"On {name}, {with_article(a)} agrees more often than {with_article(b)}."
            difference = samples[:, place[a]] - samples[:, place[b]]
            value = float(values[place[a]] - values[place[b]])
            measure = f"accuracy on {name}"
            found.append(finding(f"suite {name}", capital(claim), (a, b), measure, value, difference, "above", POINTS))
    return found


def sections(suites: Mapping[str, ScoredSuite], table: pd.DataFrame) -> list[SuiteSection]:
    """The page's section on each suite, from the table of all."""
    made = []
    for name, scored in suites.items():
        own, models, score = table[table["suite"] == name], _models(scored), _score(scored)
        shown = [*ngrams(models)[-1:], *networks(models)]
        by_score = own[(own["score"] == score) & own["model"].isin(shown)]
        groups: dict[str, list[tuple[str, int, list[float]]]] = {}
        for (group, value), rows in by_score.groupby(["group", "value"], sort=False):
            if group != "all":
                accuracy = rows.set_index("model")["accuracy"]
                groups.setdefault(str(group), []).append(
                    (str(value), int(rows["items"].iloc[0]), [float(accuracy[model]) for model in shown])
                )
        made.append(
            SuiteSection(
                name=name,
                form=scored.suite.form,
                score=score,
                pairs=len(scored.suite.pairs),
                out_of_vocabulary=scored.out_of_vocabulary,
                bad_rows=scored.suite.bad_rows,
                models=shown,
                whole=[(model, _whole(own, model)) for model in models] if len(own) else [],
                groups=groups,
                published=published_accuracies(name, scored.suite),
            )
        )
    return made


def drawn_groups(name: str, form: str, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What is drawn of a suite, by group, from the table of all: accuracy by distance (whose `distance` is where a
    band begins), by number of attractors and by construction, where the suite has the column.

    Cells of fewer than `FEWEST_DRAWN` items are left out, and groups that then have a single value.
    """
    score = HEADLINE.get(form, "verb")
    own = table[(table["suite"] == name) & (table["score"] == score) & (table["items"] >= FEWEST_DRAWN)]
    drawn = {}
    for group in (DISTANCE, *ATTRACTORS, *CONSTRUCTIONS):
        rows = own[own["group"] == group].rename(columns={"value": group})
        if group not in CONSTRUCTIONS:
            rows[group] = rows[group].astype(str).str.extract(r"(\d+)", expand=False).astype(float)
            rows = rows.dropna(subset=[group])
        if rows[group].nunique() > 1:
            drawn[group] = rows
    return drawn


def _whole(own: pd.DataFrame, model: str) -> dict[str, dict[str, float]]:
    """Items, accuracy and interval of a model over all items, by score."""
    rows = own[(own["group"] == "all") & (own["model"] == model)]
    numbers = rows.set_index("score")[["items", "accuracy", "low", "high"]].astype(float).to_dict("index")
    return {score: {str(name): value for name, value in numbers[score].items()} for score in SCORES if score in numbers}


def _score(scored: ScoredSuite) -> str:
    return HEADLINE.get(scored.suite.form, "verb")


def _models(scored: ScoredSuite) -> list[str]:
    return ordered(scored.scores["model"].unique())
