"""What differs between runs, and what that did: from tables alone."""

from dataclasses import replace

import made_run
import pandas as pd
import pytest

from pipeline.compare.changes import (
    ABSENT,
    UNTOLD,
    Parameter,
    accuracies,
    changed_code,
    changed_parameters,
    curves,
    floor,
    gradients,
    other_items,
    perplexities,
    shown,
    telling,
    texts,
)
from pipeline.compare.figures import folded, perplexity_dots, short, together, training_curves
from pipeline.compare.runs import Run
from pipeline.provenance import leaves

PARAMS = {"model": "all", "corpus": "builtin", "seed": 1, "lstm": {"learning_rate": 0.008}}


def run(name: str, **changes) -> Run:
    params = {**PARAMS, **changes}
    return Run(
        name=name,
        revision="",
        created="",
        corpus=params["corpus"],
        params=dict(leaves(params)),
        tables=made_run.tables(params),
        provenance=made_run.provenance(params),
        summary=made_run.summary(params),
    )


BASE = run("base")
SLOW = run("slow", lstm={"learning_rate": 0.002})
SEED = run("seed", seed=2)
LSTM = run("lstm", model="lstm")
OTHER = run("other", corpus="other")


def test_parameters_that_differ_are_found_with_every_run_s_value() -> None:
    assert changed_parameters([BASE, SLOW, SEED]) == [
        Parameter("seed", ("1", "1", "2")),
        Parameter("lstm.learning_rate", ("0.008", "0.002", "0.008")),
    ]
    assert changed_parameters([BASE, replace(BASE, name="again")]) == []


def test_what_one_run_does_not_have_is_absent_and_what_it_does_not_tell_is_no_change() -> None:
    older = replace(BASE, params={name: value for name, value in BASE.params.items() if name != "seed"})
    (found,) = changed_parameters([BASE, older])
    assert found == Parameter("seed", ("1", ABSENT))
    assert not found.everywhere
    assert changed_parameters([BASE, replace(older, whole=False)]) == []
    assert changed_parameters([BASE, SEED, replace(older, whole=False)])[0].values == ("1", "2", UNTOLD)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.1, "0.1"), (3e-05, "3e-05"), (1234567.5, "1234567.5"), (True, "true"), (None, "none"), (["a", 1], "[a, 1]")],
)
def test_values_are_shown_in_full(value, words) -> None:
    assert shown(value) == words


def test_code_that_differs_is_named_where_both_have_it() -> None:
    base = replace(BASE, code={"pipeline/a.py": "1", "pipeline/b.py": "2"})
    other = replace(BASE, code={"pipeline/a.py": "1", "pipeline/b.py": "3", "pipeline/c.py": "4"})
    assert changed_code(other, base) == ["pipeline/b.py"]


def test_a_change_is_better_or_worse_only_where_both_intervals_agree() -> None:
    found = perplexities([BASE, SLOW, SEED]).set_index(["model", "run"])
    assert found.loc[("lstm", "slow"), "outcome"] == "worse"  # 30 % above, intervals 2 % wide
    assert found.loc[("lstm", "slow"), "change"] == pytest.approx(30)
    assert found.loc[("lstm", "slow"), "change_low"] == pytest.approx(100 * (1.3 * 0.98 / 1.02 - 1))
    assert found.loc[("lstm", "slow"), "change_high"] == pytest.approx(100 * (1.3 * 1.02 / 0.98 - 1))
    assert found.loc[("lstm", "seed"), "outcome"] == "undecided"
    assert found.loc[("5gram", "slow"), "outcome"] == "the same"
    assert pd.isna(found.loc[("lstm", "base"), "outcome"])
    assert "grammar" not in found.index.get_level_values("model")
    assert perplexities([SLOW, BASE]).set_index(["model", "run"]).loc[("lstm", "base"), "outcome"] == "better"


def test_more_agreement_is_better() -> None:
    found = accuracies([SLOW, BASE]).set_index(["model", "run"])
    assert found.loc[("lstm", "base"), "outcome"] == "better"
    assert found.loc[("lstm", "base"), "change"] == pytest.approx(100 * (0.95 - 0.95 / 1.3))
    assert found.loc[("lstm", "base"), "value"] == pytest.approx(0.95)  # of all constructions, not of one


