import numpy as np
import pytest

from pipeline.corpus import card as module
from pipeline.corpus.card import data_card, length_histogram, line_hashes, lines_in_train
from pipeline.corpus.streams import encode
from pipeline.corpus.tokenisers import WHITE_SPACE, Tokeniser
from pipeline.corpus.vocabulary import UNK_ID, Vocabulary, build_vocabulary, count_words

LINES = [["the", "dog", "sleeps"], [], ["the", "cat"], ["the", "dog", "barks"]]
WORDS = build_vocabulary(count_words(LINES), 2, None)


def card(lines=LINES):
    splits = {name: encode(lines, WORDS, None) for name in ("train", "valid", "test")}
    return data_card(WORDS, WHITE_SPACE, splits, [(12, 5)], {}, {})


def test_the_card_counts_what_is_there():
    made = card()
    assert made["types"] == 4
    assert made["unit"] == "word"
    assert made["tokens"] == {"train": 12, "valid": 12, "test": 12}
    assert made["lines"]["train"] == 4
    assert made["words"]["train"] == 12
    assert made["unknown_rate"]["train"] == pytest.approx(3 / 12)
    assert made["line_lengths"]["train"] == {"2": 1, "3": 2}  # the blank line is no sentence
    assert made["commonest"]["<eos>"] == 4
    assert made["excerpt"]["train"][1] == "the <unk>"
    assert made["lines_in_train"] == {"valid": 1.0, "test": 1.0}
    assert WORDS.ids["<unk>"] == UNK_ID


@pytest.mark.parametrize("block", [1, 2, 5, 1000])
def test_pieces_of_a_stream_make_the_same_card(monkeypatch, block):
    whole = card()
    monkeypatch.setattr(module, "BLOCK", block)
    in_pieces = card()
    del whole["excerpt"], in_pieces["excerpt"]  # taken from the first piece
    assert in_pieces == whole
    assert length_histogram(encode(LINES, WORDS, None).tokens) == {"2": 1, "3": 2}


def test_lines_that_stand_in_train_are_told_from_those_that_only_look_alike():
    vocabulary = Vocabulary(("<unk>", "<eos>", "a", "b", "c"))
    train = [["a", "b", "c"], ["c"], []]
    valid = [["a", "b", "c"], ["a", "b"], ["b", "a", "c"], ["a", "b", "c", "c"], [], ["c"], ["c", "c"], ["b"]]
    splits = {name: encode(lines, vocabulary, None) for name, lines in (("train", train), ("valid", valid))}
    splits["test"] = encode([[], []], vocabulary, None)
    assert lines_in_train(splits) == {"valid": 2 / 7, "test": 0.0}


def test_a_million_lines_have_as_many_hashes():
    tokens = np.stack(np.broadcast_arrays(*np.ogrid[2:102, 2:102, 2:102], 1), axis=-1).reshape(-1)
    assert len(np.unique(np.concatenate(list(line_hashes(tokens))))) == 10**6


def test_words_are_counted_whatever_the_tokens_are():
    vocabulary = Vocabulary(("<unk>", "<eos>", "a", " ", "b"))
    characters = [list("ab  a"), [], list(" a "), list("b")]
    splits = dict.fromkeys(("train", "valid", "test"), encode(characters, vocabulary, None))
    assert data_card(vocabulary, Tokeniser("characters", None), splits, [], {}, {})["words"]["test"] == 4 + 4
    pieces = Vocabulary(("<unk>", "<eos>", "a‿", "b", "c"))
    splits = dict.fromkeys(("train", "valid", "test"), encode([["a‿", "b", "c"], ["a‿", "a‿", "b"]], pieces, None))
    assert data_card(pieces, Tokeniser("bpe", None), splits, [], {}, {})["words"]["test"] == 3 + 2
