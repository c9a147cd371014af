"""params.yaml, text: how text becomes tokens."""

import codecs
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pipeline.params.fields import Strict


def _known_encoding(name: str) -> str:
    try:
        "a".encode(name)  # Python's codecs that are none of text, such as base64, say so here
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(
            f"found {name!r}, which Python does not know as one of text; such as utf-8, windows-1252, utf-16"
        ) from None


Encoding = Annotated[str, AfterValidator(_known_encoding)]
Mark = Literal["<eos>", "<unk>"]


class Text(Strict):
    """How lines of text become tokens."""

    tokens: Literal["auto", "words", "characters", "bpe"]
    words: Literal["auto", "whitespace", "moses"]
    moses_language: Annotated[str, Field(pattern="^[a-z]{2,3}$")]
    lines: Literal["auto", "kept", "joined"]
    break_lines: Annotated[int, Field(ge=2)] | Literal["auto", "never"]
    encoding: Encoding
    bpe_types: Annotated[int, Field(ge=32)]
    blank_lines: Literal["keep", "drop"]
    min_count: Annotated[int, Field(ge=1)] | Literal["auto"]
    max_types: Annotated[int, Field(ge=3)]
    valid_share: Annotated[float, Field(gt=0, lt=0.5)]
    test_share: Annotated[float, Field(gt=0, lt=0.5)]
