"""A generator for each use of one seed: torch's own takes only the lower 32 bits of a number, so that seeds set apart
by large offsets are the same stream again."""

from typing import Literal

import numpy as np
import torch

Use = Literal["weights", "train", "valid", "test"]
USES: tuple[Use, ...] = ("weights", "train", "valid", "test")


def generator(seed: int, use: Use) -> torch.Generator:
    """A stream of its own for each seed and use, by numpy's SeedSequence (after O'Neill 2015)."""
    child = np.random.SeedSequence(seed, spawn_key=(USES.index(use),))
    return torch.Generator().manual_seed(int(child.generate_state(1)[0]))
