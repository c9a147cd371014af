"""A suite that was read from a user's file, as the agreement stage keeps it beside the scores."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.agreement.readers.suite import BadRow, Suite
from pipeline.io import read_json, read_table, write_json, write_table


@dataclass(frozen=True)
class ScoredSuite:
    """A suite with the probabilities of its items (see `probe`) in long format by model."""

    suite: Suite
    scores: pd.DataFrame
    out_of_vocabulary: int


def write_suite(folder: Path, suite: Suite, out_of_vocabulary: int) -> None:
    """pairs.parquet and suite.json."""
    write_table(
        folder / "pairs.parquet", suite.pairs.assign(**{"<line>": suite.lines, "<forms>": suite.compares_forms})
    )
    write_json(
        folder / "suite.json",
        {
            "form": suite.form,
            "groups": list(suite.groups),
            "out_of_vocabulary": out_of_vocabulary,
            "bad_rows": [{"line": row.line, "cause": row.cause} for row in suite.bad_rows],
        },
    )


def read_scored_suite(folder: Path) -> ScoredSuite:
    """What `write_suite` wrote, and the table scores.parquet beside it."""
    pairs, told = read_table(folder / "pairs.parquet"), read_json(folder / "suite.json")
    suite = Suite(
        form=told["form"],
        pairs=pairs[["good", "bad", *told["groups"]]],
        groups=tuple(told["groups"]),
        lines=pairs["<line>"].to_numpy(dtype=np.int64),
        compares_forms=pairs["<forms>"].to_numpy(dtype=bool),
        bad_rows=[BadRow(**row) for row in told["bad_rows"]],
    )
    return ScoredSuite(suite, read_table(folder / "scores.parquet"), told["out_of_vocabulary"])
