import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from pipeline.report.analysis import analyse
from pipeline.report.diagrams import all_diagrams
from pipeline.report.figures import perplexity, power, wrapped
from pipeline.report.gallery import draw
from pipeline.report.names import ORDER
from pipeline.report.style import INK, colour, spread, standalone, to_svg


@pytest.fixture(scope="module")
def drawings(make_inputs):
    inputs = make_inputs()
    return draw(inputs, analyse(inputs))


def test_every_figure_is_well_formed_titled_and_described(drawings) -> None:
    expected = {"perplexity", "training", "norms", "agreement", "distance", "attractors", "construction", "gradients"}
    expected |= {"verb", "smoothing", "hits", "learning_curve"}
    assert expected <= set(drawings)
    for drawing in drawings.values():
        svg = ElementTree.fromstring(drawing.svg)
        assert svg.findtext("{*}title") == drawing.title
        assert svg.findtext("{*}desc") == drawing.description
        assert svg.get("role") == "img"


def test_ids_do_not_clash_and_every_reference_has_its_target(drawings) -> None:
    page = "".join(drawing.svg for drawing in drawings.values())
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', page)) <= set(ids)


def test_ink_is_the_reader_s(drawings) -> None:
    for drawing in drawings.values():
        assert INK not in drawing.svg
        assert "currentColor" in drawing.svg
        assert "<text" in drawing.svg  # text stays text


def test_the_file_follows_dark_mode_and_the_page_s_copy_does_not(drawings) -> None:
    svg = drawings["perplexity"].svg
    assert "<style>" not in svg.replace('<style type="text/css">', "")
    assert "prefers-color-scheme" in standalone(svg)
    ElementTree.fromstring(standalone(svg).encode())


def test_each_model_has_one_colour_of_its_own(drawings) -> None:
    assert len({colour(model) for model in ORDER}) == len(ORDER)
    assert "var(--lstm, #0072b2)" in drawings["perplexity"].svg
    assert "var(--lstm, #0072b2)" in drawings["gradients"].svg


def test_figures_are_pure_and_the_same_every_time(make_inputs) -> None:
    import matplotlib

    table = analyse(make_inputs()).tables["perplexity"]
    before, settings = table.copy(), dict(matplotlib.rcParams)
    first = to_svg(perplexity(table), "figure-perplexity", "t", "d")
    second = to_svg(perplexity(table), "figure-perplexity", "t", "d")
    assert first == second
    assert table.equals(before)
    assert dict(matplotlib.rcParams) == settings


def test_descriptions_carry_the_numbers(drawings, make_inputs) -> None:
    table = analyse(make_inputs()).tables["perplexity"].query("split == 'test'").set_index("model")["perplexity"]
    assert f"trigram {table['trigram']:.1f}" in drawings["perplexity"].description
    assert f"The floor lies at {table['grammar']:.1f}." in drawings["perplexity"].description


def test_labels_are_spread_and_keep_their_order() -> None:
    moved = spread([0.5, 0.5, 0.51, 0.9], 0.1)
    assert sorted(moved) == moved
    assert min(b - a for a, b in pairwise(moved)) >= 0.1 - 1e-6
    assert spread([0.1, 0.9], 0.1) == [0.1, 0.9]
    assert spread([0.02, 0.01, 0.0], 0.1) == pytest.approx([0.2, 0.1, 0.0])  # none below the axis


def test_words_of_axes() -> None:
    assert power(-12) == "10⁻¹²"
    assert wrapped("across_an_object_relative_without_that") == "across an object\nrelative without that"


def test_diagrams_are_well_formed_and_only_of_chosen_cells() -> None:
    diagrams = all_diagrams(["lstm"])
    assert set(diagrams) == {"attention", "unrolled", "lstm"}
    for svg in all_diagrams(["rnn", "gru", "lstm"]).values():
        assert ElementTree.fromstring(svg).findtext("{*}title")
