import json

import numpy as np
import pytest
from corpus_settings import reading

from pipeline.corpus import prepare as module
from pipeline.corpus import reading as reader
from pipeline.corpus import tokenisers
from pipeline.corpus.conventions import counting_words
from pipeline.corpus.prepare import prepare, prepare_lines
from pipeline.corpus.sources import find_source
from pipeline.corpus.streams import counted_tokens, load_splits
from pipeline.corpus.tokenisers import load_tokeniser, save_tokeniser
from pipeline.errors import UserError

BOOK = [
    line
    for number in range(60)
    for line in (f"Chapter {number}.", "", f'"Well," said Mr. Fox, "that isn\'t {number} hens!"', "The hens slept.", "")
]


def write(folder, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.txt").write_bytes(content.encode())


def run(tmp_path, name="mine", valid_share=0.1, test_share=0.1, **changes):
    """The corpus `name` below tmp_path/raw, and the lines of tokens of each split."""
    out = tmp_path / "out"
    prepared = prepare(
        find_source(tmp_path / "raw", name), reading(name, **changes), valid_share, test_share, name, out
    )
    splits = load_splits(out)
    types = prepared.vocabulary.types
    lines = {}
    for split, stream in splits.items():
        tokens = [types[token] for token in stream.tokens]
        lines[split] = " ".join(tokens).replace(" <eos>", "<eos>").split("<eos>")[:-1]
        lines[split] = [line.removeprefix(" ") for line in lines[split]]
    return prepared, splits, lines


def test_every_line_ends_in_eos_and_strangers_are_unk(tmp_path):
    write(tmp_path / "raw/mine", train="the dog sleeps\n\nthe cat\n", valid="the cow\r\n\r\n", test="a dog")
    prepared, splits, lines = run(tmp_path, min_count=1)
    assert prepared.vocabulary.types == ("<unk>", "<eos>", "the", "cat", "dog", "sleeps")
    assert lines == {"train": ["the dog sleeps", "", "the cat"], "valid": ["the <unk>", ""], "test": ["<unk> dog"]}
    assert splits["train"].documents is None
    assert prepared.read["train"] == {"words": 5, "characters": 24, "bytes": 24, "lines": 3}


def test_blank_lines_are_dropped_on_request(tmp_path):
    write(tmp_path / "raw/mine", train="\n\nthe dog\n\n\nthe cat\n\n", valid="the\n", test="dog\n")
    assert run(tmp_path, min_count=1, blank_lines="drop")[2]["train"] == ["the dog", "the cat"]


@pytest.mark.parametrize("block", [1, 2, 7, 1 << 20])
def test_the_size_of_the_pieces_changes_nothing(tmp_path, monkeypatch, block):
    write(tmp_path / "raw/mine" / "train", a="\n".join(BOOK), b="Another one.\n\n\nIt ends.")
    write(tmp_path / "raw/mine", valid="The fox slept.\n", test="The hens\n\nslept.\n")
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "raw").symlink_to(tmp_path / "raw")
    changes = {"tokens": "bpe", "words": "moses", "blank_lines": "drop", "bpe_types": 60}
    first, first_splits, first_lines = run(tmp_path / "one", **changes)
    monkeypatch.setattr(module, "BLOCK", block)
    second, second_splits, second_lines = run(tmp_path / "two", **changes)
    assert first.vocabulary == second.vocabulary
    assert first_lines == second_lines
    assert first_splits["train"].documents.tolist() == second_splits["train"].documents.tolist()
    assert len(first_splits["train"].documents) == 2
    starts = first_splits["train"].line_starts.tolist()
    assert set(first_splits["train"].documents.tolist()) <= set(starts)


@pytest.mark.parametrize(("types", "dtype"), [(250, np.uint8), (300, np.uint16), (70_000, np.uint32)])
def test_ids_take_the_smallest_type_that_holds_the_vocabulary(tmp_path, types, dtype):
    words = "\n".join(f"w{number}" for number in range(types))
    write(tmp_path / "raw/mine", train=words, valid="w1 w2", test="w3")
    _, splits, _ = run(tmp_path, min_count=1, max_types=100_000)
    assert {stream.tokens.dtype for stream in splits.values()} == {np.dtype(dtype)}
    assert isinstance(splits["train"].tokens, np.memmap)


