"""How well every model predicts valid and test: what several chapters look at, computed once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.streams import counted_tokens
from pipeline.report import tables
from pipeline.report.findings import best_by_valid
from pipeline.report.inputs import Inputs
from pipeline.report.names import ngrams, ordered
from pipeline.report.resampling import Floats, LogPerplexity, log_perplexity


@dataclass(frozen=True)
class Scored:
    """`scores`: log probabilities (N,) by split, then by model and state; `counted` (N,): the tokens of a split that
    count; `measured`: perplexity under resamples, by split; `states`: the state that each model is quoted with;
    `frequencies` (V,): how often each type stands in train."""

    scores: Mapping[str, Mapping[tuple[str, str], Floats]]
    counted: Mapping[str, NDArray[np.bool_]]
    measured: Mapping[str, LogPerplexity]
    states: Mapping[str, str]
    perplexities: pd.DataFrame
    best_ngram: str
    frequencies: NDArray[np.int64]

    @property
    def models(self) -> list[str]:
        return ordered(self.states)

    @property
    def longest(self) -> str:
        """The count model of the highest order."""
        return ngrams(self.states)[-1]


def score(inputs: Inputs) -> Scored:
    plan, splits = inputs.plan, inputs.corpus.splits
    settings = plan.perplexity
    scores = {split: tables.token_scores(inputs.tokens, split) for split in ("valid", "test")}
    counted = {split: counted_tokens(splits[split].tokens, settings.uncounted) for split in scores}
    measured = {
        split: log_perplexity(
            scores[split],
            counted[split],
            splits[split].blocks(settings.block_lines),
            settings.resamples,
            plan.seed,
        )
        for split in scores
    }
    states = tables.primary(scores["test"])
    perplexities = tables.perplexity_table(measured, states)
    return Scored(
        scores=scores,
        counted=counted,
        measured=measured,
        states=states,
        perplexities=perplexities,
        best_ngram=best_by_valid(perplexities, ngrams(states)),
        frequencies=np.bincount(np.asarray(splits["train"].tokens), minlength=len(inputs.corpus.vocabulary)),
    )
