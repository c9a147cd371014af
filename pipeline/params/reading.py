"""params.yaml from the file, checked, with every mistake in it told by name."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from pipeline.errors import UserError
from pipeline.io import require
from pipeline.params.fields import Strict
from pipeline.params.schema import Params
from pipeline.params.studies import STUDIES


def read_params(path: Path) -> Params:
    """The whole of params.yaml, checked. Raises UserError with every mistake in it, by dotted name."""
    return check_params(_read_yaml(path))


def check_params(values: Any) -> Params:
    try:
        return Params.model_validate(values)
    except ValidationError as error:
        mistakes = "\n".join(f"  {_explain(detail)}" for detail in _without_echoes(error.errors()))
        raise UserError(
            f"params.yaml:\n{mistakes}\n"
            "Nothing was computed. Correct it, or undo it with `git checkout HEAD params.yaml`."
        ) from None


def current_corpus(root: Path) -> str:
    """The corpus that params.yaml names; its plan has been checked by the plan stage."""
    values = _read_yaml(root / "params.yaml")
    name = values.get("corpus") if isinstance(values, dict) else None
    if not isinstance(name, str):
        raise UserError("params.yaml: corpus: found no name there; set `corpus: builtin` or the name of your text")
    return name


def _read_yaml(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    try:
        return YAML(typ="safe").load(require(path).read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise UserError(f"{path}: line {line} is not YAML: {error.problem}. Correct it there.") from None


def _without_echoes(details: list[Any]) -> list[Any]:
    """A union reports one error per member; keep the last of each key, which names what is allowed."""
    return list({_dotted(detail["loc"]): detail for detail in details}.values())


def _dotted(location: tuple[Any, ...]) -> str:
    union_members = ("literal[", "list[", "constrained-", "function-", "int", "float")
    return ".".join(str(part) for part in location if not str(part).startswith(union_members))


def _explain(detail: Mapping[str, Any]) -> str:
    name, kind = _dotted(detail["loc"]), detail["type"]
    if kind == "value_error":
        return f"{name}: {detail['ctx']['error']}" if name else str(detail["ctx"]["error"])
    if kind == "missing":
        return f"{name}: is missing; git's own copy of params.yaml has it"
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name.split(".")[-1], sorted(_known_keys()), n=1)
        return f"{name}: is not a known key{f'; did you mean {near[0]}?' if near else '; remove it'}"
    if name == "model":
        return f"model: found {detail['input']!r}; allowed: all, rnn, gru, lstm, or a list such as [gru, lstm]"
    if name == "studies":
        return f"studies: found {detail['input']!r}; allowed: none, all, a name or a list of {', '.join(STUDIES)}"
    if name == "text.break_lines":
        return f"{name}: found {detail['input']!r}; allowed: auto, never, or a number from 2"
    if name == "text.min_count":
        return f"{name}: found {detail['input']!r}; allowed: auto, or a number from 1"
    if not name:
        return f"found {detail['input']!r} where the keys of the shipped file should be"
    if name == "training.patience" or name.endswith("optimiser.average_after"):
        return f"{name}: found {detail['input']!r}; allowed: never, or a number from 1"
    if name == "adaptation.test_tokens":
        return f"{name}: found {detail['input']!r}; allowed: all, or a number from 1"
    if name == "memory.training.gate_bias":
        return f"{name}: found {detail['input']!r}; allowed: chrono, or a number"
    if name == "corpus":
        return f"corpus: found {detail['input']!r}; allowed: builtin, or the name of a text below data/raw"
    return f"{name}: found {detail['input']!r}; {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _known_keys(section: Any = Params) -> set[str]:
    """The keys of a section and of all within it."""
    if isinstance(section, type) and issubclass(section, Strict):
        fields = section.model_fields
        return set(fields).union(*(_known_keys(field.annotation) for field in fields.values()))
    return set().union(*map(_known_keys, get_args(section)))
