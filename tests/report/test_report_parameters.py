"""Parameters by formula and as counted, against networks as they are and plain numbers."""

import re
from dataclasses import replace

import numpy as np
import pytest
from test_report_page import PROVENANCE, page_of

from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.report.analysis import analyse
from pipeline.report.parameters import by_formula, counted, formulas, parameter_count, recurrent_count, sizes_of

MANY_SHAPES = pytest.mark.parametrize(
    ("tied", "layers", "hidden", "cutoffs"),
    [(True, 1, 3, ()), (True, 1, 4, ()), (True, 3, 5, ()), (False, 2, 4, ()), (False, 1, 17, (4, 7))],
)


def shape_of(architecture, implementation="torch", tied=True, layers=1, hidden=4, cutoffs=()) -> Shape:
    return Shape(architecture, 11, 3, hidden, layers, tied, False, implementation, cutoffs)


def kept(network: RecurrentNetwork) -> dict[str, tuple[int, ...]]:
    """What training keeps of it, by name: a tied output matrix once."""
    weights = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    if network.shape.tied:
        del weights["output.weight"]
    return weights


@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("implementation", ["torch", "by_hand", "textbook"])
@MANY_SHAPES
def test_every_formula_gives_what_the_network_has(architecture, implementation, tied, layers, hidden, cutoffs):
    shape = shape_of(architecture, implementation, tied, layers, hidden, cutoffs)
    network = RecurrentNetwork(shape)
    assert by_formula(shape.as_dict()) == counted(kept(network))
    assert parameter_count(shape.as_dict()) == sum(weight.numel() for weight in network.parameters())
    assert recurrent_count(shape.as_dict()) == sum(weight.numel() for weight in network.recurrent.parameters())


@pytest.mark.parametrize(("architecture", "recurrent"), [("rnn", "h^2"), ("gru", "3 h^2"), ("lstm", "4 h^2")])
def test_formulas_are_those_of_the_textbook(architecture, recurrent):
    shown = {part: " + ".join(term.text() for term in terms)
             for part, terms in formulas(shape_of(architecture, hidden=3).as_dict()).items()}  # fmt: skip
    assert shown["recurrent"] == recurrent
    assert shown["embedding"] == "V d"
    assert shown["output"] == "V"
    deep = formulas(shape_of(architecture, layers=2).as_dict())
    assert [term.text() for term in deep["input"]] == [f"{recurrent[:-3]}h d", f"{recurrent[:-3]}(L-1) h^2"]
    assert [term.text() for term in deep["output"]] == ["V", "d h", "d"]


def test_an_adaptive_output_has_a_formula_for_each_cluster():
    shape = shape_of("lstm", tied=False, hidden=17, cutoffs=(4, 7)).as_dict()
    assert [term.text() for term in formulas(shape)["output"]] == ["c h", "K h", "h h_1", "h_1 n_1", "h h_2", "h_2 n_2"]
    sizes = {"V": 11, "d": 3, "h": 17, "L": 1, "c": 4, "K": 2, "h_1": 4, "n_1": 3, "h_2": 1, "n_2": 4}
    assert sizes_of(shape) == sizes
    assert by_formula(shape)["output"] == 17 * (4 + 2) + 4 * (17 + 3) + 1 * (17 + 4)


def row_of(page: str, model: str, label: str = "Parameters") -> str:
    """The text of a network's line in the table that is so called."""
    table = page[page.index(f'aria-label="{label}"') :].split("</table>")[0]
    [row] = [part for part in table.split("<tr>") if part.startswith(f'<th scope="row">{model}</th>')]
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)).strip()


def test_the_page_shows_formula_number_and_count(make_inputs):
    inputs = make_inputs()
    types = len(inputs.corpus.vocabulary)
    page = page_of(inputs)
    # h = 4, d = 3: 4 · 16, 4 · 12 and two biases in each of four gates; tied, with a projection 3 × 4 and its bias
    total = 64 + 48 + 32 + 3 * types + types + 12 + 3
    expected = f"LSTM 4 h 2 64 4 h d 48 8 h 32 V d {3 * types} V + d h + d {types + 15} {total} the same"
    assert row_of(page, "LSTM") == expected
    table = analyse(inputs).tables["parameters"].set_index(["model", "part"])
    assert table.loc[("gru", "recurrent"), "of_rnn"] == 3
    assert table.loc[("lstm", "all"), ["by_formula", "counted"]].tolist() == [total, total]


def test_a_formula_that_does_not_give_what_is_counted_shows(make_inputs):
    inputs = make_inputs()
    more = inputs.weights["gru"]["after"] | {"recurrent.bias_of_a_new_kind": np.zeros(5, np.float32)}
    weights = {**inputs.weights, "gru": {"after": more}}
    page = page_of(replace(inputs, weights=weights))
    assert "counted: 29" in row_of(page, "GRU")
    assert "+5" in row_of(page, "GRU")
    assert "the same" not in row_of(page, "GRU")
    assert "the same" in row_of(page, "LSTM")
    table = analyse(replace(inputs, weights=weights)).tables["parameters"].set_index(["model", "part"])
    assert table.loc[("gru", "biases"), ["by_formula", "counted"]].tolist() == [24, 29]


def test_step_times_come_from_what_training_measured(make_inputs):
    """A step of the made-up run reads ten tokens."""
    durations = {"train@rnn": {"seconds": 9.0, "peak_megabytes": 1, "tokens_per_second": 4000.0},
                 "train@lstm": {"seconds": 9.0, "peak_megabytes": 1, "tokens_per_second": 1000.0}}  # fmt: skip
    page = page_of(make_inputs(), PROVENANCE | {"durations": durations})
    assert row_of(page, "RNN", "Gates and time") == "RNN h 2 1.00 2.5 1.00"
    assert row_of(page, "LSTM", "Gates and time") == "LSTM 4 h 2 4.00 10.0 4.00"
    assert row_of(page, "GRU", "Gates and time") == "GRU 3 h 2 3.00 – –"
    unknown = page_of(make_inputs(), PROVENANCE | {"durations": {}})
    assert row_of(unknown, "LSTM", "Gates and time") == "LSTM 4 h 2 4.00"
    assert "Step, ms" not in unknown
    alone = page_of(make_inputs(models=("lstm",)), PROVENANCE | {"durations": durations})
    assert row_of(alone, "LSTM", "Gates and time") == "LSTM 4 h 2 10.0"
