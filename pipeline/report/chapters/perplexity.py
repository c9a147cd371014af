"""Perplexity: who predicts test best, with a state carried or begun anew, and which words cost most."""

import math

import numpy as np
import pandas as pd

from pipeline.evaluation.breakdown import sentence_starts
from pipeline.report import figures, findings, study_figures, tables
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn, listed
from pipeline.report.inputs import Inputs
from pipeline.report.names import FLOOR, ordered, short_unit
from pipeline.report.published import PUBLISHED, TYPES
from pipeline.report.scored import Scored

CLOSING = (".", "!", "?")
"""What ends a sentence within a line."""


def analyse(inputs: Inputs, scored: Scored) -> Told:
    test, states, perplexities = scored.measured["test"], scored.states, scored.perplexities
    plan, summary = inputs.plan, inputs.corpus.summary
    made = {
        "perplexity": perplexities,
        "perplexity_reset": tables.perplexity_table({"test": test}, tables.reset_states(scored.models)),
        **_breakdowns(inputs, scored),
    }
    words = {
        "counted_tests": int(perplexities.query("split == 'test'")["tokens"].iloc[0]),
        "per_word": lambda model: tables.per_word(perplexities, summary, plan.perplexity.uncounted, model),
        "bits": math.log2,
        "published": PUBLISHED.get(plan.corpus, ()) if summary["unit"] == "word" else (),
        "published_types": TYPES.get(plan.corpus, 0),
    }
    return Told(made, findings.perplexity_findings(test, states, scored.longest, scored.best_ngram), words)


def _breakdowns(inputs: Inputs, scored: Scored) -> dict[str, pd.DataFrame]:
    """Perplexity on test by position in the sentence and by frequency of the word in train."""
    settings, test, ids = inputs.plan.perplexity, inputs.corpus.splits["test"], inputs.corpus.vocabulary.ids
    starts = sentence_starts(test.tokens, test.line_starts, [ids[mark] for mark in CLOSING if mark in ids])
    return {
        "perplexity_by_position": tables.perplexity_by_position(scored.scores["test"], scored.states, starts),
        "perplexity_by_frequency": tables.perplexity_by_frequency(
            scored.scores["test"],
            scored.states,
            scored.frequencies[np.asarray(test.tokens)],
            test.blocks(settings.block_lines),
            settings.resamples,
            inputs.plan.seed,
        ),
    }


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    whole, position = results.tables["perplexity"], results.tables["perplexity_by_position"]
    frequency, unit = results.tables["perplexity_by_frequency"], short_unit(inputs.corpus.summary["unit"])
    return [
        drawn("perplexity", "Perplexity of every model on test", _perplexity(whole), figures.perplexity(whole)),
        drawn("position", "Loss by position in the sentence", _position(position), figures.nats_by_position(position)),
        drawn("frequency", "Loss by frequency", _frequency(frequency), study_figures.by_frequency(frequency, unit)),
    ]


def _perplexity(table: pd.DataFrame) -> str:
    test = table[table["split"] == "test"].set_index("model")["perplexity"]
    bars = {str(name): f"{value:.1f}" for name, value in test.items() if name != FLOOR}
    floor = f" The floor lies at {test[FLOOR]:.1f}." if FLOOR in test.index else ""
    return f"Bars of test perplexity: {listed(bars)}.{floor}"


def _position(table: pd.DataFrame) -> str:
    first = table[table["position"] == 1].set_index("model")
    ends = {name: f"{first['nats'][name] / first['tokens'][name]:.2f}" for name in first.index}
    return f"Mean nats a token by position in the sentence. At the first: {listed(ends)}."


def _frequency(table: pd.DataFrame) -> str:
    nats = table.pivot(index="at_least", columns="model", values="nats").sort_index()
    ends = {name: f"{nats[name].iloc[0]:.2f} and {nats[name].iloc[-1]:.2f}" for name in ordered(nats.columns)}
    return f"Mean nats a token by how often it stands in train, of the rarest and of the commonest: {listed(ends)}."


CHAPTER = Chapter("perplexity", "Perplexity", analyse, draw)
