import pytest
from corpus_settings import reading

from pipeline.corpus.check import Need, check_source
from pipeline.corpus.sources import find_source
from pipeline.errors import UserError

NEEDS = [("valid", Need(11, "gradients.max_lag", 0.1))]


def put(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.mark.parametrize("place", ["book", "book.txt", "book.txt.gz", "book.zst"])
def test_a_file_beside_the_folders_is_found_too(tmp_path, place):
    (tmp_path / place).write_text("words\n" * 30)
    assert find_source(tmp_path, "book").files == {"text": (tmp_path / place,)}


@pytest.mark.parametrize(
    "names",
    [
        ("train.txt", "valid.txt", "test.txt"),
        ("wiki.train.tokens", "wiki.valid.tokens", "wiki.test.tokens"),
        ("ptb-train", "ptb-dev", "ptb-test"),
        ("Train.TXT.gz", "validation.txt", "TEST.txt"),
        ("penn.train.v2.txt", "penn.valid.v2.txt", "penn.test.v2.txt"),
        ("a-train.txt.gz", "a-valid.txt", "a-test.tokens"),
        ("training.txt", "val.txt", "testing.txt"),
    ],
)
def test_splits_go_by_their_names(tmp_path, names):
    folder = tmp_path / "x"
    folder.mkdir()
    for name in names:
        (folder / name).write_text(f"this is {name}\n")
    found = find_source(tmp_path, "x").files
    assert [found[split][0].name for split in ("train", "valid", "test")] == list(names)


def test_a_split_may_be_a_folder_of_documents(tmp_path):
    for split in ("train", "valid", "test"):
        put(tmp_path / "x" / split, b__txt="second", a__txt="first", __hidden="x")
    found = find_source(tmp_path, "x").files
    for split in ("train", "valid", "test"):
        assert [path.name for path in found[split]] == ["a.txt", "b.txt"]


def test_what_dvc_puts_beside_a_text_is_no_text(tmp_path):
    splits = {"train__txt": "x", "valid__txt": "y", "test__txt": "z"}
    put(tmp_path / "x", **splits, train__txt__dvc="outs:", valid__txt__dvc="outs:", __gitignore="/train.txt")
    assert [path.name for (path,) in find_source(tmp_path, "x").files.values()] == [
        "train.txt",
        "valid.txt",
        "test.txt",
    ]
    put(tmp_path / "y", novel__txt="x", novel__txt__dvc="outs:")
    assert find_source(tmp_path, "y").files == {"text": (tmp_path / "y" / "novel.txt",)}


def test_a_folder_of_files_is_one_text_of_documents(tmp_path):
    put(tmp_path / "x" / "volume", b__txt="x", a__txt="y")
    put(tmp_path / "x", z__txt="z")
    assert [path.name for path in find_source(tmp_path, "x").files["text"]] == ["a.txt", "b.txt", "z.txt"]


def test_a_folder_alone_in_its_folder_is_opened(tmp_path):
    for split in ("train", "valid", "test"):
        put(tmp_path / "x" / "wikitext-2", **{f"wiki__{split}__tokens": split, f"{split}__txt__bak": "z"})
    assert [path.name for (path,) in find_source(tmp_path, "x").files.values()] == [
        "wiki.train.tokens", "wiki.valid.tokens", "wiki.test.tokens",
    ]  # fmt: skip


def test_a_title_that_holds_the_name_of_a_split_is_a_document(tmp_path):
    put(tmp_path / "x", **{"night-train__txt": "x", "a-test-of-time__txt": "y", "the-contest__txt": "z"})
    names = [path.name for path in find_source(tmp_path, "x").files["text"]]
    assert names == ["a-test-of-time.txt", "night-train.txt", "the-contest.txt"]
    put(tmp_path / "x", train__txt="x", valid__txt="y", test__txt="z")
    assert [path.name for (path,) in find_source(tmp_path, "x").files.values()] == [
        "train.txt",
        "valid.txt",
        "test.txt",
    ]


def test_a_text_that_is_not_there_names_those_that_are(tmp_path):
    put(tmp_path / "novel", a__txt="x\n")
    with pytest.raises(UserError, match=r"found 'nowel'.*does not exist.*builtin, novel, wikitext-2, .*gutenberg-1342"):
        find_source(tmp_path, "nowel")


@pytest.mark.parametrize("name", ["wikitext-2", "text8", "gutenberg-1342"])
def test_a_known_text_is_to_be_downloaded_unless_it_is_here(tmp_path, name):
    assert find_source(tmp_path, name) is None
    put(tmp_path / name, text__txt="x\n")
    assert find_source(tmp_path, name).files == {"text": (tmp_path / name / "text.txt",)}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "is empty"),
        ({"train__txt": "x", "test__txt": "y"}, "the valid split is missing"),
        ({"a__train__txt": "x", "a__dev__txt": "y"}, "the test split is missing"),
        ({"train__txt": "x", "valid__txt": "x", "dev__txt": "x", "test__txt": "y"}, "2 files are the valid split"),
        ({"a__train__txt": "x", "a__test__txt": "x", "train__txt": "x"}, "has 2 sets of splits, those of a.t"),
        ({"1-train__txt": "x", "2-valid__txt": "x", "3-test__txt": "y"}, "1-train.txt, .* may be splits or documents"),
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
        (b"\xef\xbb\xbf", "has no words"),
        (b"good words\nthen \xff\xfe bad\n", "byte 16 is not UTF-8"),
        (b"\x7fELF\x00\x01", "NUL byte at byte 4"),
        (b"an <eos> in it\n" * 30, "holds the word <eos>"),
        (b"only three words\n" * 19, "has 19 lines; splitting it .* takes 20"),
        (b"word", "has 1 line; splitting it .* takes 20"),
        (b"word" + b"\n" * 30, "has one token only: there is nothing to predict"),
        (b"short text\n" * 30, "has 90 tokens, fewer than one training step takes"),
        (b"word\n" * 60, "no line has two words"),
        (b"two words\n" * 34, "leaves fewer than 11 tokens for valid, which gradients.max_lag needs"),
    ],
)
def test_bad_text_is_named_with_its_remedy(tmp_path, content, message):
    put(tmp_path / "x", text__txt=content)
    with pytest.raises(UserError, match=message):
        check_source(find_source(tmp_path, "x"), reading(), 100, NEEDS)


