"""Training a recurrent language model by truncated backpropagation through time.

The state is carried from segment to segment and detached between them (Mikolov et al. 2010; Werbos 1990), so a
gradient flows back at most `bptt_len` steps while the state itself reaches further.
"""

import math
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from pipeline.errors import UserError
from pipeline.language_model import Tokens
from pipeline.models.recurrent import RecurrentNetwork
from pipeline.plans.network import NetworkPlan
from pipeline.progress import progress
from pipeline.training.advice import what_takes_memory, what_to_lower
from pipeline.training.checkpoint import FILE, dvc_is_gone, load_checkpoint, save_checkpoint
from pipeline.training.ranks import ALONE, RankLost, Ranks
from pipeline.training.run import Diverged, History, Run
from pipeline.training.runtime import out_of_memory

SECONDS_BETWEEN_CHECKPOINTS = 20.0
SECONDS_OF_A_CHECKPOINT = 1.0  # one that takes longer to write, as of a large network, comes so much less often
DIVERGED = 2.0  # nats a token beyond a uniform guess


@dataclass(frozen=True)
class Trained:
    """Weights before training, halfway (or where it stopped early, before that), and at the best validation."""

    before: dict[str, Tensor]
    halfway: dict[str, Tensor]
    best: dict[str, Tensor]
    history: History
    tokens_read: int  # by this process: a resumed run reads fewer


def train(
    network: RecurrentNetwork,
    plan: NetworkPlan,
    train_tokens: Tokens,
    valid_tokens: Tokens,
    device: torch.device,
    bf16: bool,
    folder: Path,
    ranks: Ranks = ALONE,
) -> Trained:
    """Moves `network` to `device` and trains it in place for `plan.size.training_tokens` tokens.

    It resumes from a checkpoint in `folder`.

    Of several `ranks` each returns the same; only the first reads or writes `folder`, whose name they must share.
    Raises Diverged when the loss is no longer finite or far from any sense (step, norm and what to try), and UserError
    when memory is not enough (what to lower), when DVC has been killed, and when another rank has been lost.
    """
    try:
        network.to(device)
        ranks.check_alike(folder.name)
        ranks.copy_first(list(network.parameters()))
        return _train(Run(network, plan, train_tokens, valid_tokens, device, bf16, ranks), folder)
    except RankLost as lost:
        again = "resumes from the last checkpoint" if (folder / FILE).exists() else "begins anew: none was saved yet"
        raise RankLost(f"{plan.architecture}: {lost}. Run the same command again; it {again}.") from lost
    except UserError as error:
        if ranks.first:
            raise
        raise SystemExit(1) from error  # all ranks have met the same, and the first says so
    except RuntimeError as error:
        if not out_of_memory(error):
            raise
        taken = what_takes_memory(plan, network.shape.vocabulary_size, bf16, ranks.size)
        raise UserError(f"{plan.architecture}: out of memory on {device}. {taken}") from error


def _train(run: Run, folder: Path) -> Trained:
    network, plan, ranks = run.network, run.plan, run.ranks
    saved = ranks.from_first(load_checkpoint(folder) if ranks.first else None)
    if saved is not None:
        run.restore(saved)
        if ranks.first:
            print(f"resuming {plan.architecture} at step {run.step} of {run.total_steps}", flush=True)
    _check_dvc(run)
    next_save, already_read = time.monotonic() + SECONDS_BETWEEN_CHECKPOINTS, run.tokens
    title, total = f"train {plan.architecture}", run.total_tokens
    with progress(title, total) if ranks.first else nullcontext(_Unseen()) as bar:
        bar.skip(run.tokens)
        while run.step < run.total_steps and not run.stopped_early:
            before = run.tokens
            run.train_step(run.next_segment())
            bar.advance(run.tokens - before, **run.shown())
            if run.validation_is_due():
                run.validate()
            if ranks.any(time.monotonic() > next_save):
                start = time.monotonic()
                state = run.state()
                if ranks.first:
                    save_checkpoint(folder, state)
                took = time.monotonic() - start
                rarer = max(1.0, took / SECONDS_OF_A_CHECKPOINT)
                next_save = start + took + SECONDS_BETWEEN_CHECKPOINTS * rarer
                _check_dvc(run)
    if run.best_nats > math.log(network.shape.vocabulary_size) + DIVERGED:
        raise Diverged(
            f"{plan.architecture}: diverged. Its best valid perplexity is {math.exp(min(run.best_nats, 700)):.3g}, far "
            f"worse than guessing among its {network.shape.vocabulary_size:,} types. {what_to_lower(plan)}"
        )
    return Trained(run.before, run.halfway, run.best, run.history, run.tokens - already_read)


def _check_dvc(run: Run) -> None:
    if run.ranks.any(dvc_is_gone()):
        raise UserError(f"DVC has been killed; stopped at step {run.step}. `dvc repro` resumes from there.")


class _Unseen:
    """The progress of a rank that another shows."""

    def advance(self, amount: int = 1, **values: float) -> None: ...

    def skip(self, amount: int) -> None: ...
