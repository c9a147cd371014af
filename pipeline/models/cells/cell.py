"""What cells written by hand have in common: one step through time, and a walk over a sequence."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

# (h,), or (h, c) for the LSTM
State = tuple[Tensor, ...]


class Cell(nn.Module, ABC):
    """A recurrent cell of one layer; its parameters bear the names of its equations."""

    states: ClassVar[int]
    """How many tensors its state consists of."""

    @abstractmethod
    def step(self, x: Tensor, state: State) -> State:
        """The state after x (B, D), from the one before; each part (B, H). Its first part is the hidden state."""

    @abstractmethod
    def copy_torch(self, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> None:
        """Takes over the weights of one layer of torch's module, its gates stacked as torch has them."""

    def forward(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Hidden states (T, B, H) after each of inputs (T, B, D), and the state after the last, each part (B, H)."""
        hidden = []
        for x in inputs:
            state = self.step(x, state)
            hidden.append(state[0])
        return torch.stack(hidden), state

    @torch.no_grad()
    def set(self, weights: Mapping[str, Tensor]) -> None:
        for name, weight in weights.items():
            self.get_parameter(name).copy_(weight)


def matrix(rows: int, columns: int) -> nn.Parameter:
    return nn.Parameter(torch.zeros(rows, columns))


def bias(rows: int) -> nn.Parameter:
    return nn.Parameter(torch.zeros(rows))
