"""What lies near a word: cosine similarity between vectors."""

import numpy as np
from numpy.typing import NDArray


def nearest(vectors: NDArray[np.float32], word: int, count: int) -> list[tuple[int, float]]:
    """The `count` types nearest to type `word` by cosine, nearest first, itself left out: (id, cosine)."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)
    cosines = vectors @ vectors[word] / (lengths * lengths[word])
    cosines[word] = -np.inf
    order = np.argsort(-cosines, kind="stable")[:count]
    return [(int(index), float(cosines[index])) for index in order]
