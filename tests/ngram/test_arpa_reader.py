import gzip
import math
from pathlib import Path

import numpy as np
import pytest
from exact_kneser_ney import EOS, stream_of, zipf_lines

from pipeline.corpus.vocabulary import Vocabulary
from pipeline.errors import UserError
from pipeline.language_model import LanguageModel
from pipeline.ngram import arpa_lines
from pipeline.ngram.arpa import write_arpa
from pipeline.ngram.arpa_reader import read_arpa
from pipeline.ngram.backoff import BackoffModel
from pipeline.ngram.count_model import longest_match
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of

TYPES = ["<unk>", "<eos>", *(f"w{number}" for number in range(12))]
LINES = zipf_lines(1, 260, 10)
FITTED = fit(stream_of(LINES[:200]), len(TYPES), 5)
HELD_OUT = [*LINES[200:], *zipf_lines(2, 50, 12)]

# With the leading comment, spaces for tabs, weights left out and no <unk>, as other programs write them.
SMALL = """# made by hand

\\data\\
ngram 1=5
ngram 2=4
ngram 3=2

\\1-grams:
-0.9 </s>
-99\t<s>\t-0.3
-0.5\ta\t-0.25
-0.6\tb
-0.7\t\u00e9t\u00e9\t0.1

\\2-grams:
-0.2\ta b\t-0.15
-0.4\t<s> a
-0.8\tb </s>
-0.35\tb a\t-0.05

\\3-grams:
-0.11\ta b a
-0.12\t<s> a b

\\end\\
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def log10(model: LanguageModel, types: tuple[str, ...], lines: list[str]) -> list[float]:
    """log10 p of every token of `lines`, line ends included."""
    vocabulary = Vocabulary(types)
    tokens = [token for line in lines for token in (*vocabulary.encode(line.split()), EOS)]
    return (model.read(np.array(tokens)[:, None], model.start(1))[0][:, 0] / math.log(10)).tolist()


@pytest.mark.parametrize("order", range(1, 6))
def test_what_was_written_is_read(tmp_path: Path, order: int) -> None:
    ours = model_of(FITTED, order)
    write_arpa(tmp_path / "model.arpa", ours, TYPES)
    theirs, types = read_arpa(tmp_path / "model.arpa")
    assert types == tuple(TYPES)
    assert (theirs.name, theirs.order, theirs.vocabulary_size) == ("model.arpa", order, len(TYPES))
    read = stream_of(HELD_OUT)[:, None]
    (expected, state), (found, their_state) = ours.read(read, ours.start(1)), theirs.read(read, theirs.start(1))
    np.testing.assert_allclose(found, expected, atol=1e-8)
    np.testing.assert_array_equal(state, their_state)
    for words, row, their_words, their_row in zip(
        ours.trie.words, ours.trie.offsets, theirs.trie.words, theirs.trie.offsets, strict=True
    ):
        np.testing.assert_array_equal(words, their_words)
        np.testing.assert_array_equal(row, their_row)


def test_it_can_be_written_again(tmp_path: Path) -> None:
    write_arpa(tmp_path / "first.arpa", model_of(FITTED, 4), TYPES)
    write_arpa(tmp_path / "second.arpa", *read_arpa(tmp_path / "first.arpa"))
    assert (tmp_path / "second.arpa").read_text() == (tmp_path / "first.arpa").read_text()


def test_gzip_is_known_whatever_the_file_is_called(tmp_path: Path) -> None:
    plain = write(tmp_path / "plain", SMALL)
    (tmp_path / "packed").write_bytes(gzip.compress(plain.read_bytes()))
    (first, types), (second, their_types) = read_arpa(plain), read_arpa(tmp_path / "packed")
    assert types == their_types
    assert log10(first, types, ["a b a", "b"]) == log10(second, types, ["a b a", "b"])


def test_a_file_in_small_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_arpa(tmp_path / "model.arpa", model_of(FITTED, 3), TYPES)
    whole, _ = read_arpa(tmp_path / "model.arpa")
    monkeypatch.setattr(arpa_lines, "BYTES_AT_ONCE", 100)
    pieces, _ = read_arpa(tmp_path / "model.arpa")
    for left, right in zip([*whole.probs, *whole.weights], [*pieces.probs, *pieces.weights], strict=True):
        np.testing.assert_array_equal(left, right)


def test_scores_worked_by_hand(tmp_path: Path) -> None:
    """Backing off adds the weight of the context: none for `b`, none for `<s> a`, none for what was never seen."""
    model, types = read_arpa(write(tmp_path / "small.arpa", SMALL))
    assert types == ("<unk>", "<eos>", "a", "b", "été")
    scores = log10(model, types, ["a b a a", "b été b"])
    expected = [
        -0.4,  # <s> a
        -0.12,  # <s> a b
        -0.11,  # a b a
        -0.05 + -0.25 + -0.5,  # b a | a: weights of `b a` and `a`
        -0.25 + -0.9,  # a a | </s>: `a a` was never seen
        -0.3 + -0.6,  # <s> | b: weight of <s>
        0 + -0.7,  # <s> b | été: `b` has no weight
        0.1 + -0.6,  # b été | b
        0 + -0.8,  # été b | </s>: b </s>
    ]
    np.testing.assert_allclose(scores, expected, atol=1e-12)


def test_next_log_probs_are_what_read_says(tmp_path: Path) -> None:
    write_arpa(tmp_path / "model.arpa", model_of(FITTED, 4), TYPES)
    for path in (tmp_path / "model.arpa", write(tmp_path / "small.arpa", SMALL)):
        model, types = read_arpa(path)
        read = stream_of(HELD_OUT)[:200, None] % len(types)
        nats, _ = model.read(read, model.start(1))
        state = model.start(1)
        for t in range(200):
            np.testing.assert_allclose(nats[t], model.next_log_probs(state)[0, read[t]], rtol=1e-13)
            _, state = model.read(read[t : t + 1], state)


def test_rows_sum_to_one_as_far_as_the_digits_go(tmp_path: Path) -> None:
    write_arpa(tmp_path / "model.arpa", model_of(FITTED, 4), TYPES)
    model, _ = read_arpa(tmp_path / "model.arpa")
    _, state = model.read(np.random.default_rng(0).integers(14, size=(6, 200)), model.start(200))
    np.testing.assert_allclose(np.exp(model.next_log_probs(state)).sum(axis=1), 1, atol=1e-7)


def test_unknown_words(tmp_path: Path) -> None:
    """Impossible in a file without <unk>; <UNK> is read as <unk>, also within n-grams."""
    without, types = read_arpa(write(tmp_path / "without.arpa", SMALL))
    assert log10(without, types, ["zebra"])[0] == -math.inf
    assert log10(without, types, ["zebra"])[1] == pytest.approx(-0.9)
    for name in ("<unk>", "<UNK>"):
        text = SMALL.replace("ngram 1=5", "ngram 1=6").replace("-0.5\ta", f"-1.5\t{name}\t-0.2\n-0.5\ta")
        text = text.replace("ngram 2=4", "ngram 2=5").replace("-0.4\t<s> a", f"-0.4\t<s> a\n-0.01\ta {name}")
        with_unknown, types = read_arpa(write(tmp_path / "with.arpa", text))
        assert types == ("<unk>", "<eos>", "a", "b", "été")
        np.testing.assert_allclose(log10(with_unknown, types, ["zebra a zebra"])[:3], [-1.8, -0.7, -0.01], atol=1e-12)


def test_the_probability_of_a_beginning_is_not_read(tmp_path: Path) -> None:
    for begin in ("-99\t<s>\t-0.3", "0\t<s>\t-0.3", "-99 <s> -0.3"):
        model, types = read_arpa(write(tmp_path / "m.arpa", SMALL.replace("-99\t<s>\t-0.3", begin)))
        assert log10(model, types, ["b", ""]) == pytest.approx([-0.9, -0.8, -1.2])


def test_marks_inside_are_left_out(tmp_path: Path) -> None:
    text = SMALL.replace("ngram 2=4", "ngram 2=6").replace("-0.4\t<s> a", "-0.4\t<s> a\n-0.4\ta <s>\n-0.7\t</s> a")
    text = text.replace("ngram 3=2", "ngram 3=3").replace("-0.11", "-0.4\ta <s> a\n-0.11")
    (model, types), (plain, _) = (read_arpa(write(tmp_path / "m.arpa", written)) for written in (text, SMALL))
    assert [model.trie.size(m) for m in (2, 3)] == [4, 2]
    assert log10(model, types, ["a b a", "b"]) == log10(plain, types, ["a b a", "b"])


def test_suffixes_may_be_missing(tmp_path: Path) -> None:
    """`b a` without which `a b a` ends in no known bigram: pruned files of SRILM have such n-grams."""
    text = SMALL.replace("ngram 2=4", "ngram 2=3").replace("-0.35\tb a\t-0.05\n", "")
    model, types = read_arpa(write(tmp_path / "m.arpa", text))
    np.testing.assert_allclose(log10(model, types, ["a b a a"])[2:4], [-0.11, -0.25 - 0.5], atol=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.removesuffix("\n"),
        lambda text: text + "\n\n",
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("\t", "  "),
        lambda text: text.replace("ngram 1=5", "ngram 1 = 5"),
        lambda text: text.replace("-0.25", "-2.5e-1"),
        lambda text: text.replace("0.1\n", "+0.1\n"),
    ],
)
def test_what_does_not_matter(tmp_path: Path, change) -> None:
    assert change(SMALL) != SMALL
    (tmp_path / "changed.arpa").write_bytes(change(SMALL).encode())
    (model, types), (plain, _) = read_arpa(tmp_path / "changed.arpa"), read_arpa(write(tmp_path / "m.arpa", SMALL))
    lines = ["a b a a", "b été b", "été"]
    assert log10(model, types, lines) == log10(plain, types, lines)


def test_an_order_that_is_empty(tmp_path: Path) -> None:
    text = SMALL.replace("ngram 3=2", "ngram 3=0").replace("-0.11\ta b a\n-0.12\t<s> a b\n", "")
    model, types = read_arpa(write(tmp_path / "m.arpa", text))
    assert model.order == 3
    assert log10(model, types, ["a b a"])[2] == pytest.approx(-0.15 - 0.35)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (SMALL, "", r"line 1: the file is empty"),
        (SMALL, "\n\n", r"line 2: the file is empty"),
        ("\\data\\\n", "", r"line 3: found 'ngram 1=5' where \\data\\ should be: this is no ARPA file"),
        (SMALL, "what a nice day\n", r"line 1: found 'what a nice day' where \\data\\ should be"),
        (SMALL, "\\data\\\n", r"line 1: found '' where a line such as 'ngram 1=1000'"),
        ("ngram 1=5\nngram 2=4\nngram 3=2\n", "", r"line 5: found .*1-grams:' where a line such as 'ngram 1=1000'"),
        ("ngram 2=4\n", "", r"line 5: found 'ngram 3=2' where the number of 2-grams should be announced"),
        ("ngram 2=4", "ngram 2=many", r"line 5: found 'ngram 2=many' where \\1-grams: should be"),
        ("ngram 1=5", "ngram 1=6", r"line 14: found '' after 5 of the 6 1-grams that the head announces"),
        ("ngram 1=5", "ngram 1=4", r"line 13: found '-0.7.*' where \\2-grams: should be: .* and 4 1-grams, not more"),
        ("ngram 2=4", "ngram 2=3", r"line 19: found '-0.35.*' where \\3-grams: should be: .* and 3 2-grams, not more"),
        ("ngram 3=2", "ngram 3=3", r"line 24: found '' after 2 of the 3 3-grams"),
        ("ngram 3=2", "ngram 3=1", r"line 23: found '-0.12.*' where \\end\\ should be, and 1 3-grams, not more"),
        ("\\end\\\n", "", r"line 24: the file ends after this line, where \\end\\ should be"),
        ("\n\\end\\\n", "", r"line 23: the file ends after this line, where \\end\\ should be"),
        ("\n\\end\\", "-0.1\ta a a\n\\end\\", r"line 24: found '-0.1.*' where \\end\\ should be"),
        ("-0.12\t<s> a b\n\n\\end\\\n", "", r"line 22: the file ends after 1 of the 2 3-grams"),
        ("\\end\\\n", "\\end\\\nmore\n", r"line 26: found 'more' after \\end\\"),
        (
            "\n\\3-grams:\n-0.11\ta b a\n-0.12\t<s> a b\n",
            "",
            r"line 21: found '.*end.*' where \\3-grams: should be: the head announces 2 3-grams",
        ),
        ("-0.5\ta", "much\ta", r"line 11: found 'much' where a log10 number should be"),
        ("-0.5\ta", "nan\ta", r"line 11: found 'nan' where a log10 number should be"),
        ("-0.5\ta", "inf\ta", r"line 11: found 'inf' where a log10 number should be"),
        ("-0.2\ta b\t-0.15", "-0.2\ta b\t-0.1.5", r"line 16: found '-0.1.5' where a log10 number should be"),
        ("-0.35\tb a", "0.35\tb a", r"line 19: the log probability 0.35 is above 0"),
        ("-0.2\ta b\t-0.15", "-0.2\ta b c\t-0.15", r"line 16: found 5 fields .*, but a 2-gram has 3, with a weight 4"),
        ("-0.2\ta b\t-0.15", "-0.2\ta", r"line 16: found 2 fields"),
        ("-0.35\tb a", "-0.35\tb zebra", r"line 19: the word 'zebra' is not among the 1-grams"),
        ("-0.11\ta b a", "-0.11\ta a b", r"line 22: the 3-gram 'a a b' is there, but the 2-gram that it begins with"),
        ("-0.12\t<s> a b", "-0.12\t<s> b </s>", r"line 23: the 3-gram '<s> b </s>' is there, but the 2-gram"),
        ("-0.35\tb a", "-0.35\ta b", r"line 19: the 2-gram 'a b' is there for the second time"),
        ("-0.6\tb", "-0.6\ta", r"line 12: the 1-gram 'a' is there for the second time"),
        ("-0.6\tb", "-0.6\t<eos>", r"line 12: the word <eos> is what <s> and </s> are called here"),
        ("-0.9 </s>", "-0.9 c", r"line 13: the 1-grams lack </s>"),
    ],
)
def test_damaged_files(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SMALL
    path = write(tmp_path / "bad.arpa", SMALL.replace(old, new, 1))
    with pytest.raises(UserError, match=message) as caught:
        read_arpa(path)
    assert str(caught.value).startswith(f"{path}, line ")


def test_words_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.arpa"
    path.write_bytes(SMALL.encode("latin-1"))
    with pytest.raises(UserError, match=r"line 13: the word '\ufffdt\ufffd' is not UTF-8"):
        read_arpa(path)


def test_gzip_cut_off_and_damaged(tmp_path: Path) -> None:
    write_arpa(tmp_path / "model.arpa", model_of(FITTED, 5), TYPES)
    packed = gzip.compress((tmp_path / "model.arpa").read_bytes())
    path = tmp_path / "packed.arpa.gz"
    for cut in (3, 30, len(packed) // 2, len(packed) - 1):
        path.write_bytes(packed[:cut])
        with pytest.raises(UserError, match=r"packed.arpa.gz, line \d+: the gzip file is cut off after this line"):
            read_arpa(path)
    middle = len(packed) // 2
    for damaged in (packed[:middle] + bytes(50) + packed[middle + 50 :], packed[:-8] + bytes(8)):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match=r"packed.arpa.gz, line \d+: "):
            read_arpa(path)


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.arpa"):
        with pytest.raises(UserError, match="is no file that exists"):
            read_arpa(path)


@pytest.mark.parametrize("order", range(2, 6))
def test_equals_kenlm(tmp_path: Path, order: int) -> None:
    """KenLM's own reader, on our file: what it scores is what we score, and as long a match."""
    kenlm = pytest.importorskip("kenlm")
    ours = model_of(FITTED, order)
    path = tmp_path / "model.arpa"
    write_arpa(path, ours, TYPES)
    model, types = read_arpa(path)
    assert isinstance(model, BackoffModel)
    reader = kenlm.Model(str(path))
    lines = [" ".join(TYPES[token] for token in line) for line in HELD_OUT]
    expected, lengths, _ = np.array([token for line in lines for token in reader.full_scores(line)]).T
    np.testing.assert_allclose(log10(model, types, lines), expected, atol=1e-5)
    np.testing.assert_allclose(log10(ours, tuple(TYPES), lines), expected, atol=1e-5)
    np.testing.assert_array_equal(longest_match(ours, stream_of(HELD_OUT)), lengths)
