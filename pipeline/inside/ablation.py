"""Where a network keeps a subject's number: its units silenced one at a time (after Lakretz et al. 2019).

Silenced means that a unit's hidden activation is zero at every step for whatever reads it: the recurrence of its own
layer, the layer above it, the output. (The LSTM's cell behind it runs on, and nothing sees it.) What is measured is
the margin, log p(right form) − log p(wrong form) after the same words; the normaliser of the softmax cancels, so that
it is a difference of two scores.

Units are chosen on one half of the items and reported on the other: the largest of hundreds of differences would
be large by chance alone on the items that it was chosen by.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipeline.agreement.probe import accuracy
from pipeline.corpus.vocabulary import EOS_ID
from pipeline.inside.items import NONE, RANDOM, TOGETHER, Ints, Items
from pipeline.models.recurrent import RecurrentNetwork

ITEMS_AT_ONCE = 256
Floats = NDArray[np.float64]
Unit = tuple[int, int]
"""Layer and number of a unit, both counted from 0."""


@dataclass(frozen=True)
class Ablation:
    """units: a row a unit, its falls in accuracy and in margin on either half, whether it was chosen; margins: the
    margins of every item of the reporting half with nothing silenced, each chosen unit, all of them together, and as
    many drawn at random together."""

    units: pd.DataFrame
    margins: pd.DataFrame


def ablate(
    network: RecurrentNetwork,
    items: Items,
    chosen: int,
    rng: np.random.Generator,
    seen: Callable[[int], None] = lambda count: None,
) -> Ablation:
    """Silences every unit of `network` in turn; names the `chosen` whose loss costs accuracy with attractors most.

    The first half of `items` chooses (by accuracy, then by margin), the second reports. `seen` is told of units.
    """
    units = [(layer, unit) for layer in range(network.shape.num_layers) for unit in range(network.shape.hidden_size)]
    prepared = _prepare(network, items)
    whole = _margins(network, prepared, len(items), ())
    without = np.empty((len(units), len(items)))
    for row, unit in enumerate(units):
        without[row] = _margins(network, prepared, len(items), [unit])
        seen(1)
    choosing = np.arange(len(items)) < len(items) // 2
    attracted = items.attractors > 0
    table = pd.DataFrame(units, columns=["layer", "unit"])
    for half, of_half in (("chosen_by", choosing), ("reported", ~choosing)):
        for name, kind in (("with", attracted), ("without", ~attracted)):
            of_kind = of_half & kind
            table[f"{half}_accuracy_{name}"] = _fall(_right(whole), _right(without), of_kind)
            table[f"{half}_margin_{name}"] = _fall(whole, without, of_kind)
    ranked = table.sort_values(["chosen_by_accuracy_with", "chosen_by_margin_with"], ascending=False, kind="stable")
    best = ranked.index[:chosen].to_numpy()
    table["rank"] = pd.Series(np.arange(1, len(best) + 1), index=best).reindex(table.index).fillna(0).astype(int)
    others = np.setdiff1d(np.arange(len(units)), best)
    drawn = rng.choice(others, min(len(best), len(others)), replace=False)
    silenced = {NONE: whole} | {unit_name(units[row]): without[row] for row in best}
    for name, rows in ((TOGETHER, best), (RANDOM, drawn)):
        silenced[name] = _margins(network, prepared, len(items), [units[row] for row in rows])
    reported = np.flatnonzero(~choosing)
    margins = [
        pd.DataFrame(
            {
                "silenced": name,
                "item": items.rows[reported],
                "attractors": items.attractors[reported],
                "margin": values[reported],
            }
        )
        for name, values in silenced.items()
    ]
    return Ablation(table, pd.concat(margins, ignore_index=True))


def unit_name(unit: Unit) -> str:
    """Counted from 0, the layer first: 0/17."""
    return f"{unit[0]}/{unit[1]}"


@contextmanager
def silenced(network: RecurrentNetwork, units: Sequence[Unit]) -> Iterator[None]:
    """Within the block nothing in the recurrent layers reads `units`; afterwards the weights are what they were."""
    columns = [(weight, unit) for layer, unit in units for weight in _readers(network, layer)]
    kept = [weight[:, unit].clone() for weight, unit in columns]
    try:
        for weight, unit in columns:
            weight[:, unit] = 0
        yield
    finally:
        for (weight, unit), values in zip(columns, kept, strict=True):
            weight[:, unit] = values


def _readers(network: RecurrentNetwork, layer: int) -> list[Tensor]:
    """The matrices by which the layer itself and the one above it read the hidden state of `layer`."""
    recurrent = network.recurrent
    if isinstance(recurrent, nn.RNNBase):
        names = [f"weight_hh_l{layer}"] + ([f"weight_ih_l{layer + 1}"] if layer + 1 < recurrent.num_layers else [])
        return [recurrent.get_parameter(name).data for name in names]
    own = [weight.data for name, weight in recurrent.cells[layer].named_parameters() if name.startswith("U")]
    if layer + 1 < len(recurrent.cells):
        own += [weight.data for name, weight in recurrent.cells[layer + 1].named_parameters() if name.startswith("W")]
    return own


@dataclass(frozen=True)
class _Batch:
    """Items (B,), their tokens (T, B) with `<eos>` first and after the end of the shorter ones, the place (B,) of each
    one's last token, and the ids (B,) of the two forms."""

    items: Ints
    tokens: Tensor
    last: Tensor
    good: Tensor
    bad: Tensor


