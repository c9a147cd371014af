"""params.yaml, gradients: how far a loss reaches back."""

from typing import Annotated

from pydantic import Field

from pipeline.params.fields import Count, Strict


class Jacobian(Strict):
    """How far one state moves with an earlier one."""

    positions: Count
    lags: Annotated[int, Field(ge=2)]
    exact_size: Annotated[int, Field(ge=0)]
    iterations: Count
    map_steps: Annotated[int, Field(ge=2)]


class Gradients(Strict):
    max_lag: Annotated[int, Field(ge=2)]
    positions: Count
    jacobian: Jacobian
