"""params.yaml, clipping: a study."""

from typing import Annotated

from pydantic import Field

from pipeline.params.fields import Count, Positive, Strict


class RadiusSweep(Strict):
    """Random networks by the spectral radius of their recurrent matrix."""

    hidden_size: Count
    steps: Annotated[int, Field(ge=4)]
    input_scale: Annotated[float, Field(ge=0)]
    radii: Annotated[list[Positive], Field(min_length=2)]
    seeds: Annotated[int, Field(ge=2)]


class Clipping(Strict):
    """A run that explodes and one that vanishes, each with and without clipping."""

    radius: RadiusSweep
    hidden_size: Count
    lag: Count
    steps: Annotated[int, Field(ge=10)]
    batch_size: Count
    learning_rate: Positive
    clip_norm: Positive
    exploding_radius: Positive
    vanishing_radius: Positive
    seeds: Annotated[int, Field(ge=2)]
