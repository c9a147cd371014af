"""params.yaml, embeddings: word vectors."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params.fields import Count, Positive, Strict


class NegativeSampling(Strict):
    """What skip-gram and CBOW have each of their own."""

    learning_rate: Positive


class Svd(Strict):
    """What the factored counts have of their own."""

    shift: Annotated[float, Field(ge=1)]
    singular_power: Annotated[float, Field(ge=0, le=1)]
    iterations: Count


class VectorQuality(Strict):
    """What vectors are asked, and about which words."""

    min_count: Count
    words: Annotated[int, Field(ge=10)]
    neighbours: Count
    folds: Annotated[int, Field(ge=2)]
    inverse_penalty: Positive
    resamples: Annotated[int, Field(ge=100)]


class Embeddings(Strict):
    """Word vectors, and what the networks do with them (`use`)."""

    method: Literal["skipgram", "cbow", "svd"]
    use: Literal["finetune", "frozen", "none"]
    window: Annotated[int, Field(ge=1, le=50)]  # the table of windows grows with its cube
    min_count: Count
    subsample: Positive
    noise_power: Annotated[float, Field(ge=0, le=1)]
    epochs: Count
    negatives: Count
    skipgram: NegativeSampling
    cbow: NegativeSampling
    svd: Svd
    quality: VectorQuality
