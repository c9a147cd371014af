"""From what the stages left to everything that the report says: tables, findings and facts, computed once."""

from dataclasses import replace
from typing import Any

import pandas as pd

from pipeline.report import findings
from pipeline.report.chapter import Results
from pipeline.report.contents import CHAPTERS, by_argument
from pipeline.report.findings import Finding
from pipeline.report.inputs import Inputs
from pipeline.report.names import label
from pipeline.report.scored import score
from pipeline.report.tables import metrics


def analyse(inputs: Inputs) -> Results:
    """Every number of the report."""
    scored = score(inputs)
    tables: dict[str, pd.DataFrame] = {}
    found: list[Finding] = []
    words: dict[str, Any] = {}
    for chapter in by_argument():
        told = chapter.analyse(inputs, scored)
        tables |= told.tables
        found += told.findings
        words |= told.words
    tables["differences"] = findings.finding_table(found)
    results = Results(
        models=scored.models,
        states=scored.states,
        tables=tables,
        findings=found,
        words=words,
        metrics=metrics(inputs.plan.corpus, scored.perplexities, tables["agreement"]),
        best_ngram=scored.best_ngram,
        frequencies=scored.frequencies,
    )
    for chapter in CHAPTERS:
        told = chapter.conclude(inputs, results)
        results = replace(results, tables={**results.tables, **told.tables}, words={**results.words, **told.words})
    return results


def usual_order(results: Results) -> str:
    """One computed sentence on whether counting, RNN and gated networks come in the usual order."""
    by_verdict = findings.order_findings(results.findings)
    total = sum(len(items) for items in by_verdict.values())
    if not total:
        return ""

    def pairs(items: list[Finding]) -> str:
        return ", ".join(f"{label(item.model_a)} below {label(item.model_b)}" for item in items)

    if len(by_verdict["holds"]) == total:
        each = f" in each of {total} comparisons" if total > 1 else ""
        return f"The usual order holds in this run{each}: {pairs(by_verdict['holds'])}."
    parts = [f"{name}: {pairs(items)}" for name, items in by_verdict.items() if items]
    lead = "The usual order fails in this run" if by_verdict["fails"] else "The usual order is not decided by this run"
    return f"{lead}. By comparison: {'; '.join(parts)}."
