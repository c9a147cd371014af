"""The lexicon: word lists to word classes, with Zipf-like frequencies that shift with the topic."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.errors import UserError
from pipeline.grammar.grammar import WordClass
from pipeline.grammar.words.nouns import IRREGULAR_PLURALS, NOUNS
from pipeline.grammar.words.others import ADJECTIVES, ADVERBS, CLOSED, NAMES
from pipeline.grammar.words.verbs import DOUBLING, IRREGULAR_VERBS, VERBS

OFFSET = 2.7  # of ranks (Mandelbrot 1953): without it, the first words of the many lists would be all one reads
VERB_FORMS = ("sg", "pl", "past", "strong_past", "strong_participle", "ing")


@dataclass(frozen=True)
class Lexicon:
    """`classes` by name, `share` of the words of a list that fall to each of its classes under no topic.

    `lemma` of each open-class form: the noun's singular or the verb's base form.
    """

    classes: Mapping[str, WordClass]
    share: Mapping[str, float]
    lemma: Mapping[str, str]


def build_lexicon(topics: int, topic_strength: float, zipf_exponent: float) -> Lexicon:
    """Word classes under `topics` topics.

    Within a list, the r-th word has weight (r + OFFSET)^-`zipf_exponent` (the Zipf-Mandelbrot law). Each word of an
    open class belongs to one topic, which makes it `topic_strength` times as likely relative to the others; ranks are
    dealt to the topics in turn.
    Raises UserError where one form belongs to two classes.
    """
    builder = _Builder(topics, topic_strength, zipf_exponent)
    for kind, words in NOUNS.items():
        lemmas = words.split()
        builder.add_by_sound(f"noun.{kind}.sg", lemmas, lemmas)
        builder.add(f"noun.{kind}.pl", [plural(word) for word in lemmas], lemmas)
    for kind, words in VERBS.items():
        lemmas = words.split()
        for form in VERB_FORMS:
            builder.add(f"verb.{kind}.{form}", [verb_form(word, form) for word in lemmas], lemmas)
    for kind, words in ADJECTIVES.items():
        builder.add_by_sound(f"adjective.{kind}", words.split(), words.split())
    for kind, words in ADVERBS.items():
        builder.add(f"adverb.{kind}", words.split(), words.split())
    for kind, words in NAMES.items():
        builder.add(f"name.{kind}", words.split(), words.split())
    for name, weights in CLOSED.items():
        builder.add_closed(name, weights)
    return builder.finish()


class _Builder:
    def __init__(self, topics: int, topic_strength: float, zipf_exponent: float) -> None:
        self._topics, self._strength, self._exponent = topics, topic_strength, zipf_exponent
        self._classes: dict[str, WordClass] = {}
        self._share: dict[str, float] = {}
        self._lemma: dict[str, str] = {}
        self._lists = 0

    def add(self, name: str, forms: Sequence[str | None], lemmas: Sequence[str]) -> None:
        """A class of the forms that exist (a missing one is None); it may remain empty."""
        self._add(name, [form is not None for form in forms], forms, lemmas)
        self._lists += 1

    def add_by_sound(self, name: str, forms: Sequence[str], lemmas: Sequence[str]) -> None:
        """Two classes: the forms that "a" goes before, and those that "an" goes before."""
        vowel = [takes_an(form) for form in forms]
        self._add(f"{name}.a", [not v for v in vowel], forms, lemmas)
        self._add(f"{name}.an", vowel, forms, lemmas)
        self._lists += 1

    def add_closed(self, name: str, weights: Mapping[str, float]) -> None:
        values = np.array(list(weights.values()), dtype=np.float64)
        self._classes[name] = WordClass(name, tuple(weights), np.tile(values / values.sum(), (self._topics, 1)))

    def _add(self, name: str, chosen: Sequence[bool], forms: Sequence[str | None], lemmas: Sequence[str]) -> None:
        ranks = np.arange(len(forms))
        zipf = (ranks + 1 + OFFSET) ** -self._exponent
        own = (ranks + self._lists) % self._topics == np.arange(self._topics)[:, None]
        weights = (zipf * np.where(own, self._strength, 1.0))[:, chosen]
        words = [form for form, keep in zip(forms, chosen, strict=True) if keep and form is not None]
        self._share[name] = float(zipf[chosen].sum() / zipf.sum())
        if words:
            self._classes[name] = WordClass(name, tuple(words), weights / weights.sum(axis=1, keepdims=True))
        self._lemma.update((form, lemma) for form, lemma in zip(forms, lemmas, strict=True) if form is not None)

    def finish(self) -> Lexicon:
        check_disjoint(self._classes.values())
        return Lexicon(self._classes, self._share, self._lemma)


def check_disjoint(classes: Iterable[WordClass]) -> None:
    """Raises UserError where a form stands twice: then a word would not tell its class, nor agreement its answer."""
    seen: dict[str, str] = {}
    twice = []
    for word_class in classes:
        for word in word_class.words:
            if word in seen:
                twice.append(f"{word!r} ({seen[word]}, {word_class.name})")
            seen[word] = word_class.name
    if twice:
        raise UserError(f"{len(twice)} forms belong to two classes: {', '.join(twice)}. Keep each in one list.")


def plural(noun: str) -> str:
    if noun in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[noun]
    return _with_s(noun)


def verb_form(verb: str, form: str) -> str | None:
    """The form of a base form, None where the verb has it not: strong forms are those of verbs whose past and
    participle differ, "past" serves as both for all others."""
    past, *participle = IRREGULAR_VERBS.get(verb, "").split() or [_with_ed(verb)]
    match form:
        case "sg":
            return _with_s(verb)
        case "pl":
            return verb
        case "past":
            return None if participle else past
        case "strong_past":
            return past if participle else None
        case "strong_participle":
            return participle[0] if participle and participle[0] != "-" else None
        case _:
            return _with_ing(verb)


def takes_an(word: str) -> bool:
    """Whether "an" goes before a word: a vowel sound, not only a vowel letter."""
    if re.match(r"(uni[^mn]|use|usu|eu|ew|one|ukulele|urol|utop)", word):
        return False
    return word[0] in "aeiou" or word.startswith(("heir", "honest", "hour"))


def _with_s(word: str) -> str:
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def _with_ed(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    return verb + (verb[-1] if verb in DOUBLING.split() else "") + "ed"


def _with_ing(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe")):
        return verb[:-1] + "ing"
    return verb + (verb[-1] if verb in DOUBLING.split() else "") + "ing"
