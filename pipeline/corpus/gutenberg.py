"""What Project Gutenberg says before and after each of its books, which is no part of them."""

import re

START = re.compile(
    # a long title fills several lines
    rb"\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG EBOOK[^*]{0,400}\*\*\*[^\n]*\n"
    rb"|\*END\*? ?THE SMALL PRINT![^\n]*\n",  # of books before 2002
    re.IGNORECASE,
)
END = re.compile(
    rb"\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG EBOOK|^End of (?:the |this )?Project Gutenberg", re.I | re.M
)


def without_licence(text: bytes) -> bytes:
    """The book alone, one line end after it. Raises ValueError, which says what is missing, where a mark is."""
    start = START.search(text)
    end = END.search(text, start.end() if start else 0)
    if start is None or end is None:
        missing = "beginning" if start is None else "end"
        raise ValueError(f"the mark of the book's {missing} is missing: this is no plain text of it, or not all of it")
    return text[start.end() : end.start()].strip() + b"\n"
