"""Handwritten digits read pixel by pixel (Le et al. 2015): scikit-learn's own 1797 images of 8 × 8, or MNIST's.

Read row by row, one pixel a step, the class after the last. Other lengths are the same images at another resolution:
the length grows and what there is to know hardly does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from pipeline.memory.tasks import Batch, Split, Task

CLASSES = 10
SHARES = {"train": 0.7, "valid": 0.1, "test": 0.2}
BRIGHTEST = 16


@dataclass(frozen=True)
class Images:
    """Square images: `pixels` (N, S, S) from 0 to `brightest`, `classes` (N,), and the rows of each split."""

    pixels: Tensor
    classes: Tensor
    brightest: int
    parts: Mapping[str, Tensor]


def small_images() -> Images:
    """scikit-learn's; the same ones are for training, valid and test every time."""
    from sklearn.datasets import load_digits

    data = load_digits()
    order = torch.as_tensor(np.random.default_rng(0).permutation(len(data.target)))
    ends = (np.cumsum(list(SHARES.values())) * len(order)).round().astype(int).tolist()
    parts = dict(zip(SHARES, torch.tensor_split(order, ends[:-1]), strict=True))
    return Images(torch.as_tensor(data.images), torch.as_tensor(data.target), BRIGHTEST, parts)


def digits(images: Images, length: int) -> Task:
    """`images` at a resolution of `length` pixels, a square number."""
    side = isqrt(length)

    def draw(split: Split, count: int, generator: torch.Generator) -> Batch:
        rows = images.parts[split]
        chosen = rows[torch.randperm(len(rows), generator=generator)[:count]]
        pixels = resized(images.pixels[chosen].float() / images.brightest, side)
        return Batch(pixels.flatten(1).T[..., None].contiguous(), images.classes[chosen][None])

    return Task(length - 1, 1, CLASSES, True, 1 / CLASSES, draw)


def resized(pixels: Tensor, side: int) -> Tensor:
    """Images (N, S, S) as (N, side, side): means over areas where they shrink, bilinear where they grow."""
    own = pixels.shape[-1]
    if side == own:
        return pixels
    if side < own:
        return F.interpolate(pixels[:, None], size=(side, side), mode="area")[:, 0]
    return F.interpolate(pixels[:, None], size=(side, side), mode="bilinear", align_corners=False)[:, 0]
