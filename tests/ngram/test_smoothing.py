from collections.abc import Iterator
from typing import get_args

import numpy as np
import pytest
from exact_kneser_ney import EOS, FIRST_WORD, Lines, lines_and_order, small_lines, stream_of, zipf_lines
from exact_smoothing import ALPHA, EXACT, K
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UserError
from pipeline.language_model import LanguageModel
from pipeline.ngram.count_model import CountModel
from pipeline.ngram.counts import count_ngrams
from pipeline.ngram.smoothing import SMOOTHINGS, Smoothing, smoothed

A, B, C = 2, 3, 4

every_smoothing = pytest.mark.parametrize("method", SMOOTHINGS)


def model(method: Smoothing, lines: Lines, vocabulary_size: int, order: int, counted: int | None = None) -> CountModel:
    counts = count_ngrams(stream_of(lines), vocabulary_size, counted or order)
    return smoothed(counts, method, order, k=float(K), alpha=float(ALPHA))


def after(model: LanguageModel, prefix: list[int]) -> np.ndarray:
    """Next-token probabilities (V,) at a line's beginning, `prefix` read."""
    _, state = model.read(np.array(prefix, dtype=np.int64).reshape(-1, 1), model.start(1))
    return np.exp(model.next_log_probs(state)[0])


def read(model: LanguageModel, lines: Lines) -> np.ndarray:
    """The probability of every token of `lines`."""
    return np.exp(model.read(stream_of(lines)[:, None], model.start(1))[0][:, 0])


def test_every_smoothing_has_an_oracle() -> None:
    assert set(SMOOTHINGS) == set(EXACT) == set(get_args(Smoothing))


@every_smoothing
@pytest.mark.parametrize("order", range(1, 8))
def test_equals_exact_fractions(method: Smoothing, order: int) -> None:
    train, held_out = zipf_lines(1, 150, 10), zipf_lines(2, 30, 12)
    vocabulary_size = FIRST_WORD + 12  # two types and <unk> never occur in train
    ours, exact = model(method, train, vocabulary_size, order), EXACT[method](train, vocabulary_size, order)
    for lines in (train[:50], held_out):
        np.testing.assert_allclose(read(ours, lines), exact.stream_probs(lines), rtol=1e-12)


@every_smoothing
@given(corpus=lines_and_order(), held_out=small_lines)
@settings(max_examples=40, deadline=None)
def test_equals_exact_fractions_on_any_corpus(method: Smoothing, corpus: tuple[Lines, int], held_out: Lines) -> None:
    train, order = corpus
    ours, exact = model(method, train, 7, order), EXACT[method](train, 7, order)
    np.testing.assert_allclose(read(ours, held_out), exact.stream_probs(held_out), rtol=1e-12)


