"""A clone of the project in a temporary folder, with every number made small, and DVC run in it as a user does."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A Tester"), ("EMAIL", "tester@example.org"))
}
SMALL = {
    "language.train_tokens": 12_000,
    "language.valid_tokens": 2_000,
    "language.test_tokens": 2_000,
    "language.suite_sentences": 2_000,
    "embeddings.epochs": 1,
    "sizes.small.embedding_dim": 8,
    "sizes.small.hidden_size": 16,
    "sizes.small.batch_size": 8,
    "sizes.small.bptt_len": 12,
    "sizes.small.training_tokens": 6_000,
    "sizes.small.validations": 2,
    "perplexity.resamples": 100,
    "perplexity.sample_words": 12,
    "agreement.items_per_cell": 1,
    "agreement.resamples": 100,
    "gradients.max_lag": 8,
    "gradients.positions": 8,
    "embedding_study.shares": [0.25, 1.0],
    "embedding_study.seeds": 2,
    "embedding_study.learning_rate_scales": [0.5, 1.0],
    "embedding_study.training_tokens": 1_000,
    "gradients.jacobian.positions": 4,
    "gradients.jacobian.lags": 4,
    "gradients.jacobian.iterations": 5,
    "gradients.jacobian.map_steps": 6,
    "adaptation.valid_tokens": 300,
    "adaptation.test_tokens": 500,
    "adaptation.dynamic.sgd_learning_rates": [0.1],
    "adaptation.dynamic.rms_learning_rates": [0.0001],
    "adaptation.dynamic.decays": [0.01],
    "adaptation.dynamic.rms_batches": 5,
    "adaptation.cache.windows": [50],
    "adaptation.cache.thetas": [0.3],
    "adaptation.cache.weights": [0.1],
    "context.positions": 20,
    "context.length": 30,
    "context.kept": [1, 4, 16],
    "drift.texts": 6,
    "drift.prompt": 4,
    "drift.length": 10,
    "drift.temperatures": [0.7, 1.0],
    "inside.items": 80,
    "inside.folds": 2,
    "inside.units": 2,
    "clipping.radius.hidden_size": 6,
    "clipping.radius.steps": 12,
    "clipping.radius.radii": [0.5, 1.5],
    "clipping.radius.seeds": 2,
    "clipping.hidden_size": 6,
    "clipping.lag": 4,
    "clipping.steps": 12,
    "clipping.seeds": 2,
    "memory.hidden_size": 6,
    "memory.copy_items": 2,
    "memory.adding": [3, 6],
    "memory.copying": [3, 6],
    "memory.order": [3, 6],
    "memory.digits": [4, 16],
    "memory.capacity.hidden_sizes": [4, 8],
    "memory.capacity.items": [1, 2],
    "memory.capacity.lag": 2,
    "memory.training.batch_size": 4,
    "memory.training.steps": 3,
    "memory.training.check_every": 2,
    "memory.training.search_steps": 2,
    "memory.training.learning_rates": [0.001, 0.01],
    "memory.training.seeds": 2,
    "runtime.threads": 1,
    "runtime.device": "cpu",
}


@dataclass(frozen=True)
class Project:
    folder: Path

    def run(self, *command: str, fails: bool = False, path: str | None = None) -> str:
        """What a command prints, both streams; it must end well, or with exit code 1 or more where it `fails`.

        `path` stands in for PATH, as where no environment is activated.
        """
        environment = self.environment() | ({"PATH": path} if path else {})
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        output = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, f"{' '.join(command)} ended with {done.returncode}:\n{output[-4000:]}"
        return output

    def environment(self) -> dict[str, str]:
        """As after `source .venv/bin/activate`."""
        scripts = Path(sys.executable).parent
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DVC_", "GIT_"))}
        return inherited | IDENTITY | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}

    def dvc(self, *arguments: str, fails: bool = False) -> str:
        return self.run("dvc", *arguments, fails=fails)

    def pipeline(self, *arguments: str, fails: bool = False) -> str:
        return self.run(sys.executable, "-m", "pipeline", *arguments, fails=fails)

    def contents(self, *folders: str) -> dict[str, bytes]:
        """Every file below the folders."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for folder in folders
            for path in sorted((self.folder / folder).rglob("*"))
            if path.is_file()
        }

    def set_params(self, changes: dict[str, object]) -> None:
        yaml = YAML()
        path = self.folder / "params.yaml"
        values = yaml.load(path.read_text())
        for dotted, value in changes.items():
            *sections, key = dotted.split(".")
            section = values
            for name in sections:
                section = section[name]
            assert key in section, f"params.yaml has no {dotted}"
            section[key] = value
        with path.open("w") as file:
            yaml.dump(values, file)

    def restore(self) -> None:
        """Everything as committed; what is new is removed."""
        self.run("git", "reset", "--quiet", "--hard")
        self.run("git", "clean", "--quiet", "--force", "-d", "reports", "data/raw")
        self.dvc("checkout")

    def clone(self, folder: Path) -> "Project":
        """A fresh clone: its DVC cache is empty."""
        self.run("git", "clone", "--quiet", str(self.folder), str(folder))
        return Project(folder)


def small_project(folder: Path) -> Project:
    """The working tree as it is now, small, committed in a repository of its own; no reports, no results."""
    project = Project(folder)
    folder.mkdir(parents=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("reports/") and name != "dvc.lock":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    project.set_params(SMALL)
    project.run("git", "init", "--quiet", "--initial-branch", "main")
    project.run("git", "add", "--all")
    project.run("git", "commit", "--quiet", "--message", "small")
    return project


def ran(output: str) -> list[str]:
    """The stages that DVC says it ran."""
    return re.findall(r"Running stage '([^']+)'", output)


def metrics(project: Project) -> dict:
    return json.loads((project.folder / "reports/metrics.json").read_text())


def run_stage(name: str, root: Path, corpus: str) -> subprocess.CompletedProcess:
    """A stage by itself as a process of its own, on what lies in `root`; a UserError is what it says on stderr."""
    code = (
        "import sys; from pathlib import Path; from pipeline.layout import Layout\n"
        f"from pipeline.errors import UserError; from pipeline.stages.{name} import run\n"
        "try: run(Layout(Path(sys.argv[1]), sys.argv[2]))\n"
        "except UserError as told: sys.exit(str(told))"
    )
    command = [sys.executable, "-c", code, str(root), corpus]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
