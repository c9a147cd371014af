"""What stands around the main clause: when, why and where it holds.

STATEMENT.<tense>                     the main clause, with such a phrase before it or without
FINAL, END.<kind>.<where>.<tense>     such a phrase at its end, by the kind of its subject, and of a relative clause
OCCASION.<tense>                      the occasion of a state
ASIDE.<tense>                         one between subject and verb, in commas
BRIEF.<tense>                         the clause after because, when or if

Their prepositions (during, in) follow no noun, so that they cannot be taken for its modifiers.
"""

from collections.abc import Iterator

from pipeline.grammar.alternatives import choices, numbers, optional, phrases_of, weighted, within
from pipeline.grammar.description import EVENTS, WHERE
from pipeline.grammar.grammar import Rule
from pipeline.grammar.selection import BRIEF_FRAMES, BRIEF_SUBJECTS, REASONED, SUBJECTS, WEATHER, kind
from pipeline.grammar.verb_groups import BE, BRIEF_ASPECTS, TENSES, finite, verb_group_rules
from pipeline.params.language import SentenceShape

IF = 0.15  # of clauses with because, when or if, in the present


def adjunct_rules(shape: SentenceShape) -> Iterator[Rule]:
    places = phrases_of("SHORT.particular.{noun}.{number}", shape.plural, WHERE["gathering"], "in")
    yield from optional("THERE", shape.prepositional_phrase, places, "prepositional_phrase")
    companion = {
        "pronoun.object": 0.5, "NAME": 0.15, "SHORT.particular.person.sg^1": 0.25, "SHORT.particular.person.pl^1": 0.1
    }  # fmt: skip
    yield from choices("COMPANION", companion)
    for tense in TENSES:
        yield from _edges(tense, shape)
        yield from _brief_clauses(tense, shape)


def _edges(tense: str, shape: SentenceShape) -> Iterator[Rule]:
    p = shape.adjunct
    events = phrases_of("SHORT.particular.{noun}.{number}", shape.plural, EVENTS, "during")
    p_if = IF if tense == "pres" else 0.0
    reasons = {f"when BRIEF.{tense}^1": 1 - p_if, f"if BRIEF.{tense}^1": p_if}
    reasons = {right: share for right, share in reasons.items() if share}
    time = {"time": 1.0, f"time.{tense}": 0.3}
    # What stands before the main clause tells its time, and nothing else stands around it then.
    front = {f"{right} THERE comma TIMED.{tense}^2": p / 2 * share for right, share in events.items()}
    front |= {f"{right} comma REASONED.{tense}^2": p / 2 * share for right, share in reasons.items()}
    yield from choices(f"STATEMENT.{tense}", {**front, f"BODY.{tense}^1": 1 - p})
    aside = {f"comma {right} THERE comma": 3 * share for right, share in events.items()}
    aside["comma adverb.comment comma"] = 2
    yield from weighted(f"ASIDE.{tense}", {within("parenthesis", right): weight for right, weight in aside.items()})
    events = {right: 2 * share for right, share in events.items()}
    reasons = {right: 2 * share for right, share in reasons.items()}
    yield from weighted(f"OCCASION.{tense}", events | reasons | time)
    for of_kind in dict.fromkeys(map(kind, SUBJECTS)):
        why = reasons if of_kind in REASONED else {}
        for where, nouns in (("there", WHERE.get(of_kind, {})), ("underway", {"city": 1})):
            places = phrases_of("SHORT.particular.{noun}.{number}", shape.plural, nouns, "in")
            here = {right: 3 * share for right, share in places.items()} | ({"here": 0.5} if nouns else {})
            yield from optional(f"FINAL.{of_kind}.{where}.{tense}", p, events | time | why | here)
            yield from optional(f"END.{of_kind}.{where}.{tense}", p, events | time | here)


def _brief_clauses(tense: str, shape: SentenceShape) -> Iterator[Rule]:
    """What people, animals, events and the weather do, in a few words."""
    total = sum(BRIEF_SUBJECTS.values())
    rights = {
        f"SHORTSUBJECT.particular.{noun}.{number} BRIEFLY.{kind(noun)}.{number}.{tense}": weight / total * share
        for noun, weight in BRIEF_SUBJECTS.items()
        for number, share in numbers(noun, shape.plural).items()
    }
    rights = {right: (1 - WEATHER) * p for right, p in rights.items()}
    yield from choices(f"BRIEF.{tense}", {**rights, f"impersonal BRIEFLY.weather.sg.{tense}": WEATHER})
    for of_kind, frames in BRIEF_FRAMES.items():
        described = f"FELT.{of_kind}" if of_kind in REASONED else "ADJECTIVE.weather" if of_kind == "weather" else ""
        for number in ("sg", "pl"):
            group, be = f"brief_{of_kind}", f"{BE[tense]}.{number}"
            yield from verb_group_rules(group, number, tense, frames)
            said = finite(group, number, tense, frames, aspects=BRIEF_ASPECTS, slot="brief")
            if described:
                said |= {f"{be} {described}": 0.4, f"{be} VERY {described}": 0.1}
            yield from weighted(f"BRIEFLY.{of_kind}.{number}.{tense}", said)
