"""What an exercise is to the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["theory", "programming"]


@dataclass(frozen=True)
class Exercise:
    """`name` is that of its template; `worked` holds the numbers of its answer."""

    name: str
    kind: Kind
    title: str
    worked: Any


NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def counted(exercises: Sequence[Exercise]) -> str:
    """How many there are of each kind, in words."""
    theory = sum(exercise.kind == "theory" for exercise in exercises)
    programming = len(exercises) - theory
    each = [f"{NUMBERS[number]} of {name}" for number, name in ((theory, "theory"), (programming, "programming"))
            if number]  # fmt: skip
    noun = "exercise" if len(exercises) == 1 else "exercises"
    return f"{NUMBERS[len(exercises)].capitalize()} {noun}, {' and '.join(each)}"
