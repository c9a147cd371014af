"""Settings and texts that are learned from in a moment."""

import numpy as np
import torch

from pipeline.embeddings.contexts import (
    SHARED_NOISE,
    NoiseSampler,
    lots,
    window_weights,
)
from pipeline.embeddings.negative_sampling import batches
from pipeline.params.embeddings import Embeddings

CPU = torch.device("cpu")
SETTINGS = Embeddings.model_validate(
    {
        "method": "skipgram",
        "use": "finetune",
        "window": 2,
        "min_count": 1,
        "subsample": 1.0,
        "noise_power": 0.75,
        "epochs": 4,
        "negatives": 5,
        "skipgram": {"learning_rate": 0.1},
        "cbow": {"learning_rate": 0.1},
        "svd": {"shift": 1.0, "singular_power": 0.5, "iterations": 5},
        "quality": {
            "min_count": 2,
            "words": 100,
            "neighbours": 4,
            "folds": 2,
            "inverse_penalty": 1.0,
            "resamples": 100,
        },
    }
)
SHIFTED = SETTINGS.svd.model_copy(update={"shift": 1000.0})
METHODS = ("skipgram", "cbow", "svd")


def settings(**changes):
    return SETTINGS.model_copy(update=changes)


def text(count=300, seed=0):
    """Two kinds of lines that share no word: words of one kind are neighbours, words of two are not."""
    rng = np.random.default_rng(seed)
    lines = [[*(rng.integers(0, 5, 6) + 2 + 5 * rng.integers(0, 2)), 1] for _ in range(count)]
    return np.concatenate(lines)


def one_batch(seed=0, types=40, window=3):
    """Lines of all lengths in double precision, padding among them."""
    rng = np.random.default_rng(seed)
    sampler = NoiseSampler(np.full(types, 1 / types))
    made = lots(rng.integers(0, types, 150), np.sort(rng.integers(0, 12, 150)), window, sampler, rng)
    return next(batches(made, torch.from_numpy(window_weights(window, 5 / SHARED_NOISE)).double(), 32, CPU))
