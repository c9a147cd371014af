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
PARENT = os.getppid()  # when this was imported: a study trains many networks, and DVC may be killed between two


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
    """The folder of one training or study below `root`, locked for the block.

    It is removed after that where it holds nothing to go on from; a training that has ended removes its checkpoint.
    """
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise UserError(
                f"{folder} is in use: the same training runs already, or a study that shares trainings with this one, "
                f"perhaps left over from a killed DVC. Wait for it, or end it (`kill {lock.read()}`), and run again."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield folder
        finally:
            if not any(_resumes(file) for file in folder.rglob("*")):
                shutil.rmtree(folder, ignore_errors=True)


def _resumes(path: Path) -> bool:
    """Whether a run can go on from it: not from a folder, the lock, or what a killed process left half written."""
    return path.is_file() and path.name != "lock" and not path.name.startswith(".")


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


def dvc_is_gone() -> bool:
    """Whether DVC, which started this process, has been killed.

    DVC's stages outlive a SIGKILL of DVC; a training without a parent stops where it begins or at its next checkpoint.
    """
    return "DVC_ROOT" in os.environ and os.getppid() != PARENT
