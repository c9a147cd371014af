"""How much context is used: what it costs when the far context is cut off or shuffled."""

import pandas as pd

from pipeline.report import studies, study_figures
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn, listed
from pipeline.report.inputs import Inputs
from pipeline.report.names import ordered, short_unit
from pipeline.report.scored import Scored
from pipeline.report.study_findings import context_findings


def analyse(inputs: Inputs, scored: Scored) -> Told:
    if inputs.context is None:
        return Told()
    settings, seed = inputs.plan.perplexity, inputs.plan.seed
    starts = inputs.corpus.splits["test"].blocks(settings.block_lines)
    table = studies.context_table(inputs.context, starts, settings.resamples, seed)
    return Told(
        {"context": table, "context_reach": studies.context_reach(table)},
        context_findings(inputs.context, starts, settings.resamples, seed),
        {"furthest_kept": table.query("manipulation == 'truncated'")["k"].max()},
    )


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    if "context" not in results.tables:
        return []
    table, unit = results.tables["context"], short_unit(inputs.corpus.summary["unit"])
    return [drawn("context", "Spoiled contexts", _context(table), study_figures.context(table, unit))]


def _context(table: pd.DataFrame) -> str:
    cut = table[table["manipulation"] == "truncated"].pivot(index="k", columns="model", values="difference")
    ends = {name: f"{cut[name].iloc[0]:.2f} and {cut[name].iloc[-1]:.2f}" for name in ordered(cut.columns)}
    return (
        f"Nats a token more where those before the last k are gone, at k = {cut.index[0]} and at "
        f"k = {cut.index[-1]}: {listed(ends)}."
    )


CHAPTER = Chapter("context", "How much context is used", analyse, draw)