def test_the_commonest_types_are_kept_and_ties_go_by_code_point(tmp_path):
    write(tmp_path / "raw/mine", train="b b c c a a a d e\n" * 2, valid="a\n", test="a\n")
    assert run(tmp_path, max_types=4)[0].vocabulary.types == ("<unk>", "<eos>", "a", "b")
    assert run(tmp_path, max_types=50, min_count=4)[0].vocabulary.types == ("<unk>", "<eos>", "a", "b", "c")


@pytest.mark.parametrize(("train", "least"), [("the dog <unk>\n", 1), ("the dog the\n", 2)])
def test_words_must_occur_twice_where_the_text_has_no_unknown_word(tmp_path, train, least):
    write(tmp_path / "raw/mine", train=train, valid="the\n", test="the\n")
    assert run(tmp_path)[0].min_count == least


def test_a_text_in_one_file_is_cut_after_blank_lines(tmp_path):
    write(tmp_path / "raw/mine", text="\n".join(BOOK))
    _, _, lines = run(tmp_path)
    assert [len(lines[split]) for split in ("train", "valid", "test")] == [240, 30, 29]
    assert all(lines[split][0].startswith("Chapter") for split in lines)
    joined = lines["train"] + lines["valid"] + lines["test"]
    assert [bool(line) for line in joined] == [bool(line) for line in BOOK[:-1]]


def test_a_text_of_many_files_is_cut_between_them(tmp_path):
    for number in range(30):
        write(tmp_path / "raw/mine" / f"{number // 10}", **{f"d{number:02}": f"this is {number}\n\nit ends\n"})
    _, splits, lines = run(tmp_path, min_count=1)
    assert [len(splits[split].documents) for split in ("train", "valid", "test")] == [24, 3, 3]
    assert all(lines[split][0].startswith("this is") for split in lines)
    starts = splits["valid"].line_starts
    assert splits["valid"].documents.tolist() == starts[::3].tolist()


def test_documents_of_an_earlier_text_are_forgotten(tmp_path):
    write(tmp_path / "raw/mine", a="one line\n" * 40, b="two lines\n" * 60)
    assert run(tmp_path)[1]["train"].documents is not None
    write(tmp_path / "raw/other", text="one line\n" * 40)
    assert run(tmp_path, "other")[1]["train"].documents is None


def test_few_files_are_cut_between_lines(tmp_path):
    write(tmp_path / "raw/mine", a="one line\n" * 40, b="two lines\n" * 60)
    _, splits, lines = run(tmp_path)
    assert [len(lines[split]) for split in ("train", "valid", "test")] == [80, 10, 10]
    assert splits["train"].documents.tolist() == [0, 40 * 3]
    assert splits["test"].documents.tolist() == [0]


def test_the_moses_tokeniser_parts_punctuation_and_keeps_abbreviations(tmp_path):
    write(tmp_path / "raw/mine", text="\n".join(BOOK))
    _, _, lines = run(tmp_path, words="moses")
    assert '" Well , " said Mr. Fox , " that isn \'t 0 hens ! "' in lines["train"]


def test_paragraphs_are_joined(tmp_path):
    write(tmp_path / "raw/mine", train="It was\nthe best.\n\nIt was.\n", valid="It\nwas.\n", test="It\n")
    assert run(tmp_path, lines="joined", min_count=1)[2]["train"] == ["It was the best.", "", "It was."]


def test_characters_keep_every_sign(tmp_path):
    write(tmp_path / "raw/mine", train="ab  é\n", valid="b\n", test="z\n")
    prepared, splits, _ = run(tmp_path, tokens="characters")
    types = prepared.vocabulary.types
    assert [types[token] for token in splits["train"].tokens] == ["a", "b", " ", " ", "é", "<eos>"]
    assert [types[token] for token in splits["test"].tokens] == ["<unk>", "<eos>"]


