"""What follows a noun: a prepositional phrase or a relative clause.

Symbols, as in `noun_phrases`, with `role` subject or object:

MODIFIER.<role>.<after>.<noun>.<number>.<tense>  a prepositional phrase, a relative clause, or nothing
PHRASE.<style>.<after>.<noun>                    a prepositional phrase or nothing
GAP.<that | near>.<noun>.<tense>                 a clause that lacks its object, which the noun before it is
LACKING.<group>.<number>.<tense>                 the predicate of such a clause; its group is the kind of subject and
                                                 the noun
"""

from collections.abc import Iterator

from pipeline.grammar.alternatives import choices, numbers, phrases_of, within
from pipeline.grammar.description import DEFINITE, LOCAL, PREPOSITIONS
from pipeline.grammar.grammar import Rule
from pipeline.grammar.noun_phrases import AFTER
from pipeline.grammar.selection import GAP_SUBJECTS, JOINABLE, NEAR_SUBJECTS, gap_subjects, gap_verbs, kind
from pipeline.grammar.verb_groups import GAP_ASPECTS, TENSES, finite, verb_group_rules
from pipeline.params.language import SentenceShape


def modifier_rules(noun: str, shape: SentenceShape) -> Iterator[Rule]:
    for after in AFTER:
        for style in ("brief", "particular"):
            phrases = _prepositional_phrases(noun, style, after, shape)
            yield from choices(f"PHRASE.{style}.{after}.{noun}", {**phrases, "": 1 - sum(phrases.values())})
        for number in numbers(noun, shape.plural):
            for tense in TENSES:
                for role in ("subject", "object"):
                    modifiers = _modifiers(noun, number, tense, role, after, shape)
                    yield from choices(f"MODIFIER.{role}.{after}.{noun}.{number}.{tense}", modifiers)
    for tense in TENSES:
        yield from _gaps(noun, tense, shape)


def _prepositional_phrases(noun: str, style: str, after: str, shape: SentenceShape) -> dict[str, float]:
    """Preposition and noun phrase with their probabilities; after a place, a second place is rare."""
    kept = [entry for entry in PREPOSITIONS[noun] if entry[0] != "of" or after == "of"]
    total = sum(weight for _, weight, _ in kept)
    rights: dict[str, float] = {}
    for preposition, weight, nouns in kept:
        p_preposition = shape.prepositional_phrase * weight / total
        if style == "particular" and preposition in LOCAL:
            p_preposition *= min(1.0, 2 * shape.prepositional_phrase)
        phrase = f"SHORT.{'particular' if preposition in DEFINITE else 'brief'}.{{noun}}.{{number}}"
        for right, p in phrases_of(phrase, shape.plural, nouns, preposition).items():
            rights[within("prepositional_phrase", right)] = p_preposition * p
    return rights


def _modifiers(noun: str, number: str, tense: str, role: str, after: str, shape: SentenceShape) -> dict[str, float]:
    """What can follow a noun: nothing, or one phrase. No two of them begin alike for more than a word."""
    of_kind = kind(noun)
    rights = _prepositional_phrases(noun, role, after, shape)
    relative = "FULLRELATIVE" if role == "subject" and of_kind in JOINABLE else "RELATIVE"
    who, whom = ("who", "whom") if of_kind == "person" else ("that", "that")
    predicate = f"{who} {relative}.{of_kind}.{number}.{tense}"
    rights[within("subject_relative", predicate)] = shape.subject_relative
    # "The cakes she bakes", but not "his cakes she bakes".
    with_that = shape.object_relative * (shape.relative_that if after == "of" else 1.0)
    if gap_subjects(noun, GAP_SUBJECTS):
        rights[within("object_relative_that", f"{whom} GAP.that.{noun}.{tense}^1")] = with_that
    if after == "of" and gap_subjects(noun, NEAR_SUBJECTS):
        rights[within("object_relative_no_that", f"GAP.near.{noun}.{tense}^1")] = shape.object_relative - with_that
    rights[""] = 1 - sum(rights.values())
    return rights


def _gaps(noun: str, tense: str, shape: SentenceShape) -> Iterator[Rule]:
    """After "that" any subject can stand, without it one that is easily made out."""
    for subject_kind in dict.fromkeys(map(kind, gap_subjects(noun, GAP_SUBJECTS))):
        group, verbs = f"{subject_kind}_{noun}", gap_verbs(subject_kind, noun)
        for number in numbers(subject_kind, shape.plural):
            yield from verb_group_rules(group, number, tense, verbs)
            lacking = finite(group, number, tense, verbs, aspects=GAP_ASPECTS, slot="gap")
            yield from choices(f"LACKING.{group}.{number}.{tense}", lacking)
    for name, style, subjects in (("that", "brief", GAP_SUBJECTS), ("near", "particular", NEAR_SUBJECTS)):
        clauses = {
            f"SHORTSUBJECT.{style}.{subject}.{number} LACKING.{kind(subject)}_{noun}.{number}.{tense}": p * share
            for subject, p in gap_subjects(noun, subjects).items()
            for number, share in numbers(subject, shape.plural).items()
        }
        yield from choices(f"GAP.{name}.{noun}.{tense}", clauses)
