"""Mistakes and accidents: what is said, and that everything comes back."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from project import ran


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "transformer"}, "model: found 'transformer'"),
        ({"corpus": "nowhere"}, "corpus: found 'nowhere'"),
        ({"size": "tiny"}, "size: found 'tiny'"),
        ({"lstm.clip_norm": -1}, "lstm.clip_norm: found -1"),
        ({"gradients.max_lag": 1_000_000}, "language.valid_tokens: found 2,000; this size and gradients.max_lag need"),
        ({"studies": "drift", "drift.length": 5_000}, "the study drift needs stretches of 5,004"),
        (
            {"studies": "embeddings", "embedding_study.shares": [1e-6, 1.0]},
            "less than the 104 that a step of",
        ),
        ({"language.shape.subject_relative": 0.95}, "subject_relative and object_relative, must sum to less than 1"),
    ],
)
def test_a_mistake_in_params_stops_in_plan_with_everything_untouched(done, change, message):
    before = done.contents("data", "reports")
    done.set_params(change)
    output = done.dvc("repro", fails=True)
    assert message in output
    assert "Traceback" not in output
    assert ran(output) == ["plan"]
    assert done.contents("data", "reports") == before
    done.restore()
    assert ran(done.dvc("repro")) == []


def test_an_unknown_key_is_refused_by_dvc_itself(done):
    assert "hiden" in done.dvc("exp", "run", "--set-param", "lstm.hiden=3", fails=True)
    done.restore()


def test_after_a_failure_further_on_everything_comes_back(done):
    before = done.contents("data", "reports")
    done.set_params({"rnn.learning_rate": 1e30})
    output = done.dvc("repro", fails=True)
    assert "Lower rnn.learning_rate" in output
    assert "Traceback" not in output
    remedy = re.search(r"`(git restore [^`]+)` and then `(dvc checkout)`", output)
    for command in remedy.groups():
        done.run(*command.split())
    assert done.contents("data", "reports") == before
    assert ran(done.dvc("repro")) == []


def test_a_killed_training_resumes_to_the_same_bytes(done, tmp_path):
    before = done.contents("data/builtin/models/lstm")
    shutil.rmtree(done.folder / "data/builtin/models/lstm")
    eager = (
        "import sys; from pipeline.training import loop; from pipeline.__main__ import main\n"
        "loop.SECONDS_BETWEEN_CHECKPOINTS = 0; sys.argv = ['pipeline', 'train', 'lstm']; main()"
    )
    process = subprocess.Popen([sys.executable, "-c", eager], cwd=done.folder, env=done.environment())
    deadline = time.monotonic() + 60
    while not list((done.folder / ".resume").glob("lstm-*/checkpoint.pt")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (done.folder / "data/builtin/models/lstm").exists()
    output = done.pipeline("train", "lstm")
    assert "resuming lstm at step" in output
    assert done.contents("data/builtin/models/lstm") == before
    assert list((done.folder / ".resume").iterdir()) == []


def test_outside_the_project_the_command_says_so(done, tmp_path):
    answer = subprocess.run(
        [sys.executable, "-m", "pipeline", "plan"],
        cwd=tmp_path,
        env=done.environment() | {"PYTHONPATH": str(done.folder)},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    assert "holds no params.yaml" in answer.stderr
