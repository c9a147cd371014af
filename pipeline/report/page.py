"""The page and its short version: templates filled with results; nothing is computed in a template."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.corpus.conventions import counting_words
from pipeline.evaluation.breakdown import TEXT
from pipeline.params.studies import STUDIES
from pipeline.report import diagrams, embedding_study, inside_figures, suites
from pipeline.report.analysis import Inputs, Results, usual_order
from pipeline.report.findings import ranking
from pipeline.report.gallery import Drawing
from pipeline.report.names import (
    FLOOR,
    FORM_WORDS,
    STATE_WORDS,
    label,
    ngrams,
    plural,
    short_unit,
    shown_type,
    with_article,
)
from pipeline.report.published import PUBLISHED, TYPES
from pipeline.report.studies import plain_temperature
from pipeline.report.study_figures import METHOD_LABELS, writer_label, writers
from pipeline.report.tables import headline, lookup, per_word
from pipeline.report.vectors import METHODS

SECTIONS = {
    "question": "The question",
    "text": "The text",
    "counting": "Counting",
    "vectors": "Words as vectors",
    "recurrence": "Recurrence",
    "training": "Training",
    "embeddings": "What learned vectors buy",
    "perplexity": "Perplexity",
    "adaptation": "Learning while reading",
    "context": "How much context is used",
    "agreement": "Agreement",
    "inside": "Inside the networks",
    "gradients": "Gradients through time",
    "clipping": "Exploding, vanishing, clipping",
    "memory": "Distance alone",
    "samples": "What each model writes",
    "drift": "Left to itself",
    "cost": "What it cost",
    "remains": "What remains",
    "provenance": "Provenance",
}


@dataclass(frozen=True)
class Sample:
    model: str
    temperature: float
    lines: list[str]


def render_page(
    inputs: Inputs, results: Results, drawings: Mapping[str, Drawing], provenance: Mapping[str, Any]
) -> str:
    """The whole page as one HTML file that loads nothing."""
    context = _context(inputs, results, drawings) | {"provenance": provenance}
    html = _environment().get_template("page.html.j2").render(context)
    return re.sub(r"\n\s*\n+", "\n", html) + "\n"


def render_readme(inputs: Inputs, results: Results, drawings: Mapping[str, Drawing]) -> str:
    """The short version in Markdown, with the same bytes from the same results."""
    text = _environment(escape=False).get_template("readme.md.j2").render(_context(inputs, results, drawings))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def samples(inputs: Inputs) -> list[Sample]:
    """What the models wrote. Count models can repeat their text word by word, so that they are left out where no

    excerpts may be shown."""
    return [
        Sample(entry["model"], entry["temperature"], [line.strip() for line in entry["text"].split("\n")])
        for entry in inputs.samples
        if inputs.plan.report.excerpts or entry["model"] in inputs.shapes
    ]


@dataclass(frozen=True)
class Drifted:
    """One line of the table on free running: a writer at a temperature (none of the real text), seen by two judges."""

    writer: str
    temperature: str
    perplexity: float
    low: float
    high: float
    possible: float
    floor: float


def drifted(table: pd.DataFrame) -> list[Drifted]:
    """Judged by the longest n-gram, and by the grammar where there is one (NaN where there is none)."""
    lines = []
    for writer in writers(table["writer"]):
        own = table[table["writer"] == writer].sort_values("temperature", kind="stable")
        for temperature in own["temperature"].unique():
            judged = own[own["temperature"] == temperature].set_index("judge")
            ngram = judged.loc[ngrams(judged.index)[-1]]
            grammar = judged.loc[FLOOR] if FLOOR in judged.index else None
            lines.append(
                Drifted(
                    writer=writer_label(writer),
                    temperature="" if writer == TEXT else f"{temperature:g}",
                    perplexity=float(ngram["perplexity"]),
                    low=float(ngram["perplexity_low"]),
                    high=float(ngram["perplexity_high"]),
                    possible=math.nan if grammar is None else float(grammar["possible"]),
                    floor=math.nan if grammar is None else float(grammar["perplexity"]),
                )
            )
            if writer == TEXT:  # the same at every temperature
                break
    return lines


def _context(inputs: Inputs, results: Results, drawings: Mapping[str, Drawing]) -> dict[str, Any]:
    plan, summary = inputs.plan, inputs.corpus.summary
    return {
        "sections": {name: title for name, title in SECTIONS.items() if name not in STUDIES or name in results.tables},
        "corpus": plan.corpus,
        "unit": short_unit(summary["unit"]),
        "units": f"{short_unit(summary['unit'])}s",
        "plan": plan,
        "inputs": inputs,
        "results": results,
        "tables": results.tables,
        "summary": summary,
        "drawings": drawings,
        "diagrams": {name: Markup(svg) for name, svg in diagrams.all_diagrams(results.networks).items()},
        "floor_name": FLOOR,
        "usual_order": usual_order(results),
        "ranking": ranking(results.tables["perplexity"]),
        "best": results.metrics["best"],
        "headline": headline(results.tables["agreement"]),
        "suite_sections": suites.sections(inputs.suites, results.tables["suites"]) if inputs.suites else [],
        "form_words": FORM_WORDS,
        "fewest_read": inside_figures.FEWEST_ITEMS,
        "fewest_drawn": suites.FEWEST_DRAWN,
        "most_bad_rows": suites.MOST_SHOWN,
        "samples": samples(inputs),
        "published": PUBLISHED.get(plan.corpus, ()) if summary["unit"] == "word" else (),
        "published_types": TYPES.get(plan.corpus, 0),
        "counted_tests": int(results.tables["perplexity"].query("split == 'test'")["tokens"].iloc[0]),
        "counted_as": counting_words(summary["conventions"], plan.perplexity.uncounted),
        "per_word": lambda model: per_word(results.tables["perplexity"], summary, plan.perplexity.uncounted, model),
        "lookup": lambda model, split="test": lookup(results.tables["perplexity"], model, split),
        "bits": math.log2,
        "state_words": STATE_WORDS,
        "clip_norm": plan.clip_norm,
        "vector_methods": METHODS,
        **_studies(inputs, results),
    }


def _studies(inputs: Inputs, results: Results) -> dict[str, Any]:
    """What the chapters on studies say beyond their tables."""
    tables = results.tables
    words: dict[str, Any] = {}
    if inputs.embedding_test is not None:
        words |= {
            "vector_uses": embedding_study.USES,
            "vectors_worth": embedding_study.conclusion(inputs.embedding_test),
        }
    if "adaptation" in tables:
        segments = tables["adaptation_settings"]["segment"].dropna()
        words |= {"method_labels": METHOD_LABELS, "first_segment": int(segments.iloc[0])}
    if "context" in tables:
        words["furthest_kept"] = tables["context"].query("manipulation == 'truncated'")["k"].max()
    if "drift" in tables:
        whole = tables["drift_by_temperature"]
        words |= {"plain": plain_temperature(whole["temperature"].unique().tolist()), "drifted": drifted(whole)}
    return words


def _environment(escape: bool = True) -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "label": label,
        "article": with_article,
        "plural": plural,
        "type": shown_type,
        "number": lambda value: f"{value:,.0f}".replace(",", " "),
        "share": lambda value: f"{100 * value:.1f} %",
        "safe_svg": Markup,
    }
    return environment
