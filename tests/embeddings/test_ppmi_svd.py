"""Counts, and the information in them."""

import numpy as np
from vector_settings import settings

from pipeline.embeddings.contexts import (
    trained_words,
)
from pipeline.embeddings.ppmi_svd import cooccurrences, ppmi


def test_cooccurrences_and_information_are_those_of_the_formulas():
    chosen = settings(method="svd", noise_power=1.0, subsample=1e9)
    counts = cooccurrences(trained_words(np.array([2, 3, 4, 1, 3, 2, 4, 1]), 5, 1, 2), chosen).toarray()
    expected = np.zeros((5, 5))
    for first, second, weight in [(2, 3, 1), (3, 4, 1), (2, 4, 0.5), (3, 2, 1), (2, 4, 1), (3, 4, 0.5)]:
        expected[first, second] += weight
        expected[second, first] += weight
    np.testing.assert_allclose(counts, expected)
    p = expected / expected.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.maximum(np.log(p / np.outer(p.sum(1), p.sum(1))), 0)
    found = ppmi(cooccurrences(trained_words(np.array([2, 3, 4, 1, 3, 2, 4, 1]), 5, 1, 2), chosen), chosen).toarray()
    np.testing.assert_allclose(found, np.nan_to_num(information, nan=0, neginf=0), atol=1e-12)
    assert found.max() > 0
