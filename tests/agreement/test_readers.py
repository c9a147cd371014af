import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.agreement.readers.choose import find_suite, read_suite
from pipeline.agreement.readers.saved import read_scored_suite, write_suite
from pipeline.agreement.readers.suite import Suite
from pipeline.agreement.spelling import respell, speller
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.errors import UserError
from pipeline.io import write_table

LINZEN = """sentence\ttarget_index\tcorrect\twrong\tattractors\tdistance
the key to the cabinets is gone .\t5\tis\tare\t1\t3
the keys are gone .\t2\tare\tis\t0\t0
the key is gone .\t7\tis\tare\t0\t0
the key is gone .\t1\tis\tare\t0\t0
the key is gone .\ttwo\tis\tare\t0\t0
the key is gone .\t2\tis\tis\t0\t0
the key is gone .\t2\tis\tare here\t0\t0
the key is gone .\t2\tis\tare\t-1\t0
the key is gone .\t2\tis\tare
"""
BLIMP = [
    {"sentence_good": "The dog isn't here.", "sentence_bad": "The dog aren't here.", "UID": "one",
     "field": "morphology", "one_prefix_method": True, "pairID": "0"},
    {"sentence_good": "The dogs see Kevin's cat.", "sentence_bad": "The dog see Kevin's cat.", "UID": "two",
     "field": "morphology", "one_prefix_method": False, "pairID": "0"},
    {"sentence_good": "The dog is.", "sentence_bad": "The dog is.", "UID": "one"},
    {"sentence_good": "The dog is.", "UID": "one"},
    {"sentence_good": "The dog is.", "sentence_bad": 3, "UID": "one"},
    {"sentence_good": "The dog is.", "sentence_bad": "The dog are."},
    [1, 2],
]  # fmt: skip
GENERATED = """pattern\tconstr_id\tsent_id\tcorrect_number\tform\tclass\ttype\tprefix\tn_attr\tlen_context\tsent
L__N_V\t1\t2\tsing\tkeeps\tcorrect\tgenerated\tthe idea of roofs\t1\t3\t"the idea of roofs was "" green "" . <eos>"
L__N_V\t1\t2\tsing\tkeep\twrong\tgenerated\tthe idea of roofs\t1\t3\t"the idea of roofs was "" green "" . <eos>"
L__N_V\t1\t3\tplur\tare\twrong\tgenerated\tthe ideas\t0\t1\tthe ideas grow . <eos>
R__V_N\t1\t3\tplur\tis\twrong\toriginal\tthe ideas\t0\t1\tthe ideas grow . <eos>
L__N_V\t1\t3\tplur\tis\tcorrect\tgenerated\tthe ideas\t0\t1\tthe ideas grow . <eos>
L__N_V\t1\t3\tplur\tis\tcorrect\tgenerated\tthe ideas\t0\t1\tthe ideas grow . <eos>
L__N_V\t1\t4\tplur\tis\tright\tgenerated\tthe ideas\t0\t1\tthe ideas grow . <eos>
L__N_V\t1\t5\tplur\tis\tcorrect\tgenerated\tthe ideas\tmany\t1\tthe ideas grow . <eos>
L__N_V\t1\t6\tplur\tis so\tcorrect\tgenerated\tthe ideas\t0\t1\tthe ideas grow . <eos>
L__N_V\t1\t7\tplur\tis\tcorrect\tgenerated\tthe ideas\t0\t1\tthe ideas
L__N_V\t1\t8\tplur\tare\tcorrect\tgenerated\tthe ideas\t0\t1\tthe ideas grow . <eos>
L__N_V\t1\t8\tplur\tis\twrong\tgenerated\tthe roofs\t0\t1\tthe ideas grow . <eos>
L__N_V\t1\t9
"""


def read(folder: Path, text: str) -> Suite:
    (folder / "suite.any").write_text(text, encoding="utf-8")
    return read_suite(folder / "suite.any")


def bad_rows(suite: Suite) -> dict[int, str]:
    return {row.line: row.cause for row in suite.bad_rows}


def test_linzen_sentences_become_pairs_that_differ_in_the_verb_and_bad_rows_are_named(tmp_path: Path) -> None:
    suite = read(tmp_path, LINZEN)
    assert suite.form == "linzen"
    assert suite.pairs.iloc[0].to_dict() == {
        "good": "the key to the cabinets is gone .", "bad": "the key to the cabinets are gone .",
        "n_attractors": 1, "words_before": 5, "distance": "3",
    }  # fmt: skip
    assert suite.lines.tolist() == [2, 3]
    assert suite.compares_forms.all()
    causes = bad_rows(suite)
    assert list(causes) == [4, 5, 6, 7, 8, 9, 10]
    assert "has 5 words" in causes[4]
    assert causes[5] == "the word at target_index 1 is 'key', but correct is 'is'"
    assert "'two', which is no number" in causes[6]
    assert "do not differ" in causes[7]
    assert "not one word" in causes[8]
    assert "attractors is '-1'" in causes[9]
    assert "splits into 4 at its tabs, the first line into 6" in causes[10]


def test_blimp_is_split_into_words_and_says_which_pairs_compare_forms(tmp_path: Path) -> None:
    suite = read(tmp_path, "\n".join([*map(json.dumps, BLIMP), "{broken", ""]))
    assert suite.form == "blimp"
    assert suite.pairs.to_dict("list") == {
        "good": ["The dog isn 't here .", "The dogs see Kevin 's cat ."],
        "bad": ["The dog aren 't here .", "The dog see Kevin 's cat ."],
        "UID": ["one", "two"],
        "field": ["morphology", "morphology"],
    }
    assert suite.compares_forms.tolist() == [True, False]
    causes = bad_rows(suite)
    assert list(causes) == [3, 4, 5, 6, 7, 8]
    assert "do not differ" in causes[3]
    assert causes[4] == "has no sentence_bad"
    assert causes[5] == "sentence_bad is 3, which is no text"
    assert causes[6] == "has no UID"
    assert causes[7] == "is no JSON object"
    assert causes[8].startswith("is no JSON: ")


