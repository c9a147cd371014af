"""Layers of cells written by hand, to stand where torch's fused ones do."""

from collections.abc import Callable, Mapping
from typing import Literal

from torch import Tensor, nn
from torch.func import functional_call

from pipeline.models.cells.cell import Cell, State
from pipeline.models.cells.elman import Elman
from pipeline.models.cells.gru import GRU
from pipeline.models.cells.lstm import LSTM
from pipeline.models.cells.torch_gru import TorchGRU
from pipeline.models.dropout import DropoutMasks

Implementation = Literal["torch", "by_hand", "textbook"]
"""torch's fused kernels; the same equations by hand; or by hand with the textbooks' GRU in place of torch's."""

NewCell = Callable[[int, int], Cell]
BY_HAND: Mapping[str, NewCell] = {"rnn": Elman, "gru": TorchGRU, "lstm": LSTM}


def cell_of(architecture: str, implementation: Implementation) -> NewCell:
    return GRU if (architecture, implementation) == ("gru", "textbook") else BY_HAND[architecture]


class LayersByHand(nn.Module):
    def __init__(self, cell: NewCell, input_size: int, hidden_size: int, num_layers: int) -> None:
        super().__init__()
        self.cells = nn.ModuleList(
            cell(hidden_size if layer else input_size, hidden_size) for layer in range(num_layers)
        )

    def run(self, layer: int, inputs: Tensor, state: State, masks: DropoutMasks | None = None) -> tuple[Tensor, State]:
        """Hidden states (T, B, H) of one layer from inputs (T, B, D), and its last state; each part (1, B, H)."""
        cell = self.cells[layer]
        recurrent = {name: weight for name, weight in cell.named_parameters() if name.startswith("U")}
        dropped = {} if masks is None else {name: masks.drop_weights(weight) for name, weight in recurrent.items()}
        hidden, after = functional_call(cell, dropped, (inputs, tuple(part[0] for part in state)))
        return hidden, tuple(part[None] for part in after)

    def copy_torch(self, fused: nn.RNNBase) -> None:
        """Takes over the weights of torch's module of the same shape."""
        for layer, cell in enumerate(self.cells):
            assert isinstance(cell, Cell)
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            cell.copy_torch(*(getattr(fused, f"{name}_l{layer}") for name in names))
