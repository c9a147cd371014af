from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.agreement.english import english_suite
from pipeline.agreement.readers.choose import read_suite
from pipeline.agreement.suites import encode_suite, first_difference
from pipeline.corpus.vocabulary import EOS_ID, UNK_ID, Vocabulary
from pipeline.errors import UserError

WORDS = st.lists(st.sampled_from(["is", "are"]), max_size=5)  # few words, so that beginnings coincide


def write(folder: Path, text: str) -> Path:
    path = folder / "pairs.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_suite_comes_back_from_its_file(tmp_path: Path) -> None:
    suite = english_suite(1, np.random.default_rng(0))
    suite.to_csv(tmp_path / "suite.tsv", sep="\t", index=False)
    pd.testing.assert_frame_equal(read_suite(tmp_path / "suite.tsv").pairs[suite.columns], suite.astype(str))


def test_quotes_columns_in_any_order_blank_lines_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    text = '\ufeffuid\tbad\tgood\r\nNA\t" we knows\t" we know\r\n\r\n7\tit are\tit is\r\n\r\n'
    path = tmp_path / "pairs.tsv"
    path.write_bytes(text.encode())
    assert read_suite(path).pairs[["uid", "bad", "good"]].to_dict("list") == {
        "uid": ["NA", "7"],
        "bad": ['" we knows', "it are"],
        "good": ['" we know', "it is"],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("good\tbad\n", "no rows"),
        ("right\tbad\nit is\tit are\n", r"its first line \(right, bad\) is that of no known form"),
        ("good\twrong\nit is\tit are\n", r"its first line \(good, wrong\) is that of no known form"),
        ("it is so .\nit was so .\n", "that of no known form"),
        ("good\tbad\tgood\nit is\tit are\tx\n", "names a column twice"),
        ("good\tbad\n\n\nsame .\tsame .\nit is\n", r"\(2 are not\)\. Line 4: the sentences do not differ"),
        ("good\tbad\nit is\tit is so\n", "Line 2: the sentences do not differ"),
        ("good\tbad\nit is\n", "Line 2: splits into 1 at its tabs, the first line into 2"),
    ],
)
def test_a_file_that_is_no_suite_says_why_and_where(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UserError, match=message) as error:
        read_suite(path)
    assert str(path) in str(error.value)


def test_a_missing_file_and_a_binary_one_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"absent\.tsv does not exist"):
        read_suite(tmp_path / "absent.tsv")
    (tmp_path / "binary.tsv").write_bytes(b"good\tbad\n\xff\xfe\t\x80\n")
    with pytest.raises(UserError, match=r"binary\.tsv is no UTF-8 text"):
        read_suite(tmp_path / "binary.tsv")


@given(WORDS, WORDS)
def test_the_first_difference_is_the_end_of_the_common_beginning(good: list[str], bad: list[str]) -> None:
    common = 0
    while good[: common + 1] == bad[: common + 1] and common < max(len(good), len(bad)):
        common += 1
    if common < min(len(good), len(bad)):
        assert first_difference(good, bad) == common
    else:
        with pytest.raises(ValueError, match="do not differ"):
            first_difference(good, bad)


def test_items_with_an_unknown_verb_form_are_counted_and_left_out_and_other_words_become_unk() -> None:
    vocabulary = Vocabulary(("<unk>", "<eos>", "the", "dog", "dogs", "is", "are", "runs", "here", "."))
    suite = pd.DataFrame(
        [
            ("the dog runs .", "the dog run ."),  # wrong form unknown
            ("the cat is here .", "the cat are here ."),  # noun unknown: scored
            ("the dogs swim .", "the dogs runs ."),  # right form unknown
            ("the dogs are .", "the dogs is ."),
        ],
        columns=["good", "bad"],
        index=[9, 8, 7, 6],  # rows are counted by position, whatever the index says
    )
    encoded = encode_suite(suite, vocabulary)
    assert encoded.out_of_vocabulary == 2
    assert encoded.rows.tolist() == [1, 3]
    assert encoded.verb.tolist() == [2, 2]
    assert [sentence.tolist() for sentence in encoded.good] == [[2, UNK_ID, 5, 8, 9, EOS_ID], [2, 4, 6, 9, EOS_ID]]
    assert [sentence.tolist() for sentence in encoded.bad] == [[2, UNK_ID, 6, 8, 9, EOS_ID], [2, 4, 5, 9, EOS_ID]]
