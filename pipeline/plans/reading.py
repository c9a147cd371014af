"""Plans from their files, and what stands in for those of what was left out."""

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import ValidationError

from pipeline.errors import UserError
from pipeline.io import read_json, write_json
from pipeline.params.fields import Strict


class Unselected(Strict):
    """The plan of an architecture that `model` leaves out, or of a study that `studies` does."""

    selected: Literal[False]


PlanType = TypeVar("PlanType", bound=Strict)


def read_plan(path: Path, kind: type[PlanType]) -> PlanType:
    try:
        return kind.model_validate(read_json(path))
    except ValidationError:
        raise UserError(f"{path} was written by another version of the code. Run `python -m pipeline plan`.") from None


def mark_unselected(folder: Path) -> dict[str, float]:
    """The whole output of a stage that was left out; it measured nothing."""
    write_json(folder / "unselected.json", {"selected": False})
    return {}


def read_selected(path: Path, kind: type[PlanType]) -> PlanType | None:
    """The plan of an architecture or of a study, None where it was left out."""
    return None if read_json(path) == {"selected": False} else read_plan(path, kind)
