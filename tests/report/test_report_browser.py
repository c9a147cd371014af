"""What a reader sees of a report in a browser; left out only where no browser is installed."""

from itertools import pairwise
from pathlib import Path

import browser
import pytest
from axe_playwright_python.sync_playwright import Axe
from test_report_page import PROVENANCE

from pipeline.report.analysis import analyse
from pipeline.report.gallery import draw
from pipeline.report.page import render_page

ROOT = Path(__file__).parents[2]
COMMITTED = sorted(ROOT.glob("reports/*/index.html"))
RUNS = {
    "every part": {"suites": True},
    "real text": {"floor": False, "suites": True},
    "one model": {"models": ("lstm",), "floor": False, "studies": False},
}
WIDTHS, MEDIA = (1280, 390), ("light", "dark", "print")

pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def chromium():
    with browser.browser() as started:
        yield started


@pytest.fixture(scope="module")
def pages(make_inputs, tmp_path_factory) -> dict[str, Path]:
    """The committed reports, and pages of made-up runs."""
    made = {path.parent.name: path for path in COMMITTED}
    folder = tmp_path_factory.mktemp("pages")
    for name, case in RUNS.items():
        inputs = make_inputs(**case)
        results = analyse(inputs)
        made[name] = folder / f"{name}.html"
        made[name].write_text(render_page(inputs, results, draw(inputs, results), PROVENANCE), encoding="utf-8")
    return made


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*(path.parent.name for path in COMMITTED), *RUNS])
def test_a_reader_sees_all_of_it(chromium, pages, name, width, medium) -> None:
    with browser.opened(chromium, pages[name], width, medium) as (page, troubles):
        page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
        found = browser.measured(page)
        assert troubles == []  # nothing is asked of the network, and no script complains
        assert len(found["figures"]) > 9
        for figure in found["figures"]:
            assert figure["width"] > 200, figure
            assert figure["height"] > 50, figure
            assert figure["left"] >= 0, figure
            assert figure["right"] <= width, figure
        assert found["cut"] == []
        assert found["overlapping"] == []
        assert found["headings"][0] == 1
        assert all(after - before <= 1 for before, after in pairwise(found["headings"]))
        if medium != "print":  # paper is wider than a telephone
            assert found["sideways"] <= 0, found["outside"]
            grave = [
                (fault["id"], [node["html"][:200] for node in fault["nodes"]])
                for fault in Axe().run(page).response["violations"]
                if fault["impact"] in ("serious", "critical")
            ]
            assert grave == []


def test_tables_sort_at_a_click(chromium, pages) -> None:
    with browser.opened(chromium, pages["every part"], 1280, "light") as (page, troubles):
        table = page.locator("table.sortable").filter(has_text="Agreement").first
        column = "tbody tr > :first-child"
        before = table.locator(column).all_inner_texts()
        header = table.locator("thead th").first
        header.click()
        once = table.locator(column).all_inner_texts()
        header.click()
        twice = table.locator(column).all_inner_texts()
        assert sorted(before) == sorted(once)
        assert once == list(reversed(twice)) != twice
        assert troubles == []
