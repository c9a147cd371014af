import numpy as np
import pytest
import torch

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.evaluation.bootstrap import resample
from pipeline.evaluation.breakdown import TEXT, drift
from pipeline.evaluation.free_running import Judge, free_running, real_texts
from pipeline.evaluation.generation import write_texts
from pipeline.models.neural import NeuralModel
from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of

STREAM = np.append(np.random.default_rng(0).integers(1, 9, 599), EOS_ID)
BIGRAM = model_of(fit(STREAM, 9, 2), 2)


class Rising:
    """Lines whose numbers never fall, and nothing else; the state is the last token, -1 after a mistake."""

    name, vocabulary_size = "rising", 9

    def start(self, batch_size):
        return np.full(batch_size, EOS_ID)

    def read(self, tokens, state):
        nats = np.empty(tokens.shape)
        for row, scores in zip(tokens, nats, strict=True):
            legal = (state > 0) & ((row >= state) | (row == EOS_ID))
            scores[:] = np.where(legal, -np.log(11 - state), -np.inf)
            state = np.where(legal, row, -1)
        return nats, state


@pytest.fixture
def lstm() -> NeuralModel:
    network = RecurrentNetwork(Shape("lstm", 9, 5, 7, 1, tied=True, frozen=False))
    network.initialise(torch.Generator().manual_seed(1), 0.1, 1.0)
    return NeuralModel("lstm", network)


def lines(texts):
    """Of each text: its tokens with the place where their line begins."""
    for text in texts.T:
        begin = 0
        for place, token in enumerate(text):
            yield begin, place, token, text
            if token == EOS_ID:
                begin = place + 1


@pytest.mark.parametrize("prompt", [0, 6])
def test_every_token_of_every_writer_is_scored_by_every_judge(lstm, prompt):
    real = real_texts(STREAM, np.arange(0, 600, 10), 7, 26, np.random.default_rng(0))
    judges = [Judge(BIGRAM, False), Judge(lstm, True), Judge(Rising(), True)]
    table = free_running([lstm, BIGRAM], judges, real, prompt, 0.9, seed=4)
    assert table.groupby(["writer", "judge"], observed=True).size().to_dict() == {
        (writer, judge): 7 * (26 - prompt)
        for writer in (TEXT, "lstm", "bigram")
        for judge in ("bigram", "lstm", "rising")
    }
    written = {TEXT: real}
    for model in (lstm, BIGRAM):
        own = write_texts(model, real[:prompt], 26 - prompt, 0.9, np.random.default_rng(4))
        written[model.name] = np.concatenate([real[:prompt], own])
    for (writer, judge), rows in table.groupby(["writer", "judge"], observed=True):
        model = next(found.model for found in judges if found.model.name == judge)
        whole = judge == "bigram"
        expected = [
            model.read(text[0 if whole else begin : place + 1, None], model.start(1))[0][-1, 0]
            for begin, place, _, text in lines(written[writer])
            if place >= prompt
        ]
        np.testing.assert_allclose(rows["nats"], expected, atol=1e-5)
        assert rows["position"].tolist() == list(range(1, 27 - prompt)) * 7


def test_one_text_is_too_few():
    assert real_texts(STREAM, np.array([0, 30]), 10, 500, np.random.default_rng(0)).shape == (500, 2)
    with pytest.raises(UserError, match=r"texts of 500 tokens were asked for; in 600 tokens 1 can begin .* two"):
        real_texts(STREAM, np.array([0, 300]), 10, 500, np.random.default_rng(0))


def test_real_texts_begin_where_they_may_and_are_not_drawn_twice():
    begins = np.array([0, 50, 100, 590])
    texts = real_texts(STREAM, begins, 10, 30, np.random.default_rng(0))
    assert texts.shape == (30, 3)  # the last has no room
    assert sorted(map(tuple, texts.T)) == sorted(tuple(STREAM[b : b + 30]) for b in (0, 50, 100))


def test_drift_is_the_share_that_is_possible_and_the_loss_of_that(lstm):
    real = np.sort(real_texts(STREAM, np.arange(0, 500, 20), 9, 12, np.random.default_rng(0)), axis=0)
    table = free_running([BIGRAM], [Judge(Rising(), False), Judge(lstm, False)], real, 0, 1.0, seed=4)
    edges = [1, 2, 5, 13]
    found = drift(table, edges, 100, 6)
    assert len(found) == 2 * 2 * 3
    for row in found.itertuples():
        cell = table[(table["writer"] == row.writer) & (table["judge"] == row.judge)]
        cell = cell[cell["position"].between(row.first, row.last)]
        finite = cell[np.isfinite(cell["nats"])]
        assert row.texts == 9
        assert row.possible == pytest.approx(len(finite) / len(cell))
        assert row.nats == pytest.approx(-finite["nats"].mean(), nan_ok=True)
        shares = [
            np.average(np.isfinite(cell["nats"]), weights=weights[cell["text"]])
            for weights in resample(row.texts, 100, 6)
        ]
        assert (row.possible_low, row.possible_high) == pytest.approx(tuple(np.percentile(shares, [2.5, 97.5])))
    assert found["first"].tolist() == [1, 2, 5] * 4
    assert found["last"].tolist() == [1, 4, 12] * 4
    rising = found[found["judge"] == "rising"].set_index(["writer", "first"])["possible"]
    assert (rising[TEXT] == 1).all()  # sorted
    assert rising["bigram", 5] < rising["bigram", 2] <= rising["bigram", 1] == 1


def test_texts_repeat_with_the_seed(lstm):
    real = STREAM[:20].reshape(10, 2)
    first, again, other = (free_running([lstm], [Judge(BIGRAM, False)], real, 2, 1.0, seed) for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)
