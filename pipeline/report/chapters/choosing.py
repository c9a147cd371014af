"""When to use which model: quality against what it costs."""

import pandas as pd

from pipeline.report import choosing
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.choosing_figures import in_words, quality
from pipeline.report.drawing import Drawing, drawn
from pipeline.report.inputs import Inputs
from pipeline.report.names import short_unit


def weighed(inputs: Inputs, results: Results) -> pd.DataFrame:
    """`choosing.choosing_table` of this run."""
    tables, sizes = results.tables, [entry["ngrams"] for entry in inputs.ngram_fit["orders"]]
    reach = tables.get("context_reach")
    return choosing.choosing_table(tables["perplexity"], tables["agreement"], reach, inputs.shapes, sizes)


def conclude(inputs: Inputs, results: Results) -> Told:
    made = weighed(inputs, results)
    unit = short_unit(inputs.corpus.summary["unit"])
    words = {
        "choosing_words": list(choosing.sentences(made)),
        "choices": lambda timings: choosing.choices(made, timings, unit),
        "timed": choosing.timed,
    }
    return Told({"choosing": made}, words=words)


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    table = results.tables["choosing"]
    return [drawn("choosing", "Quality against size", in_words(table), quality(table))]


CHAPTER = Chapter("choosing", "When to use which", conclude=conclude, draw=draw)
