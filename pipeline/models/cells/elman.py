"""The plain recurrent cell (Elman 1990, with tanh).

    h_t = tanh(W x_t + U h_{t−1} + b)

x_t (B, D), h_t (B, H); W (H, D), U (H, H), b (H,).
"""

import torch
from torch import Tensor

from pipeline.models.cells.cell import Cell, State, bias, matrix


class Elman(Cell):
    states = 1

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.W, self.U, self.b = matrix(hidden_size, input_size), matrix(hidden_size, hidden_size), bias(hidden_size)

    def step(self, x: Tensor, state: State) -> State:
        (h,) = state
        return (torch.tanh(x @ self.W.T + h @ self.U.T + self.b),)

    def copy_torch(self, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> None:
        self.set({"W": w_ih, "U": w_hh, "b": b_ih + b_hh})
