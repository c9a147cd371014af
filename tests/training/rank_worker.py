"""One rank of a training that torchrun starts: python -m torch.distributed.run … rank_worker.py SCENARIO FOLDER."""

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import torch
from test_loop import CPU, CYCLE, fresh, plan

from pipeline.errors import UserError
from pipeline.training import loop, ranks

PLANS = {
    # the third stream belongs to one rank or the other: the ranks' shares are not equal
    "lstm": lambda: plan("lstm", dropout=0.2, batch_size=3, training_tokens=2400),
    "rnn": lambda: plan("rnn", dropout=0.0, training_tokens=2000, num_layers=2),
    "gru": lambda: plan("gru", dropout=0.3, training_tokens=2000, num_layers=2, tie_output=False),
}


def run(name: str, folder: Path, joined: ranks.Ranks = ranks.ALONE) -> loop.Trained:
    chosen = PLANS[name]()
    network = fresh(chosen)
    if joined.rank:  # what another processor might have drawn; the first rank's weights count
        with torch.no_grad():
            network.output.bias.add_(1.0)
    return loop.train(network, chosen, CYCLE, CYCLE[:1200], CPU, False, folder, joined)


def equal(folder: Path, joined: ranks.Ranks) -> None:
    """Every plan whole, then one that all ranks are interrupted in and resume."""
    results = {name: vars(run(name, folder / name, joined)) for name in PLANS}
    loop.SECONDS_BETWEEN_CHECKPOINTS = 0.0
    train_step = loop.Run.train_step

    def interrupted(self, segment):
        if self.step == 33:
            raise InterruptedError
        train_step(self, segment)

    loop.Run.train_step = interrupted
    try:
        run("lstm", folder / "resumed", joined)
    except InterruptedError:
        loop.Run.train_step = train_step
    results["resumed"] = vars(run("lstm", folder / "resumed", joined))
    for result in results.values():
        result["history"] = vars(result["history"])
    torch.save(results, folder / f"results{joined.rank}.pt")


def refused(folder: Path, joined: ranks.Ranks) -> None:
    """Ranks of different data, then a batch too small for them: the message comes once."""
    try:
        run("rnn", folder / f"data{joined.rank}", joined)
    except UserError as error:
        print("refused:", error, flush=True)
    except SystemExit:
        pass
    PLANS["one stream"] = lambda: plan("rnn", batch_size=1)
    run("one stream", folder / "same", joined)


def silent(folder: Path, joined: ranks.Ranks) -> None:
    """The second rank stops answering after some steps."""
    loop.SECONDS_BETWEEN_CHECKPOINTS = 0.0
    train_step = loop.Run.train_step

    def stuck(self, segment):
        if joined.rank == 1 and self.step == 7:
            time.sleep(600)
        train_step(self, segment)

    loop.Run.train_step = stuck
    run("rnn", folder / "same", joined)


def killed(folder: Path, joined: ranks.Ranks) -> None:
    """The second rank is killed after some steps."""
    loop.SECONDS_BETWEEN_CHECKPOINTS = 0.0
    train_step = loop.Run.train_step

    def dying(self, segment):
        if joined.rank == 1 and self.step == 7:
            os.kill(os.getpid(), signal.SIGKILL)
        train_step(self, segment)

    loop.Run.train_step = dying
    run("rnn", folder / "same", joined)


if __name__ == "__main__":
    scenario, folder = sys.argv[1], Path(sys.argv[2])
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    ranks.LOST_AFTER = timedelta(seconds=5 if scenario == "silent" else 60)
    try:
        with ranks.join_ranks(CPU) as joined:
            {"equal": equal, "refused": refused, "silent": silent, "killed": killed}[scenario](folder, joined)
        print("the first rank goes on alone", flush=True)
    except UserError as error:
        sys.exit(f"error: {error}")
