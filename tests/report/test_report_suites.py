import re

import pytest
from test_report_page import PROVENANCE

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


def test_published_figures_are_shown_for_the_same_suite_alone(inputs):
    suite = inputs.suites["linzen2016"].suite
    assert published_accuracies("linzen_sample", suite)
    assert not published_accuracies("mine", suite)
    assert len(BLIMP_PARADIGMS) == 6
