"""The plan of one network, which the stage train reads."""

from typing import Literal

from pipeline.params.architectures import Architecture
from pipeline.params.fields import Positive, Seed, Strict
from pipeline.params.networks import Size, Training
from pipeline.params.runtime import Runtime


class NetworkPlan(Strict):
    """One network: its shape and how it is trained."""

    selected: Literal[True]
    architecture: Architecture
    seed: Seed
    runtime: Runtime
    embeddings: Literal["finetune", "frozen", "none"]
    size: Size
    training: Training
    learning_rate: Positive
    clip_norm: Positive
