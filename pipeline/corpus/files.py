"""The bytes of text files: decompressed, checked and cut where no word is cut."""

import codecs
import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, cast

from pipeline.errors import UserError

CHUNK = 1 << 20  # bytes: what stays in the processor's cache while it is cut into words
LONGEST_WORD = 1 << 26
BYTE_ORDER_MARK = codecs.BOM_UTF8


def read_chunks(path: Path, encoding: str = "utf-8") -> Iterator[bytes]:
    """The text of a file (also .gz or .zst) as UTF-8, piece by piece.

    A piece ends after a line or, where a line is longer than a piece, after white space; the last ends a line. A byte
    order mark is left out. Raises UserError, with the file and the offset in bytes of its (decompressed) text, on what
    is not `encoding` and on NUL bytes.
    """
    offset, carried = 0, b""
    for block in _blocks(path, encoding):
        carried += block
        end = carried.rfind(b"\n") + 1
        if not end and len(carried) >= CHUNK:
            end = max(carried.rfind(b" "), carried.rfind(b"\t")) + 1
        if not end:
            if len(carried) > LONGEST_WORD:
                raise UserError(
                    f"{path}: no white space in the {LONGEST_WORD:,} bytes from byte {offset}: that is one word. "
                    "Break the text into lines."
                )
            continue
        yield _checked(carried[:end], path, offset, encoding)
        offset, carried = offset + end, carried[end:]
    if carried:
        yield _checked(carried, path, offset, encoding) + b"\n"


def lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines of a text that comes piece by piece, without their ends."""
    begun: list[str] = []
    for chunk in chunks:
        *whole, rest = chunk.decode().split("\n")
        for line in whole:
            yield "".join([*begun, line]).removesuffix("\r")
            begun = []
        begun += [rest] if rest else []


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a file of UTF-8, without their ends."""
    return lines(read_chunks(path))


def join_paragraphs(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a paragraph, which ends at a blank line, as one line; blank lines stay.

    A text that was wrapped to a width has its line ends in the middle of sentences.
    """
    inside = False
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        pieces = []
        for line in whole:
            if line.strip():
                pieces.append(line.rstrip() + b" ")
                inside = True
            else:
                pieces.append(b"\n\n" if inside else b"\n")
                inside = False
        yield b"".join(pieces) + rest
        inside |= bool(rest.strip())
    if inside:
        yield b"\n"


def _checked(chunk: bytes, path: Path, offset: int, encoding: str) -> bytes:
    if offset == 0:
        chunk = chunk.removeprefix(BYTE_ORDER_MARK)
    if b"\0" in chunk:
        raise UserError(
            f"{path}: a NUL byte at byte {offset + chunk.index(0)}: this is no {encoding} text. Save it as text, "
            "or set text.encoding to what it is in, such as utf-16."
        )
    if not chunk.isascii():
        try:
            chunk.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _not(encoding, path, offset + error.start) from None
    return chunk


def _not(encoding: str, path: Path, offset: int) -> UserError:
    other = "windows-1252" if encoding == "utf-8" else "utf-8"
    return UserError(
        f"{path}: byte {offset} is not {encoding.upper()}. Set text.encoding in params.yaml to what the file is in, "
        f"such as {other}, or convert the file with iconv."
    )


def _blocks(path: Path, encoding: str) -> Iterator[bytes]:
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)()
    offset = 0
    try:
        with closing(_open(path)) as file:
            while block := file.read(CHUNK):
                yield block if decoder is None else decoder.decode(block).encode()
                offset += len(block)
            if decoder is not None:
                decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not(encoding, path, offset + error.start) from None
    except UnicodeEncodeError:  # half a surrogate pair, which some encodings let through
        raise _not(encoding, path, offset) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path, error) from None
    except OSError as error:
        if path.suffix.lower() != ".zst":
            raise
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> UserError:
    return UserError(f"{path} cannot be decompressed ({error}): it is damaged or cut off. Bring it again.")


def _open(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return cast(IO[bytes], gzip.open(path))
    if path.suffix.lower() == ".zst":
        import pyarrow

        return cast(IO[bytes], pyarrow.input_stream(path, compression="zstd"))
    return path.open("rb")
