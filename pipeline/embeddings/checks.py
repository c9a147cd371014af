"""Whether vectors are fit for use, asked before anything is built on them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UserError


def check_vectors(
    vectors: NDArray[np.floating[Any]], vocabulary_size: int, source: str, dim: int | None = None
) -> None:
    """Raises UserError unless vectors (V, D) are finite, not all zero, those of a vocabulary of this size, and of `dim`
    dimensions where that is given."""
    if vectors.ndim != 2 or len(vectors) != vocabulary_size:
        raise UserError(
            f"{source}: found vectors of {len(vectors):,} types where the vocabulary has {vocabulary_size:,}. They are "
            "of another vocabulary; run `dvc repro embeddings` to make them anew."
        )
    if dim is not None and vectors.shape[1] != dim:
        raise UserError(
            f"{source}: found vectors of {vectors.shape[1]} dimensions where the network's embedding has {dim}. Run "
            "`dvc repro embeddings` to make them anew."
        )
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        raise UserError(
            f"{source}: the vectors of {len(bad):,} of {len(vectors):,} types are not finite, the first of type "
            f"{bad[0]}. Lower the learning rate of the embeddings in params.yaml and run `dvc repro embeddings`."
        )
    if not vectors.any():
        raise UserError(f"{source}: all vectors are zero; no two words share a window. Bring more text.")