def test_a_test_text_too_short_for_a_study_is_told_before_anything_runs(tmp_path):
    put(tmp_path / "x", train__txt="some words\n" * 99, valid__txt="some words\n" * 9, test__txt="some words\n" * 9)
    source = find_source(tmp_path, "x")
    check_source(source, reading(), 100, [*NEEDS, ("test", Need(27, "context.length", 0.1))])
    with pytest.raises(UserError, match=r"test\.txt leaves fewer than 28 tokens for test, which context\.length needs"):
        check_source(source, reading(), 100, [*NEEDS, ("test", Need(28, "context.length", 0.1))])


def test_lines_too_short_for_a_window_or_an_order_are_told_unless_words_are_cut_into_pieces(tmp_path):
    put(tmp_path / "x", text__txt="plenty of words here\n" * 40)
    source = find_source(tmp_path, "x")
    check_source(source, reading(), 100, NEEDS, order=6, window=3)
    with pytest.raises(UserError, match=r"embeddings\.window: found 4, but the longest line .* has 4 tokens.* to 3 or"):
        check_source(source, reading(), 100, NEEDS, window=4)
    with pytest.raises(UserError, match=r"longest line of the training text has 4 words.*`ngram\.order` to 6 or"):
        check_source(source, reading(), 100, NEEDS, order=7)
    check_source(source, reading(tokens="bpe"), 100, NEEDS, order=7, window=4)
    check_source(source, reading(tokens="characters"), 100, NEEDS, order=7, window=19)
    with pytest.raises(UserError, match="has 20 tokens"):
        check_source(source, reading(tokens="characters"), 100, NEEDS, window=20)


def test_blank_lines_that_are_dropped_are_no_tokens(tmp_path):
    put(tmp_path / "x", text__txt="a b c\n" + "\n" * 400 + "d e f\n" * 19)
    source = find_source(tmp_path, "x")
    assert check_source(source, reading(min_count=1), 100, NEEDS) == 8
    with pytest.raises(UserError, match="has 80 tokens, fewer than one training step takes"):
        check_source(source, reading(blank_lines="drop"), 100, NEEDS)


@pytest.mark.parametrize(("split", "message"), [("train", "train.txt has no words"), ("test", "test.txt has no words")])
def test_a_split_without_words_is_named(tmp_path, split, message):
    put(tmp_path / "x", train__txt="some words\n" * 99, valid__txt="some words\n" * 9, test__txt="some words\n" * 9)
    (tmp_path / "x" / f"{split}.txt").write_text("\n\n")
    with pytest.raises(UserError, match=message):
        check_source(find_source(tmp_path, "x"), reading(), 100, NEEDS)


def test_a_line_of_100_megabytes_is_refused_unless_it_is_to_be_broken(tmp_path):
    with (tmp_path / "long.txt").open("wb") as file:
        for _ in range(100):
            file.write(b"a line with no end " * 55_000)
    source = find_source(tmp_path, "long")
    with pytest.raises(UserError, match=r"long\.txt: line 1 has more than 1,000,000 tokens.*Set text\.break_lines"):
        check_source(source, reading(), 100, NEEDS)
    assert check_source(source, reading(break_lines=1000), 100, NEEDS) == 7


@pytest.mark.parametrize(
    ("changes", "types"),
    [({}, 6), ({"min_count": 40}, 2), ({"tokens": "characters"}, 17), ({"max_types": 4}, 4), ({"tokens": "bpe"}, 8001)],
)
def test_good_text_passes_and_tells_its_types(tmp_path, changes, types):
    put(tmp_path / "x", text__txt="plenty of words here\n" * 30 + "once\n")
    assert check_source(find_source(tmp_path, "x"), reading(**changes), 100, NEEDS) == types
