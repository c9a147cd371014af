"""Long short-term memory (Hochreiter and Schmidhuber 1997) with forget gates (Gers et al. 2000).

    i_t = σ(W_i x_t + U_i h_{t−1} + b_i)        what to write
    f_t = σ(W_f x_t + U_f h_{t−1} + b_f)        what to keep
    o_t = σ(W_o x_t + U_o h_{t−1} + b_o)        what to show
    g_t = tanh(W_g x_t + U_g h_{t−1} + b_g)     the candidate
    c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t             the memory cell: the only path that is a sum
    h_t = o_t ⊙ tanh(c_t)

x_t (B, D), h_t and c_t (B, H); each W (H, D), each U (H, H), each b (H,).
"""

import torch
from torch import Tensor

from pipeline.models.cells.cell import Cell, State, bias, matrix

GATES = ("i", "f", "g", "o")  # in the order in which torch stacks them


class LSTM(Cell):
    states = 2

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.W_i, self.U_i, self.b_i = (
            matrix(hidden_size, input_size),
            matrix(hidden_size, hidden_size),
            bias(hidden_size),
        )
        self.W_f, self.U_f, self.b_f = (
            matrix(hidden_size, input_size),
            matrix(hidden_size, hidden_size),
            bias(hidden_size),
        )
        self.W_g, self.U_g, self.b_g = (
            matrix(hidden_size, input_size),
            matrix(hidden_size, hidden_size),
            bias(hidden_size),
        )
        self.W_o, self.U_o, self.b_o = (
            matrix(hidden_size, input_size),
            matrix(hidden_size, hidden_size),
            bias(hidden_size),
        )

    def step(self, x: Tensor, state: State) -> State:
        h, c = state
        i, f, o = self.gates(x, state).values()
        g = torch.tanh(x @ self.W_g.T + h @ self.U_g.T + self.b_g)
        c = f * c + i * g
        return o * torch.tanh(c), c

    def gates(self, x: Tensor, state: State) -> dict[str, Tensor]:
        """i, f and o, each (B, H)."""
        h, _ = state
        return {
            "i": torch.sigmoid(x @ self.W_i.T + h @ self.U_i.T + self.b_i),
            "f": torch.sigmoid(x @ self.W_f.T + h @ self.U_f.T + self.b_f),
            "o": torch.sigmoid(x @ self.W_o.T + h @ self.U_o.T + self.b_o),
        }

    def copy_torch(self, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> None:
        for gate, w, u, b in zip(GATES, w_ih.chunk(4), w_hh.chunk(4), (b_ih + b_hh).chunk(4), strict=True):
            self.set({f"W_{gate}": w, f"U_{gate}": u, f"b_{gate}": b})
