"""What lies near a word."""

import numpy as np
import pytest

from pipeline.embeddings.similarity import learned_types, nearest


def test_nearest_is_by_angle_and_leaves_the_word_out():
    vectors = np.array([[1, 0], [10, 1], [0, 1], [-1, 0]], dtype=np.float32)
    assert [index for index, _ in nearest(vectors, 0, 3)] == [1, 2, 3]
    assert nearest(vectors, 0, 3)[2][1] == pytest.approx(-1)


def test_no_more_are_near_than_there_are_others():
    vectors = np.eye(3, dtype=np.float32)
    assert [index for index, _ in nearest(vectors, 1, 9)] == [0, 2]
    assert [index for index, _ in nearest(vectors, 1, 9, np.array([1, 2]))] == [2]


def test_vectors_that_were_not_learned_are_near_nothing():
    """As those of `<eos>`, of rare words, and of what the text does not have."""
    vectors = np.ones((6, 2), dtype=np.float32)
    assert learned_types(vectors, np.array([0, 50, 3, 2, 1, 0]), 1).tolist() == [2, 3, 4]
    assert learned_types(vectors, np.array([7, 50, 3, 2, 1, 0]), 3).tolist() == [0, 2]
    vectors[3] = 0  # as counts leave those that never had a context
    assert learned_types(vectors, np.array([0, 50, 3, 2, 1, 0]), 1).tolist() == [2, 4]
