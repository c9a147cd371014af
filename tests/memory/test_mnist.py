"""MNIST from a server on this machine, and files that are not what they should be."""

import gzip
import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import torch

from pipeline.corpus.known import Expected, Known, Mirror
from pipeline.errors import UserError
from pipeline.memory.digits import digits
from pipeline.memory.idx import read_idx
from pipeline.memory.mnist import MD5, MNIST, find_mnist, mnist_images

TRAIN, TEST = 48, 10

packed = partial(gzip.compress, mtime=0)
"""Without the time of day, so that every process that collects these tests gives the bytes, their names, alike."""


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return packed(head + array.astype(np.uint8).tobytes())


def contents() -> dict[str, bytes]:
    rng = np.random.default_rng(0)
    files = {}
    for part, count in (("train", TRAIN), ("t10k", TEST)):
        files[f"{part}-images-idx3-ubyte.gz"] = idx(rng.integers(0, 256, (count, 28, 28)))
        files[f"{part}-labels-idx1-ubyte.gz"] = idx(np.arange(count) % 10)
    return files


FILES = contents()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        super().do_GET()


@pytest.fixture
def server(tmp_path):
    """Serves what lies in `served`."""
    (tmp_path / "served").mkdir()
    running = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "served")))
    running.asked = []
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


def published(server, files=FILES) -> Known:
    """With a mirror that has nothing, and one that has what is served."""
    expected = {name: Expected(checksum=f"md5:{hashlib.md5(content).hexdigest()}") for name, content in files.items()}
    place = f"http://127.0.0.1:{server.server_address[1]}" if server else "http://127.0.0.1:9"
    mirrors = [Mirror({name: f"{place}/{folder}{name}" for name in files}) for folder in ("gone/", "")]
    return Known(expected, tuple(mirrors))


def place(folder, files=FILES) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def brought(tmp_path, server, files=FILES):
    return mnist_images(tmp_path / "raw" / "mnist", tmp_path / "downloads", published(server, files), 2.0)


def test_the_images_arrive_from_the_second_mirror_and_are_not_asked_for_again(tmp_path, server):
    place(tmp_path / "served")
    images = brought(tmp_path, server)
    assert images.pixels.shape == (TRAIN + TEST, 28, 28)
    assert {split: len(rows) for split, rows in images.parts.items()} == {"train": 44, "valid": 4, "test": TEST}
    assert sorted(torch.cat([images.parts["train"], images.parts["valid"]]).tolist()) == list(range(TRAIN))
    assert images.parts["test"].tolist() == list(range(TRAIN, TRAIN + TEST))
    assert images.classes[images.parts["test"]].tolist() == list(range(10))
    assert {path.name: path.read_bytes() for path in (tmp_path / "downloads" / "mnist").iterdir()} == FILES
    asked = len(server.asked)
    again = brought(tmp_path, server)
    assert len(server.asked) == asked
    assert torch.equal(again.pixels, images.pixels)
    assert all(torch.equal(again.parts[split], rows) for split, rows in images.parts.items())


@pytest.mark.parametrize("length", [64, 256, 784])
def test_every_length_has_the_same_images_and_classes(tmp_path, server, length):
    place(tmp_path / "served")
    images = brought(tmp_path, server)
    batch, whole = (digits(images, steps).draw("train", 9, torch.Generator().manual_seed(1)) for steps in (length, 784))
    assert batch.inputs.shape == (length, 9, 1)
    assert batch.targets.tolist() == whole.targets.tolist()
    assert torch.allclose(batch.inputs.mean(dim=0), whole.inputs.mean(dim=0), atol=0.03)
    own = {tuple(image.flatten().tolist()) for image in images.pixels}
    shown = {tuple((255 * column).round().int().tolist()) for column in whole.inputs[..., 0].T}
    assert len(shown) == 9
    assert shown <= own  # their own pixels


def test_files_brought_by_hand_are_read_first(tmp_path, server):
    place(tmp_path / "raw" / "mnist")
    assert brought(tmp_path, server).pixels.shape == (TRAIN + TEST, 28, 28)
    assert not server.asked
    assert not (tmp_path / "downloads").exists()


