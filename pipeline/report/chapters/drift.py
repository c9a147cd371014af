"""Left to itself: how a model's own text drifts from what people write."""

import math
from dataclasses import dataclass

import pandas as pd

from pipeline.evaluation.breakdown import TEXT
from pipeline.report import studies, study_figures
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn
from pipeline.report.inputs import Inputs
from pipeline.report.names import FLOOR, ngrams, short_unit
from pipeline.report.scored import Scored
from pipeline.report.studies import plain_temperature
from pipeline.report.study_figures import writer_label, writers
from pipeline.report.study_findings import drift_findings


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


def analyse(inputs: Inputs, scored: Scored) -> Told:
    if inputs.drift is None:
        return Told()
    resamples, seed = inputs.plan.perplexity.resamples, inputs.plan.seed
    whole = studies.drift_table(inputs.drift, 1, resamples, seed)
    by_position = studies.drift_table(inputs.drift, studies.DRIFT_BINS, resamples, seed)
    words = {"plain": plain_temperature(whole["temperature"].unique().tolist()), "drifted": drifted(whole)}
    found = drift_findings(inputs.drift, resamples, seed)
    return Told({"drift": by_position, "drift_by_temperature": whole}, found, words)


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


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    if "drift" not in results.tables:
        return []
    by_position, whole = results.tables["drift"], results.tables["drift_by_temperature"]
    unit = short_unit(inputs.corpus.summary["unit"])
    plain = by_position[by_position["temperature"] == plain_temperature(by_position["temperature"].unique().tolist())]
    ends, by_temperature = _ends(plain, "first"), _ends(whole, "temperature")
    return [
        drawn("drift", "Own text as it goes on",
              f"Perplexity under the longest n-gram, from the first written to the last: {ends}.",
              study_figures.drift(by_position, unit)),
        drawn("drift_by_temperature", "Own text by temperature",
              f"Perplexity under the longest n-gram, from the lowest temperature to the highest: {by_temperature}.",
              study_figures.drift_by_temperature(whole)),
    ]  # fmt: skip


def _ends(table: pd.DataFrame, along: str) -> str:
    """Each writer's perplexity under the longest n-gram at the two ends of a figure."""
    judged = table[table["judge"] == ngrams(table["judge"])[-1]].sort_values(along)
    ends = []
    for writer in writers(judged["writer"]):
        values = judged.loc[judged["writer"] == writer, "perplexity"]
        ends.append(f"{writer_label(writer)} from {values.iloc[0]:.1f} to {values.iloc[-1]:.1f}")
    return ", ".join(ends)


CHAPTER = Chapter("drift", "Left to itself", analyse, draw)
