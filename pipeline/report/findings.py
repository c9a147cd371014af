"""Findings: sentences whose direction, size and verdict are computed from the results."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.report.names import FLOOR, label, networks, with_article
from pipeline.report.resampling import Floats, Flow, Judgements, LogPerplexity, estimate

Verdict = Literal["holds", "fails", "undecided"]
Direction = Literal["below", "above"]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Notation:
    """How a difference is written: the number, and the unit that follows it once."""

    write: Callable[[float], str]
    unit: str = ""


@dataclass(frozen=True)
class Finding:
    """One claim about this run: `claim` says that the difference lies `direction` zero.

    `difference` is model_a less model_b (or a property of model_a alone) in the units of `measure`, with its 95 %
    interval; `notation` writes it for a reader.
    """

    topic: str
    claim: str
    model_a: str
    model_b: str
    measure: str
    difference: float
    low: float
    high: float
    direction: Direction
    notation: Notation

    @property
    def verdict(self) -> Verdict:
        return verdict(self.low, self.high, self.direction)

    @property
    def value(self) -> str:
        return f"{self.notation.write(self.difference)}{self.notation.unit}"

    @property
    def bounds(self) -> str:
        return f"{self.notation.write(self.low)} to {self.notation.write(self.high)}"


def signed(value: float, digits: int) -> str:
    """With its sign, a true minus among them."""
    return f"{value:+.{digits}f}".replace("-", "−")


PERCENT = Notation(lambda log_ratio: signed(100 * float(np.expm1(log_ratio)), 1), " %")
"""A difference of log perplexities as a change in perplexity."""
POINTS = Notation(lambda difference: signed(100 * difference, 1), " points")
SHARE = Notation(lambda share: f"{100 * share:.0f}".replace("-", "−"), " %")
LOGITS = Notation(lambda slope: signed(slope, 3))
FACTOR = Notation(lambda slope: f"× {10**slope:.3f}")
"""A slope of log10 as the factor from one step to the next."""


def verdict(low: float, high: float, direction: Direction) -> Verdict:
    """holds where the interval excludes zero in the stated direction, fails where in the other, else undecided."""
    if direction == "below":
        low, high = -high, -low
    if low > 0:
        return "holds"
    return "fails" if high < 0 else "undecided"


def finding_table(findings: list[Finding]) -> pd.DataFrame:
    columns = ["model_a", "model_b", "measure", "difference", "low", "high"]
    rows = [{name: getattr(found, name) for name in columns} | {"finding": found.verdict} for found in findings]
    return pd.DataFrame(rows, columns=[*columns, "finding"])


def perplexity_findings(
    scores: LogPerplexity, states: Mapping[str, str], reference: str, best_ngram: str
) -> list[Finding]:
    """The usual order, pair by pair, and how much of the distance to the floor each network closes.

    `reference` is the n-gram model of the highest order, `best_ngram` the one with the lowest valid perplexity.
    """

    def compare(model_a: str, model_b: str) -> Finding:
        value = scores.value(model_a, states[model_a]) - scores.value(model_b, states[model_b])
        samples = scores.samples(model_a, states[model_a]) - scores.samples(model_b, states[model_b])
        claim = f"{capital(with_article(model_a))} has a lower perplexity than {with_article(model_b)}."
        return finding("perplexity", claim, (model_a, model_b), "log perplexity", value, samples, "below", PERCENT)

    pairs = [("rnn", reference), ("lstm", "rnn"), ("gru", "rnn"), ("lstm", "gru"), ("lstm", reference)]
    if "lstm" not in states:
        pairs.append(("gru", reference))
    found = [compare(a, b) for a, b in pairs if a in states and b in states]
    for model in networks(states):
        claim = f"{capital(with_article(model))} predicts better with its state carried than begun anew at each line."
        value = scores.value(model, states[model]) - scores.value(model, "line")
        samples = scores.samples(model, states[model]) - scores.samples(model, "line")
        names = (model, f"{model} begun anew at each line")
        found.append(finding("memory", claim, names, "log perplexity", value, samples, "below", PERCENT))
    if FLOOR in states:
        found += [_closed(scores, states, model, best_ngram) for model in networks(states)]
    return found


def _closed(scores: LogPerplexity, states: Mapping[str, str], model: str, best_ngram: str) -> Finding:
    """(log PP of counting − log PP of the model) / (log PP of counting − log PP of the source)."""

    def share(log_perplexity: Callable[[str, str], float | Floats]) -> float | Floats:
        counting = log_perplexity(best_ngram, states[best_ngram])
        return (counting - log_perplexity(model, states[model])) / (counting - log_perplexity(FLOOR, states[FLOOR]))

    claim = (
        f"{capital(with_article(model))} closes part of the distance in log perplexity from "
        f"{with_article(best_ngram)}, the best of the count models, to the floor."
    )
    value, samples = float(share(scores.value)), np.asarray(share(scores.samples))
    return finding("floor", claim, (model, best_ngram), "share of the distance to the floor", value, samples,
                    "above", SHARE)  # fmt: skip


def order_findings(found: list[Finding]) -> dict[Verdict, list[Finding]]:
    """The comparisons that make up the usual order (counting, RNN, LSTM), by verdict."""
    usual = [item for item in found if item.topic == "perplexity" and {item.model_a, item.model_b} != {"lstm", "gru"}]
    return {name: [item for item in usual if item.verdict == name] for name in ("holds", "fails", "undecided")}


def agreement_findings(judged: Judgements, reference: str) -> list[Finding]:
    """Who agrees better, and whether accuracy falls with distance and with attractors."""
    values, samples = judged.headline("verb")
    place = {model: index for index, model in enumerate(judged.models)}
    found = []
    pairs = [("lstm", "rnn"), ("gru", "rnn"), ("lstm", "gru"), ("lstm", reference), ("rnn", reference)]
    if "lstm" not in place:
        pairs.append(("gru", reference))
    for a, b in pairs:
        if a in place and b in place:
            claim = f"{capital(with_article(a))} agrees more often than {with_article(b)}."
            value = float(values[place[a]] - values[place[b]])
            difference = samples[place[a]] - samples[place[b]]
            found.append(finding("agreement", claim, (a, b), "accuracy", value, difference, "above", POINTS))
    if judged.groups["held_out"].nunique() > 1:
        found += _held_out(judged, reference)
    for predictor, words, unit in (("distance", "distance", "word"), ("n_attractors", "attractors", "attractor")):
        if judged.groups[predictor].nunique() > 1:
            found += _slopes(judged, reference, predictor, words, unit)
    return found


def _held_out(judged: Judgements, reference: str) -> list[Finding]:
    """Whether a model needs to have seen the verb with this very subject."""
    held_out = judged.groups["held_out"].to_numpy(dtype=bool)
    unseen, unseen_samples = judged.mean("verb", np.flatnonzero(held_out))
    met, met_samples = judged.mean("verb", np.flatnonzero(~held_out))
    found = []
    for model in (reference, *networks(judged.models)):
        if model in judged.models:
            place = judged.models.index(model)
            claim = f"{capital(with_article(model))} agrees less often where subject and verb never met in train."
            value, samples = float(unseen[place] - met[place]), unseen_samples[place] - met_samples[place]
            found.append(finding("held_out", claim, (model, ""), "accuracy", value, samples, "below", POINTS))
    return found


def _slopes(judged: Judgements, reference: str, predictor: str, words: str, unit: str) -> list[Finding]:
    models = [name for name in (reference, *networks(judged.models)) if name in judged.models]
    slopes = {model: judged.slope(model, predictor) for model in models}
    measure = f"logit accuracy per {unit}"
    found = [
        finding(predictor, f"The accuracy of {with_article(model)} falls with {words}.", (model, ""), measure,
                 value, samples, "below", LOGITS)
        for model, (value, samples) in slopes.items()
    ]  # fmt: skip
    for gated in ("lstm", "gru"):
        if "rnn" in slopes and gated in slopes:
            claim = f"Accuracy falls faster with {words} in the RNN than in {with_article(gated)}."
            value = slopes["rnn"][0] - slopes[gated][0]
            samples = slopes["rnn"][1] - slopes[gated][1]
            found.append(finding(predictor, claim, ("rnn", gated), measure, value, samples, "below", LOGITS))
    return found


def gradient_findings(flowing: Flow) -> list[Finding]:
    """Whether the gradient fades with lag after training, and whether it fades faster in the RNN."""
    return _fading(flowing, "h", "gradients", "log10 norm per step of lag", (
        "In {} the gradient fades with every step back in time.", "The gradient fades faster in the RNN than in {}."
    ))  # fmt: skip


def jacobian_findings(flowing: Flow) -> list[Finding]:
    """The same of the most that a change of the whole state can still do k steps on."""
    return _fading(flowing, "whole", "jacobian", "log10 largest singular value per step of lag", (
        "In {} the most that a change of the state can do fades with every step.",
        "What a change of the state can do fades faster in the RNN than in {}.",
    ))  # fmt: skip


def _fading(flowing: Flow, state: str, topic: str, measure: str, claims: Pair) -> list[Finding]:
    """`claims`: of a network, and of the RNN against another network."""
    trained = networks(model for model, when, _ in flowing.norms if when == "after")
    slopes = {model: flowing.slope((model, "after", state)) for model in trained}
    found = []
    for model, (value, samples) in slopes.items():
        claim = claims[0].format(with_article(model))
        found.append(finding(topic, claim, (model, ""), measure, value, samples, "below", FACTOR))
    for gated in ("gru", "lstm"):
        if "rnn" in slopes and gated in slopes:
            claim = claims[1].format(with_article(gated))
            value, samples = slopes["rnn"][0] - slopes[gated][0], slopes["rnn"][1] - slopes[gated][1]
            found.append(finding(topic, claim, ("rnn", gated), measure, value, samples, "below", FACTOR))
    return found


def best_by_valid(perplexities: pd.DataFrame, models: list[str]) -> str:
    """The model of `models` with the lowest perplexity on valid."""
    valid = perplexities[(perplexities["split"] == "valid") & perplexities["model"].isin(models)]
    return str(valid["model"].iloc[int(np.argmin(valid["perplexity"]))])


def capital(words: str) -> str:
    return words[0].upper() + words[1:]


def finding(
    topic: str,
    claim: str,
    models: Pair,
    measure: str,
    value: float,
    samples: Floats,
    direction: Direction,
    notation: Notation,
) -> Finding:
    found = estimate(value, samples)
    return Finding(topic, claim, *models, measure, found.value, found.low, found.high, direction, notation)


def ranking(perplexities: pd.DataFrame) -> str:
    """The models by test perplexity, lowest first."""
    test = perplexities[(perplexities["split"] == "test") & (perplexities["model"] != FLOOR)].sort_values("perplexity")
    return ", ".join(
        f"{label(model)} {value:.1f}" for model, value in zip(test["model"], test["perplexity"], strict=True)
    )
