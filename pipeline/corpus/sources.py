"""Text that a user puts below data/raw: found, checked and read line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipeline.corpus.vocabulary import EOS
from pipeline.errors import UserError

SPLITS = ("train", "valid", "test")
SPLIT_NAMES = {"train": ("train",), "valid": ("valid", "validation", "dev"), "test": ("test",)}
MIN_LINES_TO_SPLIT = 20  # below this a share of a few percent is not even one line


@dataclass(frozen=True)
class Source:
    """A text: one file to be split, or one file per split."""

    files: dict[str, Path]  # by split; {"text": path} when there is one file


def find_source(raw: Path, name: str) -> Source:
    """The text called `name` below `raw` (data/raw): one file, or train, valid and test.

    Raises UserError where there is none, where a split is missing, and where it is unclear which file is meant.
    """
    folder = raw / name
    if folder.is_file() or (raw / f"{name}.txt").is_file():
        return Source({"text": folder if folder.is_file() else raw / f"{name}.txt"})
    if not folder.is_dir():
        known = sorted(path.name for path in raw.iterdir() if not path.name.startswith(".")) if raw.is_dir() else []
        raise UserError(
            f"corpus: found {name!r}, but {folder} does not exist. Put one text file there, or train.txt, valid.txt "
            f"and test.txt; or set corpus to one of: {', '.join(['builtin', *known])}."
        )
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if not files:
        raise UserError(f"{folder} is empty. Put one text file there, or train.txt, valid.txt and test.txt.")
    found = {split: [path for path in files if _is_split(path, split)] for split in SPLITS}
    if not any(found.values()):
        if len(files) > 1:
            raise UserError(
                f"{folder} holds {len(files)} files ({', '.join(path.name for path in files[:5])}), and none is named "
                "train, valid or test. Leave one text file there, or name them so."
            )
        return Source({"text": files[0]})
    for split, paths in found.items():
        if not paths:
            raise UserError(
                f"{folder}: the {split} split is missing (found {', '.join(path.name for path in files)}). "
                f"Add {split}.txt, or leave one file there and it is split in blocks."
            )
        if len(paths) > 1:
            raise UserError(
                f"{folder}: {len(paths)} files are named {split}: {paths[0].name}, {paths[1].name}. Keep one."
            )
    return Source({split: paths[0] for split, paths in found.items()})


def _is_split(path: Path, split: str) -> bool:
    """Whether a word of the file's name says so: train.txt, wiki.valid.tokens, ptb-test.txt."""
    return any(word in SPLIT_NAMES[split] for word in re.split(r"[^a-z]+", path.name.lower()))


def check_source(source: Source, min_train_words: int, min_valid_words: int, valid_share: float) -> None:
    """Reads every file once and raises UserError on what would fail later.

    Looks for: not UTF-8, NUL bytes, no words, the word `<eos>`, fewer lines than a split needs, no two words on a line
    of train, and a train or valid text of fewer than `min_train_words` or `min_valid_words` words (an `<eos>` a line
    counted; `valid_share` of a text that is one file).
    """
    for split, path in source.files.items():
        words = lines = longest = 0
        for line in read_lines(path):
            words += len(line) + 1
            lines += 1
            longest = max(longest, len(line))
        if words == lines:
            raise UserError(f"{path} has no words ({path.stat().st_size} bytes). Put text into it.")
        if split == "text" and lines < MIN_LINES_TO_SPLIT:
            raise UserError(
                f"{path} has {lines} lines; splitting it into train, valid and test takes {MIN_LINES_TO_SPLIT}. "
                "Break it into lines, or give three files."
            )
        if split in ("text", "train") and words < min_train_words:
            raise UserError(
                f"{path} has {words:,} tokens, fewer than one training step takes ({min_train_words:,}: batch_size × "
                "(bptt_len + 1)). Bring more text, or lower batch_size and bptt_len of this size in params.yaml."
            )
        if split in ("text", "train") and longest < 2:
            raise UserError(f"{path}: no line has two words, so no word has a context. Bring longer lines.")
        if split in ("text", "valid") and words * (valid_share if split == "text" else 1) < min_valid_words:
            raise UserError(
                f"{path} leaves fewer than {min_valid_words:,} tokens for valid, which gradients.max_lag needs. "
                "Bring more text, or lower gradients.max_lag in params.yaml."
            )


def read_lines(path: Path) -> Iterator[list[str]]:
    """The words of each line of a UTF-8 file, split at white space; a byte order mark is left out."""
    offset = 0
    with path.open("rb") as file:
        for raw in file:
            if offset == 0:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            if b"\0" in raw:
                raise UserError(
                    f"{path}: a NUL byte at byte {offset + raw.index(0)}: this is no text file. Save it as text."
                )
            try:
                words = raw.decode("utf-8").split()
            except UnicodeDecodeError as error:
                raise UserError(
                    f"{path}: byte {offset + error.start} is not UTF-8. Convert the file: "
                    f"iconv -f WINDOWS-1252 -t UTF-8 {path.name} > converted.txt"
                ) from None
            if EOS in words:
                raise UserError(
                    f"{path}: the text holds the word {EOS}, which marks the end of each line here. Remove it."
                )
            offset += len(raw)
            yield words


def read_split(source: Source, split: str, valid_share: float, test_share: float) -> Iterator[list[str]]:
    """The lines of one split. One file is cut into contiguous blocks of lines: train, valid, test in that order."""
    if split in source.files:
        return read_lines(source.files[split])
    path = source.files["text"]
    total = sum(1 for _ in read_lines(path))
    test_lines, valid_lines = max(1, round(total * test_share)), max(1, round(total * valid_share))
    bounds = {
        "train": (0, total - valid_lines - test_lines),
        "valid": (total - valid_lines - test_lines, total - test_lines),
        "test": (total - test_lines, total),
    }
    return islice(read_lines(path), *bounds[split])
