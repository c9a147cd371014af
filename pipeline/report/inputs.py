"""What the report reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.readers.saved import ScoredSuite
from pipeline.corpus.streams import Corpus
from pipeline.ngram.model import NgramModel
from pipeline.plans.network import NetworkPlan
from pipeline.plans.report import ReportPlan
from pipeline.report.inside import Looked
from pipeline.report.studies import Studied


@dataclass(frozen=True)
class Inputs:
    """What the report reads: the outputs of every stage before it; nothing, or None, of a study that did not run.

    `weights`: by network, moment and name; after training, and of the RNN also before and halfway."""

    plan: ReportPlan
    networks: Mapping[str, NetworkPlan]
    corpus: Corpus
    vectors: NDArray[np.float32]
    vector_losses: list[float]
    vector_probes: pd.DataFrame
    vector_analogies: pd.DataFrame
    vector_neighbours: pd.DataFrame
    shapes: Mapping[str, Mapping[str, Any]]
    weights: Mapping[str, Mapping[str, Mapping[str, NDArray[np.float32]]]]
    steps: Mapping[str, pd.DataFrame]
    validations: Mapping[str, pd.DataFrame]
    tokens: pd.DataFrame
    samples: list[dict[str, Any]]
    items: pd.DataFrame
    suite: pd.DataFrame
    suite_counts: Mapping[str, Any]
    suites: Mapping[str, ScoredSuite]
    lags: pd.DataFrame
    jacobians: pd.DataFrame
    jacobian_map: pd.DataFrame
    gates: pd.DataFrame
    longest_seen: NDArray[np.integer[Any]]
    ngram_fit: Mapping[str, Any]
    bigram: NgramModel | None
    smoothing: pd.DataFrame
    overlap: pd.DataFrame | None
    learning_curve: pd.DataFrame | None
    embedding_validations: pd.DataFrame | None
    embedding_test: pd.DataFrame | None
    embedding_search: pd.DataFrame | None
    adaptation: Studied
    context: pd.DataFrame | None
    drift: pd.DataFrame | None
    surprisal: pd.DataFrame
    inside: Looked
    clipping: Mapping[str, pd.DataFrame]
    memory: pd.DataFrame | None
