"""Generated, meaningless sentences in both numbers, after Gulordava et al. (2018): their `generated.tab`.

A row a form, two rows a pair, tab-separated; fields with quotation marks are quoted as in CSV:

    pattern    constr_id  sent_id  correct_number  form  class    prefix    n_attr  sent
    L__NOUN_V  1          3        sing            is    correct  the idea  0       the idea was green . <eos>
    L__NOUN_V  1          3        sing            are   wrong    the idea  0       the idea was green . <eos>

A form follows `prefix`; what stands in its place in `sent` may be another verb, after which `sent` goes on. A pair is
what shares pattern, constr_id and sent_id. `len_context`, where there is one, is one more than the distance.

Kristina Gulordava, Piotr Bojanowski, Edouard Grave, Tal Linzen and Marco Baroni (2018), Colorless Green Recurrent
Networks Dream Hierarchically, NAACL.
"""

import csv
from typing import Any

from pipeline.agreement.readers.suite import BadRow, Lines, Suite, collect, is_count, why_no_pair, wrong_width
from pipeline.corpus.vocabulary import EOS

NEEDS = ("pattern", "constr_id", "sent_id", "correct_number", "form", "class", "prefix", "n_attr", "sent")
MADE = ()
KEY = ("pattern", "constr_id", "sent_id")
Row = dict[str, str]


def read(lines: Lines) -> Suite:
    """`lines` begin with the names of the columns. Groups: construction, number, n_attractors, and distance and kind

    (original or generated) where the file tells them.
    """
    columns = lines[0][1].split("\t")
    halves, bad = _halves(lines[1:], columns)
    groups = ["construction", "number", "n_attractors"]
    groups += [group for group, column in (("distance", "len_context"), ("kind", "type")) if column in columns]
    pairs = []
    for key, forms in halves.items():
        missing = {"correct", "wrong"} - set(forms)
        (number, row), *_ = forms.values()
        if missing:
            named = " ".join(key)
            bad.append(BadRow(number, f"{named}: there is no row of class {missing.pop()} to make a pair"))
            continue
        good, wrong = (_sentence(forms[name][1]) for name in ("correct", "wrong"))
        if cause := why_no_pair(good, wrong):
            bad.append(BadRow(number, cause))
        else:
            pairs.append((number, {"good": good, "bad": wrong, **_groups(row)}))
    return collect("gulordava", groups, pairs, bad)


def _halves(lines: Lines, columns: list[str]) -> tuple[dict[tuple[str, ...], dict[str, tuple[int, Row]]], list[BadRow]]:
    """By the key of a pair: its rows by class, each with its line; and the rows that cannot be half of one."""
    halves: dict[tuple[str, ...], dict[str, tuple[int, Row]]] = {}
    bad = []
    for number, line in lines:
        try:
            fields = next(csv.reader([line], dialect="excel-tab"))
        except csv.Error as error:
            bad.append(BadRow(number, f"is no row of a table: {error}"))
            continue
        if len(fields) != len(columns):
            bad.append(wrong_width(number, len(fields), len(columns)))
            continue
        row = dict(zip(columns, fields, strict=True))
        forms = halves.setdefault(tuple(row[name] for name in KEY), {})
        other = next((half for _, half in forms.values()), row)
        if cause := _why_not(row, other, forms):
            bad.append(BadRow(number, cause))
        else:
            forms[row["class"]] = number, row
    return {key: forms for key, forms in halves.items() if forms}, bad


def _why_not(row: Row, other: Row, forms: dict[str, tuple[int, Row]]) -> str | None:
    if row["class"] not in ("correct", "wrong"):
        return f"class is {row['class']!r}; it must be correct or wrong"
    if row["class"] in forms:
        return (
            f"{' '.join(row[name] for name in KEY)}: line {forms[row['class']][0]} has its {row['class']} form already"
        )
    for name in ("n_attr", *(["len_context"] if "len_context" in row else [])):
        if not is_count(row[name]):
            return f"{name} is {row[name]!r}, which is no number from 0"
    if len(row["form"].split()) != 1:
        return f"form is {row['form']!r}, which is not one word"
    if len(row["sent"].split()) <= len(row["prefix"].split()):
        return "sent is no longer than prefix, so that no word stands where the form is put"
    if row["prefix"] != other["prefix"]:
        return "its prefix is not that of the other form of the pair"
    return None


def _sentence(row: Row) -> str:
    rest = row["sent"].split()[len(row["prefix"].split()) + 1 :]
    if rest and rest[-1] == EOS:
        rest.pop()
    return " ".join([*row["prefix"].split(), row["form"], *rest])


def _groups(row: Row) -> dict[str, Any]:
    groups: dict[str, Any] = {
        "construction": row["pattern"],
        "number": row["correct_number"],
        "n_attractors": int(row["n_attr"]),
    }
    if "len_context" in row:
        groups["distance"] = int(row["len_context"]) - 1
    if "type" in row:
        groups["kind"] = row["type"]
    return groups
