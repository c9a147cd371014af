"""embeddings: vectors of the vocabulary, and what they know beside those of the other way, counting or predicting."""

import time

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.streams import Corpus, load_corpus
from pipeline.corpus.vocabulary import EOS_ID
from pipeline.embeddings.contexts import trained_words
from pipeline.embeddings.method import train_vectors
from pipeline.embeddings.negative_sampling import Vectors
from pipeline.embeddings.quality import analogies, asked, frequent, neighbour_overlap, probes
from pipeline.grammar.labels import word_labels, word_lemmas
from pipeline.io import write_json, write_table, write_tensors
from pipeline.layout import Layout
from pipeline.plans.embeddings import EmbeddingsPlan
from pipeline.plans.reading import read_plan
from pipeline.training.runtime import prepare_runtime, use_bf16


def run(layout: Layout) -> dict[str, float]:
    plan = read_plan(layout.plan("embeddings"), EmbeddingsPlan)
    corpus = load_corpus(layout.corpus)
    device = prepare_runtime(plan.runtime)
    tokens, types, settings = corpus.splits["train"].tokens, len(corpus.vocabulary), plan.embeddings
    bf16 = use_bf16(plan.runtime.precision, device)
    text = trained_words(tokens, types, settings.min_count, settings.window)
    other = settings.model_copy(update={"method": "skipgram" if settings.method == "svd" else "svd"})
    both = plan.dim < (text.counts > 0).sum()  # of fewer types there is nothing to factor
    found: dict[str, Vectors] = {}
    seconds: dict[str, float] = {}
    # counts first: what they refuse, such as a shift that leaves nothing, they refuse at once
    for each in sorted([settings, other] if both else [settings], key=lambda each: each.method != "svd"):
        start = time.perf_counter()
        found[each.method] = train_vectors(tokens, types, plan.dim, each, plan.seed, device, bf16)
        seconds[each.method] = time.perf_counter() - start
    write_tensors(layout.embeddings / "vectors.safetensors", {"vectors": found[settings.method].vectors})
    write_json(layout.embeddings / "losses.json", found[settings.method].losses)
    vectors: dict[str, NDArray[np.float32]] = {settings.method: found[settings.method].vectors}
    if both:
        vectors[other.method] = found[other.method].vectors
    for name, table in _measured(plan, corpus, vectors).items():
        write_table(layout.embeddings / f"{name}.parquet", table)
    epochs = 1 if settings.method == "svd" else settings.epochs
    words = np.count_nonzero(np.asarray(tokens) != EOS_ID)
    return {"words_per_second": epochs * words / seconds[settings.method]}


def _measured(plan: EmbeddingsPlan, corpus: Corpus, vectors: dict[str, NDArray[np.float32]]) -> dict[str, pd.DataFrame]:
    """In long format: what was read off each word, each analogy, and the neighbours that two methods share."""
    vocabulary, quality = corpus.vocabulary, asked(plan.embeddings)
    counts = np.bincount(np.asarray(corpus.splits["train"].tokens), minlength=len(vocabulary))
    words = frequent(counts, quality)
    read = [
        probes(table, word_labels(), word_lemmas(), vocabulary.types, words, quality, plan.seed).assign(method=method)
        for method, table in vectors.items()
    ]
    told = [
        analogies(table, vocabulary.ids, counts, quality).assign(method=method) for method, table in vectors.items()
    ]
    shared: NDArray[np.float64] = np.zeros(0)
    if len(vectors) == 2 and len(words) > 2:
        first, second = vectors.values()
        shared = neighbour_overlap(first, second, words, quality)
    chance = min(quality.neighbours / max(len(words) - 1, 1), 1.0)
    overlap = pd.DataFrame({"word": words[: len(shared)], "shared": shared, "chance": chance})
    return {"probes": pd.concat(read), "analogies": pd.concat(told), "neighbours": overlap}
