"""The vocabulary: the types a model knows, from train alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

UNK = "<unk>"
EOS = "<eos>"
UNK_ID = 0
EOS_ID = 1


@dataclass(frozen=True)
class Vocabulary:
    """Types by id: `<unk>` is 0, `<eos>` is 1, the others follow by falling count in train.

    `<unk>` is an ordinary type: it is predicted and counted like any other.
    """

    types: tuple[str, ...]

    @cached_property
    def ids(self) -> Mapping[str, int]:
        return {word: index for index, word in enumerate(self.types)}

    def __len__(self) -> int:
        return len(self.types)

    def __contains__(self, word: str) -> bool:
        return word in self.ids

    def encode(self, words: Iterable[str]) -> NDArray[np.int64]:
        """Ids (N,) of `words`; a word that is not a type becomes `<unk>`."""
        ids = self.ids
        return np.fromiter((ids.get(word, UNK_ID) for word in words), dtype=np.int64)

    def decode(self, tokens: Iterable[int]) -> list[str]:
        return [self.types[token] for token in tokens]


def build_vocabulary(counts: Mapping[str, int], min_count: int, max_size: int | None) -> Vocabulary:
    """The types of train: `counts` (without `<eos>`) of at least `min_count`, the commonest `max_size`.

    `max_size` counts `<unk>` and `<eos>` too. Ties in count go by code point, so that the order of the
    text does not matter.
    """
    ranked = sorted(
        ((word, count) for word, count in counts.items() if count >= min_count and word not in (UNK, EOS)),
        key=lambda item: (-item[1], item[0]),
    )
    words = [word for word, _ in ranked]
    return Vocabulary((UNK, EOS, *(words if max_size is None else words[: max(max_size - 2, 0)])))


def count_words(lines: Iterable[list[str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for words in lines:
        counts.update(words)
    return counts
