"""Groups of rules with one left-hand side."""

from collections.abc import Iterator, Mapping

from pipeline.grammar.grammar import Rule, rule
from pipeline.grammar.selection import MOSTLY_SINGULAR, SINGULAR


def choices(left: str, rights: Mapping[str, float]) -> Iterator[Rule]:
    """A rule for every right-hand side, also of probability zero: the words of a language do not hang on its shape."""
    for right, probability in rights.items():
        yield rule(left, right, probability)


def weighted(left: str, weights: Mapping[str, float]) -> Iterator[Rule]:
    """`choices` in proportion to weights; all alike where no weight is left, as then nothing leads here."""
    total = sum(weights.values())
    yield from choices(
        left, {right: weight / total if total else 1 / len(weights) for right, weight in weights.items()}
    )


def optional(left: str, p: float, weights: Mapping[str, float], context: str | None = None) -> Iterator[Rule]:
    """With probability p one of the right-hand sides, by weight and within `context`; else nothing."""
    total = sum(weights.values())
    rights = {within(context, right) if context else right: p * w / total for right, w in weights.items()}
    yield from choices(left, {"": 1 - p, **rights})


def mixed(p: float, first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """Right-hand sides of `first` with probability p, otherwise of `second`."""
    both = {right: p * weight for right, weight in first.items()}
    for right, weight in second.items():
        both[right] = both.get(right, 0.0) + (1 - p) * weight
    return both


def within(context: str, right: str) -> str:
    """A right-hand side all of which stands in a context."""
    return " ".join(f"{symbol}@{context}" for symbol in right.split())


def numbers(noun: str, plural: float) -> dict[str, float]:
    """The numbers of a noun class with their probabilities; `plural` is that of the plural in most classes."""
    if noun in SINGULAR:
        return {"sg": 1.0}
    share = plural / 2 if noun in MOSTLY_SINGULAR else plural
    return {"sg": 1 - share, "pl": share}


def phrases_of(phrase: str, plural: float, weights: Mapping[str, float], prefix: str = "") -> dict[str, float]:
    """Noun phrases of the given noun classes and of both numbers, each in a clause of its own, all after `prefix`.

    `phrase` has {noun} and {number}; a city is a name.
    """
    total = sum(weights.values())
    rights: dict[str, float] = {}
    for noun, weight in weights.items():
        if noun == "city":
            rights[f"{prefix} name.city"] = weight / total
            continue
        for number, share in numbers(noun, plural).items():
            rights[f"{prefix} {phrase.format(noun=noun, number=number)}^1"] = weight / total * share
    return rights
