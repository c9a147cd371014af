"""The only reader and writer of artifacts.

Every write goes to a temporary file beside its target, is flushed to disk and renamed over it, so a
killed run leaves the old file or the new one, never half of one. The same values give the same bytes:
no time stamps, no file names, no dictionary order that is not the caller's.
"""

import io
import json
import mmap
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from pipeline.errors import UserError

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def atomic(path: Path) -> Iterator[BinaryIO]:
    """A binary file that becomes `path` when the block ends well, and leaves no trace when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp makes private files; an artifact is as readable as any other
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_bytes(path: Path, content: bytes) -> None:
    with atomic(path) as file:
        file.write(content)


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """`value` as indented JSON; NaN and infinity are refused, since JSON has none."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    return json.loads(require(path).read_text(encoding="utf-8"))


def write_array(path: Path, array: np.ndarray) -> None:
    """`array` as .npy, which `read_array` maps into memory."""
    with atomic(path) as file:
        np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)


def read_array(path: Path) -> np.ndarray:
    """The array in `path`, memory-mapped read-only: nothing is read before it is used."""
    array: np.ndarray = np.load(require(path), mmap_mode="r", allow_pickle=False)
    return array


def drop_pages(array: np.ndarray) -> None:
    """Gives back the memory that a mapped array's pages take, which are read anew when asked for; others stay."""
    owner: Any = array
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)


def write_tensors(path: Path, tensors: Mapping[str, np.ndarray]) -> None:
    """Named arrays as safetensors."""
    from safetensors.numpy import save

    write_bytes(path, save({name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}))


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return dict(load_file(require(path)))


def write_table(path: Path, table: "pd.DataFrame") -> None:
    """`table` without its index: .csv for what people read, .parquet for what is long."""
    buffer = io.BytesIO()
    if path.suffix == ".parquet":
        table.to_parquet(buffer, index=False)
    else:
        table.to_csv(buffer, index=False, lineterminator="\n")
    write_bytes(path, buffer.getvalue())


def read_table(path: Path) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_parquet(require(path)) if path.suffix == ".parquet" else pd.read_csv(require(path))


def require(path: Path) -> Path:
    """`path`, or an error that names the stage to run."""
    if not path.exists():
        raise UserError(
            f"{path} does not exist. It is made by an earlier stage: run `dvc repro`, "
            "or `dvc checkout` if a failed run removed it."
        )
    return path
