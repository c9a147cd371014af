"""Tables and findings of the studies, against plain loops over the same numbers."""

import math

import numpy as np
import pandas as pd
import pytest

from pipeline.report.analysis import analyse
from pipeline.report.chapters.drift import drifted
from pipeline.report.studies import context_reach, drift_table, plain_temperature
from pipeline.report.study_figures import frequency_words


@pytest.fixture(scope="module")
def inputs(make_inputs):
    return make_inputs()


@pytest.fixture(scope="module")
def results(inputs):
    return analyse(inputs)


def by_names(results, topic):
    return {(found.model_a, found.model_b): found for found in results.about(topic)}


def test_networks_that_adapt_are_compared_over_the_same_tokens(inputs, results):
    table = results.tables["adaptation"].set_index(["model", "method"])
    count = len(inputs.corpus.splits["test"].tokens) - 7
    for model in ("rnn", "gru", "lstm"):
        test = inputs.adaptation[model]["test"]
        own = inputs.tokens.query(f"model == '{model}' and state == 'carried'").sort_values("position")
        static = own[own["split"] == "test"]["nats"].to_numpy()[:count]
        expected = {"static": static, "cache": test["cache"], "dynamic": test["dynamic"]}
        for method, nats in expected.items():
            row = table.loc[model, method]
            assert row["test_perplexity"] == pytest.approx(math.exp(-sum(nats) / count))
            assert row["low"] < row["test_perplexity"] < row["high"]
            assert row["test_tokens"] == count
        assert table.loc[(model, "static"), "valid_perplexity"] == pytest.approx(
            math.exp(-own[own["split"] == "valid"]["nats"].to_numpy()[:50].mean())
        )
        best = min(nats for nats in inputs.adaptation[model]["dynamic"]["nats"])
        assert table.loc[(model, "dynamic"), "valid_perplexity"] == pytest.approx(math.exp(best))
        assert table.loc[(model, "dynamic"), "setting"] == "rms, η 0.001, λ 0.01, every 5"
        found = by_names(results, "adaptation")[f"{model} dynamic", model]
        assert found.difference == pytest.approx((static - test["dynamic"]).mean())
        assert found.verdict == "holds"
    settings = results.tables["adaptation_settings"]
    assert len(settings) == 3 * 5
    assert settings["chosen"].sum() == 3 * 2
    assert np.isinf(settings["perplexity"]).sum() == 3


def test_a_method_that_does_not_help_fails(make_inputs):
    inputs = make_inputs(models=("gru",))
    worse = {**inputs.adaptation["gru"], "test": inputs.adaptation["gru"]["test"] - 1.0}
    results = analyse(type(inputs)(**{**vars(inputs), "adaptation": {"gru": worse}}))
    assert {found.verdict for found in results.about("adaptation")} == {"fails"}


def test_the_first_tokens_of_test_alone_are_units_enough_for_an_interval(make_inputs):
    inputs = make_inputs(models=("gru",))
    few = {**inputs.adaptation["gru"], "test": inputs.adaptation["gru"]["test"][:15]}  # less than the first document
    results = analyse(type(inputs)(**{**vars(inputs), "adaptation": {"gru": few}}))
    table = results.tables["adaptation"]
    assert (table["test_tokens"] == 15).all()
    assert (table["low"] < table["test_perplexity"]).all()
    assert (table["high"] > table["test_perplexity"]).all()


def test_context_is_used_where_spoiling_it_costs(inputs, results):
    table = results.tables["context"].set_index(["model", "manipulation", "k"])["difference"]
    losses = inputs.context.set_index(["model", "manipulation", "k"])["nats"]
    for key in (("lstm", "truncated", 4), ("trigram", "shuffled", 1)):
        expected = (losses[key].to_numpy() - losses[key[0], "whole", 20].to_numpy()).mean()
        assert table[key] == pytest.approx(expected)
    claims = {found.claim: found for found in results.about("context")}
    cut = claims["The LSTM uses what stands before the last 2 tokens."]
    assert cut.difference == pytest.approx(table["lstm", "truncated", 2])
    assert cut.verdict == "holds"
    assert claims["The LSTM uses the order of what stands before the last 2 tokens."].difference == pytest.approx(
        table["lstm", "shuffled", 2]
    )
    against = claims["The LSTM gains more than the RNN by what stands before the last 2 tokens."]
    assert against.difference == pytest.approx(table["lstm", "truncated", 2] - table["rnn", "truncated", 2])
    assert against.verdict == "holds"


