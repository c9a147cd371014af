"""The text: its sizes, its words and their frequencies, and what of test stands in train."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.report import corpus_figures
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.counting import overlap_table
from pipeline.report.drawing import Drawing, drawn
from pipeline.report.inputs import Inputs
from pipeline.report.names import plural
from pipeline.report.scored import Scored


def analyse(inputs: Inputs, scored: Scored) -> Told:
    return Told({} if inputs.overlap is None else {"overlap": overlap_table(inputs.overlap)})


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    summary = inputs.corpus.summary
    unit, points = summary["unit"], [(tokens, types) for tokens, types in summary["growth"]]
    lengths = {int(length): count for length, count in summary["line_lengths"]["train"].items()}
    made = [
        drawn("lengths", "How long the lines are", _lengths(lengths, unit), corpus_figures.line_lengths(lengths, unit)),
        drawn("frequencies", f"How often each {unit} occurs", _frequencies(results, unit),
              corpus_figures.frequencies(results.frequencies, unit)),
    ]  # fmt: skip
    if len(points) > 2:
        made.append(drawn("growth", "How the vocabulary grows", _growth(points), corpus_figures.growth(points)))
    return made


def _lengths(histogram: Mapping[int, int], unit: str) -> str:
    lines = pd.Series(histogram).sort_index()
    middle = lines.index[int(np.argmax(lines.cumsum() >= lines.sum() / 2))]
    return f"Histogram of the {plural(unit)} in each line of train: half of the lines have at most {middle}."


def _growth(points: list[tuple[int, int]]) -> str:
    (tokens, types), (all_tokens, all_types) = points[0], points[-1]
    return (
        f"Distinct words (or characters) by tokens of train, both logarithmic: {types:,} after {tokens:,} tokens, "
        f"{all_types:,} after {all_tokens:,}; fitted exponent {corpus_figures.heaps_law(points)[0]:.2f}."
    )


def _frequencies(results: Results, unit: str) -> str:
    counts = results.frequencies
    return (
        f"Count of each {unit} against its rank, both logarithmic: the commonest occurs {counts.max():,} times, "
        f"{(counts[counts > 0] <= 2).mean():.0%} of the {plural(unit)} once or twice."
    )


CHAPTER = Chapter("text", "The text", analyse, draw)
