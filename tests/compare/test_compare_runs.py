"""Experiments and revisions of a real repository, read through DVC and set side by side."""

import io
import json
import re
import shlex
import shutil
from html.parser import HTMLParser
from itertools import pairwise

import browser
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from project import ROOT, Project

from pipeline.report.style import colour


class Tables(HTMLParser):
    """The rows of every table of a page, by the table's caption."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.rows: list[list[str]] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes) -> None:
        if tag == "table":
            self.rows, self.caption = [], ""
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        if tag in ("td", "th", "caption"):
            self.inside = tag

    def handle_endtag(self, tag) -> None:
        if tag == self.inside:
            self.inside = ""
        elif tag == "table":
            self.tables[self.caption] = self.rows

    def handle_data(self, text) -> None:
        if self.inside == "caption":
            self.caption += text
        elif self.inside:
            self.rows[-1][-1] += text

    def starting(self, words: str) -> list[list[str]]:
        return next(rows for caption, rows in self.tables.items() if caption.startswith(words))


def table(project: Project, revision: str, path: str) -> pd.DataFrame:
    """As git holds it, by the way that DVC is not asked for."""
    return pd.read_csv(io.StringIO(project.run("git", "show", f"{revision}:{path}")))


def experiment(project: Project, name: str) -> str:
    """The commit of an experiment."""
    return project.run("git", "for-each-ref", "--format=%(objectname)", f"refs/exps/**/{name}").strip()


def test_without_arguments_every_run_is_there_by_its_name_and_once(repository) -> None:
    printed = repository.compare()
    assert printed.strip() == "comparisons/index.html"
    page = (repository.folder / printed.strip()).read_text(encoding="utf-8")
    runs = Tables(page).starting("The first is the baseline")[1:]
    assert runs[0][0] == "main = workspace"
    assert {row[0] for row in runs[1:]} == {"slow", "alone", "elsewhere"}
    assert [row[1] for row in runs if row[0] == "slow"] == [experiment(repository, "slow")[:7]]
    assert repository.run("git", "status", "--porcelain") == ""  # nothing was left in the way of the next experiment


def test_the_page_says_what_changed_and_its_numbers_are_the_tables(repository) -> None:
    tables = Tables(repository.page("main", "slow"))
    assert tables.starting("Parameters that are not the same")[1:] == [["lstm.learning_rate", "0.008", "0.002"]]
    path = "reports/builtin/tables"
    shown = {(row[0], run): row for row in tables.starting("Test perplexity")[1:] for run in row[1].split(", ")}
    for name, revision in {"main": "main", "slow": experiment(repository, "slow")}.items():
        found = table(repository, revision, f"{path}/perplexity.csv").query("split == 'test'").set_index("model")
        for label, model in {"5-gram": "5gram", "RNN": "rnn", "GRU": "gru", "LSTM": "lstm"}.items():
            row = found.loc[model]
            assert shown[label, name][2] == f"{row['perplexity']:.2f}"
            assert shown[label, name][3] == f"{row['low']:.2f} to {row['high']:.2f}"
    assert shown["LSTM", "slow"][4:] == ["+30.0 %+24.9 to +35.3", "worse"]
    assert shown["RNN", "slow"] == shown["RNN", "main"]
    judged = {(row[0], run): row for row in tables.starting("Agreement")[1:] for run in row[1].split(", ")}
    accuracy = table(repository, experiment(repository, "slow"), f"{path}/agreement.csv")
    accuracy = accuracy[(accuracy["construction"] == "all") & (accuracy["model"] == "lstm")]["accuracy"].item()
    assert judged["LSTM", "slow"][2] == f"{100 * accuracy:.1f} %"
    assert judged["LSTM", "slow"][5] == "worse"


def test_models_that_a_run_lacks_are_left_out_of_it(repository) -> None:
    rows = Tables(repository.page("main", "alone")).starting("Test perplexity")[1:]
    assert [row[1] for row in rows if row[0] in ("RNN", "GRU")] == ["main", "main"]
    assert [row[1] for row in rows if row[0] == "LSTM"] == ["main, alone"]
    alone = repository.page("alone")
    assert "RNN" not in alone
    assert "figure-training-1" in alone


def test_perplexities_of_two_corpora_stand_side_by_side_and_are_not_subtracted(repository) -> None:
    page = repository.page("main", "elsewhere", "slow")
    assert "These runs scored 2 different texts" in page
    tables = Tables(page)
    cards = {row[0]: row for row in tables.starting("The texts side by side")[1:]}
    assert cards["builtin"][1:5] == ["main, slow", "500", "90 000", "6 000"]
    assert cards["other"][1:5] == ["elsewhere", "900", "90 000", "6 000"]
    assert {row[4] for row in tables.starting("Test perplexity on other")[1:]} == {""}
    assert "elsewhere" not in {row[1] for row in tables.starting("Test perplexity on builtin")[1:]}
    assert len(re.findall("floor 16.0", page)) == 1  # the other corpus has no floor


def test_a_run_that_lost_its_data_card_is_compared_all_the_same(repository, tmp_path) -> None:
    clone = type(repository)(repository.clone(tmp_path / "clone").folder)  # without a DVC cache
    tables = Tables(clone.page("HEAD"))
    assert tables.starting("Test perplexity on builtin.")
    assert repository.page("first") != clone.page("HEAD")


def test_reports_of_another_corpus_that_lie_in_a_commit_can_be_asked_for(repository, tmp_path) -> None:
    clone = type(repository)(repository.clone(tmp_path / "clone").folder)
    clone.run("git", "fetch", "--quiet", "origin", "refs/exps/*:refs/exps/*")
    clone.run("git", "checkout", experiment(clone, "elsewhere"), "--", "reports/other")
    clone.run("git", "commit", "--quiet", "--message", "a snapshot of another corpus")
    rows = Tables(clone.page("HEAD", corpora=["builtin", "other"])).starting("The first is")[1:]
    assert [(row[0], row[2]) for row in rows] == [("HEAD", "builtin"), ("HEAD on other", "other")]
    assert "HEAD has no reports/nowhere/tables/perplexity.csv" in clone.refusal("HEAD", corpora=["nowhere"])


def test_what_params_yaml_says_by_now_is_told_apart_from_what_was_run(repository) -> None:
    repository.set_params({"seed": 7})
    try:
        page = repository.page()
    finally:
        repository.run("git", "checkout", "--quiet", "--", "params.yaml")
    assert re.search(r"<b>workspace</b> has another <code>params.yaml</code> by now.*<code>seed: 7</code>", page)
    assert ["seed", "1", "7"] not in [row for rows in Tables(page).tables.values() for row in rows]


def test_one_page_without_network_written_whole(repository) -> None:
    repository.compare("--out", "deep/down.html", "main", "slow")
    (page,) = (repository.folder / "deep").iterdir()
    assert page.stat().st_size < 5_000_000
    before = page.read_bytes()
    assert "unknown" not in repository.compare("--out", "deep/down.html", "main", "nonsense", fails=True)
    assert page.read_bytes() == before
    repository.run("git", "clean", "--quiet", "--force", "-d")
    assert "is a folder" in repository.compare("--out", "reports", fails=True)


def test_an_unknown_revision_is_named_with_those_there_are(repository) -> None:
    error = repository.compare("main", "nonsense", fails=True)
    assert error.startswith("error: compare: found no revision 'nonsense'. There are: ")
    for name in ("workspace", "main", "first", "slow", "alone", "elsewhere"):
        assert re.search(rf"\b{name}\b", error), name


def test_a_revision_without_results_stops_where_it_was_asked_for(repository) -> None:
    error = repository.refusal("main", "HEAD~1")
    assert "HEAD~1 has no results (no reports/metrics.json)" in error


def test_tables_that_lack_or_have_another_form_are_named(repository, tmp_path) -> None:
    clone = type(repository)(repository.clone(tmp_path / "clone").folder)
    perplexity = clone.folder / "reports/builtin/tables/perplexity.csv"
    pd.read_csv(perplexity).drop(columns="low").to_csv(perplexity, index=False)
    assert "reports/builtin/tables/perplexity.csv of another form, without low" in clone.compare(
        "workspace", fails=True
    )
    perplexity.unlink()
    assert "workspace has no reports/builtin/tables/perplexity.csv" in clone.refusal("workspace")
    page = clone.page()  # what cannot be compared is no error where it was not asked for
    assert "<b>workspace</b> has no reports/builtin/tables/perplexity.csv" in page


def test_not_one_run_with_results_is_an_error(repository, tmp_path) -> None:
    clone = type(repository)(repository.clone(tmp_path / "clone").folder)
    clone.run("git", "reset", "--quiet", "--hard", "HEAD~1")
    error = clone.refusal()
    assert "not one run has results" in error
    assert "dvc exp run" in error


def test_a_folder_without_git_or_dvc_is_an_error(repository, tmp_path) -> None:
    bare = type(repository)(tmp_path)
    (tmp_path / "params.yaml").write_text("corpus: builtin\n")
    assert "has no .git and no .dvc" in bare.refusal()
    shutil.copytree(ROOT / ".dvc", tmp_path / "away", ignore=shutil.ignore_patterns("cache", "tmp"))
    bare.run("git", "init", "--quiet")
    assert "has no .dvc." in bare.refusal()
    (tmp_path / "away").rename(tmp_path / ".dvc")
    assert "not one run has results (there is no commit yet)" in bare.refusal()


def test_a_failed_experiment_is_said_to_have_failed(repository, tmp_path) -> None:
    clone = type(repository)(repository.clone(tmp_path / "clone").folder)
    clone.dvc("exp", "run", "--quiet", "--queue", "--name", "wild", "--set-param", "lstm.learning_rate=2")
    assert "wild has not run yet" in clone.refusal("main", "wild")
    clone.dvc("exp", "run", "--run-all", "--jobs", "1")
    assert "wild failed (`dvc queue logs wild` shows why)" in clone.refusal("main", "wild")
    assert re.search(r"<b>wild</b> failed", clone.page())


def test_what_the_readme_says_of_exp_show_fits_a_terminal(repository, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")  # DVC writes “…” for a column that it has no room for
    commands = re.findall(r"^dvc (exp show .*?)(?:  #.*)?$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    assert commands
    for command in commands:
        shown = repository.dvc(*shlex.split(command), "--no-pager")
        names = ("slow", "alone", "elsewhere", "perplexity.rnn", "perplexity.gru", "perplexity.lstm", "model", "corpus")
        assert [name for name in names if name not in shown] == []
        assert max(map(len, shown.splitlines())) <= 120


def test_plots_of_two_runs_have_a_colour_a_model_and_a_line_style_a_run(repository, tmp_path) -> None:
    repository.dvc("plots", "diff", "main", "slow", "--out", str(tmp_path / "plots"))
    page = (tmp_path / "plots" / "index.html").read_text(encoding="utf-8")
    assert "<DVC_METRIC" not in page
    found = re.findall(r"var spec = (\{.*?\});", page, re.S)
    assert len(found) == 2
    for spec in map(json.loads, found):
        rows = pd.DataFrame(spec["data"]["values"])
        assert set(rows["rev"]) == {"main", "slow"}
        assert set(rows["model"]) == {"rnn", "gru", "lstm"}
        encoding = spec["encoding"]
        assert (encoding["color"]["field"], encoding["strokeDash"]["field"]) == ("model", "rev")
        assert encoding["color"]["scale"]["range"] == [colour(name).upper() for name in ("rnn", "gru", "lstm")]
        assert {encoding["x"]["field"], encoding["y"]["field"]} <= set(rows.columns)


@pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium is installed")
def test_a_reader_sees_all_of_it(repository, tmp_path) -> None:
    page_path = tmp_path / "page.html"
    page_path.write_text(repository.page(), encoding="utf-8")
    with browser.browser() as chromium:
        for medium in ("light", "dark", "print"):
            for width in (1280, 390):
                with browser.opened(chromium, page_path, width, medium) as (page, troubles):
                    page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
                    found = browser.measured(page)
                    assert troubles == []
                    assert len(found["figures"]) == 8
                    assert all(figure["width"] > 200 and figure["right"] <= width for figure in found["figures"])
                    assert (found["cut"], found["overlapping"]) == ([], [])
                    assert found["headings"][0] == 1
                    assert all(after - before <= 1 for before, after in pairwise(found["headings"]))
                    if medium != "print":
                        assert found["sideways"] <= 0, found["outside"]
                        faults = Axe().run(page).response["violations"]
                        assert [fault["id"] for fault in faults if fault["impact"] in ("serious", "critical")] == []
