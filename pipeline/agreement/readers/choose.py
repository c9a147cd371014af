"""Reads a file of minimal pairs in whichever form it is written, which its first line tells."""

from pathlib import Path

from pipeline.agreement.readers import blimp, gulordava, linzen, minimal_pairs
from pipeline.agreement.readers.suite import Lines, Suite
from pipeline.errors import UserError

TABLES = (gulordava, linzen, minimal_pairs)
RESERVED = ("all", "mean over construction", "mean over UID", "<line>", "<forms>")
"""What the table of accuracies calls rows of its own, and a saved suite columns of its own."""
FORMS = (
    "a table separated by tabs with the columns good and bad; or with sentence, target_index, correct, wrong and "
    "attractors; or a generated.tab with pattern, constr_id, sent_id, correct_number, form, class, prefix, n_attr and "
    "sent; or JSON lines with sentence_good, sentence_bad and UID"
)


def find_suite(folder: Path, name: str) -> Path:
    """The file called `name` below `folder` (data/raw/suites), whatever its ending. Raises UserError."""
    files = sorted(path for path in folder.iterdir() if not path.name.startswith(".")) if folder.is_dir() else []
    found = [path for path in files if name in (path.name, path.stem)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(
            f"agreement.suites: {name!r} is {len(found)} files in {folder} ({', '.join(path.name for path in found)}). "
            "Keep one."
        )
    raise UserError(
        f"agreement.suites: found {name!r}, but {folder} holds no file of that name (found: "
        f"{', '.join(path.name for path in files) or 'nothing'}). Put it there, such as {name}.tsv or {name}.jsonl."
    )


def read_suite(path: Path) -> Suite:
    """The pairs of a file; its bad rows are named in the suite.

    Raises UserError where there is no such file, its form is none of `FORMS`, or none of its rows is a pair.
    """
    lines = _lines(path)
    suite = _read(path, lines)
    if suite.pairs.empty:
        if not suite.bad_rows:
            raise UserError(f"{path} has no rows. Add at least one pair.")
        first = suite.bad_rows[0]
        raise UserError(
            f"{path}: none of its rows is a minimal pair ({len(suite.bad_rows)} are not). Line {first.line}: "
            f"{first.cause}. Mend the file."
        )
    return suite


def _read(path: Path, lines: Lines) -> Suite:
    first = lines[0][1]
    if first.lstrip().startswith("{"):
        return blimp.read(lines)
    columns = first.split("\t")
    if len(set(columns)) < len(columns):
        raise UserError(f"{path}: the first line names a column twice ({', '.join(columns)}). Rename one.")
    for form in TABLES:
        if set(form.NEEDS) <= set(columns):
            if taken := [name for name in columns if name in (*form.MADE, *RESERVED)]:
                raise UserError(f"{path}: the first line names a column {taken[0]!r}, which is used here. Rename it.")
            return form.read(lines)
    raise UserError(f"{path}: its first line ({_short(first)}) is that of no known form. Known: {FORMS}.")


def _lines(path: Path) -> Lines:
    if not path.is_file():
        raise UserError(f"{path} does not exist. Name a file of minimal pairs: {FORMS}.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no UTF-8 text: {error}. Save it as UTF-8.") from None
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise UserError(f"{path} is empty. It should hold {FORMS}.")
    return lines


def _short(line: str, most: int = 80) -> str:
    shown = line.replace("\t", ", ")
    return shown if len(shown) <= most else f"{shown[:most]}…"