def _prepare(network: RecurrentNetwork, items: Items) -> list[_Batch]:
    """The items from short to long, many in a batch: what stands after an item's end changes nothing before it."""
    device = network.device
    lengths = np.array([len(prefix) for prefix in items.prefixes], dtype=np.int64)
    order = np.argsort(lengths, kind="stable")
    prepared = []
    for begin in range(0, len(order), ITEMS_AT_ONCE):
        chosen = order[begin : begin + ITEMS_AT_ONCE]
        tokens = np.full((int(lengths[chosen].max()) + 1, len(chosen)), EOS_ID, dtype=np.int64)
        for column, item in enumerate(chosen.tolist()):
            tokens[1 : lengths[item] + 1, column] = items.prefixes[item]
        parts = (tokens, lengths[chosen], items.good[chosen], items.bad[chosen])
        of_batch = [torch.as_tensor(each, device=device) for each in parts]
        prepared.append(_Batch(chosen, *of_batch))
    return prepared


@torch.inference_mode()
def _margins(network: RecurrentNetwork, prepared: list[_Batch], count: int, units: Sequence[Unit]) -> Floats:
    """The margin (I,) of every item with `units` silenced."""
    margins = np.empty(count)
    top = [unit for layer, unit in units if layer == network.shape.num_layers - 1]
    with silenced(network, units):
        for batch in prepared:
            hidden, _ = network(batch.tokens, network.zero_state(len(batch.items)))
            last = hidden[batch.last, torch.arange(len(batch.items), device=hidden.device)]
            last[:, top] = 0  # not the output matrix: where it is tied it is the embedding too
            margins[batch.items] = _difference(network, last, batch.good, batch.bad).double().cpu().numpy()
    return margins


def _difference(network: RecurrentNetwork, hidden: Tensor, good: Tensor, bad: Tensor) -> Tensor:
    """log p(good) − log p(bad), (B,), after hidden states (B, H); without the other types' scores where that is
    possible."""
    output = network.output
    if isinstance(output, nn.Linear):
        rows = output.weight[good] - output.weight[bad]
        return (network.projection(hidden) * rows).sum(-1) + output.bias[good] - output.bias[bad]
    scores = network.logits(hidden)
    return (scores.gather(1, good[:, None]) - scores.gather(1, bad[:, None]))[:, 0]


def _right(margins: Floats) -> Floats:
    return accuracy(margins, np.zeros_like(margins))


def _fall(whole: Floats, without: Floats, items: NDArray[np.bool_]) -> Floats:
    """By how much the mean over `items` falls, by unit (U,); NaN where there is none."""
    if not items.any():
        return np.full(len(without), np.nan)
    return np.asarray(whole[items].mean() - without[:, items].mean(axis=1))
