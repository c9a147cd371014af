from dataclasses import replace
from fractions import Fraction

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

from pipeline.errors import UserError
from pipeline.ngram import level
from pipeline.ngram.counts import count_ngrams
from pipeline.ngram.kneser_ney import FALLBACK, SINGLE_FALLBACK, discounts, fit, single_discount, smooth
from pipeline.ngram.level import Discounts
from pipeline.ngram.lines import check_lines
from pipeline.ngram.model import NgramModel, model_of

A, B, C = 2, 3, 4


def model(lines: Lines, vocabulary_size: int, order: int) -> NgramModel:
    return model_of(fit(stream_of(lines), vocabulary_size, order), order)


def after(model: NgramModel, prefix: list[int]) -> np.ndarray:
    """Next-token probabilities (V,) at a line's beginning, `prefix` read."""
    _, state = model.read(np.array(prefix, dtype=np.int64).reshape(-1, 1), model.start(1))
    return np.exp(model.next_log_probs(state)[0])


def test_bigrams_worked_by_hand() -> None:
    """Lines `a b` and `a c`, V = 5. Too few counts for estimates: D = 1/2, 1, 3/2.

    Unigrams, adjusted: a, b, c follow one token each and </s> two, total 5, γ = (3/2 + 1)/5 = 1/2.
    p(a) = (1 − 1/2)/5 + 1/2 · 1/5 = 1/5 = p(b) = p(c), p(</s>) = (2 − 1)/5 + 1/10 = 3/10, p(<unk>) = 1/10.
    After a: b and c once each, γ = (1/2 + 1/2)/2 = 1/2. After <s>: a twice, γ = 1/2.
    """
    bigram = model([[A, B], [A, C]], 5, 2)
    np.testing.assert_allclose(after(bigram, []), [1 / 20, 3 / 20, 3 / 5, 1 / 10, 1 / 10], rtol=1e-14)
    np.testing.assert_allclose(after(bigram, [A]), [1 / 20, 3 / 20, 1 / 10, 7 / 20, 7 / 20], rtol=1e-14)
    np.testing.assert_allclose(after(bigram, [0]), [1 / 10, 3 / 10, 1 / 5, 1 / 5, 1 / 5], rtol=1e-14)


def test_unigrams_worked_by_hand() -> None:
    """The same lines; a unigram model takes occurrences: a and </s> twice, b and c once, γ = 3/6."""
    np.testing.assert_allclose(
        after(model([[A, B], [A, C]], 5, 1), []), [1 / 10, 4 / 15, 4 / 15, 11 / 60, 11 / 60], rtol=1e-14
    )


def test_a_single_discount() -> None:
    """t1 = 6, t2 = 3: D = 6/12. Without words seen once, or twice, there is no estimate."""
    assert single_discount(np.repeat([0, 1, 2, 3, 9], [7, 6, 3, 2, 2])) == Discounts((0.5, 0.5, 0.5), fallback=False)
    for times in ((0, 3), (6, 0)):
        assert single_discount(np.repeat([1, 2], times)) == Discounts((SINGLE_FALLBACK,) * 3, fallback=True)


def test_discounts_from_counts_of_counts() -> None:
    """t = 6, 3, 2, 1: Y = 6/12, D1 = 1 − 2/2 · 3/6, D2 = 2 − 3/2 · 2/3, D3 = 3 − 4/2 · 1/2."""
    counts = np.repeat([0, 1, 2, 3, 4, 5, 9], [7, 6, 3, 2, 1, 5, 2])
    assert discounts(counts) == Discounts((0.5, 1.0, 2.0), fallback=False)


@pytest.mark.parametrize(
    "times",
    [
        (0, 3, 2, 1),
        (6, 0, 2, 1),
        (6, 3, 0, 1),
        (1, 1, 9, 1),  # D2 = 2 − 3/3 · 9: negative
        (4, 1, 1, 1),  # D2 = 2 − 3 · 2/3 · 1 = 0: would leave nothing for the unseen
        (0, 0, 0, 0),
    ],
)
def test_discounts_that_cannot_be_estimated(times: tuple[int, ...]) -> None:
    assert discounts(np.repeat([1, 2, 3, 4], times)) == Discounts(FALLBACK, fallback=True)


@pytest.mark.parametrize("order", range(1, 8))
def test_equals_exact_fractions_with_estimated_discounts(order: int) -> None:
    train, held_out = zipf_lines(1, 400, 12), zipf_lines(2, 30, 14)
    vocabulary_size = FIRST_WORD + 14  # two types and <unk> never occur in train
    ours, exact = model(train, vocabulary_size, order), ExactKneserNey(train, vocabulary_size, order)
    for found, (m, amounts) in zip(ours.levels, exact.discounts.items(), strict=True):
        assert found.discounts.amounts == pytest.approx([float(d) for d in amounts], rel=1e-14), m
    if order <= 5:  # above, too few repeat; the unigrams are all frequent
        assert not any(level.discounts.fallback for level in ours.levels[1:])
    for lines in (train[:50], held_out):
        nats, _ = ours.read(stream_of(lines)[:, None], ours.start(1))
        np.testing.assert_allclose(np.exp(nats[:, 0]), exact.stream_probs(lines), rtol=1e-12)


