"""A text read once before anything is computed, so that what would fail later is told now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.conventions import Conventions
from pipeline.corpus.reading import Tally, numbering, read_part
from pipeline.corpus.sources import WHOLE, Source
from pipeline.corpus.splitting import MIN_UNITS
from pipeline.corpus.symbols import LINE_END
from pipeline.corpus.vocabulary import UNK
from pipeline.errors import UserError
from pipeline.ngram.lines import check_lines

MARKS = 2  # types that no text needs to have: <unk> and <eos>


@dataclass(frozen=True)
class Need:
    """How many tokens valid or test must have, which setting asks for them, and the split's share of a whole text."""

    tokens: int
    setting: str
    share: float


def check_source(
    source: Source,
    settings: Conventions,
    min_train_tokens: int,
    needs: Sequence[tuple[str, Need]],
    order: int = 1,
    window: int = 1,
) -> int:
    """Reads every file and returns how many types there will be, at most.

    Raises UserError on what `read_part` does, on no words, fewer lines than a split needs, no two tokens on a line of
    train, none long enough for the `order` of n-grams or longer than the `window` of word vectors, a train text of
    fewer than `min_train_tokens` tokens and a valid or test text of fewer than it `needs` (an `<eos>` a line counted;
    words, where they are to be cut into pieces).
    """
    types = 0
    for split, paths in source.files.items():
        numbers, tally = numbering(settings), Tally()
        part = read_part(paths, settings, numbers, tally)
        where = paths[0] if len(paths) == 1 else paths[0].parent
        tokens = len(tally) - (part.blank_lines if settings.blank_lines == "drop" else 0)
        if len(tally) == part.lines:
            raise UserError(f"{where} has no words ({part.bytes:,} bytes). Put text into it.")
        if split == WHOLE and part.lines < MIN_UNITS:
            raise UserError(
                f"{where} has {part.lines} line{'' if part.lines == 1 else 's'}; splitting it into train, valid and "
                f"test takes {MIN_UNITS}. Break it into lines (text.break_lines does, too), or give three files."
            )
        if split in (WHOLE, "train"):
            _check_train(len(tally) - part.lines, tokens, min_train_tokens, str(where))
            if settings.tokens != "bpe":  # pieces of words make lines longer
                _check_window(part.longest_line, window, str(where))
                check_lines(part.longest_line, order)
            types = count_types(numbers.names(), tally.counts, settings)
        for name, need in needs:
            if split in (WHOLE, name) and tokens * (need.share if split == WHOLE else 1) < need.tokens:
                raise UserError(
                    f"{where} leaves fewer than {need.tokens:,} tokens for {name}, which {need.setting} needs. "
                    f"Bring more text, or lower {need.setting} in params.yaml."
                )
    return types


def _check_train(words: int, tokens: int, least: int, where: str) -> None:
    if words == 1:
        raise UserError(f"{where} has one token only: there is nothing to predict. Bring more text.")
    if tokens < least:
        raise UserError(
            f"{where} has {tokens:,} tokens, fewer than one training step takes ({least:,}: batch_size × "
            "(bptt_len + 1)). Bring more text, or lower batch_size and bptt_len of this size in params.yaml."
        )


def _check_window(longest: int, window: int, where: str) -> None:
    if longest < 2:
        raise UserError(f"{where}: no line has two words, so no word has a context. Bring longer lines.")
    if window >= longest:
        raise UserError(
            f"embeddings.window: found {window}, but the longest line of {where} has {longest} tokens, so that no "
            f"window is ever full. Lower it to {longest - 1} or less in params.yaml, or bring longer lines."
        )


def count_types(names: Iterable[tuple[int, str]], counts: NDArray[np.int64], settings: Conventions) -> int:
    """How large the vocabulary of a text with these `counts` becomes; of pieces, at most."""
    if settings.tokens == "bpe":
        return settings.bpe_types + 1
    has_unknown = any(text == UNK for _, text in names)
    own = counts.copy()
    own[LINE_END] = 0
    types = int(np.count_nonzero(own >= settings.least_count(has_unknown))) - has_unknown
    return min(types + MARKS, settings.max_types)
