"""Small grammars whose every sentence can be listed, and the listing itself: independent of the code under test."""

from collections import defaultdict
from itertools import product

import numpy as np

from pipeline.grammar.grammar import Grammar, Rule, WordClass, build_grammar, rule


def word_class(name: str, words: str, *rows: list[float]) -> WordClass:
    return WordClass(name, tuple(words.split()), np.array(rows))


def rules_of(text: str) -> list[Rule]:
    """One rule a line: LEFT -> RIGHT [probability]."""
    rules = []
    for line in filter(None, map(str.strip, text.splitlines())):
        left, right = line.split("->")
        right, probability = right.rsplit("[", 1)
        rules.append(rule(left.strip(), right, float(probability.rstrip("]"))))
    return rules


FINITE_RULES = rules_of("""
    S -> NP VP END [0.9]
    S -> V END [0.1]
    NP -> d A n [0.7]
    NP -> n [0.3]
    A -> [0.5]
    A -> a [0.3]
    A -> a a [0.2]
    VP -> v ADV [0.6]
    VP -> v NP ADV [0.4]
    ADV -> [0.8]
    ADV -> r [0.2]
    V -> v [1.0]
    END -> e [0.75]
    END -> [0.25]
""")
FINITE_CLASSES = [
    word_class("d", "the this", [0.9, 0.1], [0.4, 0.6]),
    word_class("a", "old", [1.0], [1.0]),
    word_class("n", "dog cat book", [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]),
    word_class("v", "sees reads", [0.8, 0.2], [0.3, 0.7]),
    word_class("r", "often", [1.0], [1.0]),
    word_class("e", ". ?", [0.5, 0.5], [0.9, 0.1]),
]
# "sees" is a noun too here, and the prepositional phrase goes with either: several derivations of one sentence.
AMBIGUOUS_RULES = rules_of("""
    S -> NP VP [1.0]
    NP -> n PP [0.6]
    NP -> d n [0.4]
    PP -> [0.7]
    PP -> p NP [0.3]
    VP -> v NP PP [0.7]
    VP -> v [0.3]
""")
AMBIGUOUS_CLASSES = [
    word_class("d", "the", [1.0], [1.0]),
    word_class("n", "men saws", [0.7, 0.3], [0.2, 0.8]),
    word_class("v", "saws see", [0.5, 0.5], [0.1, 0.9]),
    word_class("p", "with", [1.0], [1.0]),
]
PRIOR = [0.25, 0.75]


def finite_grammar() -> Grammar:
    return build_grammar("S", FINITE_RULES, FINITE_CLASSES, PRIOR)


def ambiguous_grammar() -> Grammar:
    return build_grammar("S", AMBIGUOUS_RULES, AMBIGUOUS_CLASSES, PRIOR)


def listed(rules: list[Rule], classes: list[WordClass], start: str, longest: int) -> dict[tuple[str, ...], np.ndarray]:
    """Every sentence of at most `longest` words with its probability under each topic (K,), by rewriting strings."""
    by_left = defaultdict(list)
    for item in rules:
        by_left[item.left].append(item)
    words = {c.name: c for c in classes}
    ends: dict[tuple[str, ...], float] = defaultdict(float)
    todo = [((start,), 1.0)]
    while todo:
        form, probability = todo.pop()
        place = next((i for i, symbol in enumerate(form) if symbol in by_left), None)
        if place is None:
            ends[form] += probability
            continue
        for item in by_left[form[place]]:
            new = (*form[:place], *(part.symbol for part in item.right), *form[place + 1 :])
            if sum(symbol in words for symbol in new) <= longest:
                todo.append((new, probability * item.probability))
    sentences: dict[tuple[str, ...], np.ndarray] = defaultdict(lambda: np.zeros(len(classes[0].probabilities)))
    for leaves, probability in ends.items():
        for choice in product(*(range(len(words[leaf].words)) for leaf in leaves)):
            sentence = tuple(words[leaf].words[i] for leaf, i in zip(leaves, choice, strict=True))
            ways = [words[leaf].probabilities[:, i] for leaf, i in zip(leaves, choice, strict=True)]
            sentences[sentence] = sentences[sentence] + probability * np.prod([np.ones(len(PRIOR)), *ways], axis=0)
    return dict(sentences)
