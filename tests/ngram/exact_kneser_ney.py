"""Small corpora, and Kneser-Ney written straight from its equations, in exact fractions.

It knows nothing of ids, sorted arrays or the product's code: lines are lists of words, counts are
dictionaries of tuples, `<s>` and `</s>` are two words.
"""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

UNK, EOS, FIRST_WORD = 0, 1, 2

Lines = list[list[int]]


def stream_of(lines: Lines) -> NDArray[np.int64]:
    return np.array([token for line in lines for token in (*line, EOS)], dtype=np.int64)


def zipf_lines(seed: int, lines: int, types: int) -> Lines:
    """Lines with repeating phrases, so that all counts of counts are there. Some lines are blank."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, types + 1)
    follows = rng.permuted(np.tile(weights / weights.sum(), (types, 1)), axis=1)
    result = []
    for _ in range(lines):
        line: list[int] = []
        for _ in range(int(rng.integers(0, 12))):
            previous = line[-1] - FIRST_WORD if line else 0
            line.append(FIRST_WORD + int(rng.choice(types, p=follows[previous])))
        result.append(line)
    return result


small_lines = st.lists(st.lists(st.integers(FIRST_WORD, FIRST_WORD + 3), max_size=6), min_size=1, max_size=12)


@st.composite
def lines_and_order(draw: st.DrawFn) -> tuple[Lines, int]:
    """Any small corpus, and an order that its longest line reaches."""
    lines = draw(small_lines)
    return lines, draw(st.integers(1, min(7, max(map(len, lines)) + 2)))


class ExactModel:
    """Occurrences of n-grams, and what every smoothing needs. A subclass says p(word | history)."""

    def __init__(self, lines: Lines, vocabulary_size: int, order: int) -> None:
        self.vocabulary_size = vocabulary_size
        self.order = order
        sentences = [("<s>", *line, "</s>") for line in lines]
        self.raw = {
            m: Counter(s[i : i + m] for s in sentences for i in range(len(s) - m + 1)) for m in range(1, order + 2)
        }
        del self.raw[1][("<s>",)]
        self.prob = cache(self._prob)

    def _prob(self, history: tuple, word: int | str) -> Fraction:
        """p(word | history); `history` holds at most order − 1 tokens, `</s>` never."""
        raise NotImplementedError

    def words(self) -> list[int | str]:
        """The vocabulary, in the order of the ids."""
        return ["</s>" if token == EOS else token for token in range(self.vocabulary_size)]

    def stream_probs(self, lines: Lines) -> list[float]:
        """The probability of every token of `lines`, line ends included."""
        probs = []
        for line in lines:
            history: tuple = ("<s>",)
            for word in (*line, "</s>"):
                probs.append(float(self.prob(history[max(len(history) - self.order + 1, 0) :], word)))
                history = (*history, word)
        return probs


def following(counts: dict[int, dict[tuple, int]]) -> dict[tuple, dict]:
    """{context: {word: count}} of counts by order."""
    after: dict[tuple, dict] = {}
    for grams in counts.values():
        for gram, count in grams.items():
            after.setdefault(gram[:-1], {})[gram[-1]] = count
    return after


class ExactKneserNey(ExactModel):
    """Interpolated Kneser-Ney (Chen & Goodman 1999), adjusted counts as Heafield et al. (2013).

    `prune` leaves out the m-grams that occur prune[m − 1] times or less: whatever they had goes to the order below.
    """

    def __init__(
        self, lines: Lines, vocabulary_size: int, order: int, modified: bool = True, prune: Sequence[int] = ()
    ) -> None:
        super().__init__(lines, vocabulary_size, order)
        self.modified, self.prune = modified, prune
        before: dict[tuple, set] = {}
        for longer in (g for m in range(2, order + 1) for g in self.raw[m]):
            before.setdefault(longer[1:], set()).add(longer[0])
        self.counts = {
            m: dict(self.raw[m])
            if m == order
            else {g: c if g[0] == "<s>" else len(before[g]) for g, c in self.raw[m].items()}
            for m in range(1, order + 1)
        }
        self.after = following(self.counts)
        self.discounts = {m: self._discounts(m) for m in range(1, order + 1)}

    def _discounts(self, m: int) -> tuple[Fraction, Fraction, Fraction]:
        t = Counter(self.counts[m].values())
        if not self.modified:
            return (Fraction(t[1], t[1] + 2 * t[2]) if t[1] and t[2] else Fraction(3, 4),) * 3
        if t[1] and t[2] and t[3]:
            y = Fraction(t[1], t[1] + 2 * t[2])
            d = tuple(k - (k + 1) * y * Fraction(t[k + 1], t[k]) for k in (1, 2, 3))
            if all(0 < d[k - 1] <= k for k in (1, 2, 3)):
                return d
        return Fraction(1, 2), Fraction(1), Fraction(3, 2)

    def taken(self, history: tuple, word: int | str) -> Fraction:
        """What the n-gram takes of its context's count."""
        m, count = len(history) + 1, self.after[history].get(word, 0)
        if not count or (m <= len(self.prune) and self.raw[m][(*history, word)] <= self.prune[m - 1]):
            return Fraction(0)
        return count - self.discounts[m][min(count, 3) - 1]

    def _prob(self, history: tuple, word: int | str) -> Fraction:
        below = self.prob(history[1:], word) if history else Fraction(1, self.vocabulary_size)
        if history not in self.after:
            return below
        total = sum(self.after[history].values())
        left = total - sum(self.taken(history, other) for other in self.after[history])
        return (self.taken(history, word) + left * below) / total