def test_a_model_that_the_first_run_lacks_has_no_change_and_one_that_another_lacks_no_row() -> None:
    first = perplexities([LSTM, BASE]).set_index(["model", "run"])
    assert pd.isna(first.loc[("rnn", "base"), "change"])
    second = perplexities([BASE, LSTM])
    assert list(second.loc[second["model"] == "rnn", "run"]) == ["base"]
    assert set(curves([BASE, LSTM])["rnn"]) == {"base"}
    assert set(gradients([LSTM])) == {"lstm"}


def test_agreement_over_other_items_is_not_compared() -> None:
    fewer = BASE.tables["agreement"].assign(items=100)
    other = replace(BASE, name="fewer", tables={**BASE.tables, "agreement": fewer})
    assert other_items([BASE, other, SLOW]) == ["fewer"]
    assert set(accuracies([BASE, other, SLOW])["run"]) == {"base", "slow"}


def test_runs_are_compared_on_one_text_alone() -> None:
    found = texts([BASE, OTHER, SLOW])
    assert [(text.title, [each.name for each in text.runs]) for text in found] == [
        ("builtin", ["base", "slow"]),
        ("other", ["other"]),
    ]
    assert found[0].tokens == 6000
    assert found[0].counted == "per word, <eos> of every line and <unk> counted, blank lines kept"


@pytest.mark.parametrize(
    "provenance",
    [
        {"data": {}, "params": BASE.provenance["params"]},  # a report that does not tell what it scored
        {**BASE.provenance, "data": {**BASE.provenance["data"], "vocabulary.txt": "another"}},
        {**BASE.provenance, "params": {"report": {"perplexity": {"uncounted": ["<unk>"]}}}},
    ],
)
def test_another_vocabulary_or_way_of_counting_is_another_text(provenance) -> None:
    found = texts([BASE, replace(SLOW, provenance=provenance)])
    assert [text.title for text in found] == ["builtin", "builtin, read otherwise (2)"]


def test_curves_are_of_valid_and_gradients_of_the_hidden_state_after_training() -> None:
    curve = curves([BASE])["lstm"]["base"]
    assert curve["x"].tolist() == [0.001, 0.002, 0.004]
    assert curve["y"].tolist() == [60.0, 40.0, 30.0]
    assert len(gradients([BASE])["lstm"]["base"]) == 12


def test_the_floor_is_the_source_s_where_there_is_one() -> None:
    assert floor([OTHER, BASE]) == 16.0
    assert floor([OTHER]) is None


def test_figures_draw_what_the_tables_hold() -> None:
    effects = perplexities([BASE, SLOW])
    (ax,) = perplexity_dots(effects, 16.0).axes
    dots = sorted(float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "o")
    distinct = effects[effects["model"].isin(telling(list(effects["model"])))].drop_duplicates(["model", "value"])
    assert dots == sorted(distinct["value"])
    assert [words.get_text() for words in ax.texts if "floor" in words.get_text()] == ["floor 16.0"]
    assert not [words for words in perplexity_dots(effects, None).axes[0].texts if "floor" in words.get_text()]


def test_runs_with_one_curve_are_one_line_and_a_run_has_one_style_everywhere() -> None:
    found = curves([BASE, SLOW, SEED])
    panels = {ax.get_title(loc="left"): ax for ax in training_curves(found).axes}
    assert list(panels) == ["RNN", "GRU", "LSTM"]
    assert len(panels["RNN"].lines) == 2  # the learning rate of the LSTM is nothing to the RNN
    assert len(panels["LSTM"].lines) == 3
    assert [words.get_text() for words in panels["RNN"].texts] == ["base, slow", "seed"]
    assert panels["RNN"].lines[1].get_linestyle() == panels["LSTM"].lines[2].get_linestyle()
    assert len({line._unscaled_dash_pattern for line in panels["LSTM"].lines}) == 3


def test_names_are_short_and_still_told_apart() -> None:
    assert together(["main", "slow"]) == "main, slow"
    assert together(["main", "slow", "fast"]) == "main + 2 more"
    assert short("learning-rate-of-the-lstm-0.001") != short("learning-rate-of-the-lstm-0.002")
    assert len(folded({"a": BASE.tables["training"], "b": BASE.tables["training"]})) == 1
