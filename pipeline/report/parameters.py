"""How many parameters a network has: as formulas, what they come to, and what is counted in its trained weights.

    recurrent    g L h²                      g matrices a cell: its candidate and its gates
    input        g h d + g (L − 1) h²
    biases       2 g L h in torch, g L h by hand; torch's GRU by hand has one more, within its candidate
    embedding    V d
    output       V h + V free, V tied, and then d h + d of a projection where h ≠ d;
                 c h + K h + Σ_k (h h_k + h_k n_k) adaptive (Grave et al. 2017), h_k = ⌊h / 4^k⌋

V types, word vectors of width d, L layers of state h; of an adaptive softmax, c types in the head and n_k in cluster k
of K. One and the same formula is shown and evaluated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import prod
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.report.names import networks

MATRICES = {"rnn": 1, "gru": 3, "lstm": 4}
"""Of each kind in a cell: the candidate and its gates."""
PARTS = ("recurrent", "input", "biases", "embedding", "output")
ALL = "all"
Dimensions = tuple[int, ...]


@dataclass(frozen=True)
class Term:
    """`times` the product of `symbols`, equal ones side by side."""

    times: int
    symbols: tuple[str, ...]

    def value(self, sizes: Mapping[str, int]) -> int:
        return self.times * prod(sizes[symbol] for symbol in self.symbols)

    def text(self) -> str:
        factors = [f"({symbol})" if "-" in symbol else symbol for symbol in self.symbols]
        raised = [word if power == 1 else f"{word}^{power}" for word, power in _powers(factors)]
        return " ".join([str(self.times)] * (self.times > 1) + raised)

    def mathml(self) -> str:
        times = f"<mn>{self.times}</mn>" if self.times > 1 else ""
        return times + "".join(
            sign(symbol) if power == 1 else f"<msup>{sign(symbol)}<mn>{power}</mn></msup>"
            for symbol, power in _powers(self.symbols)
        )


def _powers(factors: Sequence[str]) -> list[tuple[str, int]]:
    """Factors with how often each stands there; equal ones stand side by side."""
    return [(factor, len(list(equal))) for factor, equal in groupby(factors)]


def sign(symbol: str) -> str:
    """A symbol in MathML: h, h_1, L-1."""
    if symbol == "L-1":
        return "<mo>(</mo><mi>L</mi><mo>−</mo><mn>1</mn><mo>)</mo>"
    name, _, index = symbol.partition("_")
    return f"<msub><mi>{name}</mi><mn>{index}</mn></msub>" if index else f"<mi>{name}</mi>"


def sizes_of(shape: Mapping[str, Any]) -> dict[str, int]:
    """What the symbols of a network's formulas stand for; `shape` as its training left it."""
    types, hidden, layers = (int(shape[name]) for name in ("vocabulary_size", "hidden_size", "num_layers"))
    sizes = {"V": types, "d": int(shape["embedding_dim"]), "h": hidden, "L": layers}
    if layers > 1:
        sizes["L-1"] = layers - 1
    cutoffs = shape.get("cutoffs", ())
    if cutoffs:
        sizes |= {"c": cutoffs[0], "K": len(cutoffs)}
        for number, (begin, end) in enumerate(pairwise([*cutoffs, types]), start=1):
            sizes |= {f"h_{number}": hidden // 4**number, f"n_{number}": end - begin}
    return sizes


def formulas(shape: Mapping[str, Any]) -> dict[str, list[Term]]:
    """The formula of each part."""
    matrices, layers = MATRICES[shape["architecture"]], int(shape["num_layers"])
    each_layer = ("L",) if layers > 1 else ()
    further = [Term(matrices, ("L-1", "h", "h"))] if layers > 1 else []
    return {
        "recurrent": [Term(matrices, (*each_layer, "h", "h"))],
        "input": [Term(matrices, ("h", "d")), *further],
        "biases": [Term(_biases(shape["architecture"], shape["implementation"]), (*each_layer, "h"))],
        "embedding": [Term(1, ("V", "d"))],
        "output": _output(shape),
    }


def _biases(architecture: str, implementation: str) -> int:
    """Bias vectors of one layer."""
    if implementation == "torch":
        return 2 * MATRICES[architecture]
    return MATRICES[architecture] + ((architecture, implementation) == ("gru", "by_hand"))


def _output(shape: Mapping[str, Any]) -> list[Term]:
    cutoffs = shape.get("cutoffs", ())
    if cutoffs:
        clusters = [
            Term(1, symbols)
            for number in range(1, len(cutoffs) + 1)
            for symbols in (("h", f"h_{number}"), (f"h_{number}", f"n_{number}"))
        ]
        return [Term(1, ("c", "h")), Term(1, ("K", "h")), *clusters]
    if not shape["tied"]:
        return [Term(1, ("V", "h")), Term(1, ("V",))]
    projection = [Term(1, ("d", "h")), Term(1, ("d",))] if shape["hidden_size"] != shape["embedding_dim"] else []
    return [Term(1, ("V",)), *projection]


def by_formula(shape: Mapping[str, Any]) -> dict[str, int]:
    """What the formula of each part comes to."""
    sizes = sizes_of(shape)
    return {part: sum(term.value(sizes) for term in terms) for part, terms in formulas(shape).items()}


def parameter_count(shape: Mapping[str, Any]) -> int:
    """All parameters, a tied output matrix counted once."""
    return sum(by_formula(shape).values())


def recurrent_count(shape: Mapping[str, Any]) -> int:
    """Parameters of the recurrent layers."""
    parts = by_formula(shape)
    return parts["recurrent"] + parts["input"] + parts["biases"]


def counted(weights: Mapping[str, Dimensions]) -> dict[str, int]:
    """How many numbers each part has in trained weights, whose tensors are known by name and dimensions."""
    found = dict.fromkeys(PARTS, 0)
    for name, dimensions in weights.items():
        found[_part(name, dimensions)] += prod(dimensions)
    return found


def _part(name: str, dimensions: Dimensions) -> str:
    """Torch calls a layer's matrices weight_ih and weight_hh, cells by hand W and U."""
    module, _, rest = name.partition(".")
    if module == "recurrent":
        if len(dimensions) == 1:
            return "biases"
        return "recurrent" if rest.split(".")[-1].startswith(("weight_hh", "U")) else "input"
    return "embedding" if module == "embedding" else "output"


def parameter_table(
    shapes: Mapping[str, Mapping[str, Any]], weights: Mapping[str, Mapping[str, Dimensions]]
) -> pd.DataFrame:
    """By network and part (all of them together the last): the formula, what it comes to, what is counted, and that as
    a multiple of the RNN's (NaN without one)."""
    rows = []
    of_rnn = _with_all(counted(weights["rnn"])) if "rnn" in weights else dict.fromkeys((*PARTS, ALL), float("nan"))
    for model in networks(shapes):
        terms, expected, found = formulas(shapes[model]), _with_all(by_formula(shapes[model])), counted(weights[model])
        for part, number in _with_all(found).items():
            formula = " + ".join(term.text() for term in terms.get(part, ()))
            row = {"model": model, "part": part, "formula": formula, "by_formula": expected[part], "counted": number}
            rows.append(row | {"of_rnn": number / of_rnn[part]})
    return pd.DataFrame(rows)


def _with_all(parts: Mapping[str, int]) -> dict[str, int]:
    return {**parts, ALL: sum(parts.values())}


def mathml(terms: Iterable[Term]) -> Markup:
    return Markup("<math><mrow>" + "<mo>+</mo>".join(term.mathml() for term in terms) + "</mrow></math>")


def step_times(steps: Mapping[str, pd.DataFrame], durations: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Milliseconds of a training step, validations among them, of the networks whose speed is known: the tokens of a
    step (batch size times the steps back in time, on average) over the tokens a second."""
    times = {}
    for model in networks(steps):
        speed = durations.get(f"train@{model}", {}).get("tokens_per_second")
        if speed:
            times[model] = 1000 * float(steps[model]["tokens"].iloc[-1]) / len(steps[model]) / speed
    return times
