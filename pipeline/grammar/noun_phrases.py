"""Noun phrases: determiner, adjectives, noun, and one modifier at most."""

from collections.abc import Iterator

from pipeline.grammar.alternatives import by_number, choices, mixed, phrases_of, weighted, within
from pipeline.grammar.grammar import Rule
from pipeline.grammar.lexicon import Lexicon
from pipeline.grammar.selection import ADJECTIVE, KIND, PREPOSITIONS, gap_subjects
from pipeline.params import SentenceShape

NAMED, PRONOUN = 0.25, 0.2  # of people in the singular, of subjects that are people
SPECIFIC = 0.6  # of adjectives: those that go with the noun class alone


def noun_phrase_rules(noun: str, lexicon: Lexicon, shape: SentenceShape) -> Iterator[Rule]:
    """NP with its modifier, PLAIN without, SUBJECT and OBJ that may be pronouns too; N, NOUN and A, AN below them."""
    person = noun == "person"
    for number in ("sg", "pl"):
        singular = number == "sg"
        for tense in ("pres", "past"):
            name = f"{noun}.{number}.{tense}"
            phrase, full = {f"NP.{name}": 1.0}, {f"PLAIN.{name} MODIFIER.{name}": 1.0}
            names = {"name.woman": 0.5, "name.man": 0.5}
            yield from choices(f"NP.{name}", mixed(NAMED, names, full) if person and singular else full)
            subject = mixed(PRONOUN, {f"pronoun.{number}": 1.0}, phrase) if person else phrase
            yield from choices(f"SUBJECT.{name}", subject)
            any_object = mixed(PRONOUN / 2, {"pronoun.object": 1.0}, phrase) if person and singular else phrase
            yield from choices(f"OBJ.{name}", any_object)
            yield from choices(f"PLAIN.{name}", _determined(noun, number, lexicon, shape))
            yield from choices(f"MODIFIER.{name}", _modifiers(noun, number, tense, shape))
    yield from _words(noun, lexicon, shape)
    yield from _gaps(noun, shape)


def _determined(noun: str, number: str, lexicon: Lexicon, shape: SentenceShape) -> dict[str, float]:
    core = f"NOUN.{noun}.{number}"
    if number == "pl":
        return {f"the {core}": 0.42, f"determiner.pl {core}": 0.28, f"possessive {core}": 0.12, core: 0.18}
    plain, with_adjective = (1 - shape.adjective, shape.adjective)
    a = plain * lexicon.share[f"noun.{noun}.sg.a"] + with_adjective * _share(_adjectives(noun, lexicon), "a")
    return {
        f"the {core}": 0.45,
        f"determiner.sg {core}": 0.15,
        f"possessive {core}": 0.14,
        f"a A.{noun}": 0.26 * a,
        f"an AN.{noun}": 0.26 * (1 - a),
    }


def _words(noun: str, lexicon: Lexicon, shape: SentenceShape) -> Iterator[Rule]:
    """The noun with and without adjective, after "a", after "an", and after anything else."""
    adjectives = _adjectives(noun, lexicon)
    sounds = {sound: lexicon.share[f"noun.{noun}.sg.{sound}"] for sound in ("a", "an")}
    sounds = {sound: share for sound, share in sounds.items() if share}
    yield from choices(f"N.{noun}.sg", {f"noun.{noun}.sg.{sound}": share for sound, share in sounds.items()})
    for number, word in (("sg", f"N.{noun}.sg"), ("pl", f"noun.{noun}.pl")):
        modified = {word: 1 - shape.adjective, f"ADJECTIVE.{noun} {word}": shape.adjective}
        yield from choices(f"NOUN.{noun}.{number}", modified)
    yield from choices(f"ADJECTIVE.{noun}", adjectives)
    own = {name: share for name, share in adjectives.items() if f".{ADJECTIVE[noun]}." in name}
    yield from choices(f"PREDICATIVE.{noun}", {name: share / SPECIFIC for name, share in own.items()})
    for sound in ("a", "an"):
        of_sound, p_sound = f"ADJECTIVE.{noun}.{sound}", _share(adjectives, sound)
        here = {name: share / p_sound for name, share in adjectives.items() if name.endswith(f".{sound}")}
        yield from choices(of_sound, here)
        after = {f"{of_sound} N.{noun}.sg": shape.adjective * p_sound}
        if sound in sounds:
            after[f"noun.{noun}.sg.{sound}"] = (1 - shape.adjective) * sounds[sound]
        yield from weighted(f"{sound.upper()}.{noun}", after)


def _adjectives(noun: str, lexicon: Lexicon) -> dict[str, float]:
    return {
        name: weight * lexicon.share[name]
        for group, weight in (("any", 1 - SPECIFIC), (ADJECTIVE[noun], SPECIFIC))
        for name in (f"adjective.{group}.a", f"adjective.{group}.an")
        if name in lexicon.classes
    }


def _share(adjectives: dict[str, float], sound: str) -> float:
    return sum(share for name, share in adjectives.items() if name.endswith(f".{sound}"))


def _modifiers(noun: str, number: str, tense: str, shape: SentenceShape) -> dict[str, float]:
    """What can follow a noun: nothing, or one phrase. No two of them begin alike for more than a word."""
    kind = KIND[noun]
    rights: dict[str, float] = {}
    total = sum(weight for _, weight, _ in PREPOSITIONS[noun])
    for preposition, weight, nouns in PREPOSITIONS[noun]:
        p_preposition = shape.prepositional_phrase * weight / total
        for right, p in phrases_of("NP", shape.plural, tense, nouns).items():
            rights[within("prepositional_phrase", f"{preposition} {right}")] = p_preposition * p
    relative = "who" if kind == "human" else "that"
    rights[within("subject_relative", f"{relative} PREDICATE.{kind}.{number}.{tense}")] = shape.subject_relative
    if gap_subjects(noun):
        gap, pronoun = f"GAP.{noun}.{tense}^1", "whom" if kind == "human" else "that"
        with_that = shape.object_relative * shape.relative_that
        rights[within("object_relative_that", f"{pronoun} {gap}")] = with_that
        rights[within("object_relative_no_that", gap)] = shape.object_relative - with_that
    rights[""] = 1 - sum(rights.values())
    return rights


def _gaps(noun: str, shape: SentenceShape) -> Iterator[Rule]:
    """Clauses that lack their object, which the noun before them is: subject and verb."""
    pairs = gap_subjects(noun)
    for tense in ("pres", "past") if pairs else ():
        clauses = {
            f"SUBJECT.{subject}.{{n}}.{tense} VERB.{verb}.{{n}}.{tense}": p for (subject, verb), p in pairs.items()
        }
        yield from choices(f"GAP.{noun}.{tense}", by_number(shape.plural, clauses))
