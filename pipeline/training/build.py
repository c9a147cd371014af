"""A network before training: random weights, its input from learned vectors where its plan says so."""

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.embeddings.checks import check_vectors
from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.plans.network import NetworkPlan


def build_network(
    plan: NetworkPlan, vocabulary_size: int, learned: NDArray[np.float32] | None, source: str
) -> RecurrentNetwork:
    """From the plan's seed; `learned` (V, D) is needed unless `plan.embeddings` is none, `source` is where it is from.

    Weights besides the input are the same whatever `plan.embeddings` says. Raises UserError where the vectors are not
    finite or of another vocabulary.
    """
    frozen, training = plan.embeddings == "frozen", plan.training
    network = RecurrentNetwork(
        Shape(
            architecture=plan.architecture,
            vocabulary_size=vocabulary_size,
            embedding_dim=plan.size.embedding_dim,
            hidden_size=plan.size.hidden_size,
            num_layers=plan.size.num_layers,
            tied=training.tie_output and not frozen,  # a tied output would be frozen too
            frozen=frozen,
            implementation=training.implementation,
            cutoffs=training.clusters,
        )
    )
    network.initialise(
        torch.Generator().manual_seed(plan.seed),
        training.embedding_range,
        training.forget_bias,
        training.recurrent_weights,
        training.input_weights,
    )
    if plan.embeddings != "none":
        assert learned is not None
        check_vectors(learned, vocabulary_size, source, plan.size.embedding_dim)
        vectors = torch.from_numpy(learned)
        # as wide on average as random weights would be: skip-gram's own lengths say how frequent a word is
        scale = training.embedding_range / 3**0.5 / float(vectors.square().mean().sqrt())
        network.embedding.weight.data.copy_(vectors * scale)
    return network
