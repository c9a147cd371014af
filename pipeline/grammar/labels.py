"""What is known of each word of the built-in lexicon without any text: part of speech, number, selectional class."""

from collections.abc import Mapping
from functools import cache

from pipeline.grammar.lexicon import build_lexicon

NUMBERS = {"sg": "singular", "pl": "plural"}
OPEN = ("noun", "verb", "adjective", "adverb", "name")


@cache
def word_labels() -> Mapping[str, Mapping[str, str]]:
    """By task, the label of each word: `part of speech` of the open classes, `number` of nouns and of present verbs,
    `selectional class` of nouns: what one can do with them."""
    part, number, kind = {}, {}, {}
    for name, word_class in build_lexicon(topics=1, topic_strength=1.0, zipf_exponent=1.0).classes.items():
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
