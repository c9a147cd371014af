"""The gated recurrent unit (Cho et al. 2014), as the textbooks write it.

    z_t = σ(W_z x_t + U_z h_{t−1} + b_z)                 how much of the state to replace
    r_t = σ(W_r x_t + U_r h_{t−1} + b_r)                 how much of it the candidate sees
    h̃_t = tanh(W_h x_t + U_h (r_t ⊙ h_{t−1}) + b_h)      the candidate: reset before the product
    h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ h̃_t

x_t (B, D), h_t (B, H); each W (H, D), each U (H, H), each b (H,). `torch_gru.py` has torch's form.
"""

import torch
from torch import Tensor

from pipeline.models.cells.cell import Cell, State, bias, matrix


class GRU(Cell):
    states = 1

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.W_z, self.U_z, self.b_z = (
            matrix(hidden_size, input_size),
            matrix(hidden_size, hidden_size),
            bias(hidden_size),
        )
        self.W_r, self.U_r, self.b_r = (
            matrix(hidden_size, input_size),
            matrix(hidden_size, hidden_size),
            bias(hidden_size),
        )
        self.W_h, self.U_h, self.b_h = (
            matrix(hidden_size, input_size),
            matrix(hidden_size, hidden_size),
            bias(hidden_size),
        )

    def step(self, x: Tensor, state: State) -> State:
        (h,) = state
        z, r = self.gates(x, state).values()
        candidate = torch.tanh(x @ self.W_h.T + (r * h) @ self.U_h.T + self.b_h)
        return ((1 - z) * h + z * candidate,)

    def gates(self, x: Tensor, state: State) -> dict[str, Tensor]:
        """z and r, each (B, H)."""
        (h,) = state
        return {
            "z": torch.sigmoid(x @ self.W_z.T + h @ self.U_z.T + self.b_z),
            "r": torch.sigmoid(x @ self.W_r.T + h @ self.U_r.T + self.b_r),
        }

    def copy_torch(self, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> None:
        """Torch's update gate says how much to keep, so that its weights change sign here. Its reset comes after the
        product with U_h, so that the two differ wherever r is not one number for all units."""
        (w_r, w_z, w_h), (u_r, u_z, u_h), (b_r, b_z, b_h) = (each.chunk(3) for each in (w_ih, w_hh, b_ih + b_hh))
        self.set({"W_z": -w_z, "U_z": -u_z, "b_z": -b_z, "W_r": w_r, "U_r": u_r, "b_r": b_r})
        self.set({"W_h": w_h, "U_h": u_h, "b_h": b_h})
