"""What learned vectors buy: the study of the networks' input."""

import pandas as pd

from pipeline.report import embedding_study
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn
from pipeline.report.inputs import Inputs
from pipeline.report.scored import Scored


def analyse(inputs: Inputs, scored: Scored) -> Told:
    test, validations, search = inputs.embedding_test, inputs.embedding_validations, inputs.embedding_search
    if test is None or validations is None or search is None:
        return Told()
    read = embedding_study.tokens_read(validations)
    return Told(
        {
            "embeddings": embedding_study.study_table(test),
            "embeddings_curves": embedding_study.curve_table(validations),
            "embeddings_search": embedding_study.search_table(search),
        },
        embedding_study.study_findings(test, inputs.plan.studied_architecture, read),
        {
            "vector_uses": embedding_study.USES,
            "vectors_worth": embedding_study.conclusion(test, read),
            "vectors_read": max(read.values()),
            "vectors_at_edge": embedding_study.at_the_edge(test, search),
        },
    )


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    if "embeddings" not in results.tables:
        return []
    curves, final = results.tables["embeddings_curves"], results.tables["embeddings"]
    figure = embedding_study.study_figure(curves, final)
    return [drawn("embeddings", "Networks by their input", _inputs(final), figure)]


def _inputs(final: pd.DataFrame) -> str:
    each = [
        f"{row.perplexity:.1f} with {embedding_study.USES[str(row.use)]} and {row.train_tokens:,} tokens of train"
        for row in final.itertuples()
    ]
    return f"Perplexity on valid by tokens read, one panel for each amount of text; on test: {'; '.join(each)}."


CHAPTER = Chapter("embeddings", "What learned vectors buy", analyse, draw)
