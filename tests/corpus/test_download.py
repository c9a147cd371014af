"""Downloads from a server on this machine that does what servers on the net do."""

import hashlib
import io
import socket
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.corpus.download import fetch, sorted_digest
from pipeline.corpus.known import GUTENBERG, KNOWN, Expected, Known, Mirror, known
from pipeline.errors import UserError

TRAIN = b"".join(b"line %d of the text\n" % number for number in range(20_000))
TEXTS = {"train.txt": TRAIN, "valid.txt": b"a line\n", "test.txt": b"another line\n"}
WHOLE = {name: Expected(len(text), text.count(b"\n"), len(text.split())) for name, text in TEXTS.items()}
PATIENCE = 0.5


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.cut_at: dict[str, int] = {}
        self.stalls: set[str] = set()
        self.refuses_ranges = False
        self.asked: list[tuple[str, str | None]] = []
        self.over, self.outlasted = threading.Event(), threading.Event()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        server: Server = self.server
        name, span = self.path[1:], self.headers.get("Range")
        server.asked.append((name, span))
        if name not in server.files or (span and server.refuses_ranges):
            return self.send_error(404)
        content = server.files[name]
        start = int(span.removeprefix("bytes=").removesuffix("-")) if span else 0
        if start >= len(content):
            return self.send_error(416)
        self.send_response(206 if span else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        stop = server.cut_at.get(name, len(content))
        if span:
            stop = len(content)
        self.wfile.write(content[start:stop])
        if name in server.stalls:
            self.wfile.flush()
            if not server.over.wait(60):
                server.outlasted.set()


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.over.set()
    running.shutdown()
    running.server_close()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in TEXTS.items():
            archive.writestr(f"inside/{name}", text)
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in TEXTS.items():
            entry = tarfile.TarInfo(f"inside/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
    return buffer.getvalue()


def archive(server: Server, name: str, content: bytes | None, checksum: str | None = None) -> Mirror:
    if content is not None:
        server.files[name] = content
    return Mirror({"archive": server.url(name)}, {text: f"inside/{text}" for text in TEXTS}, checksum)


def bring(tmp_path, *mirrors: Mirror, expected=WHOLE, patience=PATIENCE):
    return fetch("small", Known(expected, mirrors), tmp_path / "downloads", tmp_path / "raw" / "small", patience)


def assert_whole(folder) -> None:
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == TEXTS


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_arrives_as_files_and_is_not_asked_for_again(tmp_path, server, pack):
    mirror = archive(server, "a.bin", pack())
    assert_whole(bring(tmp_path, mirror))
    assert_whole(bring(tmp_path, mirror))
    assert len(server.asked) == 1
    assert sorted(path.name for path in (tmp_path / "downloads").iterdir() if path.name != ".parts") == ["small"]


def test_single_files_arrive_too(tmp_path, server):
    server.files |= TEXTS
    assert_whole(bring(tmp_path, Mirror({name: server.url(name) for name in TEXTS})))


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_dead_mirror_is_passed_over(tmp_path, server):
    dead = Mirror({"archive": f"http://127.0.0.1:{closed_port()}/a.zip"}, {name: name for name in TEXTS})
    gone = archive(server, "gone.zip", None)
    assert_whole(bring(tmp_path, dead, gone, archive(server, "a.zip", zipped())))


def test_where_all_fail_the_message_says_why_and_what_to_put_where(tmp_path, server):
    dead = Mirror({"archive": f"http://127.0.0.1:{closed_port()}/a.zip"}, {name: name for name in TEXTS})
    with pytest.raises(UserError) as failed:
        bring(tmp_path, dead, archive(server, "gone.zip", None))
    message = str(failed.value)
    assert "small could not be downloaded" in message
    assert dead.urls["archive"] in message
    assert "Connection refused" in message
    assert "404" in message
    assert "Bring train.txt, valid.txt, test.txt by hand" in message
    assert f"put them into {tmp_path / 'raw' / 'small'}" in message
    assert not (tmp_path / "downloads" / "small").exists()


def test_a_transfer_goes_on_where_it_was_cut_off(tmp_path, server):
    content = zipped()
    mirror = archive(server, "a.zip", content)
    server.cut_at["a.zip"] = len(content) // 3
    assert_whole(bring(tmp_path, mirror))
    assert server.asked == [("a.zip", None), ("a.zip", f"bytes={len(content) // 3}-")]


def test_a_transfer_goes_on_in_a_later_run(tmp_path, server):
    content = zipped()
    mirror = archive(server, "a.zip", content)
    server.cut_at["a.zip"] = 1000
    server.refuses_ranges = True
    with pytest.raises(UserError):
        bring(tmp_path, mirror)
    server.refuses_ranges = False
    server.asked.clear()
    assert_whole(bring(tmp_path, mirror))
    assert server.asked == [("a.zip", "bytes=1000-")]


def test_a_file_that_stays_truncated_is_refused(tmp_path, server):
    cut = archive(server, "cut.zip", zipped()[:-100])
    short = Mirror({name: server.url(name) for name in TEXTS})
    server.files |= TEXTS | {"train.txt": TRAIN[:-20]}
    with pytest.raises(UserError) as failed:
        bring(tmp_path, cut, short)
    assert "the archive is damaged or another one" in str(failed.value)
    assert f"train.txt has {len(TRAIN) - 20:,} bytes where the published file has {len(TRAIN):,}" in str(failed.value)


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (Expected(lines=3), "has 20,000 lines where the published file has 3"),
        (Expected(words=3), "has 100,000 words where the published file has 3"),
        (Expected(tokens=3), "has 120,000 tokens where the published file has 3"),
        (Expected(checksum="md5:0"), "has another md5 checksum than the published file"),
        (Expected(sorted_lines="0"), "has other lines than the published file, in whatever order"),
    ],
)
def test_what_arrives_is_counted(tmp_path, server, expected, message):
    with pytest.raises(UserError, match=message):
        bring(tmp_path, archive(server, "a.zip", zipped()), expected=WHOLE | {"train.txt": expected})


