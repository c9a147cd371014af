"""Resuming a training that was killed, to the same bytes as one that was not.

The checkpoint lives outside what DVC owns, since DVC deletes a stage's outputs before it runs. Its folder is named
after everything that decides the result (plan, data, code, torch, threads): another run never finds it.
"""

import fcntl
import hashlib
import io
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from pipeline.errors import UserError
from pipeline.io import write_bytes

FILE = "checkpoint.pt"


def fingerprint(files: Sequence[Path], words: Sequence[str]) -> str:
    """A short hash of the contents of `files` and of `words`."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


@contextmanager
def resume_folder(root: Path, name: str) -> Iterator[Path]:
    """The folder of one training below `root`, locked for the block and removed when it ends well."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise UserError(
                f"{folder} is in use: the same training runs already, perhaps left over from a killed DVC. "
                f"Wait for it, or end it (`kill {lock.read()}`), and run again."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield folder
        except BaseException:
            if all(file.name == "lock" for file in folder.iterdir()):  # nothing to resume from
                shutil.rmtree(folder)
            raise
        shutil.rmtree(folder)


def save_checkpoint(folder: Path, state: dict[str, Any]) -> None:
    buffer = io.BytesIO()  # torch.save writes a file's name into the file
    torch.save(state, buffer)
    write_bytes(folder / FILE, buffer.getvalue())


def load_checkpoint(folder: Path) -> dict[str, Any] | None:
    path = folder / FILE
    if not path.exists():
        return None
    state: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")  # each rank has its own GPU
    return state


class ParentWatch:
    """Notices that DVC, which started this process, has been killed.

    DVC's stages outlive a SIGKILL of DVC; a training without a parent stops at its next checkpoint.
    """

    def __init__(self) -> None:
        self.parent = os.getppid() if "DVC_ROOT" in os.environ else None

    def gone(self) -> bool:
        return self.parent is not None and os.getppid() != self.parent