def test_reach_is_the_fewest_words_that_do():
    def rows(model, manipulation, differences):
        return [
            {"model": model, "manipulation": manipulation, "k": k, "difference": value}
            for k, value in differences.items()
        ]

    table = pd.DataFrame(
        rows("lstm", "truncated", {1: 0.5, 2: 0.2, 4: 0.02, 8: 0.011})
        + rows("lstm", "shuffled", {8: 0.0, 4: 0.009, 2: 0.02, 1: 0.005})  # an early exception does not count
        + rows("trigram", "truncated", {1: 0.5, 2: 0.0, 4: 0.0, 8: 0.0})
        + rows("trigram", "shuffled", {1: -0.1, 2: 0.0, 4: 0.0, 8: 0.0})
    )
    reach = context_reach(table).set_index("model")
    assert math.isnan(reach["truncated"]["lstm"])
    assert reach["shuffled"]["lstm"] == 4
    assert reach.loc["trigram", ["truncated", "shuffled"]].tolist() == [2, 1]


def test_own_text_is_judged_beside_real_text(inputs, results):
    scores = inputs.drift[inputs.drift["temperature"] == 1.0].astype({"writer": str, "judge": str})
    wide = scores[scores["judge"] == "trigram"].pivot(index=["text", "position"], columns="writer", values="nats")
    dearer = (wide["text"] - wide["lstm"]).unstack().to_numpy()
    found = by_names(results, "drift")
    assert found["lstm", "text"].difference == pytest.approx(dearer.mean())
    assert found["lstm late", "lstm early"].difference == pytest.approx(dearer[:, 16:].mean() - dearer[:, :4].mean())
    assert found["lstm", "text"].verdict == found["lstm late", "lstm early"].verdict == "holds"
    possible = scores[scores["judge"] == "grammar"].assign(possible=lambda rows: np.isfinite(rows["nats"]))
    shares = possible.groupby("writer")["possible"].mean()
    assert found["lstm", "rnn"].difference == pytest.approx(shares["lstm"] - shares["rnn"])
    assert found["lstm", "rnn"].verdict == "holds"
    assert found["gru", "rnn"].verdict == "undecided"


def test_the_table_of_free_running_has_the_real_text_once(inputs, results):
    lines = drifted(results.tables["drift_by_temperature"])
    assert [(line.writer, line.temperature) for line in lines][:3] == [("real text", ""), ("trigram", "0.7"),
                                                                      ("trigram", "1")]  # fmt: skip
    assert len(lines) == 1 + 2 * 4
    own = inputs.drift.query("writer == 'lstm' and judge == 'trigram' and temperature == 0.7")["nats"]
    assert next(line for line in lines if line.writer == "LSTM").perplexity == pytest.approx(math.exp(-own.mean()))
    by_position = results.tables["drift"].query("writer == 'lstm' and judge == 'trigram' and temperature == 0.7")
    assert by_position[["first", "last"]].values.tolist() == [[1, 4], [5, 8], [9, 12], [13, 16], [17, 20]]


def test_short_texts_are_cut_into_as_many_bins_as_they_have_words(inputs):
    short = inputs.drift[inputs.drift["position"] <= 3]
    assert drift_table(short, 5, 100, 0)["first"].max() <= 3


def test_the_plain_temperature_is_the_nearest_to_one():
    assert plain_temperature([0.7, 1.0, 1.3]) == 1.0
    assert plain_temperature([0.5, 1.6]) == 1.6


def test_bins_of_frequencies_are_named_by_their_ends():
    assert [frequency_words(edge) for edge in (0, 1, 10, 100, 1000, 10_000)] == [
        *("never", "1–9", "10–99", "100–999", "1k+", "10k+")
    ]


def test_losses_by_frequency_and_place_in_the_sentence(inputs, results):
    test, train = inputs.corpus.splits["test"].tokens, inputs.corpus.splits["train"].tokens
    own = inputs.tokens.query("model == 'lstm' and split == 'test' and state == 'carried'").sort_values("position")
    losses = -own["nats"].to_numpy()
    times = np.array([(train == token).sum() for token in test])
    table = results.tables["perplexity_by_frequency"].query("model == 'lstm'").set_index("at_least")
    for edge in table.index:
        inside = (times >= edge) & (times < 10 * edge)
        assert table["tokens"][edge] == inside.sum()
        assert table["nats"][edge] == pytest.approx(losses[inside].mean())
    assert table["tokens"].sum() == len(test)
    assert set(results.tables["perplexity_by_frequency"]["model"]) == set(results.models)
