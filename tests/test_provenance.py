import re
import shutil
import subprocess
from pathlib import Path

from project import IDENTITY

from pipeline.provenance import changed_params, describe

ROOT = Path(__file__).parents[1]


def test_the_command_names_what_is_not_as_committed(tmp_path, monkeypatch):
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert changed_params(tmp_path) == {}
    assert describe(tmp_path)["command"] == "dvc repro"
    path = tmp_path / "params.yaml"
    text = path.read_text().replace("model: all ", "model: [lstm, gru] ")
    text = re.sub(r"(?m)^(lstm:\n  learning_rate: ).*$", r"\g<1>0.1", text)
    path.write_text(text)
    assert changed_params(tmp_path) == {"model": ["lstm", "gru"], "lstm.learning_rate": 0.1}
    assert describe(tmp_path)["command"] == "dvc exp run -S 'model=[lstm, gru]' -S lstm.learning_rate=0.1"
