"""Known corpora, and images, brought from the first mirror that has them whole, into a folder that stays.

pooch checks and places what arrives; the transfer itself goes on where it was cut off, and leaves a server that has
stopped sending.
"""

import hashlib
import os
import shutil
import tarfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import pooch
import requests
import urllib3

from pipeline.corpus.files import read_chunks
from pipeline.corpus.gutenberg import without_licence
from pipeline.corpus.known import Expected, Known, Mirror
from pipeline.errors import UserError
from pipeline.progress import progress

SECONDS_WITHOUT_A_BYTE = 20.0
SLOWEST = 2_000  # bytes a second, over the seconds above; slower is as good as dead
ATTEMPTS = 4
BLOCK = 1 << 16


class Unusable(Exception):
    """A mirror does not give what is wanted; the message says why."""


def fetch(name: str, corpus: Known, downloads: Path, by_hand: Path, patience: float = SECONDS_WITHOUT_A_BYTE) -> Path:
    """The folder with the files of a known corpus below `downloads`, brought there if it is not there yet.

    `patience`: seconds that a server may send nothing. Raises UserError, with what every mirror answered and what to
    put at `by_hand`, when none has the whole of it.
    """
    folder = downloads / name
    if folder.is_dir():
        return folder
    downloads.mkdir(parents=True, exist_ok=True)
    pooch.get_logger().setLevel("WARNING")  # it would tell the checksum of every file that has none to be checked
    failures = []
    for mirror in corpus.mirrors:
        try:
            with TemporaryDirectory(dir=downloads, prefix=f".{name}.") as made:
                _bring(mirror, corpus, downloads / ".parts" / name, Path(made), patience)
                os.chmod(made, 0o755)
                shutil.copytree(made, folder.with_name(f"{name}.new"), dirs_exist_ok=True)
                folder.with_name(f"{name}.new").rename(folder)
        except Unusable as error:
            failures.append(f"  {', '.join(mirror.urls.values())}\n    {error}")
            continue
        shutil.rmtree(downloads / ".parts" / name, ignore_errors=True)
        return folder
    raise UserError(
        f"{name} could not be downloaded:\n" + "\n".join(failures) + f"\nBring {', '.join(corpus.expected)} by hand, "
        f"from one of these or from elsewhere, and put {'them' if len(corpus.expected) > 1 else 'it'} into {by_hand}."
    )


def _bring(mirror: Mirror, corpus: Known, parts: Path, folder: Path, patience: float) -> None:
    """The files of `corpus` in `folder`, checked."""
    for name, url in mirror.urls.items():
        arrived = _retrieve(url, name, mirror.checksum if name == "archive" else None, parts, patience)
        try:
            if name == "archive":
                _unpack(arrived, mirror.members, folder)
            else:
                shutil.copyfile(arrived, folder / name)
        finally:
            arrived.unlink()
    for name, expected in corpus.expected.items():
        if corpus.book:
            strip_licence(folder / name)
        check_file(folder / name, expected)


def _retrieve(url: str, name: str, checksum: str | None, parts: Path, patience: float) -> Path:
    try:
        return Path(pooch.retrieve(url, checksum, fname=name, path=parts, downloader=_Transfer(parts, patience)))
    except ValueError as error:  # pooch's word for a checksum that differs
        raise Unusable(f"what arrived is damaged or another file: {str(error).splitlines()[0]}") from None
    except (requests.RequestException, OSError) as error:
        raise Unusable(f"{type(error).__name__}: {error}") from None


