"""Handwritten digits read pixel by pixel (Le et al. 2015), from scikit-learn's own 1797 images of 8 × 8.

Read row by row, one pixel a step, the class after the last. Longer sequences are the same images at a higher
resolution: the length grows and what there is to know does not.
"""

from math import isqrt

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from pipeline.memory.tasks import Batch, Split, Task

CLASSES = 10
SHARES = {"train": 0.7, "valid": 0.1, "test": 0.2}
BRIGHTEST = 16


def digits(length: int) -> Task:
    """Images of `length` pixels, a square number; the same images are for training, valid and test every time."""
    from sklearn.datasets import load_digits

    side = isqrt(length)
    data = load_digits()
    images = torch.as_tensor(data.images / BRIGHTEST, dtype=torch.float32)
    images = F.interpolate(images[:, None], size=(side, side), mode="bilinear", align_corners=False)
    pixels, classes = images.flatten(1), torch.as_tensor(data.target)
    order = torch.as_tensor(np.random.default_rng(0).permutation(len(pixels)))
    ends = (np.cumsum(list(SHARES.values())) * len(order)).round().astype(int).tolist()
    parts = dict(zip(SHARES, torch.tensor_split(order, ends[:-1]), strict=True))

    def batch(rows: Tensor) -> Batch:
        return Batch(pixels[rows].T[..., None].contiguous(), classes[rows][None])

    def draw(split: Split, count: int, generator: torch.Generator) -> Batch:
        rows = parts[split]
        return batch(rows[torch.randperm(len(rows), generator=generator)[:count]])

    return Task(1, CLASSES, True, 1 / CLASSES, draw)
