"""params.yaml, sizes, training, rnn, gru and lstm: networks and the recipes they are trained by."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.params.fields import Count, Positive, Probability, Strict


class Dropout(Strict):
    """What is dropped in training, and how likely; see pipeline/models/dropout.py."""

    input: Probability
    between: Probability
    output: Probability
    embedding: Probability
    weights: Probability
    locked: bool


class Segments(Strict):
    """How long the segments of truncated backpropagation are; see pipeline/training/segments.py."""

    lengths: Literal["fixed", "random"]
    grow_from: Count
    grow_share: Annotated[float, Field(ge=0, le=1)]


class Optimiser(Strict):
    """See pipeline/training: optimisation.py, schedule.py, averaging.py."""

    method: Literal["adamw", "sgd"]
    weight_decay: Annotated[float, Field(ge=0)]
    schedule: Literal["cosine", "plateau", "constant"]
    plateau_factor: Annotated[float, Field(gt=0, lt=1)]
    average_after: Count | Literal["never"]

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.average_after != "never" and (self.method, self.schedule) != ("sgd", "constant"):
            raise ValueError(
                f"average_after: found {self.average_after} with method {self.method} and schedule {self.schedule}; "
                "averaging stands in for a falling rate of sgd: set method: sgd and schedule: constant, or never"
            )
        return self


class Size(Strict):
    embedding_dim: Count
    hidden_size: Count
    num_layers: Annotated[int, Field(ge=1, le=4)]
    dropout: Dropout
    batch_size: Count
    bptt_len: Count
    segments: Segments
    training_tokens: Count
    validations: Count
    optimiser: Optimiser
    learning_rate_scale: Positive
    clip_norm_scale: Positive
    activation_penalty: Annotated[float, Field(ge=0)]
    change_penalty: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _segments_grow(self) -> Self:
        if self.segments.grow_share and self.segments.grow_from > self.bptt_len:
            raise ValueError(
                f"segments.grow_from: found {self.segments.grow_from}, but segments grow up to bptt_len "
                f"{self.bptt_len}; lower it, or set grow_share: 0.0"
            )
        return self


class Training(Strict):
    implementation: Literal["torch", "by_hand", "textbook"]
    tie_output: bool
    softmax: Literal["full", "adaptive"]
    cutoffs: Annotated[list[Count], Field(min_length=1)]
    recurrent_weights: Literal["orthogonal", "uniform", "identity"]
    input_weights: Literal["uniform", "xavier"]
    embedding_range: Positive
    forget_bias: float
    warmup_share: Probability
    final_learning_rate: Annotated[float, Field(ge=0, le=1)]
    fused_optimiser: bool
    patience: Count | Literal["never"]

    @property
    def clusters(self) -> tuple[int, ...]:
        """The cutoffs of the softmax; none for a full one."""
        return tuple(self.cutoffs) if self.softmax == "adaptive" else ()

    @model_validator(mode="after")
    def _cutoffs_rise(self) -> Self:
        if sorted(set(self.cutoffs)) != self.cutoffs:
            raise ValueError(f"cutoffs: found {self.cutoffs}; they must rise, such as [2000, 10000]")
        return self


class Recurrent(Strict):
    """What each architecture needs of its own."""

    learning_rate: Positive
    clip_norm: Positive
