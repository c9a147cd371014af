"""A trained network in plain NumPy, as a reader would write it: the equations of `models/cells`, one token at a time.

x (D,), h and c (H,) of each layer; each W (H, D), each U (H, H). All in float64.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
State = list[tuple[Floats, ...]]
"""For each layer (h,), or (h, c) of the LSTM."""

GATES = {"rnn": ("",), "gru": ("r", "z", "n"), "lstm": ("i", "f", "g", "o")}
"""In the order in which torch stacks them."""


def sigmoid(a: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-a)))


@dataclass(frozen=True)
class PlainNetwork:
    """`shape` and `weights` are those of shape.json and best.safetensors."""

    shape: Mapping[str, Any]
    weights: Mapping[str, NDArray[np.float32]]

    @property
    def architecture(self) -> str:
        return str(self.shape["architecture"])

    @property
    def layers(self) -> int:
        return int(self.shape["num_layers"])

    @property
    def full_softmax(self) -> bool:
        """Whether every type has its own row of scores, as no adaptive softmax has."""
        return not self.shape.get("cutoffs")

    def tensor(self, name: str) -> Floats:
        return np.asarray(self.weights[name], dtype=np.float64)

    def start(self) -> State:
        zeros = np.zeros(int(self.shape["hidden_size"]))
        return [(zeros,) * (2 if self.architecture == "lstm" else 1)] * self.layers

    def input(self, token: int) -> Floats:
        """x (D,) of the first layer."""
        return np.asarray(self.weights["embedding.weight"][token], dtype=np.float64)

    def read(self, token: int, state: State) -> State:
        """The state after `token`."""
        x, after = self.input(token), []
        for layer, before in enumerate(state):
            after.append(self.step(layer, x, before))
            x = after[-1][0]
        return after

    def step(self, layer: int, x: Floats, before: tuple[Floats, ...]) -> tuple[Floats, ...]:
        """The state of one layer after x, from the one before."""
        h = before[0]
        if self.architecture == "rnn":
            return (np.tanh(self.from_input(layer, "", x) + self.from_state(layer, "", h)),)
        if self.architecture == "gru":
            return (self._gru(layer, x, h),)
        i, f, g, o = (self.from_input(layer, gate, x) + self.from_state(layer, gate, h) for gate in GATES["lstm"])
        c = sigmoid(f) * before[1] + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c

    def _gru(self, layer: int, x: Floats, h: Floats) -> Floats:
        r, z = (sigmoid(self.from_input(layer, gate, x) + self.from_state(layer, gate, h)) for gate in ("r", "z"))
        if self.shape["implementation"] == "textbook":  # reset before the product; z says how much is replaced
            candidate = np.tanh(self.from_input(layer, "h", x) + self.from_state(layer, "h", r * h))
            return (1 - z) * h + z * candidate
        n = np.tanh(self.from_input(layer, "n", x) + r * self.from_state(layer, "n", h))
        return (1 - z) * n + z * h

    def from_input(self, layer: int, gate: str, x: Floats) -> Floats:
        """W x + b of a gate."""
        w, b, _, _ = self._gate(layer, gate)
        return w @ x + b

    def from_state(self, layer: int, gate: str, h: Floats) -> Floats:
        """U h of a gate, with the second bias where the cell has one."""
        _, _, u, d = self._gate(layer, gate)
        return u @ h + d

    def recurrent_matrix(self, layer: int, gate: str = "") -> Floats:
        """U (H, H) of a gate."""
        return self._gate(layer, gate)[2]

    def _gate(self, layer: int, gate: str) -> tuple[Floats, Floats, Floats, Floats | float]:
        """W, its bias, U and its bias."""
        key = (layer, gate)
        if key not in self._gates:
            self._gates[key] = self._read_gate(layer, gate)
        return self._gates[key]

    @cached_property
    def _gates(self) -> dict[tuple[int, str], tuple[Floats, Floats, Floats, Floats | float]]:
        return {}

    def _read_gate(self, layer: int, gate: str) -> tuple[Floats, Floats, Floats, Floats | float]:
        if self.shape["implementation"] == "torch":
            hidden, place = int(self.shape["hidden_size"]), GATES[self.architecture].index(gate)
            rows = slice(place * hidden, (place + 1) * hidden)
            w, u, b, d = (
                self.tensor(f"recurrent.{name}_l{layer}")[rows]
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            )
            return w, b, u, d
        name = f"_{gate}" if gate else ""
        w, u, b = (self.tensor(f"recurrent.cells.{layer}.{part}{name}") for part in "WUb")
        second = f"recurrent.cells.{layer}.d{name}"
        return w, b, u, self.tensor(second) if second in self.weights else 0.0

    @cached_property
    def output(self) -> tuple[Floats, Floats]:
        """O P (V, H) and its bias (V,), for a full softmax: log p is the log softmax of O P h + b."""
        tied = "embedding.weight" if self.shape["tied"] else "output.weight"
        matrix, bias = self.tensor(tied), self.tensor("output.bias")
        if "projection.weight" in self.weights:
            bias = bias + matrix @ self.tensor("projection.bias")
            matrix = matrix @ self.tensor("projection.weight")
        return matrix, bias

    def log_probs(self, h: Floats) -> Floats:
        """Natural-log probabilities (V,) of the next token after the last layer's h."""
        matrix, bias = self.output
        scores = matrix @ h + bias
        scores = scores - scores.max()
        return np.asarray(scores - np.log(np.exp(scores).sum()))

    def trace(self, tokens: Sequence[int]) -> list[State]:
        """The states after each of `tokens`, from zero."""
        state, states = self.start(), []
        for token in tokens:
            state = self.read(int(token), state)
            states.append(state)
        return states
