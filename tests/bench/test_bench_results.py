import json
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.results import Result, alternately, run_process, write_results
from pipeline.errors import UserError


@pytest.mark.parametrize(
    ("better", "ours", "theirs", "ratio"),
    [("less", 2.0, 6.0, 3.0), ("more", 2.0, 6.0, 1 / 3), ("less", 2.0, None, None), ("less", None, 2.0, None)],
)
def test_the_ratio_is_above_one_where_ours_is_better(better, ours, theirs, ratio):
    assert Result("", ours, theirs, "s", better).ratio == pytest.approx(ratio)


def test_the_file_has_the_six_fields(tmp_path: Path):
    write_results(tmp_path / "x.json", [Result("fit", 2.0, 3.0, "s", "less"), Result("alone", 1.0, None, "MB", "less")])
    entries = json.loads((tmp_path / "x.json").read_text())
    assert [list(entry) for entry in entries] == [["what", "ours", "theirs", "unit", "ratio", "machine"]] * 2
    assert [entry["ratio"] for entry in entries] == [1.5, None]


def test_measures_take_turns_and_medians_are_given():
    calls: list[str] = []
    values = {"a": iter([5.0, 1.0, 2.0]), "b": iter([0.0, 9.0, 8.0])}

    def measure(name: str) -> float:
        calls.append(name)
        return next(values[name])

    assert alternately(3, lambda: measure("a"), lambda: measure("b")) == (2.0, 8.0)
    assert calls == ["a", "b"] * 3


def test_a_process_is_measured_from_outside():
    ours = np.ones(200 << 17)  # 200 MB here do not count there
    small = run_process(sys.executable, "-c", "print('done')")
    large = run_process(sys.executable, "-c", "x = b'1' * (100 << 20)")
    assert small.output == "done\n"
    assert small.seconds > 0
    assert large.megabytes - small.megabytes == pytest.approx(100, abs=20)
    assert small.megabytes < 100 < ours.nbytes / 2**20


def test_a_process_that_fails():
    with pytest.raises(UserError, match="ended with 3:\nno disk"):
        run_process(sys.executable, "-c", "print('no disk'); raise SystemExit(3)")


def test_a_program_that_is_not_there():
    with pytest.raises(UserError, match="`no-such-program 1`: FileNotFoundError"):
        run_process("no-such-program", 1)
