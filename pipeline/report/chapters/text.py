"""The text: its sizes, its words and their frequencies, and what of test stands in train."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.report import corpus_figures
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.counting import overlap_table
from pipeline.report.drawing import Drawing, drawn
from pipeline.report.inputs import Inputs
from pipeline.report.names import plural
from pipeline.report.scored import Scored


def analyse(inputs: Inputs, scored: Scored) -> Told:
    made = {} if inputs.overlap is None else {"overlap": overlap_table(inputs.overlap)}
    return Told(made, words={"frequency_words": frequency_words(scored.frequencies, inputs.corpus.summary["unit"])})


def frequency_words(counts: NDArray[np.int64], unit: str) -> str:
    """How unevenly train uses its types, from the count of each; those that it lacks are left out."""
    falling = np.sort(counts[counts > 0])[::-1]
    tenth = falling[: -(-len(falling) // 10)].sum() / falling.sum()
    most = int(falling[len(falling) // 2])
    times = "once" if most == 1 else f"at most {most} times"
    return (
        f"Of the {plural(unit)} of train, the commonest tenth makes up {100 * tenth:.0f}\N{NO-BREAK SPACE}% of the "
        f"text; half of them occur {times} each."
    )


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
        made.append(drawn("growth", "How the vocabulary grows", _growth(points, unit), corpus_figures.growth(points)))
    return made


def _lengths(histogram: Mapping[int, int], unit: str) -> str:
    lines = pd.Series(histogram).sort_index()
    middle = lines.index[int(np.argmax(lines.cumsum() >= lines.sum() / 2))]
    return f"Histogram of the {plural(unit)} in each line of train: half of the lines have at most {middle}."


def _growth(points: list[tuple[int, int]], unit: str) -> str:
    """Of a text in pieces of words, words are counted."""
    kind = "characters" if unit == "character" else "words"
    (tokens, types), (all_tokens, all_types) = points[0], points[-1]
    return (
        f"Distinct {kind} by tokens of train, both logarithmic: {types:,} after {tokens:,} tokens, "
        f"{all_types:,} after {all_tokens:,}; fitted exponent {corpus_figures.heaps_law(points)[0]:.2f}."
    )


def _frequencies(results: Results, unit: str) -> str:
    counts = results.frequencies
    return (
        f"Count of each {unit} against its rank, both logarithmic: the commonest occurs {counts.max():,} times, "
        f"{(counts[counts > 0] <= 2).mean():.0%} of the {plural(unit)} once or twice."
    )


CHAPTER = Chapter("text", "The text", analyse, draw)
