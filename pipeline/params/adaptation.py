"""params.yaml, adaptation: a study."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params.fields import Count, Positive, Probability, Strict


class DynamicEvaluation(Strict):
    """What the settings of dynamic evaluation are chosen from: every decay with every learning rate of both rules."""

    segment: Count
    sgd_learning_rates: list[Positive]
    rms_learning_rates: list[Positive]
    decays: Annotated[list[Probability], Field(min_length=1)]
    epsilon: Positive
    rms_batches: Count


class ContinuousCache(Strict):
    """What the settings of the cache are chosen from: every combination."""

    windows: Annotated[list[Count], Field(min_length=1)]
    thetas: Annotated[list[Annotated[float, Field(ge=0)]], Field(min_length=1)]
    weights: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], Field(min_length=1)]


class Adaptation(Strict):
    """Networks that go on learning from the text they are scored on, and that remember what they have just read."""

    valid_tokens: Count
    test_tokens: Count | Literal["all"]
    dynamic: DynamicEvaluation
    cache: ContinuousCache
