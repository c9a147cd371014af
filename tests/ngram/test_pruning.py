from pathlib import Path

import numpy as np
import pytest
from exact_kneser_ney import (
    EOS,
    FIRST_WORD,
    ExactKneserNey,
    Lines,
    lines_and_order,
    small_lines,
    stream_of,
    zipf_lines,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.streams import encode
from pipeline.corpus.vocabulary import EOS_ID, Vocabulary
from pipeline.errors import UserError
from pipeline.ngram.arpa_reader import read_arpa
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import NgramModel, model_of

A, B, C = 2, 3, 4

TEXT = ["a b c", "a b d", "a b c", "b c a", "", "c a b c", "d", "a b c a"]
LMPLZ = """\\data\\
ngram 1=7
ngram 2=7
ngram 3=5

\\1-grams:
-1.1169698	<unk>	0
0	<s>	-0.1627273
-0.54557866	</s>	0
-0.7966346	a	-0.30103
-0.7966346	b	-0.17609124
-0.7966346	c	-0.30103
-0.7966346	d	-0.30103

\\2-grams:
-0.5100025	a </s>	0
-0.5100025	c </s>	0
-0.19222076	d </s>	0
-0.37436962	<s> a	-0.42596874
-0.3838455	c a	-0.17609124
-0.3838455	a b	-0.30103
-0.35673013	b c	-0.30103

\\3-grams:
-0.2681278	c a </s>
-0.34245282	b c </s>
-0.39083555	b c a
-0.107934386	<s> a b
-0.14272337	a b c

\\end\\
"""
"""What KenLM 0.3.0's `lmplz -o 3 --discount_fallback --prune 0 1 1` makes of `TEXT`."""


def model(lines: Lines, vocabulary_size: int, order: int, prune: tuple[int, ...]) -> NgramModel:
    return model_of(fit(stream_of(lines), vocabulary_size, order, prune), order)


def read(model: NgramModel, lines: Lines) -> np.ndarray:
    return np.exp(model.read(stream_of(lines)[:, None], model.start(1))[0][:, 0])


def whole(prune: tuple[int, ...], order: int) -> tuple[int, ...]:
    """Thresholds for every order: the last stands for all above."""
    return (*prune, *[prune[-1]] * (order - len(prune)))


def test_equals_lmplz(tmp_path: Path) -> None:
    (tmp_path / "lmplz.arpa").write_text(LMPLZ)
    theirs, types = read_arpa(tmp_path / "lmplz.arpa")
    vocabulary = Vocabulary(types)
    train = encode([line.split() for line in TEXT], vocabulary, None).tokens
    ours = model_of(fit(train, len(types), 3, (0, 1, 1)), 3)
    assert [ours.trie.size(m) for m in (1, 2, 3)] == [6, 7, 5]  # lmplz counts <s> as a unigram
    for left, right in zip(ours.ngram_probs(), theirs.ngram_probs(), strict=True):
        np.testing.assert_allclose(np.log10(left), np.log10(right), atol=2e-7)
    for m in (1, 2):
        np.testing.assert_allclose(np.log10(ours.backoffs(m)), np.log10(theirs.backoffs(m)), atol=2e-7)


@pytest.mark.parametrize("prune", [(0, 0, 1), (0, 1), (0, 1, 2, 2), (0, 0, 0, 3), (0, 1, 50), (0, 10_000)])
@pytest.mark.parametrize("order", [4, 5])
def test_equals_exact_fractions(prune: tuple[int, ...], order: int) -> None:
    lines = zipf_lines(1, 400, 12)
    train, held_out, vocabulary_size = lines[:350], lines[350:], FIRST_WORD + 13
    ours = model(train, vocabulary_size, order, prune)
    exact = ExactKneserNey(train, vocabulary_size, order, prune=whole(prune, order))
    np.testing.assert_allclose(read(ours, held_out), exact.stream_probs(held_out), rtol=1e-12)


@given(corpus=lines_and_order(), held_out=small_lines, thresholds=st.lists(st.integers(0, 4), max_size=7))
@settings(max_examples=100, deadline=None)
def test_equals_exact_fractions_on_any_corpus(
    corpus: tuple[Lines, int], held_out: Lines, thresholds: list[int]
) -> None:
    train, order = corpus
    prune = (0, *sorted(thresholds)[: order - 1])
    ours, exact = model(train, 7, order, prune), ExactKneserNey(train, 7, order, prune=whole(prune, order))
    np.testing.assert_allclose(read(ours, held_out), exact.stream_probs(held_out), rtol=1e-12)


@given(
    corpus=lines_and_order(),
    prefix=st.lists(st.integers(0, 6), max_size=8),
    thresholds=st.lists(st.integers(0, 4), max_size=7),
)
@settings(max_examples=100, deadline=None)
def test_every_context_sums_to_one(corpus: tuple[Lines, int], prefix: list[int], thresholds: list[int]) -> None:
    train, order = corpus
    ours = model(train, 7, order, (0, *sorted(thresholds)[: order - 1]))
    _, state = ours.read(np.array(prefix, dtype=np.int64).reshape(-1, 1), ours.start(1))
    assert abs(np.exp(ours.next_log_probs(state)).sum() - 1) < 1e-12


def test_what_is_left_out() -> None:
    """`a b` twice, all else once: with threshold 1 the bigrams are `<s> a`, `a b` and `b </s>`."""
    fitted = fit(stream_of([[A, B], [A, B], [C]]), 5, 3, (0, 1))
    assert [found.size for found in fitted.counts.orders] == [5, 3, 2]
    trie = model_of(fitted, 3).trie
    np.testing.assert_array_equal(trie.prefixes(2), [EOS_ID, A, B])
    np.testing.assert_array_equal(trie.words[1][:-1], [A, B, EOS])
    np.testing.assert_array_equal(fitted.counts.orders[1].raw, [2, 2, 2, 0])
    assert fitted.thresholds == (0, 1, 1)


def test_discounts_are_those_of_all_ngrams() -> None:
    train = stream_of(zipf_lines(1, 300, 12))
    for m in range(3):
        pruned, full = (fit(train, 14, 3, prune).top(m + 1).discounts for prune in ((0, 0, 2), ()))
        assert pruned == full


def test_nothing_pruned_is_the_same_model() -> None:
    train, held_out = zipf_lines(1, 100, 8), zipf_lines(2, 30, 8)
    np.testing.assert_array_equal(read(model(train, 10, 4, (0, 0)), held_out), read(model(train, 10, 4, ()), held_out))


@pytest.mark.parametrize(
    ("prune", "message"),
    [
        ((1, 1), "begins with threshold 1, but unigrams are never pruned"),
        ((0, 2, 1), "thresholds 0, 2, 1 fall"),
        ((0, -1), "thresholds 0, -1, -1 fall"),
        ((0, 0, 1, 1), "has 4 thresholds, for the orders 1 to 4, but the n-gram order is 3"),
    ],
)
def test_thresholds_that_cannot_be(prune: tuple[int, ...], message: str) -> None:
    with pytest.raises(UserError, match=message):
        fit(stream_of([[A, B], [C]]), 5, 3, prune)
