"""The plan of the study inside."""

from typing import Literal

from pipeline.params.fields import Strict
from pipeline.params.inside import Inside


class InsidePlan(Strict):
    """Of one study for all networks: each is asked together with its own `NetworkPlan`."""

    selected: Literal[True]
    inside: Inside
