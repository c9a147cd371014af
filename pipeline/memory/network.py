"""Networks of the memory tasks: one recurrent layer over real-valued inputs, and a linear readout."""

from typing import Literal

import torch
from torch import Tensor, nn

from pipeline.params.memory_tasks import MemoryNetworkName


class MemoryNetwork(nn.Module):
    """RNN with tanh, the same with ReLU from the identity (Le et al. 2015), GRU or LSTM; inputs (T, B, D)."""

    def __init__(self, name: MemoryNetworkName, inputs: int, hidden_size: int, outputs: int) -> None:
        super().__init__()
        self.name, self.hidden_size = name, hidden_size
        self.recurrent: nn.RNNBase
        if name == "gru":
            self.recurrent = nn.GRU(inputs, hidden_size)
        elif name == "lstm":
            self.recurrent = nn.LSTM(inputs, hidden_size)
        else:
            self.recurrent = nn.RNN(inputs, hidden_size, nonlinearity="tanh" if name == "rnn" else "relu")
        self.readout = nn.Linear(hidden_size, outputs)

    @torch.no_grad()
    def initialise(self, generator: torch.Generator) -> None:
        """Weights before training: recurrent matrices orthogonal (the IRNN's the identity), others uniform in
        ±1/√(fan-in), the IRNN's inputs normal with 0.001; biases zero."""
        for parameter in self.parameters():
            if parameter.dim() == 1:
                parameter.zero_()
            else:
                bound = parameter.shape[1] ** -0.5
                parameter.uniform_(-bound, bound, generator=generator)
        for gate in torch.split(self.recurrent.get_parameter("weight_hh_l0"), self.hidden_size):
            if self.name == "irnn":
                nn.init.eye_(gate)
            else:
                nn.init.orthogonal_(gate, generator=generator)
        if self.name == "irnn":
            self.recurrent.get_parameter("weight_ih_l0").normal_(0, 0.001, generator=generator)

    @torch.no_grad()
    def open_gates(self, bias: float | Literal["chrono"], reach: int, generator: torch.Generator) -> None:
        """Sets the bias of the gates that keep a state, the LSTM's forget gate and the GRU's update gate; networks
        without gates stay as they are.

        With chrono (Tallec and Ollivier 2018) it is log u, u uniform in [1, reach − 1], and the LSTM's input gate has
        −log u. A gate with bias b keeps a state for about 1 + exp(b) steps, so that units begin with time constants
        from two steps to `reach`, the steps that something has to be remembered.
        """
        if self.name not in ("gru", "lstm"):
            return
        biases = torch.split(self.recurrent.get_parameter("bias_ih_l0"), self.hidden_size)
        first, keeps = biases[0], biases[1]  # torch's order: the LSTM's i, f, g, o; the GRU's r, z, n
        if bias == "chrono":
            keeps.uniform_(1, max(reach - 1, 1), generator=generator).log_()
            if self.name == "lstm":
                first.copy_(-keeps)
        else:
            keeps.fill_(bias)

    def forward(self, inputs: Tensor, answers: int) -> Tensor:
        """Answers (S, B, O) at the last S = `answers` steps."""
        hidden = self.hidden(inputs)
        return self.readout(hidden[-answers:])

    def hidden(self, inputs: Tensor) -> Tensor:
        """Hidden states (T, B, H)."""
        states: Tensor = self.recurrent(inputs)[0]
        return states
