"""Small corpora, and a Kneser-Ney written straight from its equations, in exact fractions.

It knows nothing of ids, sorted arrays or the product's code: lines are lists of words, counts are
dictionaries of tuples, `<s>` and `</s>` are two words.
"""

from collections import Counter
from fractions import Fraction
from functools import cache

import numpy as np
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


class ExactKneserNey:
    """Interpolated modified Kneser-Ney (Chen & Goodman 1999), adjusted counts as Heafield et al. (2013)."""

    def __init__(self, lines: Lines, vocabulary_size: int, order: int) -> None:
        self.vocabulary_size = vocabulary_size
        self.order = order
        sentences = [("<s>", *line, "</s>") for line in lines]
        raw = {m: Counter(s[i : i + m] for s in sentences for i in range(len(s) - m + 1)) for m in range(1, order + 2)}
        del raw[1][("<s>",)]
        before: dict[tuple, set] = {}
        for longer in (g for m in range(2, order + 1) for g in raw[m]):
            before.setdefault(longer[1:], set()).add(longer[0])
        self.counts = {
            m: dict(raw[m]) if m == order else {g: c if g[0] == "<s>" else len(before[g]) for g, c in raw[m].items()}
            for m in range(1, order + 1)
        }
        self.after: dict[tuple, list[int]] = {}
        for counts in self.counts.values():
            for gram, count in counts.items():
                self.after.setdefault(gram[:-1], []).append(count)
        self.discounts = {m: self._discounts(m) for m in range(1, order + 1)}
        self.prob = cache(self._prob)

    def _discounts(self, m: int) -> tuple[Fraction, Fraction, Fraction]:
        t = Counter(self.counts[m].values())
        if t[1] and t[2] and t[3]:
            y = Fraction(t[1], t[1] + 2 * t[2])
            d = tuple(k - (k + 1) * y * Fraction(t[k + 1], t[k]) for k in (1, 2, 3))
            if all(0 < d[k - 1] <= k for k in (1, 2, 3)):
                return d
        return Fraction(1, 2), Fraction(1), Fraction(3, 2)

    def _prob(self, history: tuple, word: int | str) -> Fraction:
        """p(word | history); `history` holds at most order − 1 tokens, `</s>` never."""
        m = len(history) + 1
        below = Fraction(1, self.vocabulary_size) if m == 1 else self.prob(history[1:], word)
        after = self.after.get(history)
        if not after:
            return below
        d = self.discounts[m]
        total = sum(after)
        count = self.counts[m].get((*history, word), 0)
        taken = count - d[min(count, 3) - 1] if count else Fraction(0)
        left = sum(d[min(c, 3) - 1] for c in after)
        return taken / total + left / total * below

    def stream_probs(self, lines: Lines) -> list[float]:
        """The probability of every token of `lines`, line ends included."""
        probs = []
        for line in lines:
            history: tuple = ("<s>",)
            for word in (*line, "</s>"):
                probs.append(float(self.prob(history[max(len(history) - self.order + 1, 0) :], word)))
                history = (*history, word)
        return probs
