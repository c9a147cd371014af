"""Predicates by kind of subject: a verb group with its objects, or a description.

Symbols, with `kind` the kind of subject, and its number and tense after it:

WHOLE         of a main clause: MAIN, or an aside and TIMED
MAIN          with room for a second predicate (JOINED) and a phrase at the end (FINAL)
TIMED         without these, beside a phrase that tells the time: what holds for a while
PREDICATE     of a complement
RELATIVE      of a relative clause: without complements; FULLRELATIVE after a subject, with room as in MAIN
ANY, WILLED   bare infinitives, the second of what one can want to do
"""

from collections.abc import Iterator

from pipeline.grammar.alternatives import choices, mixed, numbers, optional, phrases_of, weighted
from pipeline.grammar.description import ADJECTIVES_OF, GRADABLE, NOT_PREDICATED, STATES
from pipeline.grammar.grammar import Rule
from pipeline.grammar.lexicon import Lexicon
from pipeline.grammar.selection import (
    COMPLEMENTS,
    DESCRIBED_ONLY,
    FRAMES,
    GIFTS,
    GIVE,
    JOINABLE,
    LASTING,
    PEOPLE,
    UNDERWAY,
    WANT,
    WAY,
    WILLED,
)
from pipeline.grammar.verb_groups import ASPECTS, BE, TENSES, TIMED_ASPECTS, Frames, base, finite, verb_group_rules
from pipeline.grammar.words.others import ADJECTIVES
from pipeline.params.language import SentenceShape


def predicate_rules(kind: str, shape: SentenceShape) -> Iterator[Rule]:
    yield from _adjectives_of(kind)
    for tense in TENSES:
        for verb, _, objects in FRAMES[kind]:
            if nouns := {noun: weight for noun, weight in objects.items() if noun != "reflexive"}:
                phrases = phrases_of("NP.{noun}.{number}." + tense, shape.plural, nouns)
                yield from choices(f"OBJECT.{verb}.{kind}.{tense}", phrases)
        for number in numbers(kind, shape.plural):
            frames = _frames(kind, number, tense, shape)
            simple = {key: p for key, p in frames.items() if WAY[key[0]] not in COMPLEMENTS}
            yield from verb_group_rules(kind, number, tense, frames)
            yield from _main_rules(kind, number, tense, frames, shape)
            yield from _other_rules(kind, number, tense, frames, simple, shape)
            if kind in JOINABLE:
                yield from _joined_rules(kind, number, tense, simple, shape)


def complement_rules(lexicon: Lexicon, shape: SentenceShape) -> Iterator[Rule]:
    """What follows the verbs of people: that ..., the GIFT and its RECIPIENT; and the lists of adjectives."""
    for tense in TENSES:
        that, without = (f"{symbol}.{tense}^1@sentential_complement" for symbol in ("CLAUSE", "BARECLAUSE"))
        complement = {f"that {that}": shape.complement_that, without: 1 - shape.complement_that}
        yield from choices(f"COMPLEMENT.{tense}", complement)
        yield from choices(f"RECIPIENT.{tense}", phrases_of("NP.{noun}.{number}." + tense, shape.plural, PEOPLE))
    yield from choices("GIFT", phrases_of("SHORT.brief.{noun}.{number}", shape.plural, GIFTS))
    yield from optional("NOT", 0.12, {"not": 1})
    yield from choices("VERY", {"adverb.degree": 0.6, "adverb.extent": 0.4})
    for group in ADJECTIVES:
        names = [f"adjective.{group}.{sound}" for sound in ("a", "an")]
        yield from choices(
            f"ADJECTIVE.{group}", {name: lexicon.share[name] for name in names if name in lexicon.classes}
        )


def _frames(kind: str, number: str, tense: str, shape: SentenceShape) -> Frames:
    """Verb classes and what follows them, with their probabilities among the predicates that are no descriptions."""
    verbal = (1 - shape.copula) or 1.0
    special: dict[tuple[str, str], float] = {}
    if kind == "person":
        clause = f"CLAUSE.{tense}^1@sentential_complement"
        special = {
            ("say", f"COMPLEMENT.{tense}"): shape.complement * 0.6 / verbal,
            ("insist", f"that {clause}"): shape.complement * 0.25 / verbal,
            ("wonder", f"whether {clause}"): shape.complement * 0.15 / verbal,
            ("give", f"GIFT to RECIPIENT.{tense}"): GIVE / verbal,
            ("want", f"to WILLED.{kind}.{number}.{tense}"): WANT / verbal,
        }
    left = (1 - sum(special.values())) / sum(weight for _, weight, _ in FRAMES[kind])
    frames = dict(special)
    for verb, weight, objects in FRAMES[kind]:
        reflexive = objects["reflexive"] / sum(objects.values()) if "reflexive" in objects else 0.0
        if reflexive:
            frames[verb, f"reflexive.{number}"] = left * weight * reflexive
        if reflexive < 1:
            frames[verb, f"OBJECT.{verb}.{kind}.{tense}" if objects else ""] = left * weight * (1 - reflexive)
    return frames


def _main_rules(kind: str, number: str, tense: str, frames: Frames, shape: SentenceShape) -> Iterator[Rule]:
    features, p = f"{kind}.{number}.{tense}", shape.parenthesis

    def end(aspect: str, way: str) -> str:
        second = f"JOINED.{aspect}.{features}" if kind in JOINABLE and aspect in ("simple", "negated") else ""
        return f"{second} {_final('FINAL', kind, way, tense)}"

    verbal = finite(kind, number, tense, frames, aspects=ASPECTS, slot="main", end=end)
    yield from choices(f"WHOLE.{features}", {f"MAIN.{features}": 1 - p, f"ASIDE.{tense} TIMED.{features}": p})
    yield from choices(f"MAIN.{features}", mixed(shape.copula, _main_description(kind, number, tense), verbal))


