"""What is read from the inside of a network: items, states, classifiers, silenced units."""

import numpy as np
import pandas as pd
import pytest
import torch

from pipeline.agreement.english import english_suite
from pipeline.agreement.probe import probe
from pipeline.agreement.suites import encode_suite
from pipeline.corpus.vocabulary import EOS_ID, build_vocabulary, count_words
from pipeline.inside.ablation import ablate, silenced, unit_name
from pipeline.inside.items import NONE, RANDOM, TOGETHER, choose_items, inside_items
from pipeline.inside.reading import read_number, tasks
from pipeline.inside.states import WordStates, word_states
from pipeline.models.neural import NeuralModel
from pipeline.models.recurrent import RecurrentNetwork, Shape

SUITE = english_suite(2, np.random.default_rng(3))
VOCABULARY = build_vocabulary(count_words(line.split() for line in [*SUITE["good"], *SUITE["bad"]]), 1, None)
ENCODED = encode_suite(SUITE, VOCABULARY, every_word=True)
ITEMS = inside_items(SUITE, ENCODED)
KINDS = [("rnn", "torch"), ("gru", "torch"), ("lstm", "torch"), ("lstm", "by_hand"), ("gru", "by_hand")]


def network(architecture="lstm", implementation="torch", layers=2, hidden=6, dim=5, tied=True):
    shape = Shape(architecture, len(VOCABULARY), dim, hidden, layers, tied, False, implementation)
    made = RecurrentNetwork(shape)
    made.initialise(torch.Generator().manual_seed(5), 0.5, 1.0)
    return made.eval()


def test_the_head_is_the_subject_and_its_number_the_verbs():
    types = VOCABULARY.types
    assert len(ITEMS) == len(SUITE)
    for item in range(len(ITEMS)):
        words = SUITE["good"][ITEMS.rows[item]].split()
        assert [types[word] for word in ITEMS.prefixes[item]] == words[: len(ITEMS.prefixes[item])]
        assert types[ITEMS.good[item]] == words[len(ITEMS.prefixes[item])] != types[ITEMS.bad[item]]
        head = types[ITEMS.subject[item]]
        assert head.endswith(("s", "ies")) == ITEMS.plural[item], head  # the lists hold regular nouns alone


def test_constructions_of_one_number_are_left_out():
    one = SUITE.assign(number=SUITE["number"].where(SUITE["construction"] != "simple", "plural"))
    left = inside_items(one, ENCODED)
    assert 0 < len(left) == (SUITE["construction"] != "simple").sum()
    assert "simple" not in set(SUITE["construction"].iloc[left.rows])


def test_half_of_the_chosen_items_have_attractors_as_far_as_there_are_any():
    chosen = choose_items(ITEMS, 60, np.random.default_rng(0))
    assert len(chosen) == len(set(chosen.rows)) == 60
    assert (chosen.attractors > 0).sum() == 30
    everything = choose_items(ITEMS, 10**6, np.random.default_rng(0))
    assert sorted(everything.rows) == sorted(ITEMS.rows)
    few = ITEMS.take(np.flatnonzero(ITEMS.attractors == 0)[:10])
    assert len(choose_items(few, 8, np.random.default_rng(0))) == 8


@pytest.mark.parametrize(("architecture", "implementation"), KINDS)
def test_states_are_those_after_each_word_from_the_head_on(architecture, implementation):
    net, few = network(architecture, implementation), ITEMS.take(np.arange(0, len(ITEMS), 9))
    states = word_states(net, few)
    assert set(states.parts) == ({"hidden", "cell"} if architecture == "lstm" else {"hidden"})
    assert len(states.item) == (few.distance + 1).sum()
    for row in range(0, len(states.item), 17):
        item = states.item[row]
        read = few.prefixes[item][: few.head[item] + states.offset[row] + 1]
        with torch.inference_mode():
            _, state = net(torch.as_tensor([[EOS_ID], *[[word] for word in read]]), net.zero_state(1))
        for name, part in zip(("hidden", "cell"), state, strict=False):
            np.testing.assert_allclose(states.parts[name][row], part[-1, 0], atol=1e-6)


def made_up(items, rng, knows):
    """States (N, 8) of noise; with `knows`, one unit says the number."""
    item = np.repeat(np.arange(len(items)), items.distance + 1)
    offset = np.concatenate([np.arange(distance + 1) for distance in items.distance])
    part = rng.normal(size=(len(item), 8)).astype(np.float32)
    if knows:
        part[:, 3] += 8 * items.plural[item]
    return WordStates(item, offset, {"hidden": part})


def test_a_number_that_is_there_is_read_and_one_that_is_not_is_not():
    rng = np.random.default_rng(4)
    found = read_number(made_up(ITEMS, rng, True), ITEMS, 3, 1.0, np.random.default_rng(1))
    right = found.groupby("task")["right"].mean()
    assert right["new"] > 0.98
    assert right["known"] > 0.98
    assert abs(right["control"] - 0.5) < 0.1  # the labels of words are not in these states
    nothing = read_number(made_up(ITEMS, rng, False), ITEMS, 3, 1.0, np.random.default_rng(1))
    assert abs(nothing.query("task == 'new'")["right"].mean() - 0.5) < 0.1


def test_what_only_knows_nouns_by_heart_is_caught_by_new_nouns_and_the_control():
    words, place = np.unique(ITEMS.subject, return_inverse=True)
    item = np.arange(len(ITEMS))
    by_heart = 5 * np.eye(len(words), dtype=np.float32)[place]  # which word it was, and nothing else
    states = WordStates(item, np.zeros_like(item), {"hidden": by_heart})
    right = read_number(states, ITEMS, 3, 1.0, np.random.default_rng(1)).groupby("task")["right"].mean()
    assert right["known"] > 0.95
    assert right["control"] > 0.95
    assert right["new"] < 0.65


