"""embeddings: vectors of the vocabulary."""

import time

from pipeline.corpus.streams import load_corpus
from pipeline.embeddings.method import train_vectors
from pipeline.io import write_json, write_tensors
from pipeline.layout import Layout
from pipeline.plans import EmbeddingsPlan, read_plan
from pipeline.training.runtime import prepare_runtime


def run(layout: Layout) -> dict[str, float]:
    plan = read_plan(layout.plan("embeddings"), EmbeddingsPlan)
    corpus = load_corpus(layout.corpus)
    device = prepare_runtime(plan.runtime)
    tokens = corpus.splits["train"].tokens
    start = time.perf_counter()
    trained = train_vectors(tokens, len(corpus.vocabulary), plan.dim, plan.embeddings, plan.seed, device)
    seconds = time.perf_counter() - start
    write_tensors(layout.embeddings / "vectors.safetensors", {"vectors": trained.vectors})
    write_json(layout.embeddings / "losses.json", trained.losses)
    epochs = 1 if plan.embeddings.method == "svd" else plan.embeddings.epochs
    return {"words_per_second": epochs * len(tokens) / seconds}
