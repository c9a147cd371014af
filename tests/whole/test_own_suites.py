"""Minimal pairs of one's own."""

import re
from html import unescape

import pandas as pd
import pytest
from project import Project, metrics, ran

GROUPS = {"n_attractors": ("0", "1"), "distance": ("1", "6"), "construction": ("far", "near")}
"""Of the file after Linzen et al.: columns that are drawn, with their values, forty pairs each."""


def write_suites(project: Project) -> None:
    """mine.tsv, twenty pairs and a row that is none; linzen.tsv, eighty."""
    words = (project.folder / "data/builtin/corpus/vocabulary.txt").read_text().split()
    suites = project.folder / "data/raw/suites"
    pairs = [f"the {words[place]} .\tthe {words[place + 1]} .\t{place % 2}" for place in range(5, 25)]
    (suites / "mine.tsv").write_text("\n".join(["good\tbad\tkind", *pairs, "the same .\tthe same .\t0"]) + "\n")
    rows = ["sentence\ttarget_index\tcorrect\twrong\tattractors\tdistance\tconstruction"]
    for place in range(5, 85):
        good, wrong, attractors = words[place + 1], words[place + 2], place % 2
        values = [GROUPS["distance"][place // 2 % 2], GROUPS["construction"][place // 4 % 2]]
        rows.append("\t".join([f"the {words[place]} {good}", "2", good, wrong, str(attractors), *values]))
    (suites / "linzen.tsv").write_text("\n".join(rows) + "\n")


@pytest.fixture(scope="module")
def scored(done):
    """The project after a run with both suites, with its metrics from before."""
    write_suites(done)
    before = metrics(done)
    output = done.dvc("exp", "run", "--set-param", "agreement.suites=[mine,linzen]")
    assert set(ran(output)) <= {"plan", "corpus", "agreement", "report"}
    yield done, before
    done.restore()
    assert set(ran(done.dvc("repro"))) <= {"plan", "corpus"}


def test_suites_of_ones_own_are_scored_by_every_model_and_train_nothing(scored):
    project, before = scored
    assert metrics(project) == before
    table = pd.read_csv(project.folder / "reports/builtin/tables/suites.csv")
    whole = table[(table["suite"] == "mine") & (table["score"] == "verb") & (table["group"] == "all")]
    assert set(whole["model"]) == {*before["agreement"], "grammar"}
    assert set(whole["items"]) == {20}
    page = (project.folder / "reports/builtin/index.html").read_text()
    assert 'id="suite-mine"' in page
    assert "line 22" in page
    assert 'id="suite-linzen"' in page
    path = project.folder / "data/raw/suites/linzen.tsv"
    assert re.search(r"all +80 ", project.pipeline("probe", "--model", "rnn", str(path)))


@pytest.mark.parametrize("group", GROUPS)
def test_a_suite_is_drawn_and_told_as_it_was_scored(scored, group):
    """From the scores that the agreement stage left to the table, the page and the figure."""
    project, _ = scored
    report, folder = project.folder / "reports/builtin", project.folder / "data/builtin/agreement/suites/linzen"
    pairs, scores = pd.read_parquet(folder / "pairs.parquet"), pd.read_parquet(folder / "scores.parquet")
    own = scores[scores["model"] == "lstm"].set_index("item").join(pairs[[group]].astype(str))
    right = (own["verb_good"] > own["verb_bad"]) + 0.5 * (own["verb_good"] == own["verb_bad"])
    accuracy = right.groupby(own[group]).mean()
    assert tuple(accuracy.index) == GROUPS[group]
    table = pd.read_csv(report / "tables/suites.csv").query("suite == 'linzen' and score == 'verb' and model == 'lstm'")
    shown = table[table["group"] == group].set_index("value")
    page = unescape((report / "index.html").read_text())
    section = page[page.index(f'aria-label="Accuracy on linzen by {group}"') :].split("</table>")[0]
    names = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', section)
    for value, expected in accuracy.items():
        assert shown.loc[value, "items"] == 40
        assert shown.loc[value, "accuracy"] == pytest.approx(expected, rel=1e-5)
        [line] = re.findall(rf'<th scope="row">{value}</th>(.*?)</tr>', section)
        cells = re.findall("<td[^>]*>([^<]*)</td>", line)
        assert cells[0] == "40"
        assert cells[names.index("LSTM") - 1] == f"{100 * expected:.1f} %"
    assert f'id="figure-suite-linzen-{group}"' in page
    figure = (report / f"figures/suite-linzen-{group}.svg").read_text()
    told = f"LSTM {accuracy.iloc[0]:.0%} and {accuracy.iloc[-1]:.0%}"
    if group == "construction":
        ends = accuracy.sort_values(kind="stable")
        told = f"LSTM from {ends.iloc[0]:.0%} ({ends.index[0]}) to {ends.iloc[-1]:.0%} ({ends.index[-1]})"
    assert told.replace("_", " ") in figure


def test_no_figure_is_drawn_of_a_suite_without_columns_to_draw_it_by(scored):
    project, _ = scored
    assert not list((project.folder / "reports/builtin/figures").glob("suite-mine-*"))
