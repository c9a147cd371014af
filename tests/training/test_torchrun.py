"""The train stage under torchrun, as a user starts it on a machine with several GPUs, here with two CPU ranks."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from project import Project, small_project

from pipeline.io import read_tensors

TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
EAGER = """from pipeline.__main__ import main
from pipeline.training import loop
import sys
loop.SECONDS_BETWEEN_CHECKPOINTS = 0
sys.argv = ["pipeline", "train", "lstm"]
main()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """The plan, corpus and embeddings of a small project."""
    made = small_project(tmp_path_factory.mktemp("small") / "project")
    made.set_params({"runtime.precision": "fp32"})
    for stage in ("plan", "corpus", "embeddings"):
        made.pipeline(stage)
    return made


@pytest.fixture(scope="module")
def killed(project) -> str:
    """What a training prints whose second rank is killed after the first checkpoint."""
    (project.folder / "eager.py").write_text(EAGER)
    environment = project.environment() | {"PYTHONPATH": str(project.folder)}
    log = project.folder / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*TORCHRUN, "eager.py"], cwd=project.folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 120
        while not list((project.folder / ".resume").glob("lstm-*/checkpoint.pt")):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        ranks = psutil.Process(process.pid).children()
        os.kill(next(rank.pid for rank in ranks if rank.environ().get("RANK") == "1"), signal.SIGKILL)
        assert process.wait(timeout=60) != 0
    assert not models(project).exists()
    return log.read_text()


@pytest.fixture(scope="module")
def resumed(project, killed) -> str:
    """What the same command prints when it is run again."""
    return project.run(*TORCHRUN, "-m", "pipeline", "train", "lstm")


def models(project: Project) -> Path:
    return project.folder / "data/builtin/models/lstm"


def test_a_killed_rank_ends_the_training_with_a_message(killed):
    assert "error: lstm: rank 0 of 2" in killed
    assert "Run the same command again; it resumes from the last checkpoint." in killed


def test_the_next_run_resumes_and_only_one_rank_speaks_and_writes(project, resumed):
    assert resumed.count("resuming lstm at step") == 1
    assert resumed.count("train lstm: done") == 1
    assert list((project.folder / ".resume").iterdir()) == []
    timing = json.loads((project.folder / ".timings/builtin/train@lstm.json").read_text())
    assert timing["tokens_per_second"] > 0


def test_the_result_is_that_of_one_process(project, resumed):
    together = {name: pd.read_csv(models(project) / f"{name}.csv") for name in ("steps", "validations")}
    files = {path.name for path in models(project).iterdir()}
    best = read_tensors(models(project) / "best.safetensors")
    shutil.rmtree(models(project))
    project.pipeline("train", "lstm")
    assert {path.name for path in models(project).iterdir()} == files
    for name, table in together.items():
        pd.testing.assert_frame_equal(table, pd.read_csv(models(project) / f"{name}.csv"), rtol=1e-3)
    for key, weights in read_tensors(models(project) / "best.safetensors").items():
        np.testing.assert_allclose(best[key], weights, rtol=1e-2, atol=1e-3, err_msg=key)