@pytest.mark.parametrize("words", ["moses", "whitespace"])
def test_pieces_are_learned_from_train_alone_spell_every_word_and_come_out_the_same_again(tmp_path, words):
    write(tmp_path / "raw/mine", train="\n".join(BOOK), valid="The hens spelter.\n", test="zebras <unk> slept\n")
    prepared, _, lines = run(tmp_path, tokens="bpe", words=words, bpe_types=80)
    again, _, same = run(tmp_path, tokens="bpe", words=words, bpe_types=80)
    assert prepared.vocabulary == again.vocabulary
    assert lines == same
    assert len(prepared.vocabulary) <= 81
    save_tokeniser(tmp_path, prepared.tokeniser)
    tokeniser = load_tokeniser(tmp_path)
    assert tokeniser.text(lines["valid"][0].split(" ")) == "The hens spelter."
    assert tokeniser.tokenise("The hens spelter.") == lines["valid"][0].split(" ")
    assert "<unk>" in lines["test"][0].split(" ")
    assert "zebras" not in prepared.vocabulary


@pytest.mark.parametrize("batch", [1, 3])
def test_words_are_spelled_in_batches_to_the_same_streams(tmp_path, monkeypatch, batch):
    write(tmp_path / "raw/mine", train="\n".join(BOOK), valid="The hens spelter.\n", test="zebras <unk> slept\n")
    whole, _, lines = run(tmp_path, tokens="bpe", words="moses", bpe_types=80)
    monkeypatch.setattr(tokenisers, "_WORDS_AT_ONCE", batch)
    again, _, same = run(tmp_path, tokens="bpe", words="moses", bpe_types=80)
    assert (whole.vocabulary, lines) == (again.vocabulary, same)


@pytest.mark.parametrize(("most", "known"), [(4, "ghj"), (3, "gh"), (2, "g")])
def test_pieces_are_learned_from_the_commonest_words_and_the_first_of_the_rarest(tmp_path, monkeypatch, most, known):
    monkeypatch.setattr(module, "LEARNED_FROM", most)
    write(tmp_path / "raw/mine", train="a a a\na g a g\nh\nj\n", valid="g h j\n", test="a\n")
    _, _, lines = run(tmp_path, tokens="bpe", bpe_types=80)
    assert lines["valid"] == [" ".join(word if word in known else "<unk>" for word in "ghj")]


def test_a_book_that_was_put_by_hand_is_read_without_its_licence(tmp_path):
    mark = "*** {} OF THE PROJECT GUTENBERG EBOOK FOXES ***\n"
    book = "\n".join(BOOK).strip() + "\n"
    for name, content in (("11", f"Terms\n{mark.format('START')}{book}{mark.format('END')}Terms\n"), ("12", book)):
        write(tmp_path / f"raw/gutenberg-{name}", text=content)
    stripped, _, lines = run(tmp_path, "gutenberg-11")
    plain, _, same = run(tmp_path, "gutenberg-12")
    assert "Terms" not in stripped.vocabulary
    assert (stripped.vocabulary, lines) == (plain.vocabulary, same)
    older = f"Terms\n*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*END*\n{book}End of Project Gutenberg's Foxes\n"
    title = mark.format("START").replace("FOXES", "FOXES\nand Hens").replace("EBOOK", "eBook")
    long = f"Terms\n{title}{book}End of the Project Gutenberg EBook of Foxes\n{mark.format('END')}Terms\n"
    for name, content in (("14", older), ("15", long)):
        write(tmp_path / f"raw/gutenberg-{name}", text=content)
        assert run(tmp_path, f"gutenberg-{name}")[2] == same
    write(tmp_path / "raw/gutenberg-13", text=f"Terms\n{mark.format('START')}{book}")
    with pytest.raises(UserError, match=r"text\.txt: the mark of the book's end is missing.*Bring the whole book"):
        run(tmp_path, "gutenberg-13")


