"""Where the text of a corpus is: below data/raw, or among the downloads."""

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.corpus.known import OFFERED, known
from pipeline.errors import UserError

SPLITS = ("train", "valid", "test")
SPLIT_OF = {
    "train": "train", "training": "train", "valid": "valid", "validation": "valid", "val": "valid", "dev": "valid",
    "test": "test", "testing": "test",
}  # fmt: skip
PLAIN = "*"
"""What stands around a split's plain name."""
WHOLE = "text"
PUT = "Put one text file there (.txt, also .gz or .zst), a folder of files, or train.txt, valid.txt and test.txt"


@dataclass(frozen=True)
class Source:
    """The files of a text by split, each split one or more documents in the order of their names.

    `files` has train, valid and test, or `WHOLE` alone for what is to be split.
    """

    files: dict[str, tuple[Path, ...]]


def find_source(raw: Path, name: str) -> Source | None:
    """The text called `name` below `raw` (data/raw); None where there is none, but it can be downloaded.

    Raises UserError where there is none, where a split is missing, and where it is unclear which file is meant.
    """
    places = [raw / f"{name}{suffix}" for suffix in ("", ".txt", ".txt.gz", ".txt.zst", ".gz", ".zst")]
    for place in places:
        if place.is_file():
            return Source({WHOLE: (place,)})
    folder = raw / name
    if folder.is_dir():
        return read_folder(folder)
    if known(name) is not None:
        return None
    own = sorted(path.name for path in raw.iterdir() if not path.name.startswith(".")) if raw.is_dir() else []
    own = [name for name in own if name != "suites"]  # holds minimal pairs, no text
    raise UserError(
        f"corpus: found {name!r}, but {folder} does not exist. {PUT}; or set corpus to one of: "
        f"{', '.join(['builtin', *own, *OFFERED])}."
    )


def read_folder(folder: Path) -> Source:
    """What a folder holds: train, valid and test (each a file or a folder of files), or files to be split.

    Entries are splits where they are called train, valid and test, or where at least two have names that are the same
    but for that word, as wiki.train.tokens and wiki.valid.tokens; endings do not matter. One whose name holds such a
    word by itself, as a-test-of-time.txt, is a document like any other. A folder that is alone in its folder is opened.
    Raises UserError where a split is missing or twice there, and where it is unclear which files are splits.
    """
    entries = sorted(path for path in folder.iterdir() if _is_text(path))
    if len(entries) == 1 and entries[0].is_dir():
        return read_folder(entries[0])
    named = _named_as_splits(entries)
    sets = [found for key, found in named.items() if key == PLAIN or len(found) > 1]
    if not sets and len({split for found in named.values() for split in found}) == len(SPLITS):
        names = ", ".join(path.name for found in named.values() for paths in found.values() for path in paths)
        raise UserError(
            f"{folder}: {names} may be splits or documents. Call splits train.txt, valid.txt and test.txt, and "
            "documents by names without these words."
        )
    if not sets:
        return Source({WHOLE: _files(folder)})
    if len(sets) > 1:
        names = " and of ".join(next(iter(found.values()))[0].name for found in sets)
        raise UserError(f"{folder} has {len(sets)} sets of splits, those of {names}. Keep one.")
    for split in SPLITS:
        paths = sets[0].get(split, [])
        if not paths:
            raise UserError(
                f"{folder}: the {split} split is missing (found {', '.join(path.name for path in entries)}). "
                "Add it, named as the others are, or leave one file there and it is split in blocks."
            )
        if len(paths) > 1:
            raise UserError(
                f"{folder}: {len(paths)} files are the {split} split: {paths[0].name}, {paths[1].name}. Keep one."
            )
    return Source({split: _files(sets[0][split][0]) for split in SPLITS})


def _named_as_splits(entries: list[Path]) -> dict[str, dict[str, list[Path]]]:
    """The entries of a folder whose names hold that of a split, by what stands around it (endings aside) and split."""
    alike: dict[str, dict[str, list[Path]]] = {}
    for path in entries:
        name = path.name.lower()
        for word in re.finditer("[a-z]+", name):
            if (split := SPLIT_OF.get(word[0])) is not None:
                around = f"{name[: word.start()]}*{name[word.end() :].split('.')[0]}"
                alike.setdefault(around, {}).setdefault(split, []).append(path)
    return alike


def _files(path: Path) -> tuple[Path, ...]:
    if path.is_file():
        return (path,)
    files = (file for file in path.rglob("*") if file.is_file())
    visible = (file for file in files if not any(part.startswith(".") for part in file.relative_to(path).parts))
    if not (ordered := tuple(sorted(filter(_is_text, visible)))):
        raise UserError(f"{path} is empty. {PUT}.")
    return ordered


def _is_text(path: Path) -> bool:
    """Whether an entry of a folder is the user's text: not hidden, no backup, and not what `dvc add` puts
    beside it."""
    return not path.name.startswith(".") and path.suffix not in (".dvc", ".bak") and not path.name.endswith("~")
