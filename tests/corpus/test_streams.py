import numpy as np
import pytest

from pipeline.corpus.streams import Corpus, encode, load_corpus, save_corpus
from pipeline.corpus.vocabulary import EOS_ID, Vocabulary, build_vocabulary, count_words

LINES = [["the", "dog", "sleeps"], [], ["the", "cat"], ["the", "dog", "barks"]]


def vocabulary(min_count=1, max_size=None):
    return build_vocabulary(count_words(LINES), min_count, max_size)


def test_types_fall_in_count_and_ties_go_by_code_point():
    assert vocabulary().types == ("<unk>", "<eos>", "the", "dog", "barks", "cat", "sleeps")
    assert vocabulary(min_count=2).types == ("<unk>", "<eos>", "the", "dog")
    assert vocabulary(max_size=3).types == ("<unk>", "<eos>", "the")


def test_unk_in_the_text_is_the_ordinary_type():
    counts = count_words([["<unk>", "word", "<unk>"]])
    assert build_vocabulary(counts, 1, None).types == ("<unk>", "<eos>", "word")


def test_every_line_ends_in_eos_and_strangers_are_unk():
    split = encode([*LINES, ["a", "stranger"]], vocabulary(), np.array([0, 2]))
    words = vocabulary().decode(split.tokens)
    assert " ".join(words) == ("the dog sleeps <eos> <eos> the cat <eos> the dog barks <eos> <unk> <unk> <eos>")
    np.testing.assert_array_equal(split.line_starts, [0, 4, 5, 8, 12])
    np.testing.assert_array_equal(split.documents, [0, 5])


def test_bootstrap_units_are_documents_or_blocks_of_lines_and_never_few():
    lines, words = [["the", "dog"]] * 120, vocabulary()
    np.testing.assert_array_equal(encode(lines, words, np.arange(0, 120, 4)).blocks(50), np.arange(0, 360, 12))
    np.testing.assert_array_equal(encode(lines, words, None).blocks(5), np.arange(0, 360, 15))
    np.testing.assert_array_equal(encode(lines, words, None).blocks(50), np.arange(0, 360, 18))  # 20 blocks of 6
    np.testing.assert_array_equal(encode([["the"] * 99], words, None).blocks(50), np.arange(0, 100, 5))


@pytest.mark.parametrize(("types", "dtype"), [(256, np.uint8), (257, np.uint16), (65537, np.uint32)])
def test_ids_take_the_smallest_type_that_holds_them(types, dtype):
    words = Vocabulary(("<unk>", "<eos>", *(f"w{number}" for number in range(types - 2))))
    split = encode([[words.types[-1]]], words, None)
    assert split.tokens.dtype == dtype
    assert split.tokens.tolist() == [types - 1, EOS_ID]


def test_a_carriage_return_comes_back_as_a_type(tmp_path):
    words = Vocabulary(("<unk>", "<eos>", "a", "\r", "\x85", "b"))
    save_corpus(
        tmp_path, Corpus(words, {name: encode([["a", "\r"]], words, None) for name in ("train", "valid", "test")}, {})
    )
    assert load_corpus(tmp_path).vocabulary == words


def test_a_corpus_comes_back_as_it_went(tmp_path):
    words = vocabulary(min_count=2)
    splits = {name: encode(LINES, words, np.array([0, 2])) for name in ("train", "valid")}
    splits["test"] = encode([["the", "sun"]], words, None)
    corpus = Corpus(words, splits, {"types": 4})
    save_corpus(tmp_path, corpus)
    back = load_corpus(tmp_path)
    assert back.vocabulary == corpus.vocabulary
    assert back.summary == corpus.summary
    for name, split in splits.items():
        np.testing.assert_array_equal(back.splits[name].tokens, split.tokens)
    np.testing.assert_array_equal(back.splits["train"].documents, [0, 5])
    assert back.splits["test"].documents is None
