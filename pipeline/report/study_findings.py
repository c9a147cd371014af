"""Findings of the studies: does adapting help, is far context used, does a model's own text drift?"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.bootstrap import resample
from pipeline.evaluation.breakdown import TEXT, grouped_means
from pipeline.report.findings import (
    PERCENT,
    POINTS,
    Finding,
    Notation,
    capital,
    finding,
    signed,
)
from pipeline.report.names import FLOOR, NGRAMS, networks, ngrams, with_article
from pipeline.report.resampling import Floats, LogPerplexity
from pipeline.report.studies import DRIFT_BINS, STATIC, plain_temperature

METHOD_WORDS = {"cache": "With the cache", "dynamic": "With dynamic evaluation"}
NATS = Notation(lambda difference: signed(difference, 3), " nats")


def adaptation_findings(scores: LogPerplexity) -> list[Finding]:
    """Whether each method lowers the perplexity of each network over the same tokens."""
    found = []
    for model in networks(name for name, _ in scores.sums):
        for method, words in METHOD_WORDS.items():
            claim = f"{words} {with_article(model)} has a lower perplexity than without."
            value = scores.value(model, method) - scores.value(model, STATIC)
            samples = scores.samples(model, method) - scores.samples(model, STATIC)
            names = (f"{model} {method}", model)
            found.append(finding("adaptation", claim, names, "log perplexity", value, samples, "below", PERCENT))
    return found


def context_findings(losses: pd.DataFrame, starts: NDArray[np.int64], resamples: int, seed: int) -> list[Finding]:
    """Whether networks use words that the longest n-gram cannot see, and their order; whether gates use them more."""
    costs = _costs(losses)
    longest = ngrams(losses["model"])[-1]
    reach = max(NGRAMS.index(longest), 1)
    kept = sorted({k for _, manipulation, k in costs if manipulation == "truncated"})
    k = min((k for k in kept if k >= reach), default=kept[-1])
    positions = np.sort(losses["position"].unique())
    units = np.searchsorted(starts, positions, side="right") - 1

    def claimed(claim: str, names: tuple[str, str], values: Floats) -> Finding:
        [(_, _, mean, low, high)] = grouped_means(
            values, np.zeros(len(values), int), units, len(starts), resamples, seed
        ).itertuples(index=False)
        return Finding("context", claim, *names, "nats a token", mean, low, high, "above", NATS)

    found = []
    words = "the last token" if k == 1 else f"the last {k} tokens"
    for model in networks(losses["model"]):
        found += [
            claimed(f"{capital(with_article(model))} uses what stands before {words}.", (model, ""),
                    costs[model, "truncated", k]),
            claimed(f"{capital(with_article(model))} uses the order of what stands before {words}.", (model, ""),
                    costs[model, "shuffled", k]),
        ]  # fmt: skip
    for gated in ("gru", "lstm"):
        if ("rnn", "truncated", k) in costs and (gated, "truncated", k) in costs:
            claim = f"{capital(with_article(gated))} gains more than the RNN by what stands before {words}."
            values = costs[gated, "truncated", k] - costs["rnn", "truncated", k]
            found.append(claimed(claim, (gated, "rnn"), values))
    return found


def _costs(losses: pd.DataFrame) -> dict[tuple[str, str, int], Floats]:
    """What each manipulation adds to the loss (P,) at every position, by model, manipulation and k."""
    nats = {
        (str(model), str(manipulation), int(rows["k"].iloc[0])): rows.sort_values("position")["nats"].to_numpy(float)
        for (model, manipulation, _), rows in losses.groupby(["model", "manipulation", "k"])
    }
    whole = {model: values for (model, manipulation, _), values in nats.items() if manipulation == "whole"}
    return {key: values - whole[key[0]] for key, values in nats.items() if key[1] != "whole"}


def drift_findings(scores: pd.DataFrame, resamples: int, seed: int) -> list[Finding]:
    """Whether own text is dearer to the longest n-gram than real text, and ever more so; who breaks the grammar."""
    own = scores[scores["temperature"] == plain_temperature(scores["temperature"].unique().tolist())]
    judges = list(own["judge"].unique())
    texts = {(str(writer), str(judge)): _texts(rows) for (writer, judge), rows in own.groupby(
        ["writer", "judge"], observed=True)}  # fmt: skip
    count = len(next(iter(texts.values())))
    weights = resample(count, resamples, seed) / count
    longest = ngrams(judges)[-1]
    width = max(1, texts[TEXT, longest].shape[1] // DRIFT_BINS)
    found = []
    for model in networks(own["writer"]):
        dearer = texts[TEXT, longest] - texts[model, longest]  # nats are negative: what the model's words cost more
        of_each = dearer.mean(axis=1)
        judged = with_article(longest)
        claim = f"What {with_article(model)} writes by itself costs {judged} more than how the real texts go on."
        found.append(_paired("drift", claim, (model, TEXT), of_each, weights, PERCENT, "log perplexity"))
        later = dearer[:, -width:].mean(axis=1) - dearer[:, :width].mean(axis=1)
        claim = f"What {with_article(model)} writes by itself costs {judged} the more the longer it has been writing."
        found.append(_paired("drift", claim, (f"{model} late", f"{model} early"), later, weights, PERCENT,
                             "log perplexity"))  # fmt: skip
    if FLOOR in judges:
        possible = {model: np.isfinite(texts[model, FLOOR]).mean(axis=1) for model in networks(own["writer"])}
        for a, b in (("lstm", "rnn"), ("gru", "rnn"), ("lstm", "gru")):
            if a in possible and b in possible:
                claim = f"{capital(with_article(a))} leaves the grammar less often than {with_article(b)}."
                found.append(_paired("drift", claim, (a, b), possible[a] - possible[b], weights, POINTS,
                                     "share of tokens in sentences that the grammar still allows"))  # fmt: skip
    return found


def _texts(rows: pd.DataFrame) -> Floats:
    """Log probabilities (B, T) by text and position."""
    return rows.pivot(index="text", columns="position", values="nats").sort_index().to_numpy(dtype=float)


def _paired(
    topic: str,
    claim: str,
    names: tuple[str, str],
    of_each: Floats,
    weights: Floats,
    notation: Notation,
    measure: str,
) -> Finding:
    """That the mean of a difference (B,), one of each text, lies above zero."""
    return finding(topic, claim, names, measure, float(of_each.mean()), weights @ of_each, "above", notation)
