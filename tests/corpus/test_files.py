import gzip

import pyarrow as pa
import pytest

from pipeline.corpus import files
from pipeline.corpus.files import join_paragraphs, read_chunks, read_lines
from pipeline.errors import UserError


def put(folder, content: bytes, name: str = "text.txt"):
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(content))
    elif name.endswith(".zst"):
        with pa.output_stream(path, compression="zstd") as file:
            file.write(content)
    else:
        path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["text.txt", "text.txt.gz", "text.zst"])
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_pieces_make_the_text_and_cut_no_word(tmp_path, monkeypatch, name, size):
    content = "the dög sleeps\n\na lïne without an end".encode()
    path = put(tmp_path, content, name)
    monkeypatch.setattr(files, "CHUNK", size)
    chunks = list(read_chunks(path))
    assert b"".join(chunks) == content + b"\n"
    assert all(chunk[-1:] in b" \n" for chunk in chunks)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"good words\nthen \xff\xfe bad\n", r"text\.txt: byte 16 is not UTF-8\. Set text\.encoding .* windows-1252"),
        (b"x\n" * 700_000 + b"\xe4\n", r"byte 1400000 is not UTF-8"),
        (b"\x7fELF\x00\x01", r"a NUL byte at byte 4: this is no utf-8 text\. .*utf-16"),
    ],
)
def test_bad_bytes_are_named_with_their_offset_and_the_remedy(tmp_path, content, message):
    with pytest.raises(UserError, match=message):
        list(read_chunks(put(tmp_path, content)))


def test_bad_bytes_in_another_encoding_are_named_too(tmp_path):
    with pytest.raises(UserError, match=r"byte 3 is not ASCII\. Set text.encoding .* utf-8"):
        list(read_chunks(put(tmp_path, "abc\u00e4".encode()), "ascii"))


def test_half_a_surrogate_pair_is_no_text(tmp_path):
    with pytest.raises(UserError, match=r"byte 0 is not UNICODE_ESCAPE\. Set text.encoding"):
        list(read_chunks(put(tmp_path, b"a \\ud800 b\n"), "unicode_escape"))


@pytest.mark.parametrize("name", ["TEXT.TXT.GZ", "text.ZST"])
def test_a_compressed_file_may_be_named_in_capitals(tmp_path, name):
    packed = put(tmp_path, b"the dog\n", name.lower())
    assert list(read_chunks(packed.rename(tmp_path / name))) == [b"the dog\n"]


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16", "utf-8"])
def test_a_text_is_read_in_its_own_encoding(tmp_path, encoding):
    path = put(tmp_path, "Käse und Brot\n".encode(encoding))
    assert b"".join(read_chunks(path, encoding)).decode() == "Käse und Brot\n"


def test_one_word_of_many_megabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LONGEST_WORD", 1 << 21)
    with pytest.raises(UserError, match=r"no white space in the 2,097,152 bytes from byte 4: that is one word"):
        list(read_chunks(put(tmp_path, b"two\n" + b"x" * (1 << 22))))


@pytest.mark.parametrize("name", ["text.txt.gz", "text.txt.zst"])
def test_a_damaged_archive_is_named(tmp_path, name):
    path = put(tmp_path, b"".join(b"line %d\n" % number for number in range(90_000)), name)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(UserError, match=r"cannot be decompressed .* damaged or cut off"):
        list(read_chunks(path))


def test_a_byte_order_mark_is_no_text(tmp_path):
    assert list(read_chunks(put(tmp_path, b"\xef\xbb\xbfthe dog\n"))) == [b"the dog\n"]


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_lines_come_without_their_ends_whatever_these_are(tmp_path, monkeypatch, size):
    monkeypatch.setattr(files, "CHUNK", size)
    path = put(tmp_path, b"the dog\r\n\r\nsleeps\tnow\r\nand dreams")
    assert list(read_lines(path)) == ["the dog", "", "sleeps\tnow", "and dreams"]


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_paragraphs_become_lines(tmp_path, monkeypatch, size):
    monkeypatch.setattr(files, "CHUNK", size)
    path = put(tmp_path, b"It was\nthe best\nof times.\n\n\nIt was the\nworst.")
    joined = b"".join(join_paragraphs(read_chunks(path))).decode()
    assert [line.split() for line in joined.split("\n")] == [
        ["It", "was", "the", "best", "of", "times."], [], [], ["It", "was", "the", "worst."], [],
    ]  # fmt: skip
