"""Counting instead of predicting: positive pointwise mutual information, factored by a truncated SVD.

    PPMI(w, c) = max(0, log p(w, c) - log p(w) - log p(c) - log k)

Skip-gram with k negatives implicitly factors the same matrix without the cut at zero (Levy and Goldberg 2014,
equation 11). The contexts' p(c) is taken to the power `noise_power` and vectors are U Σ^`singular_power` (Levy et al.
2015, sections 3.2 and 3.3).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from pipeline.embeddings.contexts import Words, keep_probability, noise_distribution
from pipeline.errors import UserError
from pipeline.params.embeddings import Embeddings


def cooccurrences(text: Words, settings: Embeddings) -> csr_array:
    """(V, V) How often each word has each other in its window, in expectation over windows and subsampling.

    A window drawn from 1 to w reaches distance d with probability (w - d + 1) / w.
    """
    types = len(text.counts)
    keep = keep_probability(text.counts, settings.subsample)
    total = csr_array((types, types), dtype=np.float64)
    for distance in range(1, settings.window + 1):
        near = text.lines[distance:] == text.lines[:-distance]
        first, second = text.words[:-distance][near], text.words[distance:][near]
        weight = keep[first] * keep[second] * ((settings.window - distance + 1) / settings.window)
        total = total + coo_array((weight, (first, second)), shape=(types, types)).tocsr()
    return csr_array(total + total.T)


def ppmi(counts: csr_array, settings: Embeddings) -> csr_array:
    """(V, V) Positive pointwise mutual information of co-occurrence counts, shifted by log k, in nats."""
    pairs = counts.tocoo()
    words = counts.sum(axis=1)
    noise = noise_distribution(words, settings.noise_power)
    with np.errstate(divide="ignore"):
        log_word, log_context = np.log(words / words.sum()), np.log(noise)
    information = np.log(pairs.data / words.sum()) - log_word[pairs.row] - log_context[pairs.col]
    information -= np.log(settings.svd.shift)
    positive = information > 0
    return csr_array((information[positive], (pairs.row[positive], pairs.col[positive])), shape=counts.shape)


def ppmi_svd(text: Words, dim: int, settings: Embeddings, seed: int) -> NDArray[np.float32]:
    """Vectors (V, D) in float32; those of types without any context are zero.

    Raises UserError where the dimension is not below the number of types, and where no pair has information.
    """
    from sklearn.decomposition import TruncatedSVD

    types = int((text.counts > 0).sum())
    if dim >= types:
        raise UserError(
            f"embeddings.method: svd has at most {types - 1} dimensions on a vocabulary of {types} types, but "
            f"embedding_dim of this size is {dim}. Lower it in params.yaml, or bring more text."
        )
    matrix = ppmi(cooccurrences(text, settings), settings)
    if not matrix.nnz:
        raise UserError(
            f"embeddings.svd.shift: found {settings.svd.shift:g}; no two words stand together so many times more often "
            "than chance, so that there is nothing to factor. Lower it, or bring more text."
        )
    factored = TruncatedSVD(dim, algorithm="randomized", n_iter=settings.svd.iterations, random_state=seed)
    scaled = factored.fit_transform(matrix)  # U Σ
    scale = np.maximum(factored.singular_values_, 1e-12) ** (settings.svd.singular_power - 1)
    return np.ascontiguousarray(scaled * scale, dtype=np.float32)