def test_what_a_perplexity_counts_is_chosen_and_said():
    tokens = np.array([0, 1, 2, 1])
    kept, dropped = reading().as_dict(), reading(blank_lines="drop").as_dict()
    assert counted_tokens(tokens, []).all()
    assert counting_words(kept, []) == "per word, <eos> of every line and <unk> counted, blank lines kept"
    assert counted_tokens(tokens, ["<eos>"]).tolist() == [True, False, True, False]
    assert (
        counting_words(dropped, ["<eos>"])
        == "per word, <unk> counted, <eos> of every line not counted, blank lines dropped"
    )
    assert counted_tokens(tokens, ["<eos>", "<unk>"]).tolist() == [False, False, True, False]
    assert "<eos> of every line and <unk> not counted" in counting_words(kept, ["<eos>", "<unk>"])
    with pytest.raises(UserError, match=r"of 2 tokens none counts: all are <unk>\. Take one of them out of perplex"):
        counted_tokens(tokens[[0, 0]], ["<unk>"])


def test_lines_of_words_make_the_same_as_their_text(tmp_path):
    sentences = [["the", "dog"], ["a", "dog", "sleeps"], ["the", "cat"]] * 3
    texts = {split: (iter(sentences), np.array([0, 3, 6])) for split in ("train", "valid", "test")}
    prepared = prepare_lines(texts, reading("builtin"), "builtin", tmp_path)
    splits = load_splits(tmp_path)
    words = " ".join(prepared.vocabulary.decode(splits["test"].tokens))
    assert (
        words
        == "the dog <eos> a dog sleeps <eos> the cat <eos> " * 2 + "the dog <eos> a dog sleeps <eos> the cat <eos>"
    )
    assert splits["test"].documents.tolist() == [0, 10, 20]
    assert not list(tmp_path.glob(".symbols*"))


def test_growth_counts_the_distinct_words_of_train(tmp_path):
    write(tmp_path / "raw/mine", train="a b\nb c\nc d\n" * 50, valid="x\n", test="y\n")
    growth = run(tmp_path)[0].growth
    assert growth[0] == (100, 5)  # a, b, c, d and the end of a line
    assert growth[-1] == (450, 5)


@pytest.mark.parametrize(
    ("files", "changes", "message"),
    [
        ({"train": "a b\n", "valid": "", "test": "x\n"}, {"min_count": 1}, "mine: the valid split has no lines"),
        ({"train": "a b c\n", "valid": "x\n", "test": "x\n"}, {}, r"no word of train \(3 in all\) occurs 2 times"),
        ({"train": "a <eos>\n", "valid": "x\n", "test": "x\n"}, {}, r"train\.txt: the text holds the word <eos>"),
        ({"text": "a b\n" * 19}, {}, r"text\.txt: the text has 19 lines; splitting it .* takes 20"),
    ],
)
def test_bad_text_is_named(tmp_path, files, changes, message):
    write(tmp_path / "raw/mine", **files)
    with pytest.raises(UserError, match=message):
        run(tmp_path, **changes)
    assert not list((tmp_path / "out").glob(".*"))


def test_a_line_that_is_too_long_is_named_with_its_number(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "LONGEST_LINE", 5)
    write(tmp_path / "raw/mine", train="a b\nc d e f g h\n", valid="x\n", test="x\n")
    with pytest.raises(UserError, match=r"train\.txt: line 2 has more than 5 tokens.*Set text\.break_lines"):
        run(tmp_path)
    assert run(tmp_path, break_lines=3, min_count=1)[2]["train"] == ["a b", "c d e", "f g h"]


def test_known_corpora_are_read_as_they_usually_are():
    assert reading("tiny-shakespeare").tokens == "characters"
    assert reading("text8").break_lines == 1000
    assert reading("gutenberg-1342").joined
    assert reading("gutenberg-1342").moses == "en"
    assert reading("wikitext-2") == reading("mine")
    assert reading("text8", tokens="words", break_lines="never").break_lines is None
    assert json.dumps(reading("text8").as_dict())
