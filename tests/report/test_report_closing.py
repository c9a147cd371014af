"""The closing chapters: the bottleneck, quality against cost, and what is left out where it is not known."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from test_report_page import PROVENANCE, page_of

from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.report import bottleneck, choosing
from pipeline.report.analysis import analyse
from pipeline.report.choosing_figures import quality
from pipeline.report.findings import FACTOR, finding

SHAPE = {"embedding_dim": 5, "hidden_size": 4, "num_layers": 2, "vocabulary_size": 11, "tied": True, "frozen": False,
         "implementation": "torch"}  # fmt: skip
TIMINGS = {
    "train@rnn": {"seconds": 20.0, "peak_megabytes": 500, "tokens_per_second": 50_000.0},
    "train@lstm": {"seconds": 60.0, "peak_megabytes": 400, "tokens_per_second": 20_000.0},
}


def perplexities(**bounds: tuple[float, float]) -> pd.DataFrame:
    rows = [{"model": model, "split": "test", "low": low, "high": high, "perplexity": (low + high) / 2}
            for model, (low, high) in bounds.items()]  # fmt: skip
    return pd.DataFrame(rows)


def plain(words: str) -> str:
    """With spaces that may break."""
    return words.replace("\N{NO-BREAK SPACE}", " ")


def weighed() -> pd.DataFrame:
    shapes = {name: {**SHAPE, "architecture": name} for name in ("rnn", "lstm")}
    scores = perplexities(
        unigram=(90, 110), bigram=(40, 44), trigram=(41, 45), rnn=(20, 30), lstm=(10, 14), grammar=(1, 2)
    )
    accuracies = pd.DataFrame(
        {"model": ["bigram", "rnn", "lstm"], "accuracy": [0.5, 0.7, 0.9], "score": "verb",
         **dict.fromkeys(("construction", "number", "n_attractors", "distance"), "all")}
    )  # fmt: skip
    reach = pd.DataFrame({"model": ["trigram", "rnn", "lstm"], "truncated": [2.0, 8.0, np.nan]})
    return choosing.choosing_table(scores, accuracies, reach, shapes, [11, 100, 900])


def test_what_each_model_costs() -> None:
    table = weighed().set_index("model")
    assert list(table.index) == ["unigram", "bigram", "trigram", "rnn", "lstm"]
    assert table["numbers"].tolist()[:3] == [11, 11 + 100 + 11, 11 + 100 + 900 + 11 + 100]
    assert table["sees"].tolist()[:3] == [0, 1, 2]
    assert table["sees"][["rnn", "lstm"]].isna().all()
    assert table["state"].tolist() == [0, 1, 2, 8, 16]
    assert table["used"]["rnn"] == 8
    assert table["used"]["lstm"] == math.inf  # more than was tried
    assert math.isnan(table["used"]["bigram"])
    assert math.isnan(table["agreement"]["unigram"])
    for name in ("rnn", "lstm"):
        network = RecurrentNetwork(Shape(architecture=name, **SHAPE))
        assert table["numbers"][name] == sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("architecture", ["rnn", "gru", "lstm"])
def test_multiply_adds_are_those_of_the_matrices(architecture, tied) -> None:
    shape = {**SHAPE, "architecture": architecture, "tied": tied}
    network = RecurrentNetwork(Shape(**shape))
    used = sum(parameter.numel() for parameter in network.parameters() if parameter.dim() == 2)
    assert choosing.multiply_adds(shape) == used - (0 if tied else network.embedding.weight.numel())
    adaptive = {**shape, "tied": False, "cutoffs": (5, 8)}
    head = RecurrentNetwork(Shape(**{**shape, "tied": False, "cutoffs": (5, 8)})).output.head
    layers = choosing.multiply_adds({**shape, "tied": False}) - 11 * 4
    assert choosing.multiply_adds(adaptive) == layers + head.weight.numel()


def test_who_is_beaten_and_what_to_take() -> None:
    table = weighed()
    beaten = choosing.beaten(table)
    assert beaten["trigram"] == ["rnn", "lstm"]  # not by the bigram: their intervals overlap
    assert [model for model, others in beaten.items() if not others] == ["unigram", "bigram", "rnn", "lstm"]
    told = plain(" ".join(choosing.sentences(table)))
    assert "The trigram is beaten on both counts by the RNN and the LSTM." in told
    lstm = table.set_index("model")["numbers"]["lstm"]
    assert f"The LSTM keeps {lstm / 122:.2g} times the numbers of the bigram" in told
    assert "a perplexity that is 71 % lower" in told
    worse = table.assign(perplexity=np.where(table["model"] == "rnn", 63.0, table["perplexity"]))
    assert "a perplexity that is 50 % higher" in plain(" ".join(choosing.sentences(worse)))

    chosen = {choice.wish: choice for choice in choosing.choices(table, TIMINGS, "word")}
    assert (chosen["The lowest perplexity"].model, chosen["The lowest perplexity"].next) == ("LSTM", "RNN 25.0")
    assert chosen["The lowest perplexity without a network"].next == "trigram 43.0; intervals overlap"
    assert (chosen["The most agreement"].model, plain(chosen["The most agreement"].value)) == (
        "LSTM", "90.0 %")  # fmt: skip
    assert (chosen["The most context used"].model, chosen["The most context used"].value) == (
        "LSTM", "more than was tried")  # fmt: skip
    assert chosen["The most context used"].next == "RNN 8 words"
    assert chosen["The network soonest trained"].value == "20.0 s"
    assert chosen["The least time a word in training"].value == "20.0 µs"
    assert (chosen["The least memory in training"].model, chosen["The least memory in training"].next) == (
        "LSTM", "RNN 500 MB")  # fmt: skip
    untimed = {choice.wish for choice in choosing.choices(table, {}, "word")}
    assert set(chosen) - untimed == {
        "The network soonest trained", "The least time a word in training", "The least memory in training"
    }  # fmt: skip
    same = table.assign(agreement=0.5)
    assert next(c for c in choosing.choices(same, {}, "word") if "agreement" in c.wish).model.count(",") == 4


def test_the_figure_names_every_model() -> None:
    (ax,) = quality(weighed()).axes
    assert {text.get_text() for text in ax.texts} == {"unigram", "bigram", "trigram", "RNN", "LSTM"}
    front = next(line for line in ax.lines if line.get_linestyle() == "--")
    assert len(front.get_xdata()) == 4
    assert sorted(front.get_xdata()) == list(front.get_xdata())


def test_what_a_state_of_fixed_size_did() -> None:
    slope = finding("gradients", "claim", ("rnn", ""), "measure", -0.1, np.array([-0.1, -0.1]), "below", FACTOR)
    other = finding("gradients", "claim", ("rnn", "lstm"), "measure", 0.5, np.array([0.5]), "below", FACTOR)
    near = pd.DataFrame(
        {"model": ["lstm"], "near": [0.9], "far": [0.7], "kept": [0.5], "kept_low": [0.4], "kept_high": [0.6]}
    )
    shapes = {name: {**SHAPE, "architecture": name} for name in ("rnn", "lstm")}
    table = bottleneck.bottleneck_table(weighed(), near, [slope, other], shapes)
    rnn, lstm = table.to_dict("records")
    assert (rnn["state"], lstm["state"]) == (8, 16)
    assert rnn["bound"] == pytest.approx(32 * 8 / math.log2(25))
    assert rnn["gradient"] == pytest.approx(10**-0.1)
    assert math.isnan(lstm["gradient"])
    assert math.isnan(rnn["kept"])
    capacity = pd.DataFrame({"network": "irnn", "hidden_size": [32, 8], "copied": [4.0, 1.0]})
    told = [plain(sentence) for sentence in bottleneck.sentences(table, capacity, "word")]
    assert told == [
        "In the RNN the gradient is halved every 3.0 steps back.",
        "Far from the subject the LSTM keeps 50 % of the lead over guessing that it has near it (70 % right against "
        "90 %).",
        "With the last 8 words alone, the RNN predicts within one percent as well as with all before them.",
        "Asked to copy, the identity RNN repeats 1.0 symbols from a state of 8 numbers and 4.0 from one of 32.",
    ]
    assert "doubled every 1.0 steps" in next(bottleneck.sentences(table.assign(gradient=2.0), None, "word"))


def test_costs_of_layers_by_length() -> None:
    assert bottleneck.LayerCost(35, 256).recurrent == 35 * 256 * 256
    assert bottleneck.LayerCost(35, 256).attention == 35 * 35 * 256
    assert bottleneck.LayerCost(35, 70).told == "attention needs the less, by a factor of 2.0"
    assert bottleneck.LayerCost(70, 35).told == "recurrence needs the less, by a factor of 2.0"
    assert bottleneck.LayerCost(35, 35).told == "the two are equal"


def chapter(page: str, name: str) -> str:
    return re.sub(r"<[^>]+>", " ", page.split(f'<section id="{name}"')[1].split("</section>")[0])


def test_closing_chapters_leave_out_what_is_not_known(make_inputs) -> None:
    whole, bare = page_of(make_inputs()), page_of(
        make_inputs(models=("rnn",), studies=False, floor=False), {**PROVENANCE, "durations": {}}
    )  # fmt: skip
    assert "What training took on this machine" in chapter(whole, "choosing")
    assert "What training took on this machine" not in chapter(bare, "choosing")
    assert "Asked to copy" in chapter(whole, "remains")
    assert "Asked to copy" not in chapter(bare, "remains")
    assert "Uses" in chapter(whole, "choosing")
    assert "Uses" not in chapter(bare, "choosing")
    assert "the gradient is halved" in chapter(bare, "remains")
    rows = analyse(make_inputs()).tables["choosing"]
    assert f"{rows['numbers'].iloc[-1]:,}".replace(",", " ") in re.sub(r"\s", " ", chapter(whole, "choosing"))
