"""Verbs with auxiliaries and adverbs: reads, is reading, has read, will read, does not read; the same in the past.

A group is a set of verb classes with what follows each of them. Auxiliary and adverb come before the choice of the
verb, so that little is undecided after them. Symbols are FINITE, ING, PARTICIPLE, BASE.<group>.<way>.<number>.<tense>,
for the form that stands alone, after is, after has, and after will or to; the ways are those of `selection.WAYS`.
"""

from collections.abc import Callable, Iterator, Mapping

from pipeline.grammar.alternatives import choices, optional, weighted
from pipeline.grammar.grammar import Rule
from pipeline.grammar.lexicon import Lexicon
from pipeline.grammar.selection import GRADABLE_ADVERBS, LASTING, ONCE, STATIVE, WAY, WAYS, Weights
from pipeline.params.language import SentenceShape

TENSES = ("pres", "past")
BE = {"pres": "be", "past": "was"}
Frames = Mapping[tuple[str, str], float]  # verb class and what follows it, with probabilities

# Where adverbs stand and which can, beside those of the verb's way, which have the weight OWN: before the verb of a
# main clause, of any other, of one that lacks its object, of one after because; and after will, has, is.
OWN = 4.0
SLOTS: Mapping[str, Weights] = {
    "main": {"comment": 1.5, "frequency": 3},
    "simple": {"frequency": 3},
    "gap": {"frequency": 1},
    "brief": {},
    "modal": {"frequency": 0.7, "soon": 1.5},
    "perfect": {"frequency": 1.5, "perfect": 2},
    "progressive": {"still": 1.5},
}
# How often a verb takes which auxiliary: as a rule; in a clause that lacks its object; beside a phrase that tells the
# time; after because, when or if.
ASPECTS: Weights = {"simple": 70, "progressive": 10, "perfect": 8, "modal": 8, "negated": 6}
GAP_ASPECTS: Weights = {"simple": 75, "progressive": 8, "perfect": 8, "modal": 7, "negated": 2}
TIMED_ASPECTS: Weights = {"simple": 80, "progressive": 5, "modal": 7, "negated": 8}
BRIEF_ASPECTS: Weights = {"simple": 80, "progressive": 15}


def adverb_rules(shape: SentenceShape) -> Iterator[Rule]:
    """ADVERBS.<way>.<slot>: none, one, or two that go together (very quietly, probably often)."""
    p = shape.adverb
    for way, adverbs in WAYS.items():
        for slot, others in SLOTS.items():
            one = {f"adverb.{name}": weight for name, weight in others.items() if (way, name) != (ONCE, "frequency")}
            total = sum(adverbs.values())
            one |= {f"adverb.{name}": OWN * weight / total for name, weight in adverbs.items()}
            graded = {name: weight for name, weight in adverbs.items() if name in GRADABLE_ADVERBS}
            total = sum(graded.values())
            two = {f"adverb.degree adverb.{name}": 2 * weight / total for name, weight in graded.items()}
            if slot == "main" and way != ONCE:
                two["adverb.comment adverb.frequency"] = 1
            share = p**2 if two else 0.0
            either = {right: (1 - share) * weight / sum(one.values()) for right, weight in one.items()}
            either |= {right: share * weight / sum(two.values()) for right, weight in two.items()}
            left = f"ADVERBS.{way}.{slot}"
            yield from optional(left, p, either) if one else choices(left, {"": 1.0})


def verb_form_rules(verb: str, lexicon: Lexicon) -> Iterator[Rule]:
    """PAST and PARTICIPLE of a verb class: of verbs with one form for both, and of others."""
    for symbol, strong in (("PAST", "strong_past"), ("PARTICIPLE", "strong_participle")):
        names = [f"verb.{verb}.{form}" for form in ("past", strong)]
        yield from weighted(
            f"{symbol}.{verb}", {name: lexicon.share[name] for name in names if name in lexicon.classes}
        )


def verb_group_rules(group: str, number: str, tense: str, frames: Frames) -> Iterator[Rule]:
    """The verb forms of a group with what follows them."""
    present = "verb.{verb}." + number
    for way, verbs in by_way(frames).items():
        name = f"{group}.{way}.{number}.{tense}"
        for symbol, form, chosen in (
            ("FINITE", present if tense == "pres" else "PAST.{verb}", verbs),
            ("ING", "verb.{verb}.ing", _in_progress(verbs)),
            ("PARTICIPLE", "PARTICIPLE.{verb}", verbs),
            ("BASE", "verb.{verb}.pl@infinitive", verbs),
        ):
            if chosen:
                rights = {f"{form.format(verb=verb)} {rest}": p for (verb, rest), p in chosen.items()}
                yield from weighted(f"{symbol}.{name}", rights)


def finite(
    group: str,
    number: str,
    tense: str,
    frames: Frames,
    *,
    aspects: Weights,
    slot: str,
    end: Callable[[str, str], str] = lambda aspect, way: "",
) -> dict[str, float]:
    """Right-hand sides for a verb group with a subject of this number, with probabilities that sum to one.

    `slot` tells the adverbs before a verb without auxiliary, `end` what follows an aspect of the verbs of a way.
    """
    be, have, modal, do = f"{BE[tense]}.{number}", "had", "modal.past", "did"
    if tense == "pres":
        have, modal, do = f"have.{number}", "modal", f"do.{number}"
    rights: dict[str, float] = {}
    for way, verbs in by_way(frames).items():
        name, adverbs = f"{group}.{way}.{number}.{tense}", f"ADVERBS.{way}"
        p = sum(verbs.values())
        forms = {
            "simple": (f"{adverbs}.{slot} FINITE.{name}", p),
            "progressive": (f"{be} {adverbs}.progressive ING.{name}", sum(_in_progress(verbs).values())),
            "perfect": (f"{have} {adverbs}.perfect PARTICIPLE.{name}", p),
            "modal": (f"{modal} {adverbs}.modal BASE.{name}", 0.0 if way in LASTING else p),
            "negated": (f"{do} not BASE.{name}", p),
        }
        for aspect, weight in aspects.items():
            form, share = forms[aspect]
            if share:
                rights[f"{form} {end(aspect, way)}"] = share * weight
    total = sum(rights.values())
    return {right: weight / total for right, weight in rights.items()}


def base(group: str, number: str, tense: str, frames: Frames, ways: tuple[str, ...] = tuple(WAYS)) -> dict[str, float]:
    """The verbs of some ways in their base form, with weights."""
    found = by_way(frames)
    return {f"BASE.{group}.{way}.{number}.{tense}": sum(found[way].values()) for way in ways if way in found}


def by_way(frames: Frames) -> dict[str, dict[tuple[str, str], float]]:
    """Frames by the way of their verb."""
    found: dict[str, dict[tuple[str, str], float]] = {}
    for (verb, rest), p in frames.items():
        found.setdefault(WAY[verb], {})[verb, rest] = p
    return found


def _in_progress(verbs: Frames) -> dict[tuple[str, str], float]:
    return {key: p for key, p in verbs.items() if key[0] not in STATIVE}
