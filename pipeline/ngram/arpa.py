"""An n-gram model as an ARPA file, the text format that KenLM, SRILM and others read.

    log10 p(w | h) <tab> h w <tab> log10 b(h w)

one m-gram a line, order after order; b(h w) is what p of the order below is multiplied by for words never seen
after h w. The probabilities are interpolated already, as in KenLM's files, so a reader that backs off computes
what the model does.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import io
from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.ngram.count_model import CountModel, check_vocabulary

LINES_AT_ONCE = 1 << 16

ZERO = -99.0
"""Stands for log10 of 0, as is the custom."""


def write_arpa(path: Path, model: CountModel, types: Sequence[str]) -> None:
    """Writes `model` with the vocabulary `types` (V,); `<eos>` becomes `<s>` before and `</s>` after a line.

    Raises `UserError` if the vocabulary is not the model's, or holds one of the two marks.
    """
    with io.atomic(path) as file:
        for block in arpa_blocks(model, types):
            file.write(block.encode())


def arpa_blocks(model: CountModel, types: Sequence[str]) -> Iterator[str]:
    """The text of the ARPA file, in pieces.

    KenLM reads files of order 2 and more. `<s>` alone has log10 probability −99: nothing predicts it.
    Log probabilities have 9 digits after the point.
    """
    check_vocabulary(model, types)
    for mark in ("<s>", "</s>"):
        if mark in types:
            raise UserError(f"The vocabulary has the word {mark}, which in ARPA files marks lines. Rename it.")
    trie = model.trie
    counts = [trie.size(m) for m in range(1, model.order + 1)]
    counts[0] += 1  # <s>, which is a type of its own here
    yield "\\data\\\n" + "".join(f"ngram {m}={count}\n" for m, count in enumerate(counts, start=1))
    last = [*types]
    last[EOS_ID] = "</s>"
    texts: list[str] = []
    for m, probs in enumerate(model.ngram_probs(), start=1):
        log_probs = _log10(probs)
        backoffs = _log10(model.backoffs(m)) if m < model.order else None
        if m == 1:
            texts = last
        else:
            first = texts
            if m == 2:
                first = [*types]
                first[EOS_ID] = "<s>"
            prefixes, words = trie.prefixes(m).tolist(), trie.words[m - 1].tolist()
            texts = [f"{first[prefix]} {last[word]}" for prefix, word in zip(prefixes, words, strict=False)]
        yield f"\n\\{m}-grams:\n"
        if m == 1:
            yield f"-99\t<s>\t{backoffs[EOS_ID]:.9f}\n" if backoffs is not None else "-99\t<s>\n"
            if backoffs is not None:
                backoffs[EOS_ID] = 0  # what follows <s> is not what follows </s>, which is nothing
        for begin in range(0, len(texts), LINES_AT_ONCE):
            rows = slice(begin, begin + LINES_AT_ONCE)
            if backoffs is None:
                yield "".join(
                    f"{p:.9f}\t{text}\n" for p, text in zip(log_probs[rows].tolist(), texts[rows], strict=True)
                )
            else:
                yield "".join(
                    f"{p:.9f}\t{text}\t{b:.9f}\n"
                    for p, text, b in zip(
                        log_probs[rows].tolist(), texts[rows], backoffs[:-1][rows].tolist(), strict=True
                    )
                )
    yield "\n\\end\\\n"


def _log10(values: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.maximum(np.log10(values), ZERO)
