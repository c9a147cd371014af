import numpy as np
import pytest
import torch
from test_dynamic import network

from pipeline.errors import UserError
from pipeline.evaluation.adaptation import adapt, possible_updates
from pipeline.evaluation.cache import Cache, score_with_cache
from pipeline.evaluation.dynamic import gradient_rms, score_dynamically
from pipeline.params.adaptation import Adaptation, ContinuousCache, DynamicEvaluation

RNG = np.random.default_rng(0)
TRAIN, VALID, TEST = (RNG.choice(np.arange(2, 2 + types), 200).astype(np.uint8) for types in (9, 3, 4))


def settings(**changes) -> Adaptation:
    rates = {"sgd_learning_rates": [0.01, 0.5], "rms_learning_rates": [0.0001, 0.003]}
    dynamic = {"segment": 5, **rates, "decays": [0.0, 0.02], "epsilon": 0.001, "rms_batches": 8}
    return Adaptation(
        valid_tokens=200,
        test_tokens="all",
        dynamic=DynamicEvaluation(**(dynamic | changes)),
        cache=ContinuousCache(windows=[3, 40], thetas=[0.0, 0.5], weights=[0.01, 0.3]),
    )


def test_the_settings_are_those_that_valid_likes_best_and_test_is_scored_with_them():
    chosen, model = settings(), network()
    before = [parameter.clone() for parameter in model.parameters()]
    adapted = adapt(model, TRAIN, VALID, TEST, chosen, batch_size=4)
    updates, rms = possible_updates(chosen.dynamic), gradient_rms(model, TRAIN, 4, 5, 8)
    losses = [-score_dynamically(model, VALID, update, rms).mean() for update in updates]
    np.testing.assert_allclose(adapted.settings["dynamic"]["nats"], losses, rtol=1e-6)
    assert adapted.settings["dynamic"]["chosen"].tolist() == [loss == min(losses) for loss in losses]
    best = updates[int(np.argmin(losses))]
    np.testing.assert_allclose(adapted.scores["dynamic"], score_dynamically(model, TEST, best, rms), rtol=1e-6)
    caches = {
        (window, theta, weight): -score_with_cache(model, VALID, Cache(window, theta, weight)).mean()
        for window in (3, 40)
        for theta in (0.0, 0.5)
        for weight in (0.01, 0.3)
    }
    table = adapted.settings["cache"].set_index(["window", "theta", "weight"])
    for key, loss in caches.items():
        assert table.loc[key, "nats"] == pytest.approx(loss, rel=1e-5)
    liked = min(caches, key=caches.__getitem__)
    assert table.index[table["chosen"]].tolist() == [liked]
    np.testing.assert_allclose(adapted.scores["cache"], score_with_cache(model, TEST, Cache(*liked)), rtol=1e-5)
    for parameter, old in zip(model.parameters(), before, strict=True):
        assert torch.equal(parameter, old)


def test_every_decay_meets_every_rate_of_both_rules():
    updates = possible_updates(settings().dynamic)
    assert len(set(updates)) == 8
    assert {(update.rule, update.learning_rate) for update in updates} == {
        ("sgd", 0.01),
        ("sgd", 0.5),
        ("rms", 0.0001),
        ("rms", 0.003),
    }


def test_weights_that_ran_away_under_one_setting_are_not_chosen_and_under_all_are_told():
    some = adapt(network(), TRAIN, VALID, TEST, settings(sgd_learning_rates=[1e30, 0.01]), batch_size=4)
    assert np.isinf(some.settings["dynamic"]["nats"]).any()
    assert np.isfinite(some.scores["dynamic"]).all()
    with pytest.raises(UserError, match="adaptation of the lstm: the weights ran away under every setting"):
        adapt(network(), TRAIN, VALID, TEST, settings(sgd_learning_rates=[1e30], rms_learning_rates=[]), batch_size=4)