def test_generated_sets_pair_their_rows_and_put_the_form_after_the_prefix(tmp_path: Path) -> None:
    suite = read(tmp_path, GENERATED)
    assert suite.form == "gulordava"
    assert suite.pairs.iloc[0].to_dict() == {
        "good": 'the idea of roofs keeps " green " .', "bad": 'the idea of roofs keep " green " .',
        "construction": "L__N_V", "number": "sing", "n_attractors": 1, "distance": 2, "kind": "generated",
    }  # fmt: skip
    assert suite.pairs["good"].iloc[1] == "the ideas is ."
    assert len(suite.pairs) == 2
    causes = bad_rows(suite)
    assert list(causes) == [5, 7, 8, 9, 10, 11, 12, 13, 14]
    assert causes[5] == "R__V_N 1 3: there is no row of class correct to make a pair"
    assert causes[7] == "L__N_V 1 3: line 6 has its correct form already"
    assert "class is 'right'" in causes[8]
    assert "n_attr is 'many'" in causes[9]
    assert "not one word" in causes[10]
    assert "no longer than prefix" in causes[11]
    assert "no row of class wrong" in causes[12]
    assert "not that of the other form" in causes[13]
    assert "splits into 3" in causes[14]


def test_good_rows_of_a_table_are_kept_and_the_others_named(tmp_path: Path) -> None:
    suite = read(tmp_path, "good\tbad\tkind\nit is\tit are\ta\nsame\tsame\tb\nit is\n<eos> is\t<eos> are\tc\n")
    assert suite.pairs.to_dict("list") == {"good": ["it is"], "bad": ["it are"], "kind": ["a"]}
    assert list(bad_rows(suite)) == [3, 4, 5]
    assert "<eos>" in bad_rows(suite)[5]


def test_a_suite_is_found_by_its_name_whatever_its_ending(tmp_path: Path) -> None:
    for name in ("mine.tsv", "twice.tsv", "twice.jsonl", ".gitkeep"):
        (tmp_path / name).touch()
    assert find_suite(tmp_path, "mine") == find_suite(tmp_path, "mine.tsv") == tmp_path / "mine.tsv"
    with pytest.raises(UserError, match=r"'twice' is 2 files .*twice\.jsonl, twice\.tsv"):
        find_suite(tmp_path, "twice")
    with pytest.raises(UserError, match=r"found 'none', but .* \(found: mine\.tsv, twice"):
        find_suite(tmp_path, "none")


def test_a_saved_suite_comes_back(tmp_path: Path) -> None:
    suite = read(tmp_path, "\n".join([*map(json.dumps, BLIMP), ""]))
    write_suite(tmp_path, suite, 7)
    write_table(tmp_path / "scores.parquet", pd.DataFrame({"item": [0]}))
    saved = read_scored_suite(tmp_path)
    assert saved.out_of_vocabulary == 7
    pd.testing.assert_frame_equal(saved.suite.pairs, suite.pairs)
    for name in ("lines", "compares_forms"):
        np.testing.assert_array_equal(getattr(saved.suite, name), getattr(suite, name))
    assert (saved.suite.bad_rows, saved.suite.groups) == (suite.bad_rows, suite.groups)


@pytest.mark.parametrize(
    ("types", "spelled"),
    [
        (("The", "'t"), "He doesn 't see Isn"),
        (("the", "'t"), "he doesn 't see isn"),
        (("The", "n't"), "He does n't see Isn"),
        (("The", "n't", "'t"), "He doesn 't see Isn"),
        (("The",), "He doesn 't see Isn"),
    ],
)
def test_a_sentence_is_spelled_as_the_vocabulary_is(types: tuple[str, ...], spelled: str) -> None:
    assert speller(Vocabulary(("<unk>", "<eos>", *types)))("He doesn 't see Isn") == spelled


def test_moses_contractions_are_made_of_those_of_the_penn_treebank() -> None:
    assert speller(Vocabulary(("<unk>", "<eos>", "A", "'t")))("he does n't") == "he doesn 't"


def test_a_pair_that_the_spelling_makes_alike_is_a_bad_row(tmp_path: Path) -> None:
    suite = read(tmp_path, "good\tbad\nit is\tit Is\nit is\tit are\n")
    respelled = respell(suite, Vocabulary(("<unk>", "<eos>", "it", "is", "are")))
    assert respelled.lines.tolist() == [3]
    assert list(bad_rows(respelled)) == [2]
    assert len(respelled.pairs) == len(respelled.compares_forms) == 1


@pytest.mark.parametrize("name", ["words_before", "good", "all"])
def test_a_column_that_a_suite_makes_itself_is_refused(tmp_path: Path, name: str) -> None:
    lines = LINZEN.replace("distance", name, 1)
    with pytest.raises(UserError, match=f"names a column '{name}'"):
        read(tmp_path, lines)


def test_numbers_of_many_digits_and_letters_that_are_none_are_bad_rows(tmp_path: Path) -> None:
    suite = read(tmp_path, LINZEN + f"it is\t1\tis\tare\t{'9' * 5000}\t0\n")
    assert "which is no number" in bad_rows(suite)[11]
    half = json.dumps(BLIMP[0] | {"UID": "\ud800"})
    assert "surrogate" in bad_rows(read(tmp_path, f"{json.dumps(BLIMP[0])}\n{half}\n"))[2]
