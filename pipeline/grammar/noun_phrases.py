"""Noun phrases: determiner, adjective, noun, and one modifier at most.

Symbols, with `noun` a noun class, `number` sg or pl, `tense` pres or past, `style` one of `description.STYLES`, and
`after` "of" or "other" by whether "of" can follow the determiner:

OPEN.<style>.<after>.<noun>.<number>   determiner, adjective and noun
NP.<noun>.<number>.<tense>             an object: OPEN with any modifier, a name or a pronoun
SHORT.<style>.<noun>.<number>          OPEN with a prepositional phrase at most, or a name
SHORTSUBJECT.<style>.<noun>.<number>   the same as a subject, which can be a pronoun
PAIRED.<noun>                          the second of two subjects: OPEN without a modifier
"""

from collections.abc import Iterator

from pipeline.grammar.alternatives import choices, mixed, numbers, weighted
from pipeline.grammar.description import ADJECTIVES_OF, STYLES, determiners, takes_of
from pipeline.grammar.grammar import Rule
from pipeline.grammar.lexicon import Lexicon
from pipeline.grammar.verb_groups import TENSES
from pipeline.params.language import SentenceShape

AFTER = ("of", "other")
NAMED, PRONOUN = 0.25, 0.22  # of people in the singular, of subjects that are people


def noun_phrase_rules(noun: str, lexicon: Lexicon, shape: SentenceShape) -> Iterator[Rule]:
    yield from _words(noun, lexicon, shape)
    shares = numbers(noun, shape.plural)
    for number in shares:
        for style in STYLES:
            yield from _openings(noun, number, style, lexicon, shape)
        yield from _short_phrases(noun, number)
        for tense in TENSES:
            yield from _objects(noun, number, tense)
    pairs = {
        f"OPEN.brief.{after}.{noun}.{number}": share * p
        for number, share in shares.items()
        for after, p in opening_shares(noun, number, "brief").items()
    }
    yield from choices(f"PAIRED.{noun}", pairs)


def opening_shares(noun: str, number: str, style: str) -> dict[str, float]:
    """Of the openings of a style: those that "of" can follow, and others; only those that exist."""
    shares = dict.fromkeys(AFTER, 0.0)
    for determiner, p in determiners(noun, number, style).items():
        shares["of" if takes_of(noun, determiner) else "other"] += p
    return {after: p for after, p in shares.items() if p}


def _openings(noun: str, number: str, style: str, lexicon: Lexicon, shape: SentenceShape) -> Iterator[Rule]:
    core = f"NOUN.{noun}.{number}"
    found: dict[str, dict[str, float]] = {after: {} for after in AFTER}
    for determiner, p in determiners(noun, number, style).items():
        rights = found["of" if takes_of(noun, determiner) else "other"]
        if determiner == "bare":
            rights[core] = p
        elif determiner == "a":
            adjectives = _share(_adjectives(noun, lexicon), "a")
            by_a = (1 - shape.adjective) * lexicon.share[f"noun.{noun}.sg.a"] + shape.adjective * adjectives
            rights |= {
                right: weight
                for right, weight in ((f"a A.{noun}", p * by_a), (f"an AN.{noun}", p - p * by_a))
                if weight
            }
        else:
            rights[f"{determiner} {core}"] = p
    for after, rights in found.items():
        if rights:
            yield from weighted(f"OPEN.{style}.{after}.{noun}.{number}", rights)


def _short_phrases(noun: str, number: str) -> Iterator[Rule]:
    for style, pronoun in (("brief", PRONOUN), ("particular", 2 * PRONOUN)):
        rights = {
            f"OPEN.{style}.{after}.{noun}.{number} PHRASE.{style}.{after}.{noun}": p
            for after, p in opening_shares(noun, number, style).items()
        }
        named = mixed(NAMED, {"NAME": 1.0}, rights) if (noun, number) == ("person", "sg") else rights
        # "For anna", but not "behind anna".
        yield from choices(f"SHORT.{style}.{noun}.{number}", named if style == "brief" else rights)
        as_subject = mixed(pronoun, {f"pronoun.{number}": 1.0}, named) if noun == "person" else rights
        yield from choices(f"SHORTSUBJECT.{style}.{noun}.{number}", as_subject)


def _objects(noun: str, number: str, tense: str) -> Iterator[Rule]:
    rights = {
        f"OPEN.object.{after}.{noun}.{number} MODIFIER.object.{after}.{noun}.{number}.{tense}": p
        for after, p in opening_shares(noun, number, "object").items()
    }
    if (noun, number) == ("person", "sg"):
        rights = mixed(PRONOUN / 2, {"pronoun.object": 1.0}, mixed(NAMED, {"NAME": 1.0}, rights))
    yield from choices(f"NP.{noun}.{number}.{tense}", rights)


def _words(noun: str, lexicon: Lexicon, shape: SentenceShape) -> Iterator[Rule]:
    """The noun with and without adjective, after "a", after "an", and after anything else."""
    adjectives = _adjectives(noun, lexicon)
    sounds = {sound: lexicon.share[f"noun.{noun}.sg.{sound}"] for sound in ("a", "an")}
    sounds = {sound: share for sound, share in sounds.items() if share}
    yield from choices(f"N.{noun}.sg", {f"noun.{noun}.sg.{sound}": share for sound, share in sounds.items()})
    yield from choices(f"SORT.{noun}", adjectives)
    for number in numbers(noun, shape.plural):
        word = f"N.{noun}.sg" if number == "sg" else f"noun.{noun}.pl"
        modified = {word: 1 - shape.adjective, f"SORT.{noun} {word}": shape.adjective}
        yield from choices(f"NOUN.{noun}.{number}", modified)
    for sound in ("a", "an"):
        of_sound, p_sound = f"SORT.{noun}.{sound}", _share(adjectives, sound)
        after: dict[str, float] = {}
        if p_sound:
            here = {name: share for name, share in adjectives.items() if name.endswith(f".{sound}")}
            yield from weighted(of_sound, here)
            after[f"{of_sound} N.{noun}.sg"] = shape.adjective * p_sound
        if sound in sounds:
            after[f"noun.{noun}.sg.{sound}"] = (1 - shape.adjective) * sounds[sound]
        if after:
            yield from weighted(f"{sound.upper()}.{noun}", after)


def _adjectives(noun: str, lexicon: Lexicon) -> dict[str, float]:
    total = sum(ADJECTIVES_OF[noun].values())
    return {
        name: weight / total * lexicon.share[name]
        for group, weight in ADJECTIVES_OF[noun].items()
        for name in (f"adjective.{group}.a", f"adjective.{group}.an")
        if name in lexicon.classes
    }


def _share(adjectives: dict[str, float], sound: str) -> float:
    return sum(share for name, share in adjectives.items() if name.endswith(f".{sound}"))
