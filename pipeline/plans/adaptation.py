"""The plan of the study adaptation."""

from typing import Literal

from pipeline.params.adaptation import Adaptation
from pipeline.params.fields import Strict


class AdaptationPlan(Strict):
    """Of one study for all networks: each is asked together with its own `NetworkPlan`."""

    selected: Literal[True]
    adaptation: Adaptation
