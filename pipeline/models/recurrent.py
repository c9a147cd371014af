"""A recurrent language model: embedding, recurrent layers, output over the vocabulary.

    x_t = E[w_t]                    embedding (V, D)
    h_t = cell(x_t, h_{t-1})        tanh RNN (Elman 1990), LSTM (Hochreiter and Schmidhuber 1997, with forget
                                    gates), GRU (Cho et al. 2014); see `cells/` for their equations
    p(w_{t+1} | w_1..w_t) = softmax(O P h_t + b)

O is E itself when the output is tied (Press and Wolf 2017; Inan et al. 2017); P (D, H) brings a hidden state to
the embedding's width and is left out where D = H. Time comes first: tokens (T, B), hidden states (T, B, H).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipeline.models.cells.layers import Implementation, LayersByHand, cell_of

FUSED: dict[str, Callable[[int, int, int], nn.RNNBase]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}

# (h,) for RNN and GRU, (h, c) for the LSTM; each (num_layers, B, H)
State = tuple[Tensor, ...]


@dataclass(frozen=True)
class Shape:
    """What it takes to build the network again and load its weights."""

    architecture: str
    vocabulary_size: int
    embedding_dim: int
    hidden_size: int
    num_layers: int
    tied: bool
    frozen: bool  # the embedding is not trained
    implementation: Implementation = "torch"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class RecurrentNetwork(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.embedding_dim if shape.tied else shape.hidden_size
        self.embedding = nn.Embedding(shape.vocabulary_size, shape.embedding_dim)
        self.embedding.weight.requires_grad_(not shape.frozen)
        self.recurrent: nn.RNNBase | LayersByHand
        if shape.implementation == "torch":
            self.recurrent = _fused(shape)
        else:
            cell = cell_of(shape.architecture, shape.implementation)
            self.recurrent = LayersByHand(cell, shape.embedding_dim, shape.hidden_size, shape.num_layers)
        self.projection = nn.Linear(shape.hidden_size, width) if width != shape.hidden_size else nn.Identity()
        self.output = nn.Linear(width, shape.vocabulary_size)
        if shape.tied:
            self.output.weight = self.embedding.weight

    @torch.no_grad()
    def initialise(self, generator: torch.Generator, embedding_range: float, forget_bias: float) -> None:
        """Random weights before training, drawn from `generator` on the CPU.

        Matrices are uniform in ±1/√(fan-in), recurrent ones orthogonal (Saxe et al. 2014), the embedding uniform in
        ±`embedding_range`, biases zero but the LSTM's forget gate (Jozefowicz et al. 2015): torch adds two bias
        vectors, and `forget_bias` is their sum. Cells by hand begin with the same weights as torch's.
        """
        fused = self.recurrent if isinstance(self.recurrent, nn.RNNBase) else _fused(self.shape)
        self.embedding.weight.uniform_(-embedding_range, embedding_range, generator=generator)
        for name, parameter in fused.named_parameters():
            if parameter.dim() == 1:
                parameter.zero_()
            elif "weight_hh" in name:
                for gate in torch.split(parameter, self.shape.hidden_size):
                    nn.init.orthogonal_(gate, generator=generator)
            else:
                _uniform(parameter, generator)
        if self.shape.architecture == "lstm":
            for layer in range(self.shape.num_layers):
                bias = getattr(fused, f"bias_ih_l{layer}")
                bias[self.shape.hidden_size : 2 * self.shape.hidden_size] = forget_bias  # torch's order: i, f, g, o
        if isinstance(self.recurrent, LayersByHand):
            self.recurrent.copy_torch(fused)
        if isinstance(self.projection, nn.Linear):
            _uniform(self.projection.weight, generator)
            self.projection.bias.zero_()
        if not self.shape.tied:
            _uniform(self.output.weight, generator)
        self.output.bias.zero_()

    def zero_state(self, batch_size: int) -> State:
        device = self.output.bias.device
        zeros = torch.zeros(self.shape.num_layers, batch_size, self.shape.hidden_size, device=device)
        return (zeros, zeros.clone()) if self.shape.architecture == "lstm" else (zeros,)

    def forward(self, tokens: Tensor, state: State, masks: "DropoutMasks | None" = None) -> tuple[Tensor, State]:
        """Hidden states (T, B, H) of the last layer after each of tokens (T, B), and the state after the last."""
        inputs = self.embedding(tokens)
        if masks is not None:
            inputs = masks.drop(inputs)
        if isinstance(self.recurrent, nn.RNNBase) and (masks is None or self.shape.num_layers == 1):
            hidden, state = _run_all_layers(self.recurrent, inputs, state)
        else:
            hidden, state = self._run_layers(inputs, state, masks)
        return hidden if masks is None else masks.drop(hidden), state

    def _run_layers(self, inputs: Tensor, state: State, masks: "DropoutMasks | None") -> tuple[Tensor, State]:
        """One layer after the other, so that the dropout between them comes from our generator."""
        last: list[State] = []
        for layer in range(self.shape.num_layers):
            before = tuple(part[layer : layer + 1].contiguous() for part in state)
            if isinstance(self.recurrent, LayersByHand):
                inputs, after = self.recurrent.run(layer, inputs, before)
            else:
                inputs, after = _run_one_layer(self.recurrent, layer, inputs, before)
            last.append(after)
            if masks is not None and layer + 1 < self.shape.num_layers:
                inputs = masks.drop(inputs)
        return inputs, tuple(torch.cat(parts) for parts in zip(*last, strict=True))

    def logits(self, hidden: Tensor, bf16: bool = False) -> Tensor:
        """Scores (..., V) in float32 for hidden states (..., H); the product itself in bfloat16 on request."""
        projected = self.projection(hidden)
        if not bf16:
            return F.linear(projected, self.output.weight, self.output.bias)
        weight, bias = self.output.weight.bfloat16(), self.output.bias.bfloat16()
        return F.linear(projected.bfloat16(), weight, bias).float()


def _fused(shape: Shape) -> nn.RNNBase:
    return FUSED[shape.architecture](shape.embedding_dim, shape.hidden_size, shape.num_layers)


def _uniform(matrix: Tensor, generator: torch.Generator) -> None:
    """In ±1/√(fan-in)."""
    bound = matrix.shape[1] ** -0.5
    matrix.uniform_(-bound, bound, generator=generator)


def _run_all_layers(recurrent: nn.RNNBase, inputs: Tensor, state: State) -> tuple[Tensor, State]:
    if isinstance(recurrent, nn.LSTM):
        hidden, (h, c) = recurrent(inputs, (state[0], state[1]))
        return hidden, (h, c)
    hidden, h = recurrent(inputs, state[0])
    return hidden, (h,)


def _run_one_layer(recurrent: nn.RNNBase, layer: int, inputs: Tensor, state: State) -> tuple[Tensor, State]:
    """Layer `layer` of `recurrent` alone, by torch's own fused kernel."""
    weights = [getattr(recurrent, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    rest = (True, 1, 0.0, recurrent.training, False, False)  # biases, layers, dropout, training, directions, time first
    if isinstance(recurrent, nn.LSTM):
        hidden, h, c = torch.lstm(inputs, list(state), weights, *rest)
        return hidden, (h, c)
    kernel = torch.gru if isinstance(recurrent, nn.GRU) else torch.rnn_tanh
    hidden, h = kernel(inputs, state[0], weights, *rest)
    return hidden, (h,)


class DropoutMasks:
    """Dropout (Srivastava et al. 2014) whose masks come from an explicit generator, so that a run can be resumed."""

    def __init__(self, probability: float, generator: torch.Generator) -> None:
        self.probability, self.generator = probability, generator

    def drop(self, values: Tensor) -> Tensor:
        if self.probability == 0:
            return values
        keep = 1 - self.probability
        return values * torch.empty_like(values).bernoulli_(keep, generator=self.generator).div_(keep)


def detach(state: State) -> State:
    """The same numbers without their history: truncated backpropagation through time stops here."""
    return tuple(part.detach() for part in state)
