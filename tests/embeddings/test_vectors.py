"""Vectors by every method, through one interface."""

import numpy as np
import pytest
import torch
from vector_settings import CPU, METHODS, SHIFTED, settings, text

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.embeddings.checks import check_vectors
from pipeline.embeddings.method import train_vectors
from pipeline.embeddings.similarity import learned_types, nearest
from pipeline.errors import UserError
from pipeline.params.embeddings import NegativeSampling


@pytest.mark.parametrize("method", METHODS)
def test_neighbours_share_their_contexts(method):
    vectors = train_vectors(text(3000), 12, 8, settings(method=method), 1, CPU, bf16=False).vectors
    for word in range(2, 12):
        kind = (word - 2) // 5
        assert {(other - 2) // 5 for other, _ in nearest(vectors, word, 4)} == {kind}


@pytest.mark.parametrize(("method", "bf16"), [*((method, False) for method in METHODS), ("skipgram", True)])
def test_the_same_seed_gives_the_same_bytes_with_one_thread_or_two(method, bf16):
    results = []
    threads = torch.get_num_threads()
    for count in (1, 2, 2):
        torch.set_num_threads(count)
        results.append(train_vectors(text(), 12, 8, settings(method=method), 1, CPU, bf16).vectors.tobytes())
    torch.set_num_threads(threads)
    assert results[0] == results[1] == results[2]
    if method != "svd":  # counts have no seed but that of an approximation which is exact on so little
        assert train_vectors(text(), 12, 8, settings(method=method), 2, CPU, bf16).vectors.tobytes() != results[0]


@pytest.mark.parametrize(("method", "other"), [("skipgram", "cbow"), ("cbow", "skipgram")])
def test_each_method_has_a_rate_of_its_own(method, other):
    rate = NegativeSampling(learning_rate=0.001)  # of so few types, larger ones are damped to the same
    plain, own, others = (
        train_vectors(text(), 12, 8, settings(method=method, **changes), 1, CPU, bf16=False).vectors.tobytes()
        for changes in ({}, {method: rate}, {other: rate})
    )
    assert own != plain
    assert others == plain


@pytest.mark.parametrize("method", METHODS)
def test_eos_is_no_word(method):
    few, many = (
        train_vectors(text(), 12, 8, settings(method=method, epochs=n), 1, CPU, bf16=False).vectors for n in (1, 4)
    )
    np.testing.assert_array_equal(few[1], many[1])
    assert method == "svd" or not np.array_equal(few[2], many[2])


@pytest.mark.parametrize("method", METHODS)
def test_a_word_that_never_has_a_context_is_not_learned_and_is_zero(method):
    stream = np.concatenate([text(), [12, EOS_ID, 12, EOS_ID]])
    vectors = train_vectors(stream, 14, 8, settings(method=method), 1, CPU, bf16=False).vectors
    assert not vectors[12].any()
    assert vectors[2:12].any(axis=1).all()
    assert vectors[13].any() == (method != "svd")  # the text does not have it at all
    assert learned_types(vectors, np.bincount(stream, minlength=14), 1).tolist() == list(range(2, 12))


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_a_word_whose_neighbours_are_all_thinned_out_is_zero(method):
    stream = np.concatenate([[12, EOS_ID] * 18_000, [13, 12, EOS_ID], text(3000)])
    few = {"epochs": 1, "subsample": 1e-4}  # of the neighbour, one in 70 is left
    assert not train_vectors(stream, 14, 8, settings(method=method, **few), 1, CPU, False).vectors[13].any()
    assert train_vectors(stream, 14, 8, settings(method=method), 1, CPU, False).vectors[13].any()


@pytest.mark.parametrize("method", ["skipgram", "cbow"])
def test_a_word_that_has_a_context_is_not_zero_though_no_step_moved_it(method):
    """The first step moves no input, since outputs begin at zero, and is all of a text of one block."""
    vectors = train_vectors(text(4), 14, 8, settings(method=method, epochs=1), 1, CPU, bf16=False).vectors
    began = (2 * np.random.default_rng(1).random((14, 8)) - 1) * 1.5 / 8
    np.testing.assert_array_equal(vectors, began.astype(np.float32))


@pytest.mark.parametrize(
    ("stream", "changes", "dim", "message"),
    [
        ([2, 1, 3, 1, 4, 1], {}, 4, "no line of the text has two words"),
        ([2, 2, 1, 2, 2, 1], {}, 4, "has 1 type that occur"),
        ([2, 3, 2, 3, 1, 4, 1], {"min_count": 3}, 4, "has 0 types that occur 3 times or more"),
        ([2, 3, 4, 1, 3, 2, 1], {"window": 3}, 4, r"embeddings\.window: found 3, but the longest line of train has 3"),
        (
            [2, 3, 1] * 9,
            {"window": 1, "subsample": 1e-14},
            4,
            "found 1e-14, which leaves no two of 18 words",
        ),
        ([2, 3, 1] * 9, {"window": 1, "method": "svd", "svd": SHIFTED}, 1, r"svd\.shift: found 1000; no two words"),
        ([2, 3, 4, 1, 3, 2, 1], {"method": "svd"}, 4, "at most 2 dimensions.*embedding_dim of this size is 4"),
    ],
)
def test_what_cannot_be_learned_is_told_before_anything_is(stream, changes, dim, message):
    with pytest.raises(UserError, match=message):
        train_vectors(np.array(stream), 5, dim, settings(**changes), 1, CPU, bf16=False)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.ones((4, 2)), "vectors of 4 types where the vocabulary has 3"),
        (np.array([[1, 2], [3, np.nan], [0, 1]]), "1 of 3 types are not finite, the first of type 1"),
        (np.zeros((3, 2)), "all vectors are zero"),
        (np.ones((3, 1)), "vectors of 1 dimensions where the network's embedding has 2"),
    ],
)
def test_vectors_that_no_network_can_use_are_refused(vectors, message):
    with pytest.raises(UserError, match=message):
        check_vectors(vectors, 3, "vectors.safetensors", 2)
