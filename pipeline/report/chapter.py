"""What a chapter of the report is: a template of its name, what it says, and what it draws."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.report.drawing import Drawing
from pipeline.report.findings import Finding
from pipeline.report.inputs import Inputs
from pipeline.report.names import FLOOR, networks, ngrams
from pipeline.report.scored import Scored


@dataclass(frozen=True)
class Told:
    """Tables by file name, those without data left out; findings; and what else the chapter's template says."""

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Results:
    """What the report says, all chapters together."""

    models: list[str]
    states: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]
    findings: list[Finding]
    words: Mapping[str, Any]
    metrics: Mapping[str, Any]
    best_ngram: str
    frequencies: NDArray[np.int64]

    @property
    def networks(self) -> list[str]:
        return networks(self.models)

    @property
    def ngrams(self) -> list[str]:
        return ngrams(self.models)

    @property
    def floor(self) -> bool:
        return FLOOR in self.models

    def about(self, *topics: str) -> list[Finding]:
        return [found for found in self.findings if found.topic in topics]


def _nothing(inputs: Inputs, scored: Scored) -> Told:
    return Told()


def _nothing_more(inputs: Inputs, results: Results) -> Told:
    return Told()


def _no_figures(inputs: Inputs, results: Results) -> Iterable[Drawing]:
    return ()


@dataclass(frozen=True)
class Chapter:
    """`name`: of its template, and of its place on the page; `analyse`: its tables, findings and words; `draw`: its
    figures, from the tables of all chapters; `conclude`: tables and words that come from those of all chapters."""

    name: str
    title: str
    analyse: Callable[[Inputs, Scored], Told] = _nothing
    draw: Callable[[Inputs, Results], Iterable[Drawing]] = _no_figures
    conclude: Callable[[Inputs, Results], Told] = _nothing_more
