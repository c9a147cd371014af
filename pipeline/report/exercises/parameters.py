"""Theory: how many parameters a network has, by formula, and counted in the file of its weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.report.exercises.network import PlainNetwork
from pipeline.report.names import label, networks
from pipeline.report.parameters import MATRICES, parameter_count

PARTS = ("embedding", "recurrent", "projection", "output")
"""What a tensor's name begins with."""


@dataclass(frozen=True)
class Counted:
    """Numbers in the file by part, and what the formula makes of the shape."""

    model: str
    shape: Mapping[str, Any]
    gates: int
    parts: Mapping[str, int]
    formula: int

    @property
    def counted(self) -> int:
        return sum(self.parts.values())


@dataclass(frozen=True)
class Worked:
    counted: list[Counted]

    @property
    def shape(self) -> Mapping[str, Any]:
        return self.counted[-1].shape

    @property
    def agree(self) -> str:
        """Whether formula and file agree, for each network."""
        off = [each for each in self.counted if each.counted != each.formula]
        if not off:
            return "Formula and file agree for each network."
        differ = ", ".join(f"{label(each.model)} {each.counted - each.formula:+,}" for each in off)
        return f"Counted less by formula: {differ}."

    def part(self, name: str) -> bool:
        return any(each.parts[name] for each in self.counted)


def work(plain: Mapping[str, PlainNetwork]) -> Worked:
    counted = []
    for model in networks(plain):
        shape, weights = plain[model].shape, plain[model].weights
        parts = {
            part: sum(tensor.size for name, tensor in weights.items() if name.split(".")[0] == part) for part in PARTS
        }
        formula = parameter_count(shape)
        counted.append(Counted(model, shape, MATRICES[model], parts, formula))
    return Worked(counted)
