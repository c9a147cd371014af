"""Minimal pairs as a plain table: tab-separated, with the columns good and bad and any others as groups, as text."""

from pipeline.agreement.readers.suite import BadRow, Lines, Suite, collect, split_rows, why_no_pair

NEEDS = ("good", "bad")
MADE = ()


def read(lines: Lines) -> Suite:
    """`lines` begin with the names of the columns. Quotes are letters like any other."""
    columns = lines[0][1].split("\t")
    rows, bad = split_rows(lines[1:], columns)
    pairs = []
    for number, row in rows:
        if cause := why_no_pair(row["good"], row["bad"]):
            bad.append(BadRow(number, cause))
        else:
            pairs.append((number, row))
    return collect("pairs", (name for name in columns if name not in NEEDS), pairs, bad)
