"""Arrays of bytes in the IDX format, gzip-compressed, in which MNIST is published (LeCun, Cortes and Burges 1998)."""

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np

from pipeline.errors import UserError

UNSIGNED_BYTES = 0x08
"""The third byte of a file: what its numbers are. The fourth: how many dimensions; then each, big-endian 32 bits."""


def read_idx(path: Path) -> np.ndarray:
    """The uint8 array, of any shape, of a .gz file. Raises UserError, with what is wrong, on a damaged one."""
    try:
        with gzip.open(path) as file:
            content = file.read()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise _damaged(path, f"is no whole gzip file: {error}") from None
    if len(content) < 4 or content[:2] != b"\0\0":
        raise _damaged(path, f"begins with {content[:4].hex(' ') or 'nothing'}, where an IDX file has 00 00")
    kind, dimensions = content[2], content[3]
    if kind != UNSIGNED_BYTES:
        raise _damaged(path, f"holds numbers of kind {kind:#04x}, where bytes, {UNSIGNED_BYTES:#04x}, are wanted")
    begin = 4 + 4 * dimensions
    if len(content) < begin:
        raise _damaged(path, f"ends within the sizes of its {dimensions} dimensions")
    shape = tuple(np.frombuffer(content, ">u4", dimensions, offset=4).tolist())
    if len(content) - begin != prod(shape):
        told = " × ".join(map(str, shape))
        raise _damaged(path, f"has {len(content) - begin:,} bytes after its head, where {told} are {prod(shape):,}")
    return np.frombuffer(content, np.uint8, offset=begin).reshape(shape)


def _damaged(path: Path, what: str) -> UserError:
    return UserError(f"{path} {what}. It is damaged or another file: remove it, and bring it again.")
