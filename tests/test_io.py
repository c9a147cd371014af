import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import io
from pipeline.errors import UserError


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    target = tmp_path / "numbers.json"
    io.write_json(target, {"good": 1})
    with pytest.raises(ValueError, match="Out of range float"):
        io.write_json(target, {"bad": math.nan})
    with pytest.raises(TypeError, match="bytes-like"), io.atomic(target) as file:
        file.writelines([b"half", "not bytes"])
    assert io.read_json(target) == {"good": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["numbers.json"]


def test_pages_of_a_mapped_array_are_given_back_and_read_anew(tmp_path):
    array = np.arange(8 << 20, dtype=np.uint8)
    io.write_array(tmp_path / "a.npy", array)
    back = np.asarray(io.read_array(tmp_path / "a.npy"))[:-5]

    def resident() -> int:
        """Kilobytes of the process that are pages of files."""
        status = Path("/proc/self/status").read_text().split("\n")
        return next(int(line.split()[1]) for line in status if line.startswith("RssFile"))

    np.testing.assert_array_equal(back, array[:-5])
    with_pages = resident()
    io.drop_pages(back)
    assert resident() < with_pages - 7000
    np.testing.assert_array_equal(back, array[:-5])
    io.drop_pages(array)
    assert array[5] == 5


def test_arrays_tables_and_tensors_come_back_as_they_went(tmp_path):
    array = np.arange(12, dtype=np.uint16).reshape(3, 4)
    io.write_array(tmp_path / "a.npy", array)
    back = io.read_array(tmp_path / "a.npy")
    assert isinstance(back, np.memmap)
    assert back.dtype == np.uint16
    np.testing.assert_array_equal(back, array)
    io.write_tensors(tmp_path / "t.safetensors", {"b": array.astype(np.float32), "a": np.zeros(2, np.float32)})
    tensors = io.read_tensors(tmp_path / "t.safetensors")
    np.testing.assert_array_equal(tensors["b"], array)
    table = pd.DataFrame({"model": ["lstm", "rnn"], "nats": [0.1 + 0.2, -math.inf]})
    for name in ("t.csv", "t.parquet"):
        io.write_table(tmp_path / name, table)
        pd.testing.assert_frame_equal(io.read_table(tmp_path / name), table)


def test_the_same_values_give_the_same_bytes(tmp_path):
    tensors = {"one": np.ones(3, np.float32), "two": np.zeros(4, np.float32)}
    io.write_tensors(tmp_path / "a.safetensors", tensors)
    io.write_tensors(tmp_path / "b.safetensors", dict(reversed(tensors.items())))
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_a_missing_artifact_names_itself_and_the_remedy(tmp_path):
    with pytest.raises(UserError, match=r"nothing\.json does not exist.*dvc repro.*dvc checkout"):
        io.read_json(tmp_path / "nothing.json")
