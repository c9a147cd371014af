"""embeddings: skip-gram vectors of the vocabulary."""

import time

from pipeline.corpus.streams import load_corpus
from pipeline.embeddings.skipgram import train_skipgram
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
    trained = train_skipgram(tokens, len(corpus.vocabulary), plan.dim, plan.skipgram, plan.seed, device)
    seconds = time.perf_counter() - start
    write_tensors(layout.embeddings / "vectors.safetensors", {"vectors": trained.vectors})
    write_json(layout.embeddings / "losses.json", trained.losses)
    return {"words_per_second": plan.skipgram.epochs * len(tokens) / seconds}