def _other_rules(
    kind: str, number: str, tense: str, frames: Frames, simple: Frames, shape: SentenceShape
) -> Iterator[Rule]:
    """The predicates of all clauses but the main one; `simple` are the frames without complements."""
    features, described = f"{kind}.{number}.{tense}", _description(kind, number, tense)
    verbal = finite(kind, number, tense, frames, aspects=ASPECTS, slot="simple")
    yield from choices(f"PREDICATE.{features}", mixed(shape.copula, described, verbal))
    verbal = finite(kind, number, tense, simple, aspects=TIMED_ASPECTS, slot="simple")
    felt = _feeling(kind, number, tense)
    yield from choices(f"TIMED.{features}", mixed(shape.copula, felt, verbal) if felt else verbal)
    verbal = finite(kind, number, tense, simple, aspects=ASPECTS, slot="simple")
    copula = 1.0 if kind in DESCRIBED_ONLY else shape.copula
    yield from choices(f"RELATIVE.{features}", mixed(copula, described, verbal))
    yield from weighted(f"ANY.{features}", base(kind, number, tense, frames))
    if willed := base(kind, number, tense, frames, WILLED):
        yield from weighted(f"WILLED.{features}", willed)


def _joined_rules(kind: str, number: str, tense: str, simple: Frames, shape: SentenceShape) -> Iterator[Rule]:
    """Second predicates, and the relative clauses of subjects, which can have one too."""
    features, p = f"{kind}.{number}.{tense}", shape.verb_coordination
    for aspect in ("simple", "negated"):
        second = finite(kind, number, tense, simple, aspects={aspect: 1.0}, slot="simple")
        yield from choices(f"SECOND.{aspect}.{features}", second)
    also, but, but_not = (
        f"{joint}.{features}" for joint in ("and SECOND.simple", "comma but SECOND.simple", "comma but SECOND.negated")
    )
    for first, seconds in (("simple", {also: 4.0, but_not: 1.0}), ("negated", {but: 1.0}), ("relative", {also: 1.0})):
        yield from optional(f"JOINED.{first}.{features}", p, seconds, "verb_coordination")

    def end(aspect: str, way: str) -> str:
        second = f"JOINED.relative.{features}" if aspect == "simple" else ""
        return f"{second} {_final('END', kind, way, tense)}"

    verbal = finite(kind, number, tense, simple, aspects=ASPECTS, slot="simple", end=end)
    described = _description(kind, number, tense)
    yield from choices(f"FULLRELATIVE.{features}", mixed(shape.copula, described, verbal))


def _final(symbol: str, kind: str, way: str, tense: str) -> str:
    """What can stand at the end after the verbs of a way; nothing after feelings and complements."""
    if way in LASTING:
        return ""
    return f"{symbol}.{kind}.{'underway' if way in UNDERWAY else 'there'}.{tense}"


def _description(kind: str, number: str, tense: str) -> dict[str, float]:
    """The subject is or seems what an adjective says: right-hand sides with probabilities."""
    be, seem = f"{BE[tense]}.{number}", f"verb.seem.{number}" if tense == "pres" else "PAST.seem"
    plain = {f"{be} NOT DESCRIBED.{kind}": 1.0}
    if not _adjectives(kind, GRADABLE):
        return plain
    return mixed(0.4, {f"{be} VERY GRADED.{kind}": 0.7, f"{seem} GRADED.{kind}": 0.3}, plain)


def _main_description(kind: str, number: str, tense: str) -> dict[str, float]:
    """The same in a main clause: with a comment too, or with the occasion of a state."""
    rights = _description(kind, number, tense)
    if _adjectives(kind, GRADABLE):
        rights = mixed(0.1, {f"{BE[tense]}.{number} adverb.comment GRADED.{kind}": 1.0}, rights)
    occasions = {f"{right} OCCASION.{tense}": p for right, p in _feeling(kind, number, tense).items()}
    return mixed(0.3, occasions, rights) if occasions else rights


def _feeling(kind: str, number: str, tense: str) -> dict[str, float]:
    """What a subject is or becomes for a while; none for things."""
    if not _adjectives(kind, STATES):
        return {}
    be, become = f"{BE[tense]}.{number}", f"verb.become.{number}" if tense == "pres" else "PAST.become"
    return {
        f"{be} NOT FELT.{kind}": 0.5,
        f"{be} VERY FELT.{kind}": 0.2,
        f"{be} adverb.frequency FELT.{kind}": 0.15,
        f"ADVERBS.plain.simple {become} FELT.{kind}": 0.15,
    }


def _adjectives_of(kind: str) -> Iterator[Rule]:
    """DESCRIBED, GRADED (those that "very" goes before) and FELT (states) of a kind."""
    for symbol, lists in (("DESCRIBED", frozenset(ADJECTIVES)), ("GRADED", GRADABLE), ("FELT", STATES)):
        if adjectives := _adjectives(kind, lists):
            yield from weighted(f"{symbol}.{kind}", adjectives)


def _adjectives(kind: str, lists: frozenset[str]) -> dict[str, float]:
    return {
        f"ADJECTIVE.{name}": weight
        for name, weight in ADJECTIVES_OF[kind].items()
        if name in lists and name not in NOT_PREDICATED
    }
