"""Sentences of a corpus with their verb in both numbers, after Linzen et al. (2016).

Tab-separated, with the columns sentence, target_index (the words before the verb), correct, wrong and attractors, and
any others as groups, such as distance:

    sentence                          target_index  correct  wrong  attractors
    the key to the cabinets is gone   5             is       are    1

Tal Linzen, Emmanuel Dupoux and Yoav Goldberg (2016), Assessing the Ability of LSTMs to Learn Syntax-Sensitive
Dependencies, TACL 4.
"""

from typing import Any

from pipeline.agreement.readers.suite import BadRow, Lines, Suite, collect, is_count, split_rows, why_no_pair

NEEDS = ("sentence", "target_index", "correct", "wrong", "attractors")
MADE = ("good", "bad", "n_attractors", "words_before")
"""What a suite calls what is made of them: no name for any other column."""


def read(lines: Lines) -> Suite:
    """`lines` begin with the names of the columns. Groups: n_attractors, words_before (the verb), and any others."""
    columns = lines[0][1].split("\t")
    others = [name for name in columns if name not in NEEDS]
    rows, bad = split_rows(lines[1:], columns)
    pairs = []
    for number, row in rows:
        words, index = row["sentence"].split(), row["target_index"]
        if cause := _why_not(words, row):
            bad.append(BadRow(number, cause))
            continue
        place = int(index)
        good, wrong = " ".join(words), " ".join([*words[:place], row["wrong"], *words[place + 1 :]])
        if cause := why_no_pair(good, wrong):
            bad.append(BadRow(number, cause))
            continue
        pair: dict[str, Any] = {"good": good, "bad": wrong, "n_attractors": int(row["attractors"])}
        pairs.append((number, pair | {"words_before": place} | {name: row[name] for name in others}))
    return collect("linzen", ("n_attractors", "words_before", *others), pairs, bad)


def _why_not(words: list[str], row: dict[str, str]) -> str | None:
    for name in ("target_index", "attractors"):
        if not is_count(row[name]):
            return f"{name} is {row[name]!r}, which is no number from 0"
    if int(row["target_index"]) >= len(words):
        return f"target_index is {row['target_index']}, but the sentence has {len(words)} words, counted from 0"
    found = words[int(row["target_index"])]
    if found != row["correct"]:
        return f"the word at target_index {row['target_index']} is {found!r}, but correct is {row['correct']!r}"
    if len(row["wrong"].split()) != 1:
        return f"wrong is {row['wrong']!r}, which is not one word"
    return None
