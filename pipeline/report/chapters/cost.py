"""What it cost: parameters by formula and as counted, beside the time that a training step took."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.report.chapter import Chapter, Told
from pipeline.report.inputs import Inputs
from pipeline.report.names import in_row, label, networks, plural
from pipeline.report.parameters import ALL, PARTS, formulas, mathml, parameter_table, sign, sizes_of, step_times
from pipeline.report.scored import Scored

BIASES = {
    "torch": "two of each gate, as torch has them",
    "by_hand": "one of each gate, and one more in the candidate of a GRU",
    "textbook": "one of each gate",
}


@dataclass(frozen=True)
class Part:
    """A part of a network: its formula in MathML, what it comes to, and what is counted in the trained weights."""

    formula: Markup
    by_formula: int
    counted: int
    of_rnn: float


def analyse(inputs: Inputs, scored: Scored) -> Told:
    dimensions = {
        model: {name: tensor.shape for name, tensor in moments["after"].items()}
        for model, moments in inputs.weights.items()
    }
    table = parameter_table(inputs.shapes, dimensions)
    implementations = sorted({str(shape["implementation"]) for shape in inputs.shapes.values()})
    words = {
        "parameter_parts": PARTS,
        "parameters": parts_of(table, inputs.shapes),
        "symbols": symbols(inputs.shapes),
        "vocabulary_words": vocabulary_words(table, inputs.corpus.summary["unit"]),
        "adaptive": any(shape.get("cutoffs") for shape in inputs.shapes.values()),
        "biases": "; ".join(BIASES[name] for name in implementations),
        "step_times": lambda durations: step_times(inputs.steps, durations),
    }
    return Told({"parameters": table}, words=words)


def parts_of(table: pd.DataFrame, shapes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Part]]:
    """By network and part, as the page shows it."""
    shown: dict[str, dict[str, Part]] = {}
    for row in table.to_dict("records"):
        model, part = str(row["model"]), str(row["part"])
        formula = mathml([] if part == ALL else formulas(shapes[model])[part])
        shown.setdefault(model, {})[part] = Part(formula, int(row["by_formula"]), int(row["counted"]), row["of_rnn"])
    return shown


def vocabulary_words(table: pd.DataFrame, unit: str) -> str:
    """What share of each network the vocabulary is: the vectors of its types, and the way from a state to a score for
    each."""
    counted = table.pivot(index="model", columns="part", values="counted")
    shares = (counted["embedding"] + counted["output"]) / counted[ALL]
    told = [f"{shares[model]:.0%} of the {label(model)}" for model in networks(shares.index)]
    words = f"What goes by {plural(unit)}, their vectors and the way from a state to their scores, is {in_row(told)}."
    return words.replace("%", "\N{NO-BREAK SPACE}%")


def symbols(shapes: Mapping[str, Mapping[str, Any]]) -> list[tuple[list[str], list[tuple[Markup, int]]]]:
    """What the symbols stand for, with the networks of which that is true: one entry where it is true of all."""
    sizes = {model: tuple(sizes_of(shape).items()) for model, shape in shapes.items()}
    groups = groupby(sorted(sizes, key=lambda model: sizes[model]), key=lambda model: sizes[model])
    return [
        (list(models), [(Markup(f"<math>{sign(name)}</math>"), value) for name, value in own if name != "L-1"])
        for own, models in groups
    ]


CHAPTER = Chapter("cost", "What it cost", analyse)
