"""The page and its short version: templates filled with results; nothing is computed in a template."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.corpus.conventions import counting_words
from pipeline.params.studies import STUDIES
from pipeline.report.analysis import usual_order
from pipeline.report.chapter import Results
from pipeline.report.contents import CHAPTERS
from pipeline.report.drawing import Drawing
from pipeline.report.findings import ranking
from pipeline.report.inputs import Inputs
from pipeline.report.names import FLOOR, STATE_WORDS, label, plural, short_unit, shown_type, with_article
from pipeline.report.tables import headline, lookup


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


def with_blank_lines(listing: Markup) -> Markup:
    """A listing whose blank lines stay when those of the page are taken out."""
    return Markup(str(listing).replace("\n\n", "\n<span></span>\n"))


def _context(inputs: Inputs, results: Results, drawings: Mapping[str, Drawing]) -> dict[str, Any]:
    """What every template may use, and what the chapters have for their own."""
    plan, summary = inputs.plan, inputs.corpus.summary
    shown = [chapter for chapter in CHAPTERS if chapter.name not in STUDIES or chapter.name in results.tables]
    return {
        "sections": {chapter.name: chapter.title for chapter in shown},
        "corpus": plan.corpus,
        "unit": short_unit(summary["unit"]),
        "units": f"{short_unit(summary['unit'])}s",
        "plan": plan,
        "inputs": inputs,
        "results": results,
        "tables": results.tables,
        "summary": summary,
        "drawings": drawings,
        "floor_name": FLOOR,
        "usual_order": usual_order(results),
        "ranking": ranking(results.tables["perplexity"]),
        "best": results.metrics["best"],
        "headline": headline(results.tables["agreement"]),
        "counted_as": counting_words(summary["conventions"], plan.perplexity.uncounted),
        "lookup": lambda model, split="test": lookup(results.tables["perplexity"], model, split),
        "state_words": STATE_WORDS,
        **results.words,
    }


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
        "listing": with_blank_lines,
        "plural": plural,
        "type": shown_type,
        "number": lambda value: f"{value:,.0f}".replace(",", " "),
        "share": lambda value: f"{100 * value:.1f} %",
        "safe_svg": Markup,
    }
    return environment
