"""Predicates: a verb with its auxiliaries, adverbs and objects, or a description."""

from collections.abc import Iterator, Mapping

from pipeline.grammar.alternatives import choices, optional, phrases_of, weighted
from pipeline.grammar.grammar import Rule
from pipeline.grammar.lexicon import Lexicon
from pipeline.grammar.selection import ANIMATE_VERBS, FRAMES, GIFTS, GIVE, KIND, PEOPLE, STATIVE, WANT
from pipeline.params import SentenceShape

NUMBERS = ("sg", "pl")
TENSES = ("pres", "past")


def adverb_rules(shape: SentenceShape) -> Iterator[Rule]:
    """ADVERBS before a verb: a comment, a frequency, and a manner (of living things) or a pace, each at most once."""
    p = shape.adverb
    for way in ("manner", "pace"):
        frequently, way_of = f"FREQUENTLY.{way}", f"WAY.{way}"
        yield from choices(f"ADVERBS.{way}", {frequently: 1 - p / 3, f"adverb.comment {frequently}": p / 3})
        yield from choices(frequently, {way_of: 1 - p / 2, f"adverb.frequency {way_of}": p / 2})
    yield from optional("WAY.manner", p / 2, {"adverb.manner": 4, "adverb.degree adverb.manner": 1})
    yield from optional("WAY.pace", p / 2, {"adverb.pace": 5, "adverb.speed": 3, "adverb.degree adverb.speed": 2})


def verb_rules(verb: str, lexicon: Lexicon) -> Iterator[Rule]:
    """VERB with its auxiliary: reads, is reading, has read, will read, does not read; the same in the past."""
    adverbs = f"ADVERBS.{'manner' if verb in ANIMATE_VERBS else 'pace'}"
    base = f"verb.{verb}.pl@infinitive"
    yield from weighted(f"PAST.{verb}", _forms(verb, ("past", "strong_past"), lexicon))
    yield from weighted(f"PARTICIPLE.{verb}", _forms(verb, ("past", "strong_participle"), lexicon))
    for number in NUMBERS:
        present = {
            f"{adverbs} verb.{verb}.{number}": 70,
            f"be.{number} {adverbs} verb.{verb}.ing": 0 if verb in STATIVE else 10,
            f"have.{number} {adverbs} PARTICIPLE.{verb}": 8,
            f"modal {adverbs} {base}": 0 if verb == "want" else 8,
            f"do.{number} not {base}": 6,
        }
        past = {
            f"{adverbs} PAST.{verb}": 70,
            f"was.{number} {adverbs} verb.{verb}.ing": 0 if verb in STATIVE else 10,
            f"had {adverbs} PARTICIPLE.{verb}": 8,
            f"modal.past {adverbs} {base}": 0 if verb == "want" else 8,
            f"did not {base}": 6,
        }
        for tense, forms in (("pres", present), ("past", past)):
            possible = {right: weight for right, weight in forms.items() if weight}
            yield from weighted(f"VERB.{verb}.{number}.{tense}", possible)


def predicate_rules(kind: str, shape: SentenceShape) -> Iterator[Rule]:
    """PREDICATE of a kind of subject, COORDINATED for a second one, BARE without tense, DESCRIBED for adjectives."""
    adjective = "PREDICATIVE." + next(noun for noun in KIND if KIND[noun] == kind)
    yield from choices(f"DESCRIBED.{kind}", {adjective: 0.75, f"adverb.degree {adjective}": 0.25})
    for tense in TENSES:
        frames = _frames(kind, tense, shape)
        for verb, _, objects in FRAMES[kind]:
            if objects:
                nouns = phrases_of("OBJ", shape.plural, tense, objects)
                yield from choices(f"OBJECT.{verb}.{kind}.{tense}", nouns)
        bare = {f"verb.{verb}.pl@infinitive {rest}": p for (verb, rest), p in frames.items()}
        yield from weighted(f"BARE.{kind}.{tense}", bare)
        for number in NUMBERS:
            predicate = f"PREDICATE.{kind}.{number}.{tense}"
            be = f"be.{number}" if tense == "pres" else f"was.{number}"
            finite = {f"VERB.{verb}.{number}.{tense} {rest}": p for (verb, rest), p in frames.items()}
            finite[f"{be} NOT DESCRIBED.{kind}"] = shape.copula * 0.6
            finite[f"{be} adverb.frequency DESCRIBED.{kind}"] = shape.copula * 0.15
            finite[f"VERB.seem.{number}.{tense} DESCRIBED.{kind}"] = shape.copula * 0.25
            yield from choices(predicate, finite)
            second = {f"and {predicate}": 3, f"comma but {predicate}": 1}
            coordinated = f"COORDINATED.{kind}.{number}.{tense}"
            yield from optional(coordinated, shape.verb_coordination, second, "verb_coordination")


def complement_rules(shape: SentenceShape) -> Iterator[Rule]:
    """What else follows the verbs of people: that ..., the GIFT and its RECIPIENT."""
    yield from optional("NOT", 0.12, {"not": 1})
    for tense in TENSES:
        clause = f"CLAUSE.{tense}^1@sentential_complement"
        that = {f"that {clause}": shape.complement_that, clause: 1 - shape.complement_that}
        yield from choices(f"COMPLEMENT.{tense}", that)
        yield from choices(f"GIFT.{tense}", phrases_of("OBJ", shape.plural, tense, GIFTS))
        yield from choices(f"RECIPIENT.{tense}", phrases_of("OBJ", shape.plural, tense, PEOPLE))


def _frames(kind: str, tense: str, shape: SentenceShape) -> Mapping[tuple[str, str], float]:
    """Verb class and what follows it, with the probabilities that are left beside descriptions."""
    special: dict[tuple[str, str], float] = {}
    if kind == "human":
        special = {
            ("say", f"COMPLEMENT.{tense}"): shape.complement * 0.85,
            ("wonder", f"whether CLAUSE.{tense}^1@sentential_complement"): shape.complement * 0.15,
            ("give", f"GIFT.{tense} to RECIPIENT.{tense}"): GIVE,
            ("want", f"to BARE.{kind}.{tense}"): WANT,
        }
    total = sum(weight for _, weight, _ in FRAMES[kind])
    left = 1 - shape.copula - sum(special.values())
    plain = {
        (verb, f"OBJECT.{verb}.{kind}.{tense}" if objects else ""): left * weight / total
        for verb, weight, objects in FRAMES[kind]
    }
    return plain | special


def _forms(verb: str, forms: tuple[str, ...], lexicon: Lexicon) -> dict[str, float]:
    names = [f"verb.{verb}.{form}" for form in forms]
    return {name: lexicon.share[name] for name in names if name in lexicon.classes}
