"""The whole pipeline in miniature, run by DVC as a user runs it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from project import Project, ran, small_project
from stages import STAGES


@pytest.fixture(scope="session")
def source(tmp_path_factory) -> Project:
    return small_project(tmp_path_factory.mktemp("small") / "source")


@pytest.fixture(scope="session")
def done(source, tmp_path_factory) -> Project:
    """A clone after `dvc repro`, its results committed. Tests leave it as they found it.

    It is run once, however many processes share the tests; each has a copy.
    """
    own = tmp_path_factory.mktemp("done") / "project"
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    with locked(shared.with_suffix(".lock")):
        if not (shared / "committed").exists():
            shutil.rmtree(shared, ignore_errors=True)
            project = source.clone(shared / "project")
            assert sorted(ran(project.dvc("repro"))) == sorted(STAGES)
            project.run("git", "add", "--all")
            project.run("git", "commit", "--quiet", "--message", "results")
            (shared / "committed").touch()
    shutil.copytree(shared / "project", own, symlinks=True)
    return Project(own)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock, which other processes wait for."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
