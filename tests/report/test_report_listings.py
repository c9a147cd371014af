"""The listings of the answers, run as a reader would run them, print what the page says."""

import contextlib
import html
import io
import os
import re
from dataclasses import replace

import numpy as np
import pytest
from test_report_page import page_of, write_inputs

from pipeline.layout import Layout

LISTING = re.compile(
    r'<pre class="listing"><code>(.*?)</code></pre></div>\n<p>It prints:</p>\n<pre class="output"><code>(.*?)</code>',
    re.S,
)


def listings(page: str) -> list[tuple[str, str]]:
    """Each program with what it prints."""
    return [
        (html.unescape(code.replace("<span></span>", "")), html.unescape(output))
        for code, output in LISTING.findall(page)
    ]


def printed(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "listing", "exec"), {"__name__": "listing"})
    return out.getvalue().strip()


def cases(make_inputs):
    whole = make_inputs()
    perplexity = whole.plan.perplexity.model_copy(update={"uncounted": ["<eos>"]})
    test = whole.corpus.splits["test"]
    short = {**whole.corpus.splits, "test": replace(test, documents=None)}
    return {
        "all": whole,
        "one gru": make_inputs(models=("gru",), floor=False),
        "one rnn": make_inputs(models=("rnn",), studies=False),
        "uncounted marks": replace(whole, plan=whole.plan.model_copy(update={"perplexity": perplexity})),
        "no documents": replace(whole, corpus=replace(whole.corpus, splits=short)),
    }


@pytest.mark.parametrize("case", ["all", "one gru", "one rnn", "uncounted marks", "no documents"])
def test_listings_print_what_the_page_says(make_inputs, tmp_path, monkeypatch, case) -> None:
    inputs = cases(make_inputs)[case]
    write_inputs(Layout(tmp_path, inputs.plan.corpus), inputs)
    found = listings(page_of(inputs))
    assert len(found) == 6
    monkeypatch.chdir(tmp_path)
    for code, output in found:
        assert printed(code) == output, code
    assert sorted(os.listdir(tmp_path)) == ["data"]  # a reader's folder stays as it was


@pytest.mark.parametrize("implementation", ["by_hand", "textbook"])
@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
def test_the_listing_of_cells_by_hand(make_inputs, tmp_path, monkeypatch, architecture, implementation) -> None:
    inputs = by_hand(make_inputs(models=(architecture,)), architecture, implementation)
    write_inputs(Layout(tmp_path, inputs.plan.corpus), inputs)
    monkeypatch.chdir(tmp_path)
    code, output = listings(page_of(inputs))[1]
    assert "recurrent.cells" in code
    assert printed(code) == output


def by_hand(inputs, architecture: str, implementation: str):
    """The same run with a network of two layers of cells by hand."""
    import torch

    from pipeline.models.recurrent import RecurrentNetwork, Shape

    shape = {**inputs.shapes[architecture], "implementation": implementation, "num_layers": 2}
    network = RecurrentNetwork(Shape(**shape))
    network.initialise(torch.Generator().manual_seed(1), 0.5, 1.0, "uniform")
    weights = {name: tensor.numpy().copy() for name, tensor in network.state_dict().items() if name != "output.weight"}
    moments = dict.fromkeys(inputs.weights[architecture], weights)
    return replace(inputs, shapes={architecture: shape}, weights={architecture: moments})


def test_listings_show_no_line_of_the_text(make_inputs) -> None:
    page = page_of(make_inputs(excerpts=False))
    lines = [line for line in make_inputs().corpus.summary["excerpt"]["train"] if len(line.split()) > 2]
    chapter = page.split('<section id="exercises"')[1].split("</section>")[0]
    assert not [line for line in lines if line in chapter]
    assert len(listings(page)) == 6


def test_numbers_of_the_answers_are_on_the_page(make_inputs) -> None:
    page = page_of(make_inputs())
    headings = re.findall(r'<h3 id="exercise-\w+">Exercise (\d+)\. ', page)
    assert [int(number) for number in headings] == list(range(1, 11))
    assert page.count('<details class="answer">') == 10
    one = page_of(make_inputs(models=("lstm",), floor=False, studies=False))
    assert [int(number) for number in re.findall(r'<h3 id="exercise-\w+">Exercise (\d+)\. ', one)] == list(range(1, 9))
    assert np.unique(re.findall(r"Answer to exercise (\d+)", one)).tolist() == [str(number) for number in range(1, 9)]
