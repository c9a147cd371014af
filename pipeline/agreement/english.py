"""English minimal pairs from templates: the constructions of Marvin and Linzen (2018), and deeper ones.

A template below is an English sentence in which the words in capitals stand for a list of their like: TOWN is any of
"town", "city", "village" and so on, IS_OLD any predicate of places. A star marks the subject's head, and a second
star its verb, the word that the two sentences of a pair differ in:

    the *SONG about the TOWN *IS_POPULAR
    good: the songs about the village are very popular .
    bad:  the songs about the village is very popular .

"writes/write" is a verb by its singular and plural form. A verb between the stars agrees with the nearest noun before
it, the verb at the star with the head. Every template stands for one distance and one sequence of nouns.

How a sentence must be for its bad form to have no reading at all, at the verb or at the end:
- no target's form is also a plural noun ("works", "remains", "lives"), so "the towns near the castle remains" cannot
  go on as a compound;
- no verb of a relative clause before the target takes a clause as object ("knows", "says", "saw"), so "who knows the
  kings are ..." cannot arise;
- between head and verb there is no noun whose number is fixed ("every day"): it would be an attractor at one number of
  the subject and none at the other.

Each draw of words gives two items, one with every number of the other reversed. So every noun is as often singular as
plural in every role, and either form of every verb as often right as wrong: whatever looks at the verb alone, or at
the words before it without their number, is right on exactly half of the items.

Rebecca Marvin and Tal Linzen (2018), Targeted Syntactic Evaluation of Language Models, EMNLP. The sentences are ours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
import pandas as pd

from pipeline.agreement.words import LISTS, NOUNS

TEMPLATES = {
    "simple": (
        "the *WRITER *IS_FAMOUS",
        "the *DOG *IS_WILD",
        "the *TOWN *IS_OLD",
        "the *SONG *IS_POPULAR",
    ),
    "sentential_complement": (
        "the WRITER SAID the *WRITER *IS_FAMOUS",
        "the WRITER SAID the *DOG *IS_WILD",
        "the WRITER SAID the *TOWN *IS_OLD",
        "the WRITER SAID the *SONG *IS_POPULAR",
    ),
    "short_vp_coordination": (
        "the *WRITER SINGS and *SPEAKS",
        "the *WRITER SINGS well and *SPEAKS",
        "the *WRITER OFTEN SINGS and *SPEAKS",
    ),
    "long_vp_coordination": (
        "the *WRITER VISITS the TOWN and *SPEAKS",
        "the *WRITER MEETS the WRITER and *SPEAKS",
        "the *WRITER writes/write about the LARGE TOWN and *SPEAKS",
        "the *WRITER OFTEN speaks/speak about the WRITER and *SPEAKS",
        "the *WRITER OFTEN sings/sing about the RIVER and *SPEAKS",
    ),
    "prepositional_phrase": (
        "the *WRITER NEAR the RIVER *IS_FAMOUS",
        "the *FRIEND of the WRITER *IS_FAMOUS",
        "the *DOG NEAR the RIVER *IS_WILD",
        "the *TOWN NEAR the RIVER *IS_OLD",
        "the *SONG about the WRITER *IS_POPULAR",
        "the *WRITER from the LARGE TOWN *IS_FAMOUS",
        "the *FRIEND of the YOUNG WRITER *IS_FAMOUS",
        "the *DOG NEAR the LARGE RIVER *IS_WILD",
        "the *TOWN next to the RIVER *IS_OLD",
        "the *SONG about the LARGE TOWN *IS_POPULAR",
        "the *WRITER from the very LARGE TOWN *IS_FAMOUS",
        "the *DOG of the very YOUNG WRITER *IS_WILD",
        "the *TOWN next to the LARGE RIVER *IS_OLD",
        "the *SONG about the very YOUNG WRITER *IS_POPULAR",
    ),
    "subject_relative": (
        "the *WRITER who MEETS the WRITER *IS_FAMOUS",
        "the *WRITER who VISITS the TOWN *IS_FAMOUS",
        "the *WRITER who LIKES the SONG *IS_FAMOUS",
        "the *DOG that follows/follow the WRITER *IS_WILD",
        "the *SONG that describes/describe the TOWN *IS_POPULAR",
        "the *WRITER who OFTEN MEETS the YOUNG WRITER *IS_FAMOUS",
        "the *WRITER who OFTEN VISITS the LARGE TOWN *IS_FAMOUS",
        "the *DOG that OFTEN follows/follow the YOUNG WRITER *IS_WILD",
        "the *SONG that also describes/describe the LARGE TOWN *IS_POPULAR",
    ),
    "object_relative_that": (
        "the *WRITER that the WRITER MEETS *IS_FAMOUS",
        "the *DOG that the WRITER LIKES *IS_WILD",
        "the *TOWN that the WRITER VISITS *IS_OLD",
        "the *SONG that the WRITER LIKES *IS_POPULAR",
        "the *WRITER that the YOUNG WRITER OFTEN MEETS *IS_FAMOUS",
        "the *DOG that the YOUNG WRITER OFTEN LIKES *IS_WILD",
        "the *TOWN that the YOUNG WRITER OFTEN VISITS *IS_OLD",
        "the *SONG that the YOUNG WRITER OFTEN LIKES *IS_POPULAR",
    ),
    "object_relative_no_that": (
        "the *WRITER the WRITER MEETS *IS_FAMOUS",
        "the *DOG the WRITER LIKES *IS_WILD",
        "the *TOWN the WRITER VISITS *IS_OLD",
        "the *SONG the WRITER LIKES *IS_POPULAR",
        "the *WRITER the YOUNG WRITER OFTEN MEETS *IS_FAMOUS",
        "the *DOG the YOUNG WRITER OFTEN LIKES *IS_WILD",
        "the *TOWN the YOUNG WRITER OFTEN VISITS *IS_OLD",
        "the *SONG the YOUNG WRITER OFTEN LIKES *IS_POPULAR",
    ),
    "in_object_relative_that": (
        "the SONG that the *WRITER *HAS_READ WILL_BE_FAMOUS",
        "the TOWN that the *WRITER *HAS_LEFT WILL_BE_FAMOUS",
        "the SONG that the *WRITER from the TOWN *HAS_READ WILL_BE_FAMOUS",
        "the TOWN that the *FRIEND of the WRITER *HAS_LEFT WILL_BE_FAMOUS",
    ),
    "in_object_relative_no_that": (
        "the SONG the *WRITER *HAS_READ WILL_BE_FAMOUS",
        "the TOWN the *WRITER *HAS_LEFT WILL_BE_FAMOUS",
        "the SONG the *WRITER from the TOWN *HAS_READ WILL_BE_FAMOUS",
        "the TOWN the *FRIEND of the WRITER *HAS_LEFT WILL_BE_FAMOUS",
    ),
    "two_prepositional_phrases": (
        "the *WRITER from the TOWN NEAR the RIVER *IS_FAMOUS",
        "the *FRIEND of the WRITER from the TOWN *IS_FAMOUS",
        "the *DOG of the WRITER from the TOWN *IS_WILD",
        "the *SONG about the TOWN NEAR the RIVER *IS_POPULAR",
        "the *WRITER from the LARGE TOWN NEAR the LARGE RIVER *IS_FAMOUS",
        "the *DOG of the YOUNG WRITER from the LARGE TOWN *IS_WILD",
        "the *TOWN near the LARGE RIVER beside the LARGE RIVER *IS_OLD",
        "the *SONG about the YOUNG WRITER from the LARGE TOWN *IS_POPULAR",
    ),
    "three_prepositional_phrases": (
        "the *FRIEND of the WRITER from the TOWN NEAR the RIVER *IS_FAMOUS",
        "the *DOG of the FRIEND of the WRITER from the TOWN *IS_WILD",
        "the *SONG about the WRITER from the TOWN NEAR the RIVER *IS_POPULAR",
        "the *FRIEND of the WRITER from the LARGE TOWN NEAR the LARGE RIVER *IS_FAMOUS",
        "the *DOG of the FRIEND of the YOUNG WRITER from the LARGE TOWN *IS_WILD",
        "the *SONG about the YOUNG WRITER from the LARGE TOWN NEAR the RIVER *IS_POPULAR",
    ),
    "four_prepositional_phrases": (
        "the *FRIEND of the WRITER from the TOWN near the RIVER beside the RIVER *IS_FAMOUS",
        "the *SONG about the FRIEND of the WRITER from the TOWN NEAR the RIVER *IS_POPULAR",
        "the *FRIEND of the YOUNG WRITER from the LARGE TOWN near the RIVER beside the LARGE RIVER *IS_FAMOUS",
        "the *SONG about the YOUNG FRIEND of the WRITER from the LARGE TOWN NEAR the LARGE RIVER *IS_POPULAR",
    ),
    "prepositional_phrases_and_subject_relative": (
        "the *WRITER from the TOWN who MET the WRITER *IS_FAMOUS",
        "the *FRIEND of the WRITER who LEFT the TOWN *IS_FAMOUS",
        "the *WRITER from the LARGE TOWN who MET the YOUNG WRITER *IS_FAMOUS",
        "the *FRIEND of the YOUNG WRITER who LEFT the LARGE TOWN *IS_FAMOUS",
        "the *WRITER from the TOWN NEAR the RIVER who MET the FRIEND of the WRITER *IS_FAMOUS",
        "the *WRITER from the LARGE TOWN NEAR the RIVER who OFTEN MET the FRIEND of the YOUNG WRITER *IS_FAMOUS",
        "the *WRITER from the very LARGE TOWN NEAR the LARGE RIVER who OFTEN MET the YOUNG FRIEND "
        "of the very YOUNG WRITER *IS_FAMOUS",
    ),
    "prepositional_phrases_and_object_relative": (
        "the *SONG about the TOWN that the WRITER WROTE *IS_POPULAR",
        "the *WRITER from the TOWN whom the WRITER MET *IS_FAMOUS",
        "the *SONG about the LARGE TOWN that the YOUNG WRITER WROTE *IS_POPULAR",
        "the *WRITER from the LARGE TOWN whom the YOUNG WRITER MET *IS_FAMOUS",
        "the *SONG about the TOWN NEAR the RIVER that the WRITER WROTE *IS_POPULAR",
        "the *WRITER from the TOWN NEAR the RIVER whom the WRITER MET *IS_FAMOUS",
        "the *SONG about the LARGE TOWN NEAR the RIVER that the YOUNG WRITER WROTE *IS_POPULAR",
        "the *WRITER from the LARGE TOWN NEAR the RIVER whom the YOUNG WRITER MET *IS_FAMOUS",
    ),
}

COLUMNS = ("good", "bad", "construction", "number", "n_attractors", "n_distractors_same", "distance", "held_out")
FRUITLESS_DRAWS = 2000  # so many in a row, and a cell is taken to have no further sentence


@dataclass(frozen=True)
class Template:
    """One template as slots; `head` and `verb` are the positions of the stars."""

    construction: str
    slots: tuple[str, ...]
    head: int
    verb: int

    @classmethod
    def parse(cls, construction: str, sentence: str) -> "Template":
        head, verb = (position for position, slot in enumerate(sentence.split()) if slot.startswith("*"))
        return cls(construction, tuple(sentence.replace("*", "").split()), head, verb)

    @cached_property
    def nouns(self) -> list[int]:
        return [position for position, slot in enumerate(self.slots) if slot in NOUNS]

    @cached_property
    def between(self) -> list[int]:
        """Positions of the nouns that may be attractors."""
        return [position for position in self.nouns if self.head < position < self.verb]

    @property
    def distance(self) -> int:
        """Words between head and verb: each slot between them is one word."""
        return self.verb - self.head - 1

    def draw(self, rng: np.random.Generator) -> list[str] | None:
        """An entry for every slot; none where a word would come twice ("the town near the town")."""
        entries = [LISTS[slot][rng.integers(len(LISTS[slot]))] if slot in LISTS else slot for slot in self.slots]
        content = [entry for slot, entry in zip(self.slots, entries, strict=True) if slot in LISTS or "/" in slot]
        forms = " ".join(content).replace("/", " ").split()
        return entries if len(set(forms)) == len(forms) else None

    def sentence(self, entries: list[str], plural: dict[int, bool], right: bool) -> str:
        """`entries` as words: each noun in the number that `plural` gives its position, the target `right` or not."""
        words, nearest = [], False
        for position, entry in enumerate(entries):
            nearest = plural.get(position, nearest)
            words.append(_inflect(entry, plural[self.head] == right if position == self.verb else nearest))
        return " ".join(words) + " ."


def english_suite(items_per_cell: int, rng: np.random.Generator, *, capitalised: bool = False) -> pd.DataFrame:
    """Minimal pairs, `items_per_cell` for every construction, number, number of attractors and distance.

    Columns: good, bad (words separated by spaces, final " ." included), construction, number (of the subject's head:
    singular or plural), n_attractors, n_distractors_same, distance, held_out (always False: whether a pair of subject
    and verb occurs in somebody's text is not known here; the column makes the table like the grammar's). No sentence
    comes twice; a cell that cannot supply so many gives what it has.

    Nouns outside the stretch from head to verb (the main subject before a sentential complement, the object that a
    relative clause belongs to) are no attractors; they have the subject's number in every second pair of items.

    `capitalised` starts each sentence with "The" instead of "the", for a corpus that keeps case; the items are the
    same otherwise.
    """
    rows: list[tuple[str, str, str, str, int, int, int, bool]] = []
    seen: set[str] = set()
    for cell in _cells():
        n_between = len(cell[0].between)
        for n_attractors in range(n_between + 1):
            found = fruitless = 0
            while found < items_per_cell and fruitless < FRUITLESS_DRAWS:
                template = cell[rng.integers(len(cell))]
                entries = template.draw(rng)
                attractors = rng.choice(template.between, n_attractors, replace=False)
                opposite = {noun: noun in attractors for noun in template.between}
                opposite |= {noun: found % 2 == 1 for noun in template.nouns if noun not in template.between}
                opposite[template.head] = False
                if entries is None or template.sentence(entries, opposite, right=True) in seen:
                    fruitless += 1
                    continue
                for number in ("singular", "plural"):
                    plural = {noun: differs != (number == "plural") for noun, differs in opposite.items()}
                    good, bad = (template.sentence(entries, plural, right) for right in (True, False))
                    seen.add(good)
                    groups = (n_attractors, n_between - n_attractors, template.distance, False)
                    rows.append((good, bad, template.construction, number, *groups))
                found, fruitless = found + 1, 0
    suite = pd.DataFrame(rows, columns=list(COLUMNS))
    if capitalised:
        for column in ("good", "bad"):
            suite[column] = suite[column].str.replace("^the ", "The ", regex=True)
    return suite


def _cells() -> Iterator[list[Template]]:
    """The templates of each construction and distance, which have the same number of nouns between head and verb."""
    for construction, sentences in TEMPLATES.items():
        templates = [Template.parse(construction, sentence) for sentence in sentences]
        templates.sort(key=lambda template: (template.distance, len(template.between)))
        for _, cell in groupby(templates, key=lambda template: (template.distance, len(template.between))):
            yield list(cell)


def _inflect(entry: str, plural: bool) -> str:
    """Of "is/are very old", "is very old" or "are very old"; an entry without a stroke as it is."""
    return re.sub(r"(\w+)/(\w+)", r"\2" if plural else r"\1", entry)
