"""Groups of rules with one left-hand side."""

from collections.abc import Iterator, Mapping

from pipeline.grammar.grammar import Rule, rule


def choices(left: str, rights: Mapping[str, float]) -> Iterator[Rule]:
    """A rule for every right-hand side, also of probability zero: the words of a language do not hang on its shape."""
    for right, probability in rights.items():
        yield rule(left, right, probability)


def weighted(left: str, weights: Mapping[str, float]) -> Iterator[Rule]:
    """`choices` in proportion to weights."""
    total = sum(weights.values())
    yield from choices(left, {right: weight / total for right, weight in weights.items()})


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


def by_number(plural: float, templates: Mapping[str, float]) -> dict[str, float]:
    """Each "{n}" spelt out as sg and as pl, the latter with probability `plural`."""
    spelt: dict[str, float] = {}
    for template, weight in templates.items():
        if "{n}" not in template:
            spelt[template] = spelt.get(template, 0.0) + weight
            continue
        for number, share in (("sg", 1 - plural), ("pl", plural)):
            spelt[template.replace("{n}", number)] = weight * share
    return spelt


def phrases_of(phrase: str, plural: float, tense: str, weights: Mapping[str, float]) -> dict[str, float]:
    """Noun phrases of the given noun classes and of both numbers, each in a clause of its own; a city is a name."""
    total = sum(weights.values())
    templates = {
        "name.city" if noun == "city" else f"{phrase}.{noun}.{{n}}.{tense}^1": weight / total
        for noun, weight in weights.items()
    }
    return by_number(plural, templates)
