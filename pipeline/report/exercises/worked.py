"""Which exercises a run can answer, in the order of the page; those whose model or result is missing are left out."""

from collections.abc import Iterator

import numpy as np

from pipeline.corpus.streams import FEWEST_BLOCKS, Split, counted_tokens
from pipeline.report.chapter import Results
from pipeline.report.exercises import (
    additive,
    bptt,
    by_counts,
    cell,
    clipped,
    judged,
    parameters,
    radius,
    resampled,
    surprise,
)
from pipeline.report.exercises.exercise import Exercise
from pipeline.report.exercises.network import PlainNetwork
from pipeline.report.inputs import Inputs
from pipeline.report.tables import lookup, token_scores


def exercises(inputs: Inputs, results: Results) -> list[Exercise]:
    """All that this run can answer, theory first."""
    return [*_theory(inputs, results), *_programming(inputs, results)]


def _theory(inputs: Inputs, results: Results) -> Iterator[Exercise]:
    plain = {name: PlainNetwork(inputs.shapes[name], inputs.weights[name]["after"]) for name in results.networks}
    tables = results.tables
    if "rnn" in plain:
        tokens = inputs.corpus.splits["valid"].tokens
        if plain["rnn"].full_softmax and len(tokens) > bptt.STEPS:
            title = "One step of backpropagation through time"
            yield Exercise("bptt", "theory", title, bptt.work(plain["rnn"], tokens[: bptt.STEPS + 1].tolist()))
        moments = {when: PlainNetwork(inputs.shapes["rnn"], found) for when, found in inputs.weights["rnn"].items()}
        worked = radius.work(moments, tokens[: radius.STEPS].tolist(), tables["gradients"], tables["jacobian"])
        yield Exercise("radius", "theory", "The spectral radius, and the rate of the gradient", worked)
    if "time_constants" in tables:
        segment = next(iter(inputs.networks.values())).size.bptt_len
        own = additive.work(tables["time_constants"], segment)
        yield Exercise("additive", "theory", "The additive path", own)
    yield Exercise("parameters", "theory", "Counting parameters", parameters.work(plain))


def _programming(inputs: Inputs, results: Results) -> Iterator[Exercise]:
    optimiser, types = next(iter(inputs.networks.values())).size.optimiser.method, inputs.corpus.vocabulary.types
    yield Exercise("clipped", "programming", "What clipping did", clipped.work(inputs.steps, optimiser))
    model = results.networks[-1]
    network, word = PlainNetwork(inputs.shapes[model], inputs.weights[model]["after"]), _commonest(results, types)
    yield Exercise("cell", "programming", "A cell by hand", cell.work(network, word, types[word]))
    if inputs.bigram is not None:
        found = by_counts.work(inputs.bigram, inputs.ngram_fit, types)
        if found is not None:
            yield Exercise("by_counts", "programming", "An n-gram by hand", found)
    yield Exercise("surprise", "programming", "Perplexity from probabilities", _surprise(inputs, results))
    yield Exercise("resampled", "programming", "The interval of a difference", _resampled(inputs, results))
    if not inputs.items.empty:
        yield Exercise("judged", "programming", "Agreement accuracy by hand", judged.work(inputs.items, model))


def _commonest(results: Results, types: tuple[str, ...]) -> int:
    """The commonest type of letters, else the commonest of all."""
    order = np.argsort(-results.frequencies, kind="stable").tolist()
    return int(next((token for token in order if types[token].isalpha()), order[0]))


def _surprise(inputs: Inputs, results: Results) -> surprise.Worked:
    model = results.networks[-1]
    nats = token_scores(inputs.tokens, "test")[model, results.states[model]]
    counted = counted_tokens(inputs.corpus.splits["test"].tokens, inputs.plan.perplexity.uncounted)
    quoted = lookup(results.tables["perplexity"], model, "test").value
    return surprise.work(model, results.states[model], nats, counted.astype(float), quoted)


def _resampled(inputs: Inputs, results: Results) -> resampled.Worked:
    """Of the last network and the first, or of the only one and the best of the count models."""
    settings, test = inputs.plan.perplexity, inputs.corpus.splits["test"]
    scores = token_scores(inputs.tokens, "test")
    a, b = results.networks[-1], results.networks[0] if len(results.networks) > 1 else results.best_ngram
    return resampled.work(
        (a, b),
        (results.states[a], results.states[b]),
        (scores[a, results.states[a]], scores[b, results.states[b]]),
        counted_tokens(test.tokens, settings.uncounted),
        test.blocks(settings.block_lines),
        _cut(test, settings.block_lines),
        settings.resamples,
        inputs.plan.seed,
    )


def _cut(split: Split, lines: int) -> tuple[resampled.Blocks, int]:
    """What the bootstrap's units are, as `Split.blocks` has them, and lines to a unit."""
    if split.documents is not None and len(split.documents) >= FEWEST_BLOCKS:
        return "documents", 0
    count = len(split.line_starts)
    return ("lines", min(lines, count // FEWEST_BLOCKS)) if count >= FEWEST_BLOCKS else ("stretches", 0)
