"""The gated recurrent unit as torch and cuDNN compute it.

    r_t = σ(W_r x_t + U_r h_{t−1} + b_r)
    z_t = σ(W_z x_t + U_z h_{t−1} + b_z)                          how much of the state to keep
    n_t = tanh(W_n x_t + b_n + r_t ⊙ (U_n h_{t−1} + d_n))         the candidate: reset after the product
    h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}

x_t (B, D), h_t (B, H); each W (H, D), each U (H, H), each b (H,), d_n (H,): the candidate alone needs a second bias,
since the reset gate stands between the two. All products with h_{t−1} are taken at once, which makes it faster than
the textbook's form (`gru.py`), and what it can express differs from it.
"""

import torch
from torch import Tensor

from pipeline.models.cells.cell import Cell, State, bias, matrix


class TorchGRU(Cell):
    states = 1

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.W_r, self.U_r, self.b_r = (
            matrix(hidden_size, input_size),
            matrix(hidden_size, hidden_size),
            bias(hidden_size),
        )
        self.W_z, self.U_z, self.b_z = (
            matrix(hidden_size, input_size),
            matrix(hidden_size, hidden_size),
            bias(hidden_size),
        )
        self.W_n, self.U_n, self.b_n = (
            matrix(hidden_size, input_size),
            matrix(hidden_size, hidden_size),
            bias(hidden_size),
        )
        self.d_n = bias(hidden_size)

    def step(self, x: Tensor, state: State) -> State:
        (h,) = state
        r, z = self.gates(x, state).values()
        n = torch.tanh(x @ self.W_n.T + self.b_n + r * (h @ self.U_n.T + self.d_n))
        return ((1 - z) * n + z * h,)

    def gates(self, x: Tensor, state: State) -> dict[str, Tensor]:
        """r and z, each (B, H)."""
        (h,) = state
        return {
            "r": torch.sigmoid(x @ self.W_r.T + h @ self.U_r.T + self.b_r),
            "z": torch.sigmoid(x @ self.W_z.T + h @ self.U_z.T + self.b_z),
        }

    def copy_torch(self, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> None:
        (w_r, w_z, w_n), (u_r, u_z, u_n), (b_r, b_z, _) = (each.chunk(3) for each in (w_ih, w_hh, b_ih + b_hh))
        self.set({"W_r": w_r, "U_r": u_r, "b_r": b_r, "W_z": w_z, "U_z": u_z, "b_z": b_z})
        self.set({"W_n": w_n, "U_n": u_n, "b_n": b_ih.chunk(3)[2], "d_n": b_hh.chunk(3)[2]})