@given(corpus=lines_and_order(), held_out=small_lines)
@settings(max_examples=60, deadline=None)
def test_equals_exact_fractions_on_any_corpus(corpus: tuple[Lines, int], held_out: Lines) -> None:
    train, order = corpus
    ours, exact = model(train, 7, order), ExactKneserNey(train, 7, order)
    nats, _ = ours.read(stream_of(held_out)[:, None], ours.start(1))
    np.testing.assert_allclose(np.exp(nats[:, 0]), exact.stream_probs(held_out), rtol=1e-12)


def test_the_exact_model_sums_to_one() -> None:
    """The oracle itself: every context's fractions add up to exactly 1."""
    train = zipf_lines(1, 60, 5)
    exact = ExactKneserNey(train, 8, 3)
    for context in [(), ("<s>",), (2, 3), ("<s>", 2), (4, 4), (0, 0)]:
        assert sum(exact.prob(context, word) for word in (0, "</s>", *range(2, 8))) == Fraction(1)


@given(corpus=lines_and_order(), prefix=st.lists(st.integers(0, 6), max_size=8))
@settings(max_examples=100, deadline=None)
def test_every_context_sums_to_one(corpus: tuple[Lines, int], prefix: list[int]) -> None:
    train, order = corpus
    probs = after(model(train, 7, order), prefix)
    assert abs(probs.sum() - 1) < 1e-12
    assert (probs > 0).all()


def test_unk_as_an_ordinary_type_and_as_one_never_counted() -> None:
    counted = model([[0, A], [A, 0], [A]], 4, 2)
    renamed = model([[B, A], [A, B], [A]], 4, 2)
    swap = [3, 1, 2, 0]
    for prefix in ([], [A], [0], [B]):
        np.testing.assert_array_equal(after(counted, prefix), after(renamed, [swap[w] for w in prefix])[swap])


@pytest.mark.parametrize("order", range(1, 6))
def test_one_fit_holds_the_models_of_all_orders(order: int) -> None:
    train, held_out = stream_of(zipf_lines(1, 200, 10)), stream_of(zipf_lines(2, 50, 10))
    alone, together = model_of(fit(train, 12, order), order), model_of(fit(train, 12, 5), order)
    assert alone.name == together.name
    for ours, theirs in zip(alone.levels, together.levels, strict=True):
        assert ours.discounts == theirs.discounts
    np.testing.assert_array_equal(
        alone.read(held_out[:, None], alone.start(1))[0], together.read(held_out[:, None], together.start(1))[0]
    )


@pytest.mark.parametrize(("contexts", "ngrams"), [(1, 1), (3, 1000), (1000, 5)])
@pytest.mark.parametrize("prune", [(), (0, 0, 1)])
def test_contexts_taken_some_at_a_time_change_no_bit(
    contexts: int, ngrams: int, prune: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = stream_of(zipf_lines(1, 200, 10))
    whole = fit(stream, 12, 4, prune)
    monkeypatch.setattr(level, "CONTEXTS", contexts)
    monkeypatch.setattr(level, "NGRAMS", ngrams)
    pieces = fit(stream, 12, 4, prune)
    made = (*pieces.levels(4), *(pieces.top(m) for m in range(1, 5)))
    monkeypatch.undo()
    for ours, theirs in zip(made, (*whole.levels(4), *(whole.top(m) for m in range(1, 5))), strict=True):
        assert ours.discounts == theirs.discounts
        for name in ("counts", "totals", "left"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


def test_an_order_above_the_longest_line() -> None:
    """`<s> a b </s>` is a 4-gram, and nothing is longer."""
    fit(stream_of([[A, B], [B]]), 5, 4)
    with pytest.raises(UserError, match=r"order is 5, but the longest line .* has 2 words.* up to order 4\. Set"):
        fit(stream_of([[A, B], [B]]), 5, 5)
    with pytest.raises(UserError, match=r"order is 7, but the longest line .* has 0 words.* up to order 2\. Set"):
        fit(stream_of([[], []]), 5, 7)


def test_lines_can_be_checked_before_they_are_counted() -> None:
    check_lines(5, 7)
    check_lines(0, 2)
    with pytest.raises(UserError, match=r"order is 7, but the longest line .* has 4 words.* up to order 6\. Set"):
        check_lines(4, 7)
    with pytest.raises(UserError, match="has 1 word:"):
        check_lines(1, 4)


def test_nothing_counted() -> None:
    counts = count_ngrams(stream_of([[A, B]]), 5, 3)
    with pytest.raises(UserError, match="Nothing was counted"):
        smooth(replace(counts, tokens=0))


def test_a_single_type_is_near_certain() -> None:
    """Perplexity of blank lines, from blank lines: the mass left falls to the uniform at each order."""
    ours = model([[]] * 100, 2, 2)
    exact = ExactKneserNey([[]] * 100, 2, 2)
    assert after(ours, [])[EOS] == pytest.approx(float(exact.prob(("<s>",), "</s>")), rel=1e-14)
    assert after(ours, [])[EOS] > 0.98