class _Transfer:
    """A downloader for pooch, which goes on from what an earlier attempt has left in `parts`."""

    def __init__(self, parts: Path, patience: float) -> None:
        self._parts, self._patience = parts, patience

    def __call__(self, url: str, output_file: str | IO[bytes], pooch: Any, check_only: bool = False) -> None:
        part = self._parts / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.part"
        for attempt in range(1, ATTEMPTS + 1):
            before = part.stat().st_size if part.exists() else 0
            try:
                self._go_on(url, part)
                break
            except OSError:  # requests' own errors are of this kind
                after = part.stat().st_size if part.exists() else 0
                if attempt == ATTEMPTS or after == before:  # a server that gives more each time is worth asking again
                    raise
        if isinstance(output_file, str | os.PathLike):
            shutil.move(part, output_file)
        else:
            with part.open("rb") as file:
                shutil.copyfileobj(file, output_file)
            part.unlink()

    def _go_on(self, url: str, part: Path) -> None:
        have = part.stat().st_size if part.exists() else 0
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        timeout = (self._patience, self._patience)
        with _own_errors(), requests.get(url, headers=headers, stream=True, timeout=timeout) as answer:
            if answer.status_code == requests.codes.requested_range_not_satisfiable:
                part.unlink()  # what is here is no beginning of what is there
                raise requests.ConnectionError("the server has another file than before")
            answer.raise_for_status()
            if answer.status_code != requests.codes.partial_content:
                have = 0
            rest = int(answer.headers.get("Content-Length", 0))
            with part.open("ab" if have else "wb") as file, _bar(url, have, have + rest) as bar:
                started, received = time.monotonic(), 0
                answer.raw.enforce_content_length = False  # it would throw away the bytes before a cut
                for block in answer.raw.stream(BLOCK):
                    file.write(block)
                    bar.advance(len(block))
                    received += len(block)
                    taken = time.monotonic() - started
                    if taken > self._patience and received < SLOWEST * taken:
                        raise requests.Timeout(f"{received:,} bytes in {taken:.0f} s is too slow")
            if received < rest:
                raise requests.ConnectionError(f"cut off after {have + received:,} of {have + rest:,} bytes")


@contextmanager
def _own_errors() -> Iterator[None]:
    """Errors of the library below requests, which reads the raw answer, as requests' own."""
    try:
        yield
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError(error) from error


@contextmanager
def _bar(url: str, have: int, total: int) -> Iterator[Any]:
    with progress(f"download {url.rsplit('/', 1)[-1]}", total, "bytes") as bar:
        bar.skip(have)
        yield bar


def _unpack(archive: Path, members: Mapping[str, str], folder: Path) -> None:
    """The `members` (by the name that they are to have) of a zip or tar archive."""
    try:
        for name, member in members.items():
            with _member(archive, member) as source, (folder / name).open("wb") as target:
                shutil.copyfileobj(source, target)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, KeyError, OSError) as error:
        raise Unusable(f"the archive is damaged or another one: {error}") from None


@contextmanager
def _member(archive: Path, name: str) -> Iterator[IO[bytes]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened, opened.open(name) as file:
            yield file
    else:
        with tarfile.open(archive) as tar:
            member = tar.extractfile(name)
            if member is None:
                raise KeyError(f"{name} is no file")
            with member:
                yield member


def check_file(path: Path, expected: Expected) -> None:
    """Raises `Unusable` where the file is not what was expected, with what was found."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if expected.checksum is not None:
            algorithm, digits = expected.checksum.split(":")
            if hashlib.file_digest(file, algorithm).hexdigest() != digits:
                raise Unusable(f"{path.name} has another {algorithm} checksum than the published file ({size:,} bytes)")
    if expected.size is not None and size != expected.size:
        raise Unusable(f"{path.name} has {size:,} bytes where the published file has {expected.size:,}")
    counts = {"lines": expected.lines, "words": expected.words, "tokens": expected.tokens}
    if expected.checksum is not None and set(counts.values()) == {None} and expected.sorted_lines is None:
        return  # every byte is as published, so that it need not be read as text, which images are not
    lines = words = 0
    try:
        for chunk in read_chunks(path):
            lines += chunk.count(b"\n")
            words += len(chunk.split())
    except UserError as error:
        raise Unusable(str(error)) from None
    found = {"lines": lines, "words": words, "tokens": lines + words}
    for unit, number in counts.items():
        if number is not None and found[unit] != number:
            raise Unusable(f"{path.name} has {found[unit]:,} {unit} where the published file has {number:,}")
    if expected.sorted_lines is not None and sorted_digest(path) != expected.sorted_lines:
        raise Unusable(f"{path.name} has other lines than the published file, in whatever order")


def sorted_digest(path: Path) -> str:
    """SHA-256 of the lines of a file in the order of their bytes."""
    with path.open("rb") as file:
        return hashlib.sha256(b"".join(sorted(file))).hexdigest()


def strip_licence(path: Path) -> None:
    """Leaves out what Project Gutenberg says before and after a book. Raises `Unusable` where the marks are missing."""
    try:
        book = without_licence(path.read_bytes())
    except ValueError as error:
        raise Unusable(str(error)) from None
    with path.open("wb") as file:
        file.write(book)
