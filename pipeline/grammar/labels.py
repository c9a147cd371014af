"""What is known of each word of the built-in lexicon without any text: part of speech, number, class, and lemma."""

from collections.abc import Mapping
from functools import cache

from pipeline.grammar.lexicon import Lexicon, build_lexicon

NUMBERS = {"sg": "singular", "pl": "plural"}
OPEN = ("noun", "verb", "adjective", "adverb", "name")


@cache
def word_labels() -> Mapping[str, Mapping[str, str]]:
    """By task, the label of each word: `part of speech` of the open classes, `number` of nouns and of present verbs,
    `selectional class` of nouns: what one can do with them."""
    part, number, kind = {}, {}, {}
    for name, word_class in _lexicon().classes.items():
        first, *rest = name.split(".")
        for word in word_class.words if first in OPEN else ():
            part[word] = first
            if first == "noun":
                kind[word] = rest[0]
            if first in ("noun", "verb") and rest[1] in NUMBERS:
                number[word] = f"{NUMBERS[rest[1]]} {first}"
    nouns = {word: label.removesuffix(" noun") for word, label in number.items() if label.endswith("noun")}
    verbs = {word: label.removesuffix(" verb") for word, label in number.items() if label.endswith("verb")}
    return {"part of speech": part, "number of nouns": nouns, "number of verbs": verbs, "selectional class": kind}


def word_lemmas() -> Mapping[str, str]:
    """The lemma of each word of the open classes: a noun's singular, a verb's base form, any other word itself."""
    return _lexicon().lemma


@cache
def _lexicon() -> Lexicon:
    return build_lexicon(topics=1, topic_strength=1.0, zipf_exponent=1.0)
