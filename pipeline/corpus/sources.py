"""Where the text of a corpus is: below data/raw, or among the downloads."""

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.corpus.known import OFFERED, known
from pipeline.errors import UserError

SPLITS = ("train", "valid", "test")
SPLIT_OF = {"train": "train", "valid": "valid", "validation": "valid", "dev": "valid", "test": "test"}
PLAIN = "*"
"""A split's name with nothing before it, and nothing but endings after it."""
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

    Files are splits where they are called train.txt, valid.txt and test.txt with whatever endings, or where at least
    two have names that are the same but for that word, as wiki.train.tokens and wiki.valid.tokens. A file whose name
    holds such a word by itself, as a-test-of-time.txt, is a document like any other.
    """
    entries = sorted(path for path in folder.iterdir() if _is_text(path))
    sets = _split_sets(entries)
    if not sets:
        return Source({WHOLE: _files(folder)})
    if len(sets) > 1:
        names = [next(iter(found.values()))[0].name for found in sets]
        raise UserError(f"{folder} has {len(sets)} sets of splits, those of {' and of '.join(names)}. Keep one.")
    for split in SPLITS:
        paths = sets[0].get(split, [])
        if not paths:
            raise UserError(
                f"{folder}: the {split} split is missing (found {', '.join(path.name for path in entries)}). "
                f"Add it, named as the others are, or leave one file there and it is split in blocks."
            )
        if len(paths) > 1:
            raise UserError(
                f"{folder}: {len(paths)} files are the {split} split: {paths[0].name}, {paths[1].name}. Keep one."
            )
    return Source({split: _files(sets[0][split][0]) for split in SPLITS})


def _split_sets(entries: list[Path]) -> list[dict[str, list[Path]]]:
    """The entries of a folder that are splits, by split: one dictionary for each way of naming them."""
    alike: dict[str, dict[str, list[Path]]] = {}
    for path in entries:
        name = path.name.lower()
        for word in re.finditer("[a-z]+", name):
            if (split := SPLIT_OF.get(word[0])) is not None:
                rest = PLAIN if re.fullmatch(r"(\..*)?", name[word.end() :]) and not word.start() else None
                key = rest or f"{name[: word.start()]}*{name[word.end() :]}"
                alike.setdefault(key, {}).setdefault(split, []).append(path)
    return [found for key, found in alike.items() if key == PLAIN or len(found) > 1]


def _files(path: Path) -> tuple[Path, ...]:
    if path.is_file():
        return (path,)
    files = (file for file in path.rglob("*") if file.is_file())
    visible = (file for file in files if not any(part.startswith(".") for part in file.relative_to(path).parts))
    if not (ordered := tuple(sorted(filter(_is_text, visible)))):
        raise UserError(f"{path} is empty. {PUT}.")
    return ordered


def _is_text(path: Path) -> bool:
    """Whether an entry of a folder is the user's text: not hidden, and not what `dvc add` puts beside it."""
    return not path.name.startswith(".") and path.suffix != ".dvc"
