"""Learning while reading: networks that adapt to the text that they are tested on."""

import pandas as pd

from pipeline.report import studies, study_figures
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn, listed
from pipeline.report.inputs import Inputs
from pipeline.report.names import networks
from pipeline.report.scored import Scored
from pipeline.report.study_findings import adaptation_findings


def analyse(inputs: Inputs, scored: Scored) -> Told:
    if not inputs.adaptation:
        return Told()
    settings, seed = inputs.plan.perplexity, inputs.plan.seed
    count = len(next(iter(inputs.adaptation.values()))["test"])
    starts = inputs.corpus.splits["test"].first_tokens(count).blocks(settings.block_lines)
    adapted = studies.adapted_scores(
        inputs.adaptation, scored.scores["test"], scored.counted["test"], starts, settings.resamples, seed
    )
    tried = studies.settings_table(inputs.adaptation)
    return Told(
        {
            "adaptation": studies.adaptation_table(inputs.adaptation, scored.scores["valid"], adapted),
            "adaptation_settings": tried,
        },
        adaptation_findings(adapted),
        {"method_labels": study_figures.METHOD_LABELS, "first_segment": int(tried["segment"].dropna().iloc[0])},
    )


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    if "adaptation" not in results.tables:
        return []
    table = results.tables["adaptation"]
    return [drawn("adaptation", "Networks that adapt", _adaptation(table), study_figures.adaptation(table))]


def _adaptation(table: pd.DataFrame) -> str:
    values = table.pivot(index="model", columns="method", values="test_perplexity")
    parts = {
        name: f"{values['static'][name]:.1f} as trained, {values['cache'][name]:.1f} with the cache, "
        f"{values['dynamic'][name]:.1f} by dynamic evaluation"
        for name in networks(values.index)
    }
    return f"Test perplexity: {listed(parts)}."


CHAPTER = Chapter("adaptation", "Learning while reading", analyse, draw)
