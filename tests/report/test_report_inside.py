"""The tables and findings of what is inside a network, against what the made-up run holds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_report_page import PROVENANCE

from pipeline.report.analysis import analyse
from pipeline.report.gallery import draw
from pipeline.report.inside import right_by_item
from pipeline.report.inside_figures import FEWEST_ITEMS, reading
from pipeline.report.page import render_page


@pytest.fixture(scope="module")
def inputs(make_inputs):
    return make_inputs()


@pytest.fixture(scope="module")
def results(inputs):
    return analyse(inputs)


def test_what_is_read_by_band_and_at_the_last_word(inputs, results):
    table = results.tables["inside"].set_index(["model", "part", "task", "offset"])["accuracy"]
    assert table["lstm", "cell", "new", 0] == 1
    assert table["lstm", "cell", "new", 2] == pytest.approx(0.9)
    reading = inputs.inside["rnn"]["reading"].query("task == 'control' and offset == 2")
    assert table["rnn", "hidden", "control", 2] == pytest.approx(reading["right"].mean())
    attractors = results.tables["inside_by_attractors"].query("model == 'rnn' and task == 'new'")
    for row in attractors.itertuples():
        own = inputs.inside["rnn"]["reading"].query("task == 'new' and offset == 2 and attractors == @row.attractors")
        assert row.accuracy == pytest.approx(own["right"].mean())
        assert row.items == len(own)
        assert row.low <= row.accuracy <= row.high


def test_what_silencing_takes(results):
    table = results.tables["inside_units"].query("model == 'gru'").set_index(["silenced", "kind"])
    assert table.loc[("0/2", "with"), ["accuracy", "whole", "fall"]].tolist() == [0, 1, 1]
    assert table.loc[("0/2", "without"), "fall"] == 0
    assert table.loc[("0/1", "with"), "fall"] == 0
    assert set(table.index.get_level_values("silenced")) == {"0/2", "0/1", "together", "random"}


def test_findings_name_the_unit_and_come_out_as_the_numbers_say(results):
    by_claim = {found.claim: found for found in results.about("inside")}
    alone = by_claim["The LSTM agrees less often across attractors without its unit 0/2."]
    assert (alone.difference, alone.verdict) == (1.0, "holds")
    cell = by_claim["The cell state of the LSTM tells the number of a new subject better than its hidden state."]
    assert (cell.difference, cell.verdict) == (0.0, "undecided")
    selective = [found for claim, found in by_claim.items() if "given by chance" in claim]
    assert len(selective) == 4
    assert all(found.difference > 0.2 for found in selective)


def test_ties_count_half_and_items_are_kept_apart_by_attractors(inputs):
    margins = inputs.inside["rnn"]["margins"].copy()
    margins.loc[margins["silenced"] == "0/1", "margin"] = 0.0
    right = right_by_item(margins, "with")
    assert (right["0/1"] == 0.5).all()
    assert set(right.index) == {item for item in range(20) if item % 3}
    assert list(right.columns) == ["none", "0/2", "0/1", "together", "random"]


def test_cells_of_few_items_stay_in_the_table_and_are_not_drawn(inputs, results):
    cells = results.tables["inside"]
    few = cells.query("offset == 2").assign(offset=41, items=FEWEST_ITEMS - 1, accuracy=0.0, low=0.0, high=0.0)
    by_attractors = results.tables["inside_by_attractors"].assign(items=FEWEST_ITEMS)
    sparse, full = (
        reading(pd.concat([cells, few.assign(items=items)]), by_attractors).axes[0]
        for items in (FEWEST_ITEMS - 1, FEWEST_ITEMS)
    )
    assert [tick.get_text() for tick in sparse.get_xticklabels()] == ["0", "1", "2"]
    assert [tick.get_text() for tick in full.get_xticklabels()] == ["0", "1", "2", "41"]
    drawn, all_drawn = (min(min(line.get_ydata()) for line in axes.lines) for axes in (sparse, full))
    assert drawn > 0
    assert all_drawn == 0


def test_where_no_cell_has_items_enough_there_is_no_figure_and_the_page_says_so(inputs):
    looked = {
        model: {**tables, "reading": tables["reading"].query(f"item < {FEWEST_ITEMS - 1}")}
        for model, tables in inputs.inside.items()
    }
    few = replace(inputs, inside=looked)
    results = analyse(few)
    drawings = draw(few, results)
    assert "inside" not in drawings
    assert f"fewer than {FEWEST_ITEMS} items" in render_page(few, results, drawings, PROVENANCE)


def test_without_the_study_there_is_no_chapter(make_inputs):
    results = analyse(make_inputs(studies=False))
    assert not [name for name in results.tables if name.startswith("inside")]
    assert "surprisal" in results.tables
    assert np.isnan(results.tables["surprisal"]["wrong_bits"]).any()
