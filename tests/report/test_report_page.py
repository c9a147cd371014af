import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.corpus.streams import save_corpus
from pipeline.io import read_json, write_array, write_json, write_table, write_tensors
from pipeline.layout import Layout
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.storage import save as save_ngram
from pipeline.params.reading import read_params
from pipeline.plans.resolve import resolve
from pipeline.report.analysis import analyse
from pipeline.report.chapters import agreement, cost, recurrence, text
from pipeline.report.gallery import draw
from pipeline.report.inputs import Inputs
from pipeline.report.page import render_page, render_readme
from pipeline.report.scored import score

ROOT = Path(__file__).parents[2]
VOID = {"meta", "link", "br", "img", "hr", "input"}
PROVENANCE = {
    "command": "dvc repro", "commit": "abc", "changed_since_commit": False, "python": "3.11",
    "versions": {"torch": "2.11"}, "machine": {"processor": "p", "cores": 2, "system": "Linux"},
    "durations": {"train@lstm": {"seconds": 61.5, "peak_megabytes": 800, "tokens_per_second": 40321.0}},
    "data": {"vocabulary.txt": "0" * 64},
}  # fmt: skip


class Outline(HTMLParser):
    """What a page consists of; fails on tags that do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.loads: list[str] = []
        self.images = 0
        self.titled = 0

    def handle_starttag(self, tag, attrs) -> None:
        values = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if values.get("id"):
            self.ids.append(values["id"])
        if values.get("href", "").startswith("#"):
            self.targets.append(values["href"][1:])
        if tag in ("script", "link", "img", "iframe", "source", "object", "embed"):
            self.loads += [values[name] for name in ("src", "href", "data") if values.get(name)]
        if tag == "svg":
            self.images += 1
            self.titled += bool(values.get("aria-labelledby")) and values.get("role") == "img"

    def handle_startendtag(self, tag, attrs) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"


def page_of(inputs: Inputs, provenance=PROVENANCE, drawn: bool = False) -> str:
    """The page; without its figures, which take two seconds, unless `drawn`."""
    results = analyse(inputs)
    return render_page(inputs, results, draw(inputs, results) if drawn else {}, provenance)


CASES = {
    "all": {},
    "without floor": {"floor": False},
    "one model": {"models": ("lstm",)},
    "one model without floor": {"models": ("rnn",), "floor": False},
    "two models": {"models": ("rnn", "gru")},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_page_is_whole(make_inputs, case) -> None:
    html = page_of(make_inputs(**case), drawn=True)
    outline = Outline()
    outline.feed(html)
    assert outline.open == []
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(outline.headings))
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) <= set(outline.ids)
    assert outline.images == outline.titled > 9
    assert outline.loads == []
    assert not re.search(r"https?://(?!www\.w3\.org/)", html)
    assert "url(http" not in html
    assert "@import" not in html
    assert "nan" not in re.sub(r"<[^>]+>", " ", html.split("<main>")[1].split("<script>")[0]).lower().split()
    assert len(html.encode()) < 1_500_000


def test_absent_parts_are_left_out(make_inputs) -> None:
    alone = page_of(make_inputs(models=("lstm",), floor=False), {**PROVENANCE, "durations": {}})
    text = re.sub(r"<[^>]+>", " ", alone.split("<main>")[1].split("<script>")[0])
    assert "diagram-lstm" in alone
    assert "diagram-gru" not in alone
    assert "than the RNN" not in text
    assert "closes part of the distance" not in text
    assert "How long the stages took" not in text
    whole = page_of(make_inputs())
    assert "diagram-gru" in whole
    assert "closes part of the distance" in whole
    assert "How long the stages took" in whole
    inputs = make_inputs()
    for table in (inputs.items, inputs.suite):
        table["held_out"] = False  # as in a suite that knows nothing of train
    assert "never met in train" in whole
    assert "never met in train" not in page_of(inputs)


def test_the_page_says_where_the_usual_order_fails(make_inputs) -> None:
    html = page_of(make_inputs(nats={"lstm": 2.3, "rnn": 1.6}))
    row = next(part for part in html.split("<tr>") if "The LSTM has a lower perplexity than the RNN." in part)
    assert 'class="verdict fails"' in row
    assert "The usual order fails in this run" in html
    assert "The usual order holds" not in html


def test_no_text_of_the_corpus_without_leave(make_inputs) -> None:
    shown, hidden = page_of(make_inputs()), page_of(make_inputs(excerpts=False))
    line = make_inputs().corpus.summary["excerpt"]["train"][3]
    assert line in shown
    assert line not in hidden
    assert "trigram writes" in shown
    assert "trigram writes" not in hidden
    assert "lstm writes" in hidden


def test_corpus_text_is_escaped(make_inputs) -> None:
    inputs = make_inputs()
    samples = [{"model": "lstm", "temperature": 1.0, "text": "<script>alert(1)</script> & co"}]
    html = page_of(type(inputs)(**{**vars(inputs), "samples": samples}))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in html


def test_published_figures_only_beside_their_own_corpus(make_inputs) -> None:
    assert "Published test perplexities" in page_of(make_inputs(floor=False))  # wikitext-2
    assert "Published test perplexities" not in page_of(make_inputs())


def test_a_text_too_small_for_the_suite(make_inputs) -> None:
    inputs = make_inputs()
    counts = {**inputs.suite_counts, "scored": 0}
    inputs = type(inputs)(**{**vars(inputs), "items": inputs.items.iloc[:0], "suite_counts": counts})
    html = page_of(inputs, drawn=True)
    assert "no model can be probed" in html
    assert "figure-agreement" not in html
    assert analyse(inputs).metrics["agreement"] == {}
    assert "no model can be probed" not in page_of(make_inputs())


def test_readme_shows_the_pictures_that_exist_and_no_machine(make_inputs) -> None:
    inputs = make_inputs()
    results = analyse(inputs)
    drawings = draw(inputs, results)
    text = render_readme(inputs, results, drawings)
    pictures = re.findall(r"!\[[^\]]+\]\(figures/(\w+)\.svg\)", text)
    assert pictures[0] == "perplexity"
    assert set(pictures) <= set(drawings)
    assert "| LSTM |" in text
    assert "abc" not in text


def write_inputs(layout: Layout, inputs: Inputs) -> None:
    """What the stages before the report leave, on disk."""
    plans = resolve(read_params(ROOT / "params.yaml").model_copy(update={"model": inputs.plan.models}))
    for name, plan in (plans | {"report": inputs.plan}).items():
        write_json(layout.plan(name), plan.model_dump())
    save_corpus(layout.corpus, inputs.corpus)
    write_tensors(layout.embeddings / "vectors.safetensors", {"vectors": inputs.vectors})
    write_json(layout.embeddings / "losses.json", inputs.vector_losses)
    write_table(layout.embeddings / "probes.parquet", inputs.vector_probes)
    write_table(layout.embeddings / "analogies.parquet", inputs.vector_analogies)
    write_table(layout.embeddings / "neighbours.parquet", inputs.vector_neighbours)
    for name in inputs.plan.models:
        write_json(layout.network(name) / "shape.json", inputs.shapes[name])
        for when, weights in inputs.weights[name].items():
            write_tensors(layout.network(name) / f"{'best' if when == 'after' else when}.safetensors", weights)
        write_table(layout.network(name) / "steps.csv", inputs.steps[name])
        write_table(layout.network(name) / "validations.csv", inputs.validations[name])
    write_table(layout.perplexity / "tokens.parquet", inputs.tokens)
    write_json(layout.perplexity / "samples.json", inputs.samples)
    write_table(layout.agreement / "items.parquet", inputs.items)
    write_table(layout.agreement / "suite.csv", inputs.suite)
    write_table(layout.agreement / "surprisal.parquet", inputs.surprisal)
    write_json(layout.agreement / "counts.json", inputs.suite_counts)
    write_table(layout.gradients / "lag.parquet", inputs.lags)
    write_table(layout.gradients / "jacobian.parquet", inputs.jacobians)
    write_table(layout.gradients / "map.parquet", inputs.jacobian_map)
    write_table(layout.gradients / "gates.parquet", inputs.gates)
    write_array(layout.ngram / "longest_seen.npy", inputs.longest_seen)
    save_ngram(layout.ngram, fit(inputs.corpus.splits["train"].tokens, len(inputs.corpus.vocabulary), 3))
    write_table(layout.ngram / "smoothing.parquet", inputs.smoothing)
    if inputs.overlap is not None:
        write_table(layout.corpus / "overlap.csv", inputs.overlap)
    if inputs.learning_curve is not None:
        write_table(layout.study("learning_curve") / "curve.parquet", inputs.learning_curve)


def test_stage_writes_the_same_bytes_twice(make_inputs, tmp_path) -> None:
    from pipeline.stages.report import run

    layout = Layout(tmp_path, "builtin")
    write_inputs(layout, make_inputs(models=("rnn", "lstm")))
    written = []
    for _ in range(2):
        assert run(layout) == {}
        made = sorted(path for path in (tmp_path / "reports").rglob("*") if path.is_file())
        written.append({path: path.read_bytes() for path in made})
    assert written[0] == written[1]
    metrics = read_json(layout.metrics)
    assert list(metrics) == ["corpus", "perplexity", "agreement", "best"]
    assert list(metrics["perplexity"]) == list(metrics["agreement"]) == ["unigram", "bigram", "trigram", "rnn", "lstm"]
    assert metrics["best"] == {"model": "lstm", "perplexity": metrics["perplexity"]["lstm"]}
    header = (layout.report / "tables" / "perplexity.csv").read_text().splitlines()[0]
    assert header == "model,split,tokens,nats,perplexity,low,high,state"
    tables = {path.stem for path in (layout.report / "tables").iterdir()}
    assert {"agreement", "gradients", "training", "differences"} <= tables
    assert (layout.report / "figures" / "perplexity.svg").is_file()
    provenance = json.loads((layout.report / "provenance.json").read_text())
    assert provenance["params"]["report"]["models"] == ["rnn", "lstm"]
    assert len(provenance["data"]["vocabulary.txt"]) == 64


def test_every_subheading_can_be_linked_to(make_inputs) -> None:
    html = page_of(make_inputs(suites=True))
    headings = re.findall(r'<h3 id="([^"]+)">(.*?)</h3>', html)
    assert len(headings) > 15
    assert all(f'class="permalink" href="#{name}"' in inside for name, inside in headings)
    assert html.count("<h3") == len(headings)


def test_dropout_is_told_only_where_it_was_used(make_inputs) -> None:
    inputs = make_inputs(models=("rnn",))
    size = inputs.networks["rnn"].size
    kept = {name: 0.0 for name in ("input", "between", "output", "embedding", "weights")}
    without = size.model_copy(update={"dropout": size.dropout.model_copy(update=kept)})
    assert "with dropout on" in page_of(inputs, drawn=True)
    plan = inputs.networks["rnn"].model_copy(update={"size": without})
    assert "with dropout on" not in page_of(replace(inputs, networks={"rnn": plan}), drawn=True)


def test_the_page_says_which_gru_was_trained(make_inputs) -> None:
    inputs = make_inputs()
    assert "the textbooks' form" not in page_of(inputs)
    shapes = {name: {**shape, "implementation": "textbook"} for name, shape in inputs.shapes.items()}
    told = recurrence.analyse(replace(inputs, shapes=shapes), score(inputs)).words
    results = analyse(inputs)
    results = replace(results, words={**results.words, **told})
    assert "the textbooks' form" in render_page(inputs, results, {}, PROVENANCE)


def test_what_may_differ_between_runs_names_every_place(make_inputs) -> None:
    inputs = make_inputs()
    assert 'in the times of <a href="#cost">' in page_of(inputs)
    assert 'in the times of <a href="#cost">' not in page_of(inputs, {**PROVENANCE, "durations": {}})


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([900] + [10] * 8 + [20], "the commonest tenth makes up 90\N{NO-BREAK SPACE}% of the text; half of them occur "
         "at most 10 times each"),
        ([1] * 5 + [0] * 40, "the commonest tenth makes up 20\N{NO-BREAK SPACE}% of the text; half of them occur once"),
    ],
)  # fmt: skip
def test_how_uneven_a_text_is(counts, told) -> None:
    assert told in text.frequency_words(np.array(counts), "character")
    assert "characters" in text.frequency_words(np.array(counts), "character")


def test_the_share_of_the_vocabulary_is_computed() -> None:
    table = pd.DataFrame(
        [("lstm", "embedding", 20), ("lstm", "output", 5), ("lstm", "recurrent", 75), ("lstm", "all", 100),
         ("rnn", "embedding", 20), ("rnn", "output", 5), ("rnn", "recurrent", 25), ("rnn", "all", 50)],
        columns=["model", "part", "counted"],
    )  # fmt: skip
    told = cost.vocabulary_words(table, "character")
    assert "What goes by characters" in told
    assert told.endswith("is 50\N{NO-BREAK SPACE}% of the RNN and 25\N{NO-BREAK SPACE}% of the LSTM.")


def test_the_alternative_of_constructions_names_the_hardest_and_the_easiest(make_inputs) -> None:
    inputs = make_inputs()
    results = analyse(inputs)
    described = {drawing.name: drawing.description for drawing in agreement.draw(inputs, results)}
    assert "hardest to easiest" in described["construction"]
    assert "_" not in described["construction"]


@pytest.mark.parametrize(("bias", "told"), [("chrono", "unit by unit they keep it"), (4.0, "begin with a bias of 4.")])
def test_the_memory_tasks_say_how_gates_begin(make_inputs, bias, told):
    inputs = make_inputs()
    page = page_of(replace(inputs, plan=inputs.plan.model_copy(update={"gate_bias": bias})), drawn=True)
    assert told in page


def test_the_study_of_vectors_says_how_many_trainings_and_at_which_rates(make_inputs) -> None:
    inputs = make_inputs()
    page = page_of(inputs, drawn=True)
    assert "18 trainings of the LSTM are compared" in page
    assert "has the one of 0.002, 0.004 that led the first seed" in page
    assert "lowest perplexity on valid, of those at which no training diverged." in page
    assert "It was the smallest in 4 and the largest in 2 of 6 cases" in page
    assert "each with the same budget of tokens: with" in page
    curves = inputs.embedding_validations
    assert curves is not None
    cut = curves[(curves["seed"] != 2) | (curves["tokens"] < 3000)]
    page = page_of(replace(inputs, embedding_validations=cut), drawn=True).replace("\u00a0", " ")
    assert "as often as a budget of 4 000 lasts" in page
    search = inputs.embedding_search
    assert search is not None
    at_one = search[search["learning_rate"] == 0.002].assign(learning_rate=0.1 + 0.2)
    page = page_of(replace(inputs, embedding_search=at_one), drawn=True)
    assert "18 trainings of the LSTM are compared" in page
    assert "that led the first seed" not in page
    awkward = search.assign(learning_rate=search["learning_rate"] * 3 / 10)
    assert "the one of 0.0006, 0.0012 that" in page_of(replace(inputs, embedding_search=awkward), drawn=True)
