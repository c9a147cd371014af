"""Where the text of a corpus is: below data/raw, or among the downloads."""

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.corpus.known import OFFERED, known
from pipeline.errors import UserError

SPLITS = ("train", "valid", "test")
SPLIT_NAMES = {"train": ("train",), "valid": ("valid", "validation", "dev"), "test": ("test",)}
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
    """What a folder holds: train, valid and test (each a file or a folder of files), or files to be split."""
    entries = sorted(path for path in folder.iterdir() if _is_text(path))
    found = {split: [path for path in entries if _is_split(path, split)] for split in SPLITS}
    if not any(found.values()):
        return Source({WHOLE: _files(folder)})
    for split, paths in found.items():
        if not paths:
            raise UserError(
                f"{folder}: the {split} split is missing (found {', '.join(path.name for path in entries)}). "
                f"Add {split}.txt, or leave one file there and it is split in blocks."
            )
        if len(paths) > 1:
            raise UserError(
                f"{folder}: {len(paths)} files are named {split}: {paths[0].name}, {paths[1].name}. Keep one."
            )
    return Source({split: _files(paths[0]) for split, paths in found.items()})


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


def _is_split(path: Path, split: str) -> bool:
    """Whether a word of the name says so: train.txt, wiki.valid.tokens, ptb-test.txt, a folder called dev."""
    return any(word in SPLIT_NAMES[split] for word in re.split(r"[^a-z]+", path.name.lower()))
