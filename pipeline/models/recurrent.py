"""A recurrent language model: embedding, recurrent layers, output over the vocabulary.

    x_t = E[w_t]                    embedding (V, D)
    h_t = cell(x_t, h_{t-1})        tanh RNN (Elman 1990), LSTM (Hochreiter and Schmidhuber 1997, with forget
                                    gates), GRU (Cho et al. 2014); see `cells/` for their equations
    p(w_{t+1} | w_1..w_t) = softmax(O P h_t + b)

O is E itself when the output is tied (Press and Wolf 2017; Inan et al. 2017); P (D, H) brings a hidden state to
the embedding's width and is left out where D = H. With `cutoffs` the softmax is adaptive (Grave et al. 2017): frequent
types and a class for each cluster of rarer ones first, then the types of a cluster, in fewer dimensions. Time comes
first: tokens (T, B), hidden states (T, B, H).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipeline.models.cells.layers import Implementation, LayersByHand, cell_of
from pipeline.models.dropout import DropoutMasks

FUSED: dict[str, Callable[[int, int, int], nn.RNNBase]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}

# (h,) for RNN and GRU, (h, c) for the LSTM; each (num_layers, B, H)
State = tuple[Tensor, ...]

RecurrentWeights = Literal["orthogonal", "uniform", "identity"]
InputWeights = Literal["uniform", "xavier"]


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
    cutoffs: tuple[int, ...] = ()  # of an adaptive softmax: the first type of each cluster; none: a full one

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
        self.output: nn.Linear | nn.AdaptiveLogSoftmaxWithLoss
        if shape.cutoffs:
            self.output = nn.AdaptiveLogSoftmaxWithLoss(width, shape.vocabulary_size, list(shape.cutoffs))
        else:
            self.output = nn.Linear(width, shape.vocabulary_size)
            if shape.tied:
                self.output.weight = self.embedding.weight

    @property
    def device(self) -> torch.device:
        return self.embedding.weight.device

    @torch.no_grad()
    def initialise(
        self,
        generator: torch.Generator,
        embedding_range: float,
        forget_bias: float,
        recurrent_weights: RecurrentWeights = "orthogonal",
        input_weights: InputWeights = "uniform",
    ) -> None:
        """Random weights before training, drawn from `generator` on the CPU.

        Matrices are uniform in ±1/√(fan-in); those of the layers' inputs on request in ±√(6/(fan-in + fan-out))
        (Glorot and Bengio 2010). Recurrent ones are, gate by gate, orthogonal (Saxe et al. 2014), uniform, or the
        identity (Le et al. 2015). The embedding is uniform in ±`embedding_range`, biases are zero but the LSTM's
        forget gate (Jozefowicz et al. 2015): torch adds two bias vectors, and `forget_bias` is their sum. Cells by
        hand begin with the same weights as torch's.
        """
        fused = self.recurrent if isinstance(self.recurrent, nn.RNNBase) else _fused(self.shape)
        self.embedding.weight.uniform_(-embedding_range, embedding_range, generator=generator)
        for name, parameter in fused.named_parameters():
            if parameter.dim() == 1:
                parameter.zero_()
            elif "weight_hh" in name:
                _recurrent(parameter, recurrent_weights, generator)
            elif input_weights == "xavier":
                for gate in torch.split(parameter, self.shape.hidden_size):
                    nn.init.xavier_uniform_(gate, generator=generator)
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
        if isinstance(self.output, nn.AdaptiveLogSoftmaxWithLoss):
            for matrix in self.output.parameters():
                _uniform(matrix, generator)
            return
        if not self.shape.tied:
            _uniform(self.output.weight, generator)
        self.output.bias.zero_()

    def zero_state(self, batch_size: int) -> State:
        zeros = torch.zeros(self.shape.num_layers, batch_size, self.shape.hidden_size, device=self.device)
        return (zeros, zeros.clone()) if self.shape.architecture == "lstm" else (zeros,)

    def forward(self, tokens: Tensor, state: State, masks: DropoutMasks | None = None) -> tuple[Tensor, State]:
        """Hidden states (T, B, H) of the last layer after each of tokens (T, B), and the state after the last.

        With `masks`, as in training, all is dropped that they drop but the hidden states themselves: a penalty may
        need them whole.
        """
        inputs = self.embedding(tokens)
        if masks is None:
            if isinstance(self.recurrent, nn.RNNBase):
                return _run_all_layers(self.recurrent, inputs, state)
            return self._run_layers(inputs, state, None)
        inputs = masks.drop_types(inputs, tokens, self.shape.vocabulary_size)
        inputs = masks.drop(inputs, masks.rates.input)
        if isinstance(self.recurrent, nn.RNNBase) and self.shape.num_layers == 1 and masks.rates.weights == 0:
            return _run_all_layers(self.recurrent, inputs, state)
        return self._run_layers(inputs, state, masks)

    def _run_layers(self, inputs: Tensor, state: State, masks: DropoutMasks | None) -> tuple[Tensor, State]:
        """One layer after the other, so that the dropout between them comes from our generator."""
        last: list[State] = []
        for layer in range(self.shape.num_layers):
            before = tuple(part[layer : layer + 1].contiguous() for part in state)
            if isinstance(self.recurrent, LayersByHand):
                inputs, after = self.recurrent.run(layer, inputs, before, masks)
            else:
                inputs, after = _run_one_layer(self.recurrent, layer, inputs, before, masks)
            last.append(after)
            if masks is not None and layer + 1 < self.shape.num_layers:
                inputs = masks.drop(inputs, masks.rates.between)
        return inputs, tuple(torch.cat(parts) for parts in zip(*last, strict=True))

    def logits(self, hidden: Tensor, bf16: bool = False) -> Tensor:
        """Scores (..., V) in float32 for hidden states (..., H), whose softmax is p; log p itself where the softmax is
        adaptive. The product with a full output matrix is taken in bfloat16 on request."""
        projected = self.projection(hidden)
        if isinstance(self.output, nn.AdaptiveLogSoftmaxWithLoss):
            rows: Tensor = self.output.log_prob(projected.reshape(-1, projected.shape[-1]))
            return rows.view(*projected.shape[:-1], -1)
        if not bf16:
            return F.linear(projected, self.output.weight, self.output.bias)
        weight, bias = self.output.weight.bfloat16(), self.output.bias.bfloat16()
        return F.linear(projected.bfloat16(), weight, bias).float()


def _fused(shape: Shape) -> nn.RNNBase:
    return FUSED[shape.architecture](shape.embedding_dim, shape.hidden_size, shape.num_layers)


def _recurrent(stacked: Tensor, kind: RecurrentWeights, generator: torch.Generator) -> None:
    """The square matrices of all gates (gates · H, H)."""
    for gate in torch.split(stacked, stacked.shape[1]):
        if kind == "orthogonal":
            nn.init.orthogonal_(gate, generator=generator)
        elif kind == "identity":
            nn.init.eye_(gate)
        else:
            _uniform(gate, generator)


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


def _run_one_layer(
    recurrent: nn.RNNBase, layer: int, inputs: Tensor, state: State, masks: DropoutMasks | None
) -> tuple[Tensor, State]:
    """Layer `layer` of `recurrent` alone, by torch's own fused kernel, which takes a dropped matrix like any other."""
    weights = [getattr(recurrent, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    if masks is not None:
        weights[1] = masks.drop_weights(weights[1])
    rest = (True, 1, 0.0, recurrent.training, False, False)  # biases, layers, dropout, training, directions, time first
    if isinstance(recurrent, nn.LSTM):
        hidden, h, c = torch.lstm(inputs, list(state), weights, *rest)
        return hidden, (h, c)
    kernel = torch.gru if isinstance(recurrent, nn.GRU) else torch.rnn_tanh
    hidden, h = kernel(inputs, state[0], weights, *rest)
    return hidden, (h,)


def detach(state: State) -> State:
    """The same numbers without their history: truncated backpropagation through time stops here."""
    return tuple(part.detach() for part in state)
