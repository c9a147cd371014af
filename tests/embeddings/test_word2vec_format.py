"""The reader here is written from the format's description; gensim reads the same."""

import numpy as np
import pytest
from gensim.models import KeyedVectors

from pipeline.embeddings.word2vec_format import write_word2vec
from pipeline.errors import UserError

TYPES = ("<unk>", "<eos>", "naïve", "don't", "1,000")


@pytest.fixture
def written(tmp_path):
    rng = np.random.default_rng(0)
    vectors = (rng.normal(size=(5, 7)) * 10.0 ** rng.integers(-30, 30, (5, 7))).astype(np.float32)
    vectors[0, 0], vectors[0, 1] = 0, 1 / 3
    write_word2vec(tmp_path / "vectors.txt", TYPES, vectors)
    return tmp_path / "vectors.txt", vectors


def test_every_bit_is_read_back(written):
    path, vectors = written
    first, *rest = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    assert first == "5 7"
    assert tuple(line.split(" ")[0] for line in rest) == TYPES
    read = np.array([[np.float32(number) for number in line.split(" ")[1:]] for line in rest])
    assert read.tobytes() == vectors.tobytes()


def test_gensim_reads_the_same(written):
    path, vectors = written
    read = KeyedVectors.load_word2vec_format(str(path), binary=False)
    assert tuple(read.index_to_key) == TYPES
    assert read.vectors.tobytes() == vectors.tobytes()


def test_a_type_with_white_space_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(UserError, match="'a b' holds white space"):
        write_word2vec(tmp_path / "vectors.txt", ("x", "a b"), np.ones((2, 2), dtype=np.float32))
    assert not (tmp_path / "vectors.txt").exists()
