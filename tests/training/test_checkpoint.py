"""What a training that was killed goes on from, and when it is removed."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
import torch

from pipeline.errors import UserError
from pipeline.training import checkpoint


@pytest.mark.parametrize(
    ("left", "stays"),
    [
        ([], False),
        (["none-0.1/.checkpoint.pt.x1"], False),  # half written by a process that was killed
        (["none-0.1/.checkpoint.pt.x1", "none-0.1/test.parquet"], True),
        (["checkpoint.pt"], True),
    ],
)
def test_a_training_that_fails_leaves_its_folder_only_where_it_can_go_on_from_it(tmp_path, left, stays):
    def fails(folder):
        for name in left:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).touch()
        raise UserError("stopped")

    with pytest.raises(UserError, match="stopped"), checkpoint.resume_folder(tmp_path, "study") as folder:
        fails(folder)
    assert (tmp_path / "study").exists() == stays


def test_two_trainings_never_share_a_resume_folder(tmp_path):
    with checkpoint.resume_folder(tmp_path, "lstm-1") as folder:
        with pytest.raises(UserError, match="is in use"), checkpoint.resume_folder(tmp_path, "lstm-1"):
            pass
        assert folder.exists()
    assert not folder.exists()


def test_a_killed_process_frees_the_folder_and_keeps_the_checkpoint(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from pipeline.training.checkpoint import *\n"
        "with resume_folder(Path(sys.argv[1]), 'x') as f:\n"
        "    save_checkpoint(f, {'step': 3}); print('ready', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with checkpoint.resume_folder(tmp_path, "x") as folder:
        assert checkpoint.load_checkpoint(folder) == {"step": 3}


def test_checkpoints_of_the_same_state_have_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        checkpoint.save_checkpoint(tmp_path / name, {"w": torch.arange(5), "step": 3})
        time.sleep(0.01)
    assert (tmp_path / "a" / checkpoint.FILE).read_bytes() == (tmp_path / "b" / checkpoint.FILE).read_bytes()


def test_a_fingerprint_changes_with_words_and_with_contents(tmp_path):
    (tmp_path / "a").write_text("1")
    first = checkpoint.fingerprint([tmp_path / "a"], ["x"])
    assert re.fullmatch(r"[0-9a-f]{16}", first)
    assert checkpoint.fingerprint([tmp_path / "a"], ["y"]) != first
    (tmp_path / "a").write_text("2")
    assert checkpoint.fingerprint([tmp_path / "a"], ["x"]) != first
