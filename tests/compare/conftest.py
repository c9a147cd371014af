"""A small repository whose one stage makes tables by arithmetic, in which DVC runs experiments as a user does."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import made_run
import pytest
from project import ROOT, Project

from pipeline.compare.page import render
from pipeline.compare.runs import read_runs
from pipeline.errors import UserError

PARAMS = """\
model: all
corpus: builtin
seed: 1
lstm:
  learning_rate: 0.008
"""
DVC = """\
stages:
  report:
    cmd: python made_run.py
    deps:
      - pipeline/code.py
    params:
      - params.yaml:
    outs:
      - data/${corpus}/corpus
      - reports/${corpus}:
          cache: false
    metrics:
      - reports/metrics.json:
          cache: false
"""
EXPERIMENTS = {
    "slow": ["lstm.learning_rate=0.002"],
    "alone": ["model=lstm"],
    "elsewhere": ["corpus=other"],
}


class Repository(Project):
    """`compare` runs in it with the code of the working tree."""

    def compare(self, *arguments: str, fails: bool = False) -> str:
        return self.pipeline("compare", *arguments, fails=fails)

    def environment(self) -> dict[str, str]:
        return super().environment() | {"PYTHONPATH": str(ROOT)}

    def page(self, *revisions: str, corpora: Sequence[str] = ()) -> str:
        """What `compare` writes, without starting a process."""
        return render(*read_runs(self.folder, revisions, corpora))

    def refusal(self, *revisions: str, corpora: Sequence[str] = ()) -> str:
        """What `compare` says where it cannot be done."""
        with pytest.raises(UserError) as refused:
            read_runs(self.folder, revisions, corpora)
        return str(refused.value)


@pytest.fixture(scope="session")
def repository(tmp_path_factory) -> Repository:
    """One commit without results, one with, and three experiments."""
    made = Repository(tmp_path_factory.mktemp("runs"))
    folder: Path = made.folder
    (folder / ".dvc").mkdir()
    shutil.copy(ROOT / ".dvc" / "config", folder / ".dvc" / "config")
    shutil.copytree(ROOT / ".dvc" / "plots", folder / ".dvc" / "plots")
    shutil.copy(made_run.__file__, folder)
    (folder / "pipeline").mkdir()
    (folder / "pipeline" / "code.py").write_text("")
    (folder / "params.yaml").write_text(PARAMS)
    plots = (ROOT / "dvc.yaml").read_text().partition("\nplots:\n")
    (folder / "dvc.yaml").write_text(DVC + "".join(plots[1:]))
    (folder / ".gitignore").write_text("/data/*/corpus\n/comparisons/\n__pycache__/\n")
    made.run("git", "init", "--quiet", "--initial-branch", "main")
    made.run("git", "add", "--all")
    made.run("git", "commit", "--quiet", "--message", "nothing has been run")
    made.dvc("repro", "--quiet")
    made.run("git", "add", "--all")
    made.run("git", "commit", "--quiet", "--message", "results")
    made.run("git", "tag", "first")
    for name, changes in EXPERIMENTS.items():
        settings = [part for change in changes for part in ("--set-param", change)]
        made.dvc("exp", "run", "--quiet", "--name", name, *settings)
        made.run("git", "reset", "--quiet", "--hard")
        made.run("git", "clean", "--quiet", "--force", "-d")
        made.dvc("checkout", "--quiet")
    return made