def test_files_brought_by_hand_must_be_all_and_whole(tmp_path):
    folder = tmp_path / "mnist"
    assert find_mnist(folder, published(None)) is None
    place(folder, dict(list(FILES.items())[:3]))
    with pytest.raises(UserError, match=r"but t10k-labels-idx1-ubyte.gz is missing. Put all four there"):
        find_mnist(folder, published(None))
    place(folder, FILES | {"t10k-labels-idx1-ubyte.gz": b"other"})
    with pytest.raises(UserError, match=r"t10k-labels.* has another md5 checksum .*bring it again, or remove the fold"):
        find_mnist(folder, published(None))


def test_where_every_mirror_fails_the_message_says_what_to_put_where(tmp_path, server):
    place(tmp_path / "served", FILES | {"t10k-images-idx3-ubyte.gz": b"damaged"})
    with pytest.raises(UserError) as failed:
        brought(tmp_path, server)
    message = str(failed.value)
    assert "mnist could not be downloaded" in message
    assert "404" in message
    assert "t10k-images-idx3-ubyte.gz has another md5 checksum than the published file (7 bytes)" in message
    assert f"Bring {', '.join(FILES)} by hand" in message
    assert f"put them into {tmp_path / 'raw' / 'mnist'}" in message


SMALL = np.arange(12).reshape(3, 2, 2)
WHOLE = gzip.decompress(idx(SMALL))


def test_an_array_of_any_shape_is_read(tmp_path):
    for array in (SMALL, np.arange(7), np.zeros((0, 4))):
        (tmp_path / "a.gz").write_bytes(idx(array))
        assert np.array_equal(read_idx(tmp_path / "a.gz"), array)
        assert read_idx(tmp_path / "a.gz").shape == array.shape


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no gzip", "is no whole gzip file"),
        (idx(SMALL)[:-12], "is no whole gzip file"),
        (idx(SMALL)[:15] + b"\xff\xff\xff" + idx(SMALL)[18:], "is no whole gzip file"),
        (packed(b""), "begins with nothing, where an IDX file has 00 00"),
        (packed(b"<html>"), "begins with 3c 68 74 6d, where an IDX file has 00 00"),
        (packed(b"\0\0\x0d\1" + WHOLE[4:]), "holds numbers of kind 0x0d, where bytes, 0x08, are wanted"),
        (packed(WHOLE[:9]), "ends within the sizes of its 3 dimensions"),
        (packed(WHOLE[:-1]), "has 11 bytes after its head, where 3 × 2 × 2 are 12"),
        (packed(WHOLE + b"\0"), "has 13 bytes after its head, where 3 × 2 × 2 are 12"),
    ],
)
def test_a_damaged_file_is_told_with_what_is_wrong(tmp_path, content, message):
    (tmp_path / "a.gz").write_bytes(content)
    with pytest.raises(UserError, match=f"a.gz {message}.*remove it, and bring it again"):
        read_idx(tmp_path / "a.gz")


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("train-images-idx3-ubyte.gz", np.zeros((TRAIN, 28, 27)), r"shape \(48, 28, 27\), which are no square images"),
        ("train-images-idx3-ubyte.gz", np.zeros(TRAIN), "which are no square images"),
        ("train-labels-idx1-ubyte.gz", np.zeros(TRAIN - 1), r"numbers of shape \(47,\), but there are 48 images"),
        ("t10k-labels-idx1-ubyte.gz", np.full(TEST, 10), "has a class 10, but digits end with 9"),
    ],
)
def test_images_and_classes_must_fit(tmp_path, name, array, message):
    files = FILES | {name: idx(array)}
    place(tmp_path / "raw" / "mnist", files)
    with pytest.raises(UserError, match=message):
        brought(tmp_path, None, files)


def test_the_published_files_are_the_four_on_two_mirrors():
    assert set(MD5) == set(FILES) == set(MNIST.expected)
    assert len(MNIST.mirrors) == 2
    for mirror in MNIST.mirrors:
        assert all(url.startswith("https://") and url.endswith(f"/{name}") for name, url in mirror.urls.items())