@every_smoothing
@given(corpus=lines_and_order(), prefix=st.lists(st.integers(0, 6), max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_context_sums_to_one(method: Smoothing, corpus: tuple[Lines, int], prefix: list[int]) -> None:
    train, order = corpus
    assert abs(after(model(method, train, 7, order), prefix).sum() - 1) < 1e-9


def contexts(lines: Lines) -> Iterator[list[int]]:
    for line in lines:
        yield from (line[:end] for end in range(len(line) + 1))


@every_smoothing
@pytest.mark.parametrize("order", range(1, 8))
def test_every_context_of_a_text_sums_to_one(method: Smoothing, order: int) -> None:
    """All contexts of train and of new text, and what `read` says is what `next_log_probs` says."""
    ours = model(method, zipf_lines(1, 150, 10), 14, order)
    for lines in (zipf_lines(1, 150, 10)[:60], zipf_lines(2, 30, 12)):
        rows = np.array([after(ours, prefix) for prefix in contexts(lines)])
        np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-9)
        followed = [token for line in lines for token in (*line, EOS)]
        np.testing.assert_allclose(rows[np.arange(len(rows)), followed], read(ours, lines), rtol=1e-13)


@every_smoothing
def test_more_orders_counted_change_nothing(method: Smoothing) -> None:
    train, held_out = zipf_lines(1, 100, 8), zipf_lines(2, 30, 8)
    np.testing.assert_array_equal(
        read(model(method, train, 10, 3), held_out), read(model(method, train, 10, 3, counted=6), held_out)
    )


def test_lines_worked_by_hand() -> None:
    """Lines `a b` and `a c`, V = 5: six tokens, c(a) = c(</s>) = 2, c(b) = c(c) = 1.

    Witten-Bell: p(b) = (1 + 4/5)/(6 + 4) = .18, after a: (1 + 2 · .18)/(2 + 2) = .34.
    Stupid backoff, α = 3/8: after a, S(b) = S(c) = 1/2, S(a) = S(</s>) = 3/8 · 1/3, S(<unk>) = 0; Z = 5/4.
    """
    lines = [[A, B], [A, C]]
    np.testing.assert_allclose(after(model("maximum_likelihood", lines, 5, 2), [A]), [0, 0, 0, 0.5, 0.5], rtol=1e-14)
    # after <unk>, nothing was seen: relative frequencies of words
    np.testing.assert_allclose(
        after(model("maximum_likelihood", lines, 5, 2), [0]), [0, 1 / 3, 1 / 3, 1 / 6, 1 / 6], rtol=1e-14
    )
    k = 1 / 8
    np.testing.assert_allclose(
        after(model("add_k", lines, 5, 2), [A]), np.array([k, k, k, 1 + k, 1 + k]) / (2 + 5 * k), rtol=1e-14
    )
    np.testing.assert_allclose(after(model("add_k", lines, 5, 2), [0]), np.full(5, 0.2), rtol=1e-14)
    witten_bell = after(model("witten_bell", lines, 5, 2), [A])
    np.testing.assert_allclose(witten_bell[[B, C]], 0.34, rtol=1e-14)
    np.testing.assert_allclose(after(model("stupid_backoff", lines, 5, 2), [A]), [0, 0.1, 0.1, 0.4, 0.4], rtol=1e-14)


def test_perplexity_of_maximum_likelihood_on_new_text_is_infinite() -> None:
    ours = model("maximum_likelihood", [[A, B], [A, C]], 5, 2)
    nats, _ = ours.read(stream_of([[A, A], [A, B]])[:, None], ours.start(1))
    assert np.isneginf(nats[1, 0])
    np.testing.assert_allclose(np.exp(nats[3:, 0]), [1, 0.5, 1])  # the line after it is judged by itself


def test_smoothing_buys_what_the_books_say() -> None:
    """On text of the same kind: the better the smoothing, the lower the perplexity of a trigram model."""
    lines = zipf_lines(1, 400, 30)
    train, held_out = lines[:300], lines[300:]
    nats = {method: np.log(read(model(method, train, 32, 3), held_out)).mean() for method in SMOOTHINGS[:-1]}
    assert nats["modified_kneser_ney"] > nats["witten_bell"] > nats["add_k"]
    assert nats["kneser_ney"] > nats["witten_bell"]


def test_names() -> None:
    names = [model(method, zipf_lines(1, 30, 5), 7, 3).name for method in SMOOTHINGS]
    assert names[:3] == ["trigram", "trigram-kneser_ney", "trigram-witten_bell"]
    assert len(set(names)) == len(names)


@every_smoothing
def test_orders_that_cannot_be(method: Smoothing) -> None:
    with pytest.raises(UserError, match="order is 0"):
        model(method, [[A]], 5, 0, counted=2)
    with pytest.raises(UserError, match="counted up to order 2, but order 3 is asked for"):
        model(method, [[A, B]], 5, 3, counted=2)
    with pytest.raises(UserError, match=r"longest line .* has 1 word:.* up to order 3"):
        model(method, [[A], [B]], 5, 4, counted=7)
    model(method, [[A], [B]], 5, 3, counted=7)  # what was counted beyond does not matter


def test_parameters_out_of_range() -> None:
    counts = count_ngrams(stream_of([[A, B]]), 5, 2)
    for k in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(UserError, match=f"k is {k}"):
            smoothed(counts, "add_k", 2, k=k, alpha=0.4)
    for alpha in (0.0, 1.5, float("nan")):
        with pytest.raises(UserError, match=f"alpha is {alpha}"):
            smoothed(counts, "stupid_backoff", 2, k=1.0, alpha=alpha)
    with pytest.raises(UserError, match="'katz'; allowed: modified_kneser_ney, kneser_ney"):
        smoothed(counts, "katz", 2, k=1.0, alpha=0.4)


@every_smoothing
def test_ids_outside_the_vocabulary(method: Smoothing) -> None:
    ours = model(method, [[A, B]], 5, 2)
    with pytest.raises(UserError, match="id 5 is outside the vocabulary of 5 types"):
        ours.read(np.array([[5]]), ours.start(1))
