"""Where and how fast a result was made: everything that is not the same from run to run.

Durations live outside what DVC caches, in `.timings/`, since cached results must not depend on them. Each is kept
with a hash of the plan it ran under, so that a duration is never shown beside another run's result.
"""

import hashlib
import json
import os
import platform
import resource
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.io import read_json, write_json
from pipeline.layout import Layout

SHOWN_VERSIONS = ("torch", "numpy", "pandas", "scikit-learn", "matplotlib", "dvc")


def run_timed(layout: Layout, stage: str, plan: str, run: Callable[[], dict[str, float]]) -> None:
    """Runs a stage and keeps its seconds, its peak memory and what it measured itself."""
    start = time.perf_counter()
    measured = run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    write_json(
        _folder(layout) / f"{stage}.json",
        {
            "plan": _hash(layout.plan(plan)),
            "seconds": round(time.perf_counter() - start, 2),
            "peak_megabytes": round(peak),
            **{name: round(value, 2) for name, value in measured.items()},
        },
    )


def read_timings(layout: Layout, plans: dict[str, str]) -> dict[str, dict[str, float]]:
    """What `run_timed` kept, by stage, of the runs that `plans` (stage to name of plan) describes as they are now."""
    timings = {}
    for stage, plan in plans.items():
        path = _folder(layout) / f"{stage}.json"
        if path.exists():
            timing = read_json(path)
            if timing.pop("plan") == _hash(layout.plan(plan)):
                timings[stage] = timing
    return timings


def describe(root: Path) -> dict[str, Any]:
    """What makes this run again: the command, the commit, versions and machine."""
    changed = changed_params(root)
    overrides = [shlex.quote(f"{key}={json.dumps(value)}".replace('"', "")) for key, value in changed.items()]
    return {
        "command": " ".join(["dvc exp run", *(f"-S {override}" for override in overrides)]) if changed else "dvc repro",
        "commit": _git(root, "rev-parse", "HEAD"),
        "changed_since_commit": bool(_git(root, "status", "--porcelain", "--", "pipeline", "dvc.yaml")),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in SHOWN_VERSIONS},
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "system": platform.system()},
    }


def changed_params(root: Path) -> dict[str, Any]:
    """The numbers of params.yaml that are not those of the commit, by dotted key."""
    committed = _git(root, "show", "HEAD:./params.yaml")
    if committed is None:
        return {}
    yaml = YAML(typ="safe")
    before, now = (dict(leaves(yaml.load(text))) for text in (committed, (root / "params.yaml").read_text()))
    return {key: value for key, value in now.items() if key not in before or before[key] != value}


def leaves(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What nested sections hold, each by its dotted name."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _folder(layout: Layout) -> Path:
    return layout.main_checkout / ".timings" / layout.corpus_name


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _git(root: Path, *arguments: str) -> str | None:
    """What git says, None outside a repository."""
    answer = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else None


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