def test_no_subject_of_the_task_new_stands_in_two_folds_and_every_word_is_tested_once():
    new, known, control = tasks(ITEMS, 3, np.random.default_rng(2))
    assert pd.Series(new.fold).groupby(ITEMS.subject).nunique().max() == 1
    assert pd.Series(known.fold).groupby(ITEMS.subject).nunique().max() > 1
    assert pd.Series(control.label).groupby(ITEMS.subject).nunique().max() == 1
    assert (control.fold == known.fold).all()
    found = read_number(made_up(ITEMS, np.random.default_rng(4), True), ITEMS, 3, 1.0, np.random.default_rng(1))
    tested = found[found["task"] == "new"]
    assert not tested.duplicated(["item", "offset"]).any()
    assert len(tested) == (ITEMS.distance + 1).sum()


@pytest.mark.parametrize(("architecture", "implementation"), KINDS)
@pytest.mark.parametrize("tied", [True, False])
def test_nothing_depends_on_a_silenced_unit_and_the_weights_come_back(architecture, implementation, tied):
    net = network(architecture, implementation, hidden=5, tied=tied)
    before = {name: weight.clone() for name, weight in net.state_dict().items()}
    tokens = torch.randint(0, len(VOCABULARY), (7, 3), generator=torch.Generator().manual_seed(1))
    loud = tuple(part.clone() for part in net.zero_state(3))
    loud[0][0, :, 2] = 9.0  # the hidden activation of unit 2 of the first layer
    with torch.inference_mode():
        assert not torch.allclose(net(tokens, loud)[0], net(tokens, net.zero_state(3))[0])
        with silenced(net, [(0, 2)]):
            quiet, silent = net(tokens, net.zero_state(3))[0], net(tokens, loud)[0]
    if architecture != "gru":  # a GRU's unit goes on from its own activation, which nothing else sees
        torch.testing.assert_close(quiet, silent)
    else:
        torch.testing.assert_close(quiet[:, :, [0, 1, 3, 4]], silent[:, :, [0, 1, 3, 4]])
    for name, weight in net.state_dict().items():
        assert torch.equal(weight, before[name])


def by_masking(net, prefix, unit):
    """The last hidden state of one layer with an activation of zero at `unit` after every step."""
    state = net.zero_state(1)
    for token in [EOS_ID, *prefix]:
        _, state = net(torch.as_tensor([[token]]), state)
        state[0][0, :, unit] = 0
    return state[0][-1]


@pytest.mark.parametrize("architecture", ["rnn", "lstm"])
def test_silencing_is_an_activation_of_zero_at_every_step(architecture):
    net, few = network(architecture, layers=1), ITEMS.take(np.arange(0, len(ITEMS), 20))
    found = ablate(net, few, 6, np.random.default_rng(0)).margins  # all six units
    rows = found[found["silenced"] == unit_name((0, 4))]
    for item, margin in zip(rows["item"], rows["margin"], strict=True):
        place = np.flatnonzero(few.rows == item)[0]
        with torch.inference_mode():
            scores = net.logits(by_masking(net, few.prefixes[place], 4))[0]
        assert margin == pytest.approx(float(scores[few.good[place]] - scores[few.bad[place]]), abs=1e-5)


def test_with_nothing_silenced_the_margin_is_that_of_the_probe():
    net = network()
    margins = ablate(net, ITEMS, 1, np.random.default_rng(0)).margins.query("silenced == @NONE").set_index("item")
    scored = probe(NeuralModel("lstm", net), ENCODED).set_index("item").loc[margins.index]
    np.testing.assert_allclose(margins["margin"], scored["verb_good"] - scored["verb_bad"], atol=1e-4)


def test_a_unit_that_alone_carries_number_is_named_and_reported_on_other_items():
    net = network("rnn", layers=1, hidden=6, dim=6)
    plural = set(ITEMS.subject[ITEMS.plural].tolist())
    with torch.no_grad():  # unit 5 is set by plural subjects and keeps itself; only it tells the forms apart
        for parameter in net.recurrent.parameters():
            parameter.zero_()
        net.recurrent.weight_hh_l0[5, 5] = 4.0
        net.recurrent.weight_ih_l0[5, 5] = 8.0
        net.embedding.weight.zero_()
        for word in range(len(VOCABULARY)):
            net.embedding.weight[word, 5] = 1.0 if word in plural else -1.0 if word in set(ITEMS.subject) else 0.0
    net.output.weight = torch.nn.Parameter(torch.zeros(len(VOCABULARY), 6))
    with torch.no_grad():
        for item in range(len(ITEMS)):
            net.output.weight[ITEMS.good[item], 5] = 1.0 if ITEMS.plural[item] else -1.0
    plain = ITEMS.take(np.flatnonzero(ITEMS.distance == 0))
    attracted = ITEMS.take(np.flatnonzero(ITEMS.distance == 0))
    object.__setattr__(attracted, "attractors", np.ones(len(attracted), dtype=np.int64))
    for items, column in ((plain, "without"), (attracted, "with")):
        found = ablate(net, items, 1, np.random.default_rng(0))
        falls = found.units.set_index("unit")
        assert falls[f"reported_accuracy_{column}"].to_dict() == pytest.approx({5: 0.5} | dict.fromkeys(range(5), 0.0))
    assert found.units.query("rank == 1")["unit"].tolist() == [5]
    assert list(found.margins["silenced"].unique()) == [NONE, "0/5", TOGETHER, RANDOM]
    half = set(attracted.rows[len(attracted) // 2 :])
    assert set(found.margins["item"]) == half
