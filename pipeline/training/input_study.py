"""One network trained with learned vectors as its input, with the same kept as they are, and without, on parts of a
text."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from pipeline.corpus.streams import Corpus, Split
from pipeline.errors import UserError
from pipeline.evaluation.bootstrap import block_sums
from pipeline.evaluation.perplexity import score_stream
from pipeline.language_model import Tokens
from pipeline.models.neural import NeuralModel
from pipeline.plans.embedding_study import EmbeddingStudyPlan
from pipeline.plans.network import NetworkPlan
from pipeline.training.build import build_network
from pipeline.training.loop import train

USES: tuple[Literal["none", "frozen", "finetune"], ...] = ("none", "frozen", "finetune")


def trainings(plan: EmbeddingStudyPlan) -> Iterator[tuple[float, NetworkPlan]]:
    """A share of train and a plan for each training; those of one seed begin with the same weights but their input."""
    for share, use, seed in product(plan.shares, USES, range(plan.network.seed, plan.network.seed + plan.seeds)):
        yield share, plan.network.model_copy(update={"embeddings": use, "seed": seed})


def check_shares(plan: EmbeddingStudyPlan, split: Split) -> None:
    """Raises UserError where the smallest part has less text than one step of training reads."""
    size, share = plan.network.size, min(plan.shares)
    needed, found = size.batch_size * (size.bptt_len + 1), len(split.first_lines(share))
    if found < needed:
        raise UserError(
            f"embedding_study.shares: found {share:g}, which of this text is {found:,} tokens where a step of training "
            f"reads {needed:,}. Raise it, or lower batch_size or bptt_len of this size in params.yaml."
        )


def validated_and_tested(
    plan: NetworkPlan,
    corpus: Corpus,
    tokens: Tokens,
    vectors: NDArray[np.float32],
    source: str,
    block_lines: int,
    device: torch.device,
    bf16: bool,
    folder: Path,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Trains on `tokens`. A row a validation (tokens, nats a token), and of the best weights a row a unit of test
    (unit, tokens, nats)."""
    network = build_network(plan, len(corpus.vocabulary), vectors, source)
    trained = train(network, plan, tokens, corpus.splits["valid"].tokens, device, bf16, folder)
    network.load_state_dict(trained.best)
    test = corpus.splits["test"]
    units = test.blocks(block_lines)
    nats = -score_stream(NeuralModel(plan.architecture, network), test.tokens, np.zeros(1, dtype=np.int64))
    sizes = np.diff(np.append(units, len(test.tokens)))
    found = {"unit": np.arange(len(units)), "tokens": sizes, "nats": block_sums(nats, units)}
    return pd.DataFrame(trained.history.validations)[["tokens", "nats"]], pd.DataFrame(found)
