"""Agreement suites cut from the grammar: minimal pairs in balanced cells.

Sentences are drawn from the same grammar with more modifiers and adverbs (every sentence of one has a probability in
the other), their subject-verb dependencies are read off the derivations, and each cell keeps as many as asked for.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.grammar.dependencies import NUMBER_NAMES, WordTable, dependencies, pair_code
from pipeline.grammar.grammar import Grammar, Ints
from pipeline.grammar.sample import SampledText, sample_documents

# Cells gather distances in bands, from the first to the last included.
DISTANCE_BANDS = ((0, 0), (1, 1), (2, 3), (4, 6), (7, 10), (11, 15), (16, 22), (23, 30))
MOST_ATTRACTORS = 4
LONGEST_SENTENCE = 50
CELL = ["construction", "number", "n_attractors", "band"]
MODIFIERS = (
    "prepositional_phrase",
    "subject_relative",
    "object_relative_that",
    "object_relative_no_that",
    "parenthesis",
)


@dataclass(frozen=True)
class _Contexts:
    """The contexts of a grammar by name; a grammar without one has no word in it."""

    names: tuple[str, ...]

    def __getitem__(self, name: str) -> int:
        return self.names.index(name) if name in self.names else -2


def agreement_suite(
    grammar: Grammar,
    table: WordTable,
    train_pairs: Ints,
    items_per_cell: int,
    sentences: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Minimal pairs out of `sentences` sentences of `grammar`, at most `items_per_cell` a cell.

    A cell is a construction, number, count of attractors (0 to 4) and band of distances (to 30); as far as there are
    enough, half of a cell's items have a pair of head and verb that is not among `train_pairs` (`subject_verb_pairs`).
    Columns: good, bad, construction, number (singular | plural), n_attractors, n_distractors_same, distance,
    held_out. No sentence gives two items.
    """
    text = sample_documents(grammar, sentences, 1.0, rng)
    found = dependencies(text, table, grammar.contexts)
    found["construction"] = _constructions(found, text, table, _Contexts(grammar.contexts))
    found["band"] = np.searchsorted([last for _, last in DISTANCE_BANDS], found["distance"])
    length = np.diff(text.sentence_starts)[found["sentence"]]
    found = found[
        (found["construction"] != "")
        & (found["n_attractors"] <= MOST_ATTRACTORS)
        & (found["band"] < len(DISTANCE_BANDS))
        & (length <= LONGEST_SENTENCE)
        & (table.counterpart[text.words[found["verb"]]] >= 0)
    ]
    codes = pair_code(table, text.words[found["head"]], text.words[found["verb"]])
    found = found.assign(held_out=~np.isin(codes, train_pairs), order=rng.permutation(len(found)))
    found = found.sort_values("order").drop_duplicates("sentence")
    chosen = _choose(found, items_per_cell)
    return _sentences(chosen, text, table)


def _constructions(
    found: pd.DataFrame, text: SampledText, table: WordTable, contexts: _Contexts
) -> NDArray[np.object_]:
    """The construction of each dependency, "" for mixtures that have no name."""
    head, after, verb = (found[f"{where}_context"].to_numpy() for where in ("head", "next", "verb"))
    changes = found["contexts_between"].to_numpy()
    main = head == -1
    same = verb == head
    plain = after == head
    nouns = (found["n_attractors"] + found["n_distractors_same"]).to_numpy()
    name = np.full(len(found), "", dtype=object)
    name[main & same & plain & (changes == 0)] = "simple"
    complement = head == contexts["sentential_complement"]
    name[complement & same & plain & (changes == 0)] = "sentential_complement"
    for modifier in MODIFIERS:
        inside = main & same & (after == contexts[modifier])
        # A prepositional phrase holds prepositional phrases alone; relatives may hold anything.
        name[inside & ((changes == 1) if modifier == "prepositional_phrase" else True)] = modifier
    name[main & (after == contexts["subject_relative"]) & (verb == after) & (changes == 0)] = "within_subject_relative"
    for kind in ("object_relative_that", "object_relative_no_that"):
        name[(head == contexts[kind]) & same & plain & (changes == 0) & (nouns == 0)] = "within_object_relative"
    coordinated = main & plain & (verb == contexts["verb_coordination"])
    name[coordinated & (nouns == 0)] = "short_vp_coordination"
    name[coordinated & (nouns > 0)] = "long_vp_coordination"
    several = found["heads"].to_numpy() > 1
    name[several] = ""
    name[several & main & same & (changes == 0)] = "np_coordination"
    return name


def _choose(found: pd.DataFrame, items_per_cell: int) -> pd.DataFrame:
    """Of each cell, half held out and half not where there are enough, the rest from what there is; in given order."""
    place = found.groupby([*CELL, "held_out"]).cumcount()
    preferred = place >= -(-items_per_cell // 2)
    ranked = found.assign(preferred=preferred).sort_values(["preferred", "order"])
    chosen = ranked[ranked.groupby(CELL).cumcount() < items_per_cell]
    return chosen.sort_values([*CELL, "order"])


def _sentences(chosen: pd.DataFrame, text: SampledText, table: WordTable) -> pd.DataFrame:
    good, bad = [], []
    for sentence, verb in zip(chosen["sentence"].tolist(), chosen["verb"].tolist(), strict=True):
        first, last = text.sentence_starts[sentence], text.sentence_starts[sentence + 1]
        words = [text.forms[form] for form in text.words[first:last]]
        good.append(" ".join(words))
        words[verb - first] = text.forms[table.counterpart[text.words[verb]]]
        bad.append(" ".join(words))
    columns = ["construction", "number", "n_attractors", "n_distractors_same", "distance", "held_out"]
    suite = chosen[columns].reset_index(drop=True)
    suite["number"] = [NUMBER_NAMES[number] for number in suite["number"]]
    suite.insert(0, "good", good)
    suite.insert(1, "bad", bad)
    return suite
