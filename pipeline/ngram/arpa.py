"""An n-gram model as an ARPA file, the text format that KenLM, SRILM and others read.

    log10 p(w | h) <tab> h w <tab> log10 γ(hw)

one m-gram a line, order after order. The probabilities are interpolated already, as in KenLM's files,
so a reader that backs off computes what the model does.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import io
from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.ngram.model import NgramModel

LINES_AT_ONCE = 1 << 16


def write_arpa(path: Path, model: NgramModel, types: Sequence[str]) -> None:
    """Writes `model` with the vocabulary `types` (V,); `<eos>` becomes `<s>` before and `</s>` after a line."""
    with io.atomic(path) as file:
        for block in arpa_blocks(model, types):
            file.write(block.encode())


def arpa_blocks(model: NgramModel, types: Sequence[str]) -> Iterator[str]:
    """The text of the ARPA file, in pieces.

    KenLM reads files of order 2 and more. `<s>` alone has log10 probability −99, as is the custom:
    nothing predicts it. Log probabilities have 9 digits after the point.
    """
    if len(types) != model.vocabulary_size:
        raise UserError(
            f"The vocabulary has {len(types)} types, the model has {model.vocabulary_size}. "
            "Give the vocabulary that the model was made with."
        )
    counts = [len(words) - 1 for words in model.words]
    counts[0] += 1  # <s>, which is a type of its own here
    yield "\\data\\\n" + "".join(f"ngram {m}={count}\n" for m, count in enumerate(counts, start=1))
    last = [*types]
    last[EOS_ID] = "</s>"
    texts: list[str] = []
    for m, log_probs in enumerate(log10_probs(model), start=1):
        backoffs = _log10(model.levels[m].left) if m < model.order else None
        if m == 1:
            texts = last
        else:
            first = texts
            if m == 2:
                first = [*types]
                first[EOS_ID] = "<s>"
            prefixes = _prefixes(model, m).tolist()
            words = model.words[m - 1].tolist()
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


def log10_probs(model: NgramModel) -> Iterator[NDArray[np.float64]]:
    """For each order m from 1 up, log10 p of its n m-grams (n,), in their order."""
    probs = model.unigrams
    suffix = np.zeros(len(probs), dtype=np.int64)
    yield _log10(probs)
    for m in range(2, model.order + 1):
        prefixes = _prefixes(model, m)
        words = model.words[m - 1][:-1].astype(np.int64)
        # Dropping the first token of h w: that of h, gone on with w.
        suffix = words if m == 2 else model.extend(m - 1, suffix[prefixes], words)
        probs = model.interpolate(m, np.arange(len(words)), prefixes, probs[suffix])
        yield _log10(probs)


def _prefixes(model: NgramModel, m: int) -> NDArray[np.int64]:
    """(n,) The number of each m-gram's first m − 1 tokens."""
    offsets = model.offsets[m - 1].astype(np.int64)
    sizes = offsets[1:] - offsets[:-1]
    return np.repeat(np.arange(len(sizes)), sizes)


def _log10(values: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        logs: NDArray[np.float64] = np.log10(values)
    return logs
