"""The Jacobian of one state with respect to an earlier one, by its largest singular value.

    ds_t/ds_{t−k} = J_t J_{t−1} … J_{t−k+1},    J_j = ds_j/ds_{j−1}

s_t is the whole of what one step hands to the next: h_t of every layer, and c_t beside it in an LSTM. In a plain RNN
of one layer J_t = diag(1 − h_t²) U (Pascanu et al. 2013, equation 5). The largest singular value is the most by which
the product can stretch a change of the state: where it falls towards nothing with k, every gradient vanishes.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.models.cells.cell import Cell
from pipeline.models.cells.layers import LayersByHand, cell_of
from pipeline.models.recurrent import RecurrentNetwork

TOLERANCE = 1e-3
"""Change of log10 of the largest singular value, from one round of power iteration to the next, at which it stops."""

Step = Callable[[Tensor, Tensor], Tensor]
"""The state (P, n) after inputs (P, D) from the state (P, n) before them, each row by itself."""


@dataclass(frozen=True)
class Walk:
    """P walks side by side: what was read, inputs (T, P, D), and the states (T + 1, P, n) it led through."""

    step: Step
    inputs: Tensor
    states: Tensor


def walk(step: Step, inputs: Tensor, state: Tensor) -> Walk:
    """From the state (P, n) along inputs (T, P, D)."""
    states = [state]
    with torch.no_grad():
        for x in inputs:
            states.append(step(x, states[-1]))
    return Walk(step, inputs, torch.stack(states))


def cells_by_hand(network: RecurrentNetwork) -> list[Cell]:
    """The layers of `network` as cells written by hand, with its weights."""
    layers = network.recurrent
    if not isinstance(layers, LayersByHand):
        shape = network.shape
        cell = cell_of(shape.architecture, "by_hand")
        fused, layers = layers, LayersByHand(cell, shape.embedding_dim, shape.hidden_size, shape.num_layers)
        layers = layers.to(network.embedding.weight)
        layers.copy_torch(fused)
    return [cell for cell in layers.cells if isinstance(cell, Cell)]


def network_walk(network: RecurrentNetwork, tokens: NDArray[np.int64]) -> Walk:
    """`network` along tokens (T, P) from a zero state, in float64; n = layers × hidden_size, twice that for an LSTM."""
    network = copy.deepcopy(network).double().eval()
    cells = cells_by_hand(network)
    parts = cells[0].states
    positions, hidden = tokens.shape[1], network.shape.hidden_size

    def step(x: Tensor, state: Tensor) -> Tensor:
        before = state.view(positions, len(cells), parts, hidden)
        after = []
        for layer, cell in enumerate(cells):
            own = cell.step(x, tuple(before[:, layer, part] for part in range(parts)))
            after.append(torch.stack(own, dim=1))
            x = own[0]
        return torch.stack(after, dim=1).reshape(positions, -1)

    device = network.device
    with torch.no_grad():
        inputs = network.embedding(torch.as_tensor(tokens, device=device))
    zero = torch.zeros(positions, len(cells) * parts * hidden, dtype=torch.float64, device=device)
    return walk(step, inputs, zero)


def largest_singular_values(
    path: Walk,
    pairs: Sequence[tuple[int, int]],
    exact_size: int,
    iterations: int,
    generator: torch.Generator,
) -> NDArray[np.float64]:
    """log10 of the largest singular value (C, P) of ds_end/ds_start for each of C pairs (start, end), start < end.

    Up to `exact_size` numbers a state the product is multiplied out and decomposed. Beyond that it is found by power
    iteration on JᵀJ, whose products with vectors come from forward and backward differentiation of each step: at
    most `iterations` rounds from a random vector of `generator` (on the CPU), each value then a lower bound, and
    within one round's change (`TOLERANCE`) of the next. A product that is zero gives -inf.
    """
    assert all(start < end for start, end in pairs)
    if path.states.shape[2] <= exact_size:
        return _exact(path, pairs)
    return _power_iteration(path, pairs, iterations, generator)


def lags(longest: int, count: int) -> list[int]:
    """At most `count` lags from 1 to `longest`, evenly spaced on a logarithmic axis."""
    return np.unique(np.geomspace(1, longest, count).round().astype(int)).tolist()


def _exact(path: Walk, pairs: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    _, positions, size = path.states.shape
    found = np.empty((len(pairs), positions))
    identity = torch.eye(size, dtype=path.states.dtype, device=path.states.device)
    for start in sorted({start for start, _ in pairs}):
        ends = {end: index for index, (begin, end) in enumerate(pairs) if begin == start}
        columns = identity[:, None, :].expand(size, positions, size).contiguous()  # column j of the product, by j
        scale = torch.zeros(positions, dtype=path.states.dtype, device=path.states.device)
        for time in range(start, max(ends)):
            columns = _push(path, time, columns)
            largest = columns.abs().amax(dim=(0, 2))  # divided out, or a long product would underflow
            columns = columns / largest.clamp(min=torch.finfo(columns.dtype).tiny)[None, :, None]
            scale = scale + largest.log10()
            if time + 1 in ends:
                norms = torch.linalg.matrix_norm(columns.permute(1, 2, 0), ord=2)
                found[ends[time + 1]] = (scale + norms.log10()).cpu().numpy()
    return found


def _power_iteration(
    path: Walk, pairs: Sequence[tuple[int, int]], iterations: int, generator: torch.Generator
) -> NDArray[np.float64]:
    _, positions, size = path.states.shape
    starts, ends = (torch.tensor(side, device=path.states.device) for side in zip(*pairs, strict=True))
    vectors = torch.randn(len(pairs), positions, size, dtype=path.states.dtype, generator=generator)
    vectors, _ = _normalised(vectors.to(path.states.device))
    found = torch.full(vectors.shape[:2], torch.inf).to(vectors)
    changing = torch.ones(len(pairs), dtype=torch.bool, device=vectors.device)  # pairs that have not settled yet
    for _ in range(iterations):
        before = found.clone()
        found[changing] = 0.0
        first, last = int(starts[changing].min()), int(ends[changing].max())
        times = [time for time in range(first, last) if bool((changing & (starts <= time) & (time < ends)).any())]
        for time in times:
            active = changing & (starts <= time) & (time < ends)
            vectors[active], growth = _normalised(_push(path, time, vectors[active]))
            found[active] += growth
        for time in reversed(times):
            active = changing & (starts <= time) & (time < ends)
            vectors[active], _ = _normalised(_pull(path, time, vectors[active]))
        settled = found.isinf() | ((found - before).abs() < TOLERANCE)
        changing &= ~settled.all(dim=1)
        if not bool(changing.any()):
            break
    return found.cpu().numpy()


def _push(path: Walk, time: int, vectors: Tensor) -> Tensor:
    """J v for vectors (C, P, n), of the step from `time` to the next: forward differentiation."""

    def product(vector: Tensor) -> Tensor:
        after: Tensor = torch.func.jvp(lambda state: path.step(path.inputs[time], state), at, (vector,))[1]
        return after

    at = (path.states[time],)
    with torch.no_grad():
        pushed: Tensor = torch.func.vmap(product)(vectors)
    return pushed


def _pull(path: Walk, time: int, vectors: Tensor) -> Tensor:
    """Jᵀ u for vectors (C, P, n), of the same step: backward differentiation."""
    product = torch.func.vjp(lambda state: path.step(path.inputs[time], state), path.states[time])[1]
    pulled: Tensor = torch.func.vmap(lambda vector: product(vector)[0])(vectors)
    return pulled.detach()


def _normalised(vectors: Tensor) -> tuple[Tensor, Tensor]:
    """Vectors (C, P, n) of length one, and log10 of the length (C, P) each had."""
    lengths = torch.linalg.vector_norm(vectors, dim=2)
    return vectors / lengths.clamp(min=torch.finfo(vectors.dtype).tiny)[..., None], lengths.log10()
