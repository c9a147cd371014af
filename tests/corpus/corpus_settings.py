"""How a text is read, for tests: the shipped settings with changes."""

from pathlib import Path

from pipeline.corpus.conventions import Conventions, conventions
from pipeline.params.reading import read_params

TEXT = read_params(Path(__file__).parents[2] / "params.yaml").text


def reading(name: str = "mine", **changes: object) -> Conventions:
    return conventions(TEXT.model_copy(update=changes), name)
