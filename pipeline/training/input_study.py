"""One network trained with learned vectors as its input, with the same kept as they are, and without, on parts of a
text."""

from collections.abc import Callable
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
from pipeline.training.run import Diverged

Use = Literal["none", "frozen", "finetune"]
USES: tuple[Use, ...] = ("none", "frozen", "finetune")


Measured = tuple[pd.DataFrame, pd.DataFrame]
"""Of one training: a row a validation (tokens, nats a token), and of the best weights a row a unit of test (unit,
tokens, nats)."""


def experiment(plan: EmbeddingStudyPlan, learn: Callable[[float, NetworkPlan], Measured]) -> dict[str, pd.DataFrame]:
    """Trains with `learn` on each share of train with each use of the vectors, over all seeds.

    The first seed tries every learning rate, and the others are trained at the one whose best loss on valid was lowest:
    inputs are compared at rates that suit them. One that diverged is passed over.

    Returns validations and test (rows of `learn`, with share, use, seed and learning_rate of the chosen rate), and
    search: a row a share, use and learning rate with the best loss on valid, infinite where it diverged. Raises
    UserError where all rates diverged.
    """
    validations, tests, search = [], [], []
    for share, use in product(plan.shares, USES):
        tried: list[tuple[float, NetworkPlan, Measured | None]] = []
        for scale in plan.learning_rate_scales:
            network = variant(plan.network, use, plan.network.seed, scale)
            try:
                measured = learn(share, network)
                best = float(measured[0]["nats"].min())
            except Diverged as error:
                measured, best, diverged = None, np.inf, error
            tried.append((best, network, measured))
            search.append({"share": share, "use": use, "learning_rate": network.learning_rate, "nats": best})
        _, chosen, first = min(tried, key=lambda each: each[0])
        if first is None:
            raise UserError(
                f"embedding_study: all trainings on {share:g} of train with embeddings.use {use} diverged. Add smaller "
                f"numbers to learning_rate_scales, found {plan.learning_rate_scales}. The last one said: {diverged}"
            )
        for seed in range(plan.network.seed, plan.network.seed + plan.seeds):
            network = chosen.model_copy(update={"seed": seed})
            curve, test = first if seed == plan.network.seed else learn(share, network)
            row = {"share": share, "use": use, "seed": seed, "learning_rate": network.learning_rate}
            validations.append(curve.assign(**row))
            tests.append(test.assign(**row))
    made = {"validations": pd.concat(validations, ignore_index=True), "test": pd.concat(tests, ignore_index=True)}
    return made | {"search": pd.DataFrame(search)}


def variant(network: NetworkPlan, use: Use, seed: int, scale: float) -> NetworkPlan:
    """The plan of one training; those of one seed begin with the same weights but their input."""
    size = network.size.model_copy(update={"learning_rate_scale": network.size.learning_rate_scale * scale})
    own = {"embeddings": use, "seed": seed, "size": size, "learning_rate": network.learning_rate * scale}
    return network.model_copy(update=own)


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
) -> Measured:
    """Trains on `tokens`."""
    network = build_network(plan, len(corpus.vocabulary), vectors, source)
    trained = train(network, plan, tokens, corpus.splits["valid"].tokens, device, bf16, folder)
    network.load_state_dict(trained.best)
    test = corpus.splits["test"]
    units = test.blocks(block_lines)
    nats = -score_stream(NeuralModel(plan.architecture, network), test.tokens, np.zeros(1, dtype=np.int64))
    sizes = np.diff(np.append(units, len(test.tokens)))
    found = {"unit": np.arange(len(units)), "tokens": sizes, "nats": block_sums(nats, units)}
    return pd.DataFrame(trained.history.validations)[["tokens", "nats"]], pd.DataFrame(found)