def test_the_order_of_articles_may_differ(tmp_path, server):
    server.files |= TEXTS | {"train.txt": b"".join(reversed(TRAIN.splitlines(keepends=True)))}
    (tmp_path / "sorted").write_bytes(TRAIN)
    expected = WHOLE | {"train.txt": Expected(sorted_lines=sorted_digest(tmp_path / "sorted"))}
    folder = bring(tmp_path, Mirror({name: server.url(name) for name in TEXTS}), expected=expected)
    assert (folder / "train.txt").read_bytes() == server.files["train.txt"]


def test_a_wrong_checksum_is_refused_and_the_next_mirror_asked(tmp_path, server):
    right = f"md5:{hashlib.md5(zipped()).hexdigest()}"
    wrong = archive(server, "wrong.zip", b"something else", right)
    with pytest.raises(UserError, match="what arrived is damaged or another file"):
        bring(tmp_path, wrong)
    assert_whole(bring(tmp_path, wrong, archive(server, "a.zip", zipped(), right)))


def test_a_server_that_stops_sending_is_left_for_the_next(tmp_path, server):
    slow = archive(server, "slow.zip", zipped())
    server.cut_at["slow.zip"] = 0
    server.stalls.add("slow.zip")
    assert_whole(bring(tmp_path, slow, archive(server, "a.zip", zipped())))
    assert [name for name, _ in server.asked] == ["slow.zip", "a.zip"]
    assert not server.outlasted.is_set()  # it was left, it has not given up


def test_a_book_is_stripped_of_its_licence(tmp_path, server):
    marks = b"*** %s OF THE PROJECT GUTENBERG EBOOK PRIDE AND PREJUDICE ***\n"
    book = (
        b"\xef\xbb\xbfThe Project Gutenberg eBook\n"
        + marks % b"START"
        + b"\nIt is a truth\n\n"
        + marks % b"END"
        + b"Terms"
    )
    server.files |= {"whole.txt": book, "half.txt": book[:120]}
    entry = known("gutenberg-1342")
    assert entry is not None
    mirrors = tuple(Mirror({"text.txt": server.url(name)}) for name in ("half.txt", "whole.txt"))
    folder = fetch("b", Known(entry.expected, mirrors, book=True), tmp_path, tmp_path, PATIENCE)
    assert (folder / "text.txt").read_bytes() == b"It is a truth\n"
    with pytest.raises(UserError, match="the mark of the book's end is missing"):
        fetch("c", Known(entry.expected, mirrors[:1], book=True), tmp_path, tmp_path, PATIENCE)


def test_every_known_corpus_has_several_mirrors_for_all_of_its_files():
    for name, corpus in {**KNOWN, "gutenberg-11": known("gutenberg-11")}.items():
        assert len(corpus.mirrors) > 1, name
        for mirror in corpus.mirrors:
            assert set(mirror.members or mirror.urls) == set(corpus.expected), name
            assert all(url.startswith(("http://", "https://")) for url in mirror.urls.values())
    assert GUTENBERG.fullmatch("gutenberg-0") is None
    assert known("wikitext-3") is None
