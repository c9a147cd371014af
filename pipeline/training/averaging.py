"""Averaged stochastic gradient descent that begins by itself: NT-ASGD (Merity et al. 2018, algorithm 1).

    begin at the first validation with v_t > min(v_0, …, v_{t−n−1})        n: `after` validations
    w̄ = mean of the weights after each step from then on                   (Polyak and Juditsky 1992)

The steps themselves go on from the weights that are not averaged; the averages are validated and kept.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


class Averages:
    """`after`: n above, the last validations before this one that are not asked; None: weights are never averaged."""

    def __init__(self, parameters: Sequence[Tensor], after: int | None) -> None:
        self.parameters, self.after = parameters, after
        self.means: list[Tensor] = []
        self.count = 0

    def begin_where_due(self, validations: Sequence[float]) -> None:
        """Given all losses so far, the last one just measured."""
        if self.after is None or self.means:
            return
        *earlier, last = validations
        if len(earlier) > self.after and last > min(earlier[: -self.after]):
            self.means = [parameter.detach().clone() for parameter in self.parameters]
            self.count = 1

    @torch.no_grad()
    def add_step(self) -> None:
        """After each step of the optimiser."""
        if self.means:
            self.count += 1
            for mean, parameter in zip(self.means, self.parameters, strict=True):
                mean.lerp_(parameter, 1 / self.count)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The averages stand in the network for the block, if there are any."""
        if not self.means:
            yield
            return
        own = [parameter.detach().clone() for parameter in self.parameters]
        self._copy(self.means)
        try:
            yield
        finally:
            self._copy(own)

    @torch.no_grad()
    def _copy(self, values: Sequence[Tensor]) -> None:
        for parameter, value in zip(self.parameters, values, strict=True):
            parameter.copy_(value)

    def state(self) -> dict[str, Any]:
        return {"means": self.means, "count": self.count}

    def restore(self, saved: dict[str, Any]) -> None:
        self.means = [mean.to(p.device) for mean, p in zip(saved["means"], self.parameters, strict=False)]
        self.count = saved["count"]
