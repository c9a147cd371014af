"""Skip-gram with negative sampling (Mikolov et al. 2013a, 2013b), as matrix products over blocks of text.

For a centre word c, a word o within its window and noise words n drawn from P(n) ∝ count(n)^noise_power,

    J = -log σ(u_o · v_c) - Σ_n log σ(-u_n · v_c)                     (Mikolov et al. 2013b, equation 4)

with input vectors v, output vectors u. The gradient of a score s is σ(s) - 1 for a word that was seen and σ(s) for
noise, so both are written down in closed form and no tape is kept.

Deviation: `SHARED_NOISE` noise words are drawn for a block of `BLOCK` neighbouring centres instead of `negatives`
for each pair, and weighted so that every pair still counts `negatives` of them in expectation (Ji et al. 2016).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.language_model import Tokens
from pipeline.params import Skipgram
from pipeline.progress import progress

BLOCK = 32  # centres that share their context rows and their noise words
SHARED_NOISE = 64  # noise words of a block
BLOCKS_PER_STEP = 32  # blocks whose updates are summed
ROWS_PER_STEP = 8.0  # summed updates of one word beyond these are scaled down, or frequent words overshoot


@dataclass(frozen=True)
class Vectors:
    """Input vectors (V, D) in float32, and the mean loss per pair of each epoch in nats."""

    vectors: NDArray[np.float32]
    losses: list[float]


@dataclass(frozen=True)
class Block:
    """One step of S blocks: words (S, BLOCK + 2 window) around and among the centres; -1 beyond the text."""

    words: NDArray[np.int64]
    lines: NDArray[np.int64]  # the line of each word; a window never leaves its line
    reach: NDArray[np.int64]  # (S, BLOCK) the dynamic window of each centre, 1 to window; 0 beyond the text


def train_skipgram(
    tokens: Tokens, vocabulary_size: int, dim: int, settings: Skipgram, seed: int, device: torch.device
) -> Vectors:
    """Vectors of all types from a token stream (N,) whose lines end in `<eos>`.

    `<eos>` is no word here: windows end with their line, and its vector stays as it began. Raises UserError when
    no two words share a line, so that there is nothing to learn from.
    """
    stream = np.asarray(tokens).astype(np.int64)
    lines = np.cumsum(stream == EOS_ID)
    words, lines = stream[stream != EOS_ID], lines[stream != EOS_ID]
    if len(words) < 2 or not np.any(lines[1:] == lines[:-1]):
        raise UserError("embeddings: no line of the text has two words, so no word has a context. Bring longer lines.")
    counts = np.bincount(words, minlength=vocabulary_size)
    keep = keep_probability(counts, settings.subsample)
    noise = noise_distribution(counts, settings.noise_power)
    rng = np.random.default_rng(seed)
    inputs = torch.from_numpy(((rng.random((vocabulary_size, dim)) - 0.5) / dim).astype(np.float32)).to(device)
    outputs = torch.zeros(vocabulary_size, dim, device=device)
    damping = torch.from_numpy(_damping(counts * keep, noise, settings.window)).to(device)
    losses = []
    with progress("embeddings", settings.epochs * len(words), "words") as bar:
        for epoch in range(settings.epochs):
            kept = rng.random(len(words)) < keep[words]
            total, pairs = torch.zeros((), dtype=torch.float64, device=device), 0.0
            steps = list(blocks(words[kept], lines[kept], settings.window, rng))
            drawn = rng.choice(vocabulary_size, size=(len(steps), BLOCKS_PER_STEP, SHARED_NOISE), p=noise)
            for number, step in enumerate(steps):
                done = (epoch + number / len(steps)) / settings.epochs
                rate = settings.learning_rate * max(1 - done, 1e-4)
                negatives = torch.from_numpy(drawn[number, : len(step.words)]).to(device)
                loss, weight = update(inputs, outputs, damping, step, negatives, settings, rate)
                total += loss
                pairs += weight
                share = (number + 1) * len(words) // len(steps) - number * len(words) // len(steps)
                bar.advance(share, **({"loss": float(total) / max(pairs, 1.0)} if number % 50 == 0 else {}))
            losses.append(float(total) / max(pairs, 1.0))
    return Vectors(inputs.cpu().numpy(), losses)


def keep_probability(counts: NDArray[np.int64], subsample: float) -> NDArray[np.float64]:
    """The probability (V,) that an occurrence of each word is kept: √(t/f) + t/f, at most 1, as word2vec does."""
    frequency = np.maximum(counts, 1) / max(counts.sum(), 1)
    ratio: NDArray[np.float64] = subsample / frequency
    return np.minimum(1.0, np.sqrt(ratio) + ratio)


def noise_distribution(counts: NDArray[np.int64], power: float) -> NDArray[np.float64]:
    """P(n) ∝ count(n)^power (V,); a word that never occurs is never noise."""
    weights = np.where(counts > 0, np.maximum(counts, 1).astype(np.float64) ** power, 0.0)
    return weights / weights.sum()


def _damping(kept: NDArray[np.float64], noise: NDArray[np.float64], window: int) -> NDArray[np.float32]:
    """(2, V): what the summed update of a word's input and output vector is multiplied with.

    A step sums the updates of every row in which a word stands; where that is expected to be more than
    `ROWS_PER_STEP` rows, the sum would overshoot what one row after the other does.
    """
    share = kept / max(kept.sum(), 1e-12)
    rows = np.stack(
        [
            BLOCKS_PER_STEP * BLOCK * share,
            BLOCKS_PER_STEP * ((BLOCK + 2 * window) * share + SHARED_NOISE * noise),
        ]
    )
    return (ROWS_PER_STEP / np.maximum(rows, ROWS_PER_STEP)).astype(np.float32)


def blocks(
    words: NDArray[np.int64], lines: NDArray[np.int64], window: int, rng: np.random.Generator
) -> Iterator[Block]:
    """The kept text as steps of shuffled blocks; every word is a centre once."""
    count = -(-len(words) // BLOCK)
    padded = np.full(count * BLOCK + 2 * window, -1)
    padded_lines = padded.copy()
    padded[window : window + len(words)] = words
    padded_lines[window : window + len(words)] = lines
    reach = np.zeros(count * BLOCK, dtype=np.int64)
    reach[: len(words)] = rng.integers(1, window + 1, size=len(words))
    starts = rng.permutation(count) * BLOCK
    span = np.arange(BLOCK + 2 * window)
    for begin in range(0, count, BLOCKS_PER_STEP):
        chosen = starts[begin : begin + BLOCKS_PER_STEP, None]
        yield Block(padded[chosen + span], padded_lines[chosen + span], reach[chosen + np.arange(BLOCK)])


def update(
    inputs: Tensor,
    outputs: Tensor,
    damping: Tensor,
    step: Block,
    negatives: Tensor,
    settings: Skipgram,
    rate: float,
) -> tuple[Tensor, float]:
    """One step of gradient descent on S blocks, in place; negatives (S, SHARED_NOISE).

    Returns the summed loss in nats and the number of pairs.
    """
    window, device = settings.window, inputs.device
    words = torch.from_numpy(step.words).to(device).clamp_(min=0)  # -1 is masked below
    mask = torch.from_numpy(window_mask(step, window)).to(device)
    centres = words[:, window : window + BLOCK]
    v, u, noise = inputs[centres], outputs[words], outputs[negatives]
    weight = mask.sum(-1, keepdim=True) * (settings.negatives / negatives.shape[1])
    seen, unseen = torch.bmm(v, u.mT), torch.bmm(v, noise.mT)
    loss = (mask * torch.nn.functional.softplus(-seen)).sum(dtype=torch.float64)
    loss += (weight * torch.nn.functional.softplus(unseen)).sum(dtype=torch.float64)
    seen.sigmoid_().sub_(1).mul_(mask)
    unseen.sigmoid_().mul_(weight)
    dv = torch.bmm(seen, u) + torch.bmm(unseen, noise)
    _descend(inputs, centres, dv, damping[0], rate)
    _descend(outputs, words, torch.bmm(seen.mT, v), damping[1], rate)
    _descend(outputs, negatives, torch.bmm(unseen.mT, v), damping[1], rate)
    return loss, float(mask.sum())


def window_mask(step: Block, window: int) -> NDArray[np.float32]:
    """(S, BLOCK, BLOCK + 2 window): 1 where a word is within the reach of a centre, on its line, and not itself."""
    distance = np.abs(np.arange(BLOCK + 2 * window)[None] - (np.arange(BLOCK)[:, None] + window))
    same_line = step.lines[:, None, :] == step.lines[:, window : window + BLOCK, None]
    inside = (distance > 0) & (distance <= step.reach[..., None]) & same_line & (step.words[:, None, :] >= 0)
    return inside.astype(np.float32)


def _descend(table: Tensor, rows: Tensor, gradient: Tensor, damping: Tensor, rate: float) -> None:
    """table[rows] -= rate · damping · gradient, summed where a row comes more than once."""
    flat = rows.reshape(-1)
    scaled = gradient.reshape(-1, table.shape[1]) * (damping[flat] * -rate)[:, None]
    table.scatter_add_(0, flat[:, None].expand_as(scaled), scaled)
