import pytest

from pipeline.corpus.sources import check_source, find_source, read_lines, read_split
from pipeline.errors import UserError

LINES = [f"line {number} of the text" for number in range(100)]


def put(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_one_file_is_cut_into_contiguous_blocks(tmp_path):
    put(tmp_path / "book", book__txt="\n".join(LINES) + "\n")
    source = find_source(tmp_path, "book")
    splits = {
        name: [" ".join(words) for words in read_split(source, name, 0.1, 0.2)] for name in ("train", "valid", "test")
    }
    assert splits["train"] + splits["valid"] + splits["test"] == LINES
    assert [len(splits[name]) for name in ("train", "valid", "test")] == [70, 10, 20]


@pytest.mark.parametrize("place", ["book", "book.txt"])
def test_a_file_beside_the_folders_is_found_too(tmp_path, place):
    (tmp_path / place).write_text("words\n" * 30)
    assert find_source(tmp_path, "book").files == {"text": tmp_path / place}


@pytest.mark.parametrize(
    "names",
    [
        ("train.txt", "valid.txt", "test.txt"),
        ("wiki.train.tokens", "wiki.valid.tokens", "wiki.test.tokens"),
        ("ptb-train", "ptb-dev", "ptb-test"),
        ("Train.TXT", "validation.txt", "TEST.txt"),
    ],
)
def test_splits_go_by_their_names(tmp_path, names):
    folder = tmp_path / "x"
    folder.mkdir()
    for name in names:
        (folder / name).write_text(f"this is {name}\n")
    found = find_source(tmp_path, "x").files
    assert [found[split].name for split in ("train", "valid", "test")] == list(names)
    assert list(read_split(find_source(tmp_path, "x"), "valid", 0.1, 0.1)) == [["this", "is", names[1]]]


def test_a_text_that_is_not_there_names_those_that_are(tmp_path):
    put(tmp_path / "novel", a__txt="x\n")
    with pytest.raises(UserError, match=r"found 'nowel'.*does not exist.*builtin, novel"):
        find_source(tmp_path, "nowel")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "is empty"),
        ({"a__txt": "x", "b__txt": "y"}, "holds 2 files .*none is named train, valid or test"),
        ({"train__txt": "x", "test__txt": "y"}, "the valid split is missing"),
        ({"train__txt": "x", "my-train__txt": "y", "valid__txt": "x", "test__txt": "y"}, "2 files are named train"),
    ],
)
def test_an_unclear_folder_is_refused(tmp_path, files, message):
    put(tmp_path / "x", **files)
    with pytest.raises(UserError, match=message):
        find_source(tmp_path, "x")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no words .0 bytes"),
        (b"\n \n\n", "has no words"),
        (b"good words\nthen \xff\xfe bad\n", "byte 16 is not UTF-8"),
        (b"\x7fELF\x00\x01", "NUL byte at byte 4"),
        (b"an <eos> in it\n" * 30, "holds the word <eos>"),
        (b"only three words\n" * 19, "has 19 lines; splitting it .* takes 20"),
        (b"short text\n" * 30, "has 90 tokens, fewer than one training step takes"),
        (b"word\n" * 60, "no line has two words"),
        (b"two words\n" * 34, "leaves fewer than 11 tokens for valid, which gradients.max_lag needs"),
    ],
)
def test_bad_text_is_named_with_its_remedy(tmp_path, content, message):
    put(tmp_path / "x", text__txt=content)
    with pytest.raises(UserError, match=message):
        check_source(find_source(tmp_path, "x"), min_train_words=100, min_valid_words=11, valid_share=0.1)


def test_good_text_passes(tmp_path):
    put(tmp_path / "x", text__txt="enough words in this one\n" * 30)
    check_source(find_source(tmp_path, "x"), min_train_words=100, min_valid_words=11, valid_share=0.1)


def test_byte_order_mark_and_carriage_returns_are_no_words(tmp_path):
    put(tmp_path, text=b"\xef\xbb\xbfthe dog\r\n\r\nsleeps\tnow\r\n")
    assert list(read_lines(tmp_path / "text")) == [["the", "dog"], [], ["sleeps", "now"]]
