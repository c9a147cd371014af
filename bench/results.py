"""What a benchmark found: a line each in the table, an entry each in the file."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import UserError
from pipeline.io import write_json
from pipeline.provenance import describe

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Result:
    what: str
    ours: float | None
    theirs: float | None
    """None where nobody else does it, or could not be had."""
    unit: str
    better: Literal["less", "more"]

    @property
    def ratio(self) -> float | None:
        """How many times better ours is: above 1 when it is."""
        if not self.ours or not self.theirs:
            return None
        return self.theirs / self.ours if self.better == "less" else self.ours / self.theirs


def print_results(results: Sequence[Result]) -> None:
    width = max(len(result.what) for result in results)
    print(f"{'':{width}}  {'ours':>12}  {'theirs':>12}  {'':10}  ratio")
    for result in results:
        numbers = f"{_number(result.ours):>12}  {_number(result.theirs):>12}"
        ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
        print(f"{result.what:{width}}  {numbers}  {result.unit:10}  {ratio}".rstrip())


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    if value and abs(value) < 0.001:
        return f"{value:.1e}"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.3f}"


def write_results(path: Path, results: Sequence[Result]) -> None:
    described = describe(ROOT)["machine"]
    machine = f"{described['processor']}, {described['cores']} cores, {described['system']}"
    names = ("what", "ours", "theirs", "unit", "ratio")
    write_json(path, [{name: getattr(result, name) for name in names} | {"machine": machine} for result in results])


def alternately(repeats: int, *measures: Callable[[], float]) -> tuple[float, ...]:
    """The median of each of `measures`, taken in turn, so that what else the machine does disturbs all alike."""
    values = [[measure() for measure in measures] for _ in range(repeats)]
    return tuple(statistics.median(column) for column in zip(*values, strict=True))


@dataclass(frozen=True)
class Spent:
    """What a process took, from its start to its end."""

    seconds: float
    megabytes: float
    output: str


def run_process(*command: object) -> Spent:
    """Runs a command in a process of its own and measures it. Raises UserError where it fails."""
    words = [str(word) for word in command]
    launch = (sys.executable, "-I", "-S", ROOT / "bench" / "launch.py")
    done = subprocess.run([*launch, *words], cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:  # the command could not be started
        raise UserError(f"`{' '.join(words)}`: {done.stderr.strip().splitlines()[-1]}")
    seconds, peak, status = json.loads(done.stderr)
    if status != 0:
        raise UserError(f"`{' '.join(words)}` ended with {status}:\n{done.stdout[-2000:]}")
    return Spent(seconds, peak / (1024 if sys.platform == "linux" else 1024**2), done.stdout)
