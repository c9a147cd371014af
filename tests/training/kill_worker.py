"""A training that says at which step it is, to be killed: kill_worker.py NAME FOLDER."""

import sys
from pathlib import Path

import torch
from test_loop import plan, run

from pipeline.training import loop

PLANS = {
    "default": lambda: plan("gru"),
    "everything": lambda: plan(
        "lstm",
        num_layers=2,
        weights=0.3,
        embedding=0.1,
        locked=True,
        lengths="random",
        grow_share=0.3,
        method="sgd",
        schedule="constant",
        learning_rate=3.0,
        average_after=1,
        validations=20,
        activation_penalty=2.0,
        change_penalty=1.0,
    ),
    "lowered": lambda: plan(
        "rnn",
        implementation="by_hand",
        tie_output=False,
        softmax="adaptive",
        lengths="random",
        schedule="plateau",
        learning_rate=0.3,
        validations=20,
        patience=5,
        fused_optimiser=False,
    ),
}


def main(name: str, folder: Path) -> None:
    loop.SECONDS_BETWEEN_CHECKPOINTS = 0.0
    train_step = loop.Run.train_step

    def told(self, segment):
        print(f"step {self.step}", flush=True)
        train_step(self, segment)

    loop.Run.train_step = told
    trained = run(PLANS[name](), folder)
    history = vars(trained.history)
    torch.save([trained.before, trained.halfway, trained.best, history], folder / "result.pt")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1], Path(sys.argv[2]))
