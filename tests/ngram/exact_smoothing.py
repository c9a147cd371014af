"""The other smoothings, each written straight from its equation, in exact fractions: see exact_kneser_ney.py."""

from fractions import Fraction
from functools import cache

from exact_kneser_ney import ExactKneserNey, ExactModel, Lines, following

K, ALPHA = Fraction(1, 8), Fraction(3, 8)  # powers of two, so that floats are exact too


class ExactRaw(ExactModel):
    """Occurrences by context."""

    def __init__(self, lines: Lines, vocabulary_size: int, order: int) -> None:
        super().__init__(lines, vocabulary_size, order)
        self.after = following({m: self.raw[m] for m in range(1, order + 1)})

    def count(self, history: tuple, word: int | str) -> int:
        return self.after.get(history, {}).get(word, 0)

    def total(self, history: tuple) -> int:
        return sum(self.after.get(history, {}).values())


class ExactMaximumLikelihood(ExactRaw):
    def _prob(self, history: tuple, word: int | str) -> Fraction:
        if history not in self.after:
            return self.prob(history[1:], word)
        return Fraction(self.count(history, word), self.total(history))


class ExactAddK(ExactRaw):
    def _prob(self, history: tuple, word: int | str) -> Fraction:
        return (self.count(history, word) + K) / (self.total(history) + K * self.vocabulary_size)


class ExactWittenBell(ExactRaw):
    def _prob(self, history: tuple, word: int | str) -> Fraction:
        below = self.prob(history[1:], word) if history else Fraction(1, self.vocabulary_size)
        if history not in self.after:
            return below
        different = len(self.after[history])
        return (self.count(history, word) + different * below) / (self.total(history) + different)


class ExactStupidBackoff(ExactRaw):
    def __init__(self, lines: Lines, vocabulary_size: int, order: int) -> None:
        super().__init__(lines, vocabulary_size, order)
        self.score = cache(self._score)

    def _score(self, history: tuple, word: int | str) -> Fraction:
        if self.count(history, word):
            return Fraction(self.count(history, word), self.total(history))
        return ALPHA * self.score(history[1:], word) if history else Fraction(0)

    def _prob(self, history: tuple, word: int | str) -> Fraction:
        return self.score(history, word) / sum(self.score(history, other) for other in self.words())


def exact_kneser_ney(lines: Lines, vocabulary_size: int, order: int) -> ExactKneserNey:
    return ExactKneserNey(lines, vocabulary_size, order, modified=False)


EXACT = {
    "modified_kneser_ney": ExactKneserNey,
    "kneser_ney": exact_kneser_ney,
    "witten_bell": ExactWittenBell,
    "stupid_backoff": ExactStupidBackoff,
    "add_k": ExactAddK,
    "maximum_likelihood": ExactMaximumLikelihood,
}
