"""The text format of word2vec: a line with the number of types and dimensions, then a line a type."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.io import atomic


def write_word2vec(path: Path, types: Sequence[str], vectors: NDArray[np.floating[Any]]) -> None:
    """Each number in as many digits as float32 needs to be read back to the same bits.

    Raises UserError where a type holds white space.
    """
    spaced = [word for word in types if word.split() != [word]]
    if spaced:
        raise UserError(
            f"{spaced[0]!r} holds white space, which this format has no way to write. "
            "Export the vectors of a text in words."
        )
    with atomic(path) as file:
        file.write(f"{len(types)} {vectors.shape[1]}\n".encode())
        for word, vector in zip(types, vectors, strict=True):
            numbers = " ".join(f"{value:.9g}" for value in vector.tolist())
            file.write(f"{word} {numbers}\n".encode())
