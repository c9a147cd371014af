"""What lies near a word: cosine similarity between vectors."""

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID


def learned_types(vectors: NDArray[np.float32], counts: NDArray[np.int64], min_count: int) -> NDArray[np.int64]:
    """Of types that occur `counts` (V,) times, those whose vectors (V, D) were learned.

    Those of rarer types stand where they began, and those of types that never stand beside another
    word are zero.
    """
    types = np.flatnonzero((counts >= max(min_count, 1)) & vectors.any(axis=1))
    return types[types != EOS_ID]


def nearest(
    vectors: NDArray[np.float32], word: int, count: int, among: NDArray[np.int64] | None = None
) -> list[tuple[int, float]]:
    """The `count` types nearest to type `word` by cosine, nearest first, itself left out: (id, cosine).

    Of the types `among`, or of all; fewer where there are no more.
    """
    others = np.arange(len(vectors)) if among is None else among
    others = others[others != word]
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)
    cosines = (vectors @ vectors[word] / (lengths * lengths[word]))[others]
    order = np.argsort(-cosines, kind="stable")[:count]
    return [(int(others[place]), float(cosines[place])) for place in order]
