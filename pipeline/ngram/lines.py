"""How high an order the lines of a text allow."""

from pipeline.errors import UserError

MARKS = 2
"""Tokens that a line has beside its words: `<s>` and `</s>`."""


def check_lines(longest: int, order: int) -> None:
    """Raises `UserError` if a text whose longest line has `longest` words has no n-grams of `order`."""
    possible = longest + MARKS
    if order > possible:
        raise UserError(
            f"The n-gram order is {order}, but the longest line of the training text has {longest} "
            f"word{'' if longest == 1 else 's'}: with its beginning and its end that makes n-grams up to order "
            f"{possible}. Set `ngram.order` to {possible} or less, or bring longer lines."
        )
