import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_report_page import PROVENANCE

from pipeline.report import suites
from pipeline.report.analysis import analyse
from pipeline.report.gallery import draw
from pipeline.report.page import render_page
from pipeline.report.published import BLIMP_PARADIGMS, published_accuracies


@pytest.fixture(scope="module")
def inputs(make_inputs):
    return make_inputs(floor=False, suites=True, studies=False)


@pytest.fixture(scope="module")
def results(inputs):
    return analyse(inputs)


def test_a_suite_has_accuracies_by_model_and_group_and_leaves_the_headline_alone(inputs, results, make_inputs):
    table = results.tables["suites"].query("score == 'verb' and model == 'lstm'").set_index(["group", "value"])
    assert table.loc[("all", ""), "items"].item() == 38
    assert table.loc["n_attractors", "items"].sum() == 38
    scores = inputs.suites["linzen2016"].scores.query("model == 'lstm'")
    right = (scores["verb_good"] > scores["verb_bad"]).mean()
    assert table.loc[("all", ""), "accuracy"].item() == pytest.approx(right)
    assert results.metrics == analyse(make_inputs(floor=False, studies=False)).metrics


def test_a_suite_has_findings_that_compare_models_over_its_items(results):
    found = {(item.model_a, item.model_b): item for item in results.about("suite linzen2016")}
    table = results.tables["suites"].query("score == 'verb' and group == 'all'").set_index("model")["accuracy"]
    assert found["lstm", "rnn"].difference == pytest.approx(table["lstm"] - table["rnn"])
    assert len(found) == 5


def test_the_page_shows_what_was_left_out_and_published_figures_beside_ours(inputs, results):
    page = render_page(inputs, results, draw(inputs, results), PROVENANCE)
    section = page[page.index('id="suite-linzen2016"') :]
    assert "40 pairs, of which 2 are left out" in section
    assert "line 7: its &lt;b&gt; word is no word" in section
    assert re.search(r'<th scope="row">4</th><td class="n">7</td>.*<td class="n">90.0 %</td>', section)
    assert results.tables["suite_bad_rows"]["line"].tolist() == [7]


@pytest.fixture(scope="module")
def grouped(inputs):
    """The same pairs, each four times, with a distance and a construction; one distance has too few items."""
    mine = inputs.suites["linzen2016"]
    count = len(mine.suite.pairs)
    pairs = pd.concat([mine.suite.pairs] * 4, ignore_index=True)
    place = pairs.index.to_numpy() % count
    pairs["distance"] = np.where(place == 0, 25, np.where(place % 2 == 0, 1, 6))
    pairs["construction"] = np.where(place % 3 == 0, "simple", "relative_clause")
    suite = replace(mine.suite, pairs=pairs, groups=("n_attractors", "distance", "construction"),
                    lines=np.arange(len(pairs)), compares_forms=np.ones(len(pairs), bool))  # fmt: skip
    scores = pd.concat([mine.scores.assign(item=mine.scores["item"] + count * copy) for copy in range(4)])
    return replace(inputs, suites={"mine": replace(mine, suite=suite, scores=scores)})


def test_a_suite_is_drawn_by_distance_attractors_and_construction_like_the_built_in_one(grouped):
    results = analyse(grouped)
    drawings = draw(grouped, results)
    assert {name for name in drawings if name.startswith("suite-")} == {
        f"suite-mine-{group}" for group in ("n_attractors", "distance", "construction")
    }
    table = results.tables["suites"].query("score == 'verb' and model == 'lstm'").set_index(["group", "value"])
    shown = drawings["suite-mine-distance"].description
    assert "at 1 and at 6" in shown  # 25 has four items
    first, last = (f"{table.loc[('distance', value), 'accuracy']:.0%}" for value in ("1", "6"))
    assert f"LSTM {first} and {last}" in shown
    page = render_page(grouped, results, drawings, PROVENANCE)
    assert page.count('id="figure-suite-mine-') >= 3


def test_no_figure_is_drawn_of_columns_that_a_suite_lacks_or_of_a_few_items(inputs, results):
    assert not suites.drawn_groups("linzen2016", "linzen", results.tables["suites"])
    many = results.tables["suites"].assign(items=suites.FEWEST_DRAWN)
    drawn = suites.drawn_groups("linzen2016", "linzen", many)
    assert list(drawn) == ["n_attractors"]
    assert sorted(drawn["n_attractors"]["n_attractors"].unique()) == [0, 1, 2, 3, 4]


def test_bands_are_drawn_where_they_begin():
    rows = {"suite": "mine", "score": "sentence", "group": "distance", "value": ["0", "2 to 3", "41 or more"]}
    table = pd.DataFrame(rows | {"model": "lstm", "items": 50, "accuracy": 0.8, "low": 0.7, "high": 0.9})
    assert suites.drawn_groups("mine", "blimp", table)["distance"]["distance"].tolist() == [0, 2, 41]


def test_published_figures_are_shown_for_the_same_suite_alone(inputs):
    suite = inputs.suites["linzen2016"].suite
    assert published_accuracies("linzen_sample", suite)
    assert not published_accuracies("mine", suite)
    assert len(BLIMP_PARADIGMS) == 6
