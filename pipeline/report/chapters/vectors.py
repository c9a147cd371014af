"""Words as vectors: a map of them, their neighbours, and what can be read from them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import Vocabulary
from pipeline.embeddings.pairs import word_pairs
from pipeline.embeddings.similarity import learned_types, nearest
from pipeline.report import vector_map, vectors
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn
from pipeline.report.inputs import Inputs
from pipeline.report.scored import Scored

NEIGHBOUR_WORDS = 12
NEIGHBOURS = 5
ENOUGH = 20
"""Times in train below which a word's vector says little."""


def analyse(inputs: Inputs, scored: Scored) -> Told:
    """Tables of what the text has no words for are left out."""
    plan, vocabulary, counts = inputs.plan.embeddings, inputs.corpus.vocabulary, scored.frequencies
    quality, seed = plan.quality, inputs.plan.seed
    resamples, pairs = quality.resamples, word_pairs("singular and plural")
    made = {
        "vectors_map": vector_map.vector_map(inputs.vectors, vocabulary.types, inputs.vector_probes, counts, seed),
        "vectors_number": vector_map.number_direction(inputs.vectors, vocabulary.ids, counts, pairs, quality.min_count),
        "vectors_probes": vectors.probe_table(inputs.vector_probes, resamples, seed),
        "vectors_analogies": vectors.analogy_table(inputs.vector_analogies, resamples, seed),
    }
    made = {name: table for name, table in made.items() if not table.empty}
    number = made.get("vectors_number")
    found = [
        *vectors.vector_findings(plan.method, inputs.vector_probes, inputs.vector_neighbours, resamples, seed),
        *vectors.number_findings(plan.method, number, resamples, seed),
    ]
    words = {
        "vector_methods": vectors.METHODS,
        "neighbours": neighbour_words(inputs.vectors, vocabulary, counts, plan.min_count),
    }
    return Told(made, found, words)


def neighbour_words(
    vectors: NDArray[np.float32], vocabulary: Vocabulary, counts: NDArray[np.int64], min_count: int
) -> list[tuple[str, list[tuple[str, float]]]]:
    """A dozen words from the commonest to the rare, and the types nearest to each by cosine; vectors of types rarer
    than `min_count` were not learned."""
    learned = learned_types(vectors, counts, min_count)
    spelled = [
        index
        for index, word in enumerate(vocabulary.types)
        if word.isalpha() and len(word) > 2 and counts[index] >= max(ENOUGH, min_count)
    ]
    places = np.unique(np.geomspace(1, max(len(spelled), 1), NEIGHBOUR_WORDS + 1).round().astype(int)) - 1
    chosen = [spelled[place] for place in places if place < len(spelled)][-NEIGHBOUR_WORDS:]
    return [
        (
            vocabulary.types[word],
            [(vocabulary.types[index], cosine) for index, cosine in nearest(vectors, word, NEIGHBOURS, learned)],
        )
        for word in chosen
    ]


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    made = []
    if "vectors_map" in results.tables:
        words = results.tables["vectors_map"]
        made.append(drawn("vectors", "A map of the words", _map(words), vector_map.map_figure(words)))
    if "vectors_number" in results.tables:
        ways = results.tables["vectors_number"]
        made.append(drawn("number", "From singular to plural", _ways(ways), vector_map.number_figure(ways)))
    return made


def _map(table: pd.DataFrame) -> str:
    counts = table["class"].value_counts()
    words = ", ".join(f"{counts[name]} {name}s" for name in vector_map.CLASSES if name in counts.index)
    return f"Dots for {len(table)} words by two methods of projection, coloured by part of speech: {words}."


def _ways(table: pd.DataFrame) -> str:
    forward = (table["plural_x"] > table["singular_x"]).mean()
    return (
        f"Arrows from {len(table)} singular nouns to their plurals: {forward:.0%} point forward along their mean "
        f"direction; the mean cosine of each with the others is {table['cosine'].mean():.2f}."
    )


CHAPTER = Chapter("vectors", "Words as vectors", analyse, draw)
