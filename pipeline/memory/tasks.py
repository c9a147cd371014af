"""Tasks in which how long something has to be remembered is the only thing that varies.

Adding, copying and temporal order after Hochreiter and Schmidhuber (1997, sections 5.4 to 5.6) and Arjovsky et al.
(2016), with one deviation: what has to be remembered stands within the first steps always, and `lag` steps of noise
or silence follow before the answer is due. In the originals the places are drawn over the whole sequence, so that
how much has to be searched through grows along with the distance.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

TaskName = Literal["adding", "copy", "order"]
TASKS: tuple[TaskName, ...] = ("adding", "copy", "order")
Split = Literal["train", "valid", "test"]
"""Of sequences that are drawn anew every time these are the same distribution."""
FIRST_STEPS = 10
"""Within which stand the two numbers or symbols that count."""
ALPHABET = 8
"""Symbols of the copy task; what can be had without memory is one in eight."""
CLOSE = 0.1
"""An answer of the adding task nearer to the sum than this is right; the sum lies between 0 and 2."""


@dataclass(frozen=True)
class Batch:
    """inputs (T, B, D); targets of the last steps: (S, B) of classes, or (1, B) of numbers."""

    inputs: Tensor
    targets: Tensor


@dataclass(frozen=True)
class Task:
    """`outputs`: scores of classes, or one number where `classes` is false. `reach`: the most steps that anything has
    to be remembered."""

    reach: int
    inputs: int
    outputs: int
    classes: bool
    chance: float
    draw: Callable[[Split, int, torch.Generator], Batch]

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """Mean cross-entropy in nats, or mean squared error, of answers (S, B, O)."""
        if self.classes:
            return F.cross_entropy(answers.flatten(0, 1), targets.flatten())
        return F.mse_loss(answers[..., 0], targets)

    def right(self, answers: Tensor, targets: Tensor) -> Tensor:
        """Share of answers that are right, a number."""
        if self.classes:
            return (answers.argmax(dim=-1) == targets).double().mean()
        return ((answers[..., 0] - targets).abs() < CLOSE).double().mean()


def task(name: TaskName, lag: int, items: int) -> Task:
    """`items` are those of the copy task."""
    return {"adding": _adding, "copy": _copy, "order": _order}[name](lag, items)


def _two_places(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Two different steps (B,) of the first ones, the earlier first."""
    drawn = torch.rand(batch, FIRST_STEPS, generator=generator).argsort(dim=1)[:, :2].sort(dim=1).values
    return drawn[:, 0], drawn[:, 1]


def _adding(lag: int, _: int) -> Task:
    """Numbers in [0, 1), two of them marked: their sum. Chance: the share that the mean, 1, comes close to."""

    def draw(split: Split, batch: int, generator: torch.Generator) -> Batch:
        inputs = torch.zeros(FIRST_STEPS + lag, batch, 2)
        inputs[..., 0] = torch.rand(FIRST_STEPS + lag, batch, generator=generator)
        rows = torch.arange(batch)
        target = torch.zeros(batch)
        for place in _two_places(batch, generator):
            inputs[place, rows, 1] = 1.0
            target += inputs[place, rows, 0]
        return Batch(inputs, target[None])

    return Task(FIRST_STEPS + lag - 1, 2, 1, False, 2 * CLOSE - CLOSE**2, draw)


def _order(lag: int, _: int) -> Task:
    """Two of the first steps hold X or Y, all others one of four distractors: which two, and in which order."""

    def draw(split: Split, batch: int, generator: torch.Generator) -> Batch:
        symbols = torch.randint(4, (FIRST_STEPS + lag, batch), generator=generator)
        kinds = torch.randint(2, (2, batch), generator=generator)
        rows = torch.arange(batch)
        for kind, place in zip(kinds, _two_places(batch, generator), strict=True):
            symbols[place, rows] = 4 + kind
        return Batch(F.one_hot(symbols, 6).float(), (2 * kinds[0] + kinds[1])[None])

    return Task(FIRST_STEPS + lag - 1, 6, 4, True, 1 / 4, draw)


def _copy(lag: int, items: int) -> Task:
    """`items` symbols, then `lag` blanks, then a sign at each of `items` steps: the symbols again, in their order."""

    def draw(split: Split, batch: int, generator: torch.Generator) -> Batch:
        symbols = torch.full((2 * items + lag, batch), ALPHABET)  # the blank
        symbols[:items] = torch.randint(ALPHABET, (items, batch), generator=generator)
        symbols[items + lag :] = ALPHABET + 1  # the sign
        return Batch(F.one_hot(symbols, ALPHABET + 2).float(), symbols[:items].clone())

    return Task(items + lag, ALPHABET + 2, ALPHABET, True, 1 / ALPHABET, draw)
