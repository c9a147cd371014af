"""Word vectors by any of the methods: what `embeddings.method` chooses from."""

from functools import partial

import torch

from pipeline.embeddings.cbow import cbow_gradient
from pipeline.embeddings.checks import check_vectors
from pipeline.embeddings.contexts import trained_words
from pipeline.embeddings.negative_sampling import Vectors, train_by_negative_sampling
from pipeline.embeddings.ppmi_svd import ppmi_svd
from pipeline.embeddings.skipgram import skipgram_gradient
from pipeline.language_model import Tokens
from pipeline.params.embeddings import Embeddings


def train_vectors(
    tokens: Tokens,
    vocabulary_size: int,
    dim: int,
    settings: Embeddings,
    seed: int,
    device: torch.device,
    bf16: bool,
) -> Vectors:
    """Vectors (V, D) of all types from a token stream (N,) whose lines end in `<eos>`, by `settings.method`.

    `<eos>` is no word here, and windows end with their line. Counting has no loss. `bf16` is skip-gram's alone, whose
    products are the larger part of its work. Raises UserError when there is nothing to learn from, before anything is
    learned unless it is subsampling that leaves nothing, and when vectors are not finite.
    """
    text = trained_words(tokens, vocabulary_size, settings.min_count, settings.window)
    match settings.method:
        case "skipgram":
            rate = settings.skipgram.learning_rate
            gradient = partial(skipgram_gradient, bf16=bf16)
            found = train_by_negative_sampling(text, dim, settings, rate, seed, device, gradient)
        case "cbow":
            rate = settings.cbow.learning_rate
            found = train_by_negative_sampling(text, dim, settings, rate, seed, device, cbow_gradient)
        case "svd":
            found = Vectors(ppmi_svd(text, dim, settings, seed), [])
    check_vectors(found.vectors, vocabulary_size, f"embeddings.method {settings.method}")
    return found
