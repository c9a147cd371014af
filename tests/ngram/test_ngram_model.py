import numpy as np
import pytest
from exact_kneser_ney import EOS, stream_of, zipf_lines
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.language_model import LanguageModel
from pipeline.ngram import count_model
from pipeline.ngram.count_model import check_vocabulary, longest_match
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import NgramModel, model_name, model_of

TYPES = 12
V = TYPES + 2
FITTED = fit(stream_of(zipf_lines(1, 300, TYPES)), V, 5)
MODELS = [model_of(FITTED, order) for order in range(1, 6)]

every_order = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)


def tokens(steps: int, batch: int, seed: int = 0) -> NDArray[np.int64]:
    """(T, B) lines of the training kind mixed with any tokens at all."""
    rng = np.random.default_rng(seed)
    likely = np.resize(stream_of(zipf_lines(seed + 2, 40, TYPES)), steps * batch).reshape(batch, steps).T
    return np.where(rng.random((steps, batch)) < 0.2, rng.integers(V, size=(steps, batch)), likely)


def test_names() -> None:
    assert [model_name(order) for order in range(1, 8)] == [
        "unigram", "bigram", "trigram", "4gram", "5gram", "6gram", "7gram",
    ]  # fmt: skip


def test_meets_the_contract() -> None:
    model: LanguageModel = MODELS[2]
    assert (model.name, model.vocabulary_size) == ("trigram", V)


@every_order
def test_read_equals_a_loop_over_next_log_probs(model: NgramModel) -> None:
    read = tokens(60, 3)
    nats, _ = model.read(read, model.start(3))
    state = model.start(3)
    for t in range(60):
        expected = model.next_log_probs(state)[np.arange(3), read[t]]
        np.testing.assert_allclose(nats[t], expected, rtol=1e-13)
        _, state = model.read(read[t : t + 1], state)


@every_order
@given(cuts=st.lists(st.integers(0, 40), max_size=5))
@settings(max_examples=20, deadline=None)
def test_chunks_equal_the_whole(model: NgramModel, cuts: list[int]) -> None:
    read = tokens(40, 2)
    whole, last = model.read(read, model.start(2))
    state, parts = model.start(2), []
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), 40], strict=True):
        nats, state = model.read(read[begin:end], state)
        parts.append(nats)
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_array_equal(model.next_log_probs(state), model.next_log_probs(last))


@every_order
def test_blocks_equal_the_whole(model: NgramModel, monkeypatch: pytest.MonkeyPatch) -> None:
    read = tokens(50, 3)
    whole, _ = model.read(read, model.start(3))
    monkeypatch.setattr(count_model, "BLOCK", 7)
    np.testing.assert_array_equal(model.read(read, model.start(3))[0], whole)


@every_order
def test_streams_of_a_batch_do_not_meet(model: NgramModel) -> None:
    read = tokens(30, 4)
    together, state = model.read(read, model.start(4))
    for b in range(4):
        alone, alone_state = model.read(read[:, b : b + 1], model.start(1))
        np.testing.assert_array_equal(together[:, b], alone[:, 0])
        np.testing.assert_array_equal(model.next_log_probs(state)[b], model.next_log_probs(alone_state)[0])


@every_order
def test_a_state_is_never_changed(model: NgramModel) -> None:
    state = model.start(2)
    kept = state.copy()
    first, _ = model.read(tokens(10, 2), state)
    model.next_log_probs(state)
    np.testing.assert_array_equal(state, kept)
    np.testing.assert_array_equal(model.read(tokens(10, 2), state)[0], first)


@every_order
def test_a_line_end_begins_anew(model: NgramModel) -> None:
    _, state = model.read(np.array([[2], [3], [2], [EOS]]), model.start(1))
    np.testing.assert_array_equal(model.next_log_probs(state), model.next_log_probs(model.start(1)))


@every_order
def test_rows_sum_to_one(model: NgramModel) -> None:
    state = model.start(50)
    for row in tokens(20, 50):
        _, state = model.read(row[None], state)
        np.testing.assert_allclose(np.exp(model.next_log_probs(state)).sum(axis=1), 1, atol=1e-12)


def test_longer_contexts_predict_repeated_lines_better() -> None:
    lines = [[2, 3, 4, 5], [6, 3, 4, 7]] * 20
    fitted = fit(stream_of(lines), 8, 4)
    read = stream_of(lines)[:, None]
    nats = [model.read(read, model.start(1))[0].sum() for model in (model_of(fitted, order) for order in (1, 2, 3, 4))]
    assert nats == sorted(nats)


@every_order
def test_nothing_to_read(model: NgramModel) -> None:
    state = model.start(3)
    nats, after = model.read(np.empty((0, 3), dtype=np.int64), state)
    assert nats.shape == (0, 3)
    np.testing.assert_array_equal(model.next_log_probs(after), model.next_log_probs(state))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.int64])
def test_any_integer_type_is_read(dtype: type) -> None:
    model = MODELS[-1]
    np.testing.assert_array_equal(
        model.read(tokens(20, 2).astype(dtype), model.start(2))[0], model.read(tokens(20, 2), model.start(2))[0]
    )


def test_longest_match_counted_by_hand() -> None:
    model = model_of(fit(stream_of([[2, 3, 4, 5], [6, 3, 4, 7]]), 10, 4), 4)
    read = np.array([2, 3, 4, 7, EOS, 4, 7, 9, 4, 5, EOS, EOS])
    #                <s> 2: 2-gram; <s> 2 3: 3-gram; <s> 2 3 4; 3 4 7 (2 3 4 7 was never seen); 3 4 7 </s>; then `<s> 4`
    # was never seen, 4 7 was; 9 was never seen; 4; 4 5; 4 5 </s>; <s> </s> was never seen
    np.testing.assert_array_equal(longest_match(model, read), [2, 3, 4, 3, 4, 1, 2, 1, 1, 2, 3, 1])


@every_order
def test_longest_match_is_the_longest_that_was_seen(model: NgramModel, monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = ["".join(map(chr, (EOS, *line, EOS))) for line in zipf_lines(1, 300, TYPES)]
    read = tokens(200, 1)[:, 0]
    expected = []
    line = chr(EOS)
    for token in read:
        line += chr(token)
        seen = [m for m in range(2, model.order + 1) if m <= len(line) and any(line[-m:] in s for s in sentences)]
        expected.append(max(seen, default=1))
        line = chr(EOS) if token == EOS else line
    np.testing.assert_array_equal(longest_match(model, read), expected)
    monkeypatch.setattr(count_model, "BLOCK", 7)
    np.testing.assert_array_equal(longest_match(model, read), expected)


def test_longest_match_of_what_cannot_be() -> None:
    assert longest_match(MODELS[2], np.empty(0, dtype=np.int64)).shape == (0,)
    with pytest.raises(UserError, match=f"id {V} is outside"):
        longest_match(MODELS[2], np.array([V]))


def test_a_vocabulary_of_another_model() -> None:
    check_vocabulary(MODELS[0], ["w"] * V)
    with pytest.raises(UserError, match=f"The vocabulary has 3 types, the model has {V}"):
        check_vocabulary(MODELS[0], ["<unk>", "<eos>", "a"])


def test_ids_outside_the_vocabulary() -> None:
    with pytest.raises(UserError, match=f"id {V} is outside the vocabulary of {V} types"):
        MODELS[0].read(np.array([[V]]), MODELS[0].start(1))
