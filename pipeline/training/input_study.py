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
from pipeline.io import read_table, write_table, write_text
from pipeline.language_model import Tokens
from pipeline.models.neural import NeuralModel
from pipeline.plans.embedding_study import EmbeddingStudyPlan
from pipeline.plans.network import NetworkPlan
from pipeline.training.build import build_network
from pipeline.training.checkpoint import FILE as CHECKPOINT
from pipeline.training.loop import train
from pipeline.training.run import Diverged

Use = Literal["none", "frozen", "finetune"]
USES: tuple[Use, ...] = ("none", "frozen", "finetune")

Measured = tuple[pd.DataFrame, pd.DataFrame]
"""Of one training: a row a validation (tokens, nats a token), and of the best weights a row a unit of test (unit,
tokens, nats)."""
Learn = Callable[[float, NetworkPlan], Measured]
"""Trains a network on a share of train."""


def experiment(plan: EmbeddingStudyPlan, learn: Learn) -> dict[str, pd.DataFrame]:
    """Trains on each share of train with each use of the vectors, over all seeds.

    The first seed tries every learning rate, and the others are trained at the one whose best loss on valid was lowest:
    inputs are compared at rates that suit them. A rate at which any seed diverges gives way to the next best.

    Returns validations and test (rows of `learn`, with share, use, seed and learning_rate of the chosen rate), and
    search: a row a share, use and learning rate with the first seed's best loss on valid, infinite where any seed
    diverged. Raises UserError where no rate is left.
    """
    validations, tests, search = [], [], []
    first, *others = range(plan.network.seed, plan.network.seed + plan.seeds)
    rates = [plan.network.learning_rate * scale for scale in plan.learning_rate_scales]
    for share, use in product(plan.shares, USES):
        tried = {rate: _each(learn, share, [variant(plan.network, use, first, rate)]) for rate in rates}
        losses = {rate: min(made[0][0]["nats"]) if made else np.inf for rate, made in tried.items()}
        for rate in sorted(rates, key=losses.__getitem__):
            networks = [variant(plan.network, use, seed, rate) for seed in others]
            begun = tried[rate]
            if begun is not None and (rest := _each(learn, share, networks)) is not None:
                break
            losses[rate] = np.inf
        else:
            raise UserError(
                f"embedding_study: with embeddings.use {use} and {share:g} of train, training diverged at every "
                f"learning rate: {', '.join(f'{rate:g}' for rate in rates)}. Add smaller numbers to "
                f"embedding_study.learning_rate_scales, found {plan.learning_rate_scales}."
            )
        for seed, (curve, test) in zip((first, *others), begun + rest, strict=True):
            row = {"share": share, "use": use, "seed": seed, "learning_rate": rate}
            validations.append(curve.assign(**row))
            tests.append(test.assign(**row))
        search += [{"share": share, "use": use, "learning_rate": rate, "nats": nats} for rate, nats in losses.items()]
    joined = {"validations": pd.concat(validations, ignore_index=True), "test": pd.concat(tests, ignore_index=True)}
    return joined | {"search": pd.DataFrame(search)}


def _each(learn: Learn, share: float, networks: list[NetworkPlan]) -> list[Measured] | None:
    """Of every network; None where one diverges."""
    try:
        return [learn(share, network) for network in networks]
    except Diverged:
        return None


def variant(network: NetworkPlan, use: Use, seed: int, rate: float) -> NetworkPlan:
    """The plan of one training; those of one seed begin with the same weights but their input."""
    return network.model_copy(update={"embeddings": use, "seed": seed, "learning_rate": rate})


def kept(folder: Path, learn: Callable[[Path], Measured]) -> Measured:
    """What `learn` returns or Diverged that it raises, which is left in `folder` too, so that a study that was
    interrupted need not ask again.

    `learn` resumes from a checkpoint there, which is removed when it ends.
    """
    files, diverged = (folder / "validations.parquet", folder / "test.parquet"), folder / "diverged.txt"
    if not diverged.exists() and not all(file.exists() for file in files):
        try:
            for file, table in zip(files, learn(folder), strict=True):
                write_table(file, table)
        except Diverged as told:
            write_text(diverged, str(told))
    (folder / CHECKPOINT).unlink(missing_ok=True)
    if diverged.exists():
        raise Diverged(diverged.read_text(encoding="utf-8"))
    return read_table(files[0]), read_table(files[1])


def check_shares(plan: EmbeddingStudyPlan, split: Split) -> None:
    """Raises UserError where the smallest part has less text than one step of training reads, or two are the same."""
    size, share = plan.network.size, min(plan.shares)
    needed, found = size.batch_size * (size.bptt_len + 1), len(split.first_lines(share))
    by_tokens: dict[int, list[str]] = {}
    for each in plan.shares:
        by_tokens.setdefault(len(split.first_lines(each)), []).append(f"{each:g}")
    for tokens, shares in by_tokens.items():
        if len(shares) > 1:
            raise UserError(
                f"embedding_study.shares: found {' and '.join(shares)}, which of this text are the same {tokens:,} "
                "tokens, since a part ends with a line. Leave out all but one of them."
            )
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
