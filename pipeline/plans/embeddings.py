"""The plan of the stage embeddings."""

from pipeline.params.embeddings import Embeddings
from pipeline.params.fields import Count, Seed, Strict
from pipeline.params.runtime import Runtime


class EmbeddingsPlan(Strict):
    seed: Seed
    runtime: Runtime
    dim: Count
    embeddings: Embeddings
