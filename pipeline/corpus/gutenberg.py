"""What Project Gutenberg says before and after each of its books, which is no part of them."""

import re

START = re.compile(rb"\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG EBOOK[^\n]*\n")
END = re.compile(rb"\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG EBOOK")


def without_licence(text: bytes) -> bytes:
    """The book alone, one line end after it. Raises ValueError, which says what is missing, where a mark is."""
    start, end = START.search(text), END.search(text)
    if start is None or end is None:
        missing = "beginning" if start is None else "end"
        raise ValueError(f"the mark of the book's {missing} is missing: this is no plain text of it, or not all of it")
    return text[start.end() : end.start()].strip() + b"\n"
