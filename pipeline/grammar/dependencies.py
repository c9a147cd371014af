"""Subjects and their verbs in sampled text, read off the derivations.

The words of one clause carry one number (`SampledText.clause`): its common nouns are the heads of the subject, its
verbs agree with them. What a class name says is used here and nowhere else: `noun.<kind>.<number>...`, `name.<kind>`,
`verb.<kind>.<form>`, and the auxiliaries be, was, have and do with their number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.grammar.grammar import Grammar, Ints
from pipeline.grammar.sample import SampledText

AUXILIARIES = {"be": "be", "was": "be", "have": "have", "do": "do"}
NUMBER_NAMES = ("singular", "plural")
INFINITIVE = "infinitive"


@dataclass(frozen=True)
class WordTable:
    """What agreement needs to know of the F forms, by form id.

    noun_number and verb_number (F,): 0 singular, 1 plural, -1 neither; a proper name is a singular noun that heads no
    item. `counterpart` (F,): the same verb in the other number, -1 where there is none. lemma (F,): an id into
    `lemmas`, -1 for words of closed classes.
    """

    noun_number: Ints
    is_head: NDArray[np.bool_]
    is_verb: NDArray[np.bool_]
    verb_number: Ints
    counterpart: Ints
    lemma: Ints
    lemmas: tuple[str, ...]


def word_table(grammar: Grammar, lemma_of: Mapping[str, str]) -> WordTable:
    """The table of a grammar whose classes are named as above; `lemma_of` gives the lemma of each inflected form."""
    count = len(grammar.forms)
    noun_number, verb_number, counterpart, lemma = (np.full(count, -1) for _ in range(4))
    is_head, is_verb = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    members = {
        name: grammar.entry_form[grammar.class_starts[c] : grammar.class_starts[c + 1]]
        for c, name in enumerate(grammar.classes)
    }
    lemma_ids: dict[str, int] = {}
    for name, forms in members.items():
        kind, *features = name.split(".")
        number = 0 if "sg" in features else 1 if "pl" in features else -1
        auxiliary = AUXILIARIES.get(kind)
        if kind in ("noun", "name"):
            noun_number[forms] = max(number, 0)
            is_head[forms] = kind == "noun"
        elif kind == "verb" or auxiliary:
            is_verb[forms] = True
            verb_number[forms] = number
            other = members.get(".".join({"sg": "pl", "pl": "sg"}.get(part, part) for part in name.split(".")))
            if number >= 0 and other is not None:
                counterpart[forms] = other
        else:
            continue
        for form in forms.tolist():
            word = auxiliary or lemma_of.get(grammar.forms[form], grammar.forms[form])
            lemma[form] = lemma_ids.setdefault(word, len(lemma_ids))
    return WordTable(noun_number, is_head, is_verb, verb_number, counterpart, lemma, tuple(lemma_ids))


def subject_verb_pairs(text: SampledText, table: WordTable) -> Ints:
    """The pairs of head and verb lemma that stand in a text as subject and verb: sorted codes, see `pair_code`.

    Every form of the verb counts, the infinitive after an auxiliary or "to" too.
    """
    heads = np.flatnonzero(table.is_head[text.words])
    verbs = np.flatnonzero(table.is_verb[text.words])
    head, verb = _join(text.clause[heads], text.clause[verbs])
    return np.unique(pair_code(table, text.words[heads[head]], text.words[verbs[verb]]))


def pair_code(table: WordTable, heads: NDArray[np.integer[Any]], verbs: NDArray[np.integer[Any]]) -> Ints:
    """One number for each pair of forms, the same for all forms of the two lemmas."""
    return table.lemma[heads] * len(table.lemmas) + table.lemma[verbs]


def dependencies(text: SampledText, table: WordTable, contexts: tuple[str, ...]) -> pd.DataFrame:
    """Every verb that agrees with a subject before it whose head is a common noun, one row each.

    Columns: head and verb (positions in the text), sentence, number (0 or 1), heads (how many the subject has),
    n_attractors, n_distractors_same, distance (as MEASURES defines them), and the contexts that
    the head, the word after it and the verb stand in, with the number of words between that stand in others.
    With a coordinated subject the first noun is the head.
    """
    infinitive = contexts.index(INFINITIVE) if INFINITIVE in contexts else -2
    heads = np.flatnonzero(table.is_head[text.words])
    verbs = np.flatnonzero((table.verb_number[text.words] >= 0) & (text.context != infinitive))
    order = np.argsort(text.clause[heads], kind="stable")
    heads = heads[order]
    first, size = _ranges(text.clause[heads], text.clause[verbs])
    verbs, first, size = verbs[size > 0], first[size > 0], size[size > 0]
    head = heads[first]
    before = head < verbs
    head, verb, size = head[before], verbs[before], size[before]
    number = np.where(size > 1, 1, table.noun_number[text.words[head]])
    nouns = [np.concatenate([[0], np.cumsum(table.noun_number[text.words] == n)]) for n in (0, 1)]
    between = np.stack([counts[verb] - counts[head + 1] for counts in nouns])
    rows = np.arange(len(head))
    return pd.DataFrame(
        {
            "head": head,
            "verb": verb,
            "sentence": np.searchsorted(text.sentence_starts, verb, side="right") - 1,
            "number": number,
            "heads": size,
            "n_attractors": between[1 - number, rows],
            "n_distractors_same": between[number, rows],
            "distance": verb - head - 1,
            "head_context": text.context[head],
            "next_context": text.context[head + 1],
            "verb_context": text.context[verb],
            "contexts_between": _changes(text.context, head, verb),
        }
    )


def _changes(context: NDArray[np.int32], head: Ints, verb: Ints) -> Ints:
    """How often the context changes from the word after the head to the verb's."""
    changes = np.concatenate([[0], np.cumsum(context[1:] != context[:-1])])
    return changes[verb] - changes[head + 1]


def _join(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Index pairs of all equal values of two arrays."""
    order = np.argsort(left, kind="stable")
    first, size = _ranges(left[order], right)
    within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    return order[np.repeat(first, size) + within], np.repeat(np.arange(len(right)), size)


def _ranges(keys: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """Where each wanted key stands in sorted keys: first index and count."""
    first = np.searchsorted(keys, wanted, side="left")
    return first, np.searchsorted(keys, wanted, side="right") - first
