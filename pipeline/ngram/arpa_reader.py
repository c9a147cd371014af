"""Reads ARPA files, our own and those of KenLM, SRILM and others, as a model that backs off."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS, EOS_ID, UNK, UNK_ID
from pipeline.ngram.arpa_lines import ArpaLines, open_arpa, shown
from pipeline.ngram.backoff import BackoffModel
from pipeline.ngram.counts import smallest, types, word_bits
from pipeline.ngram.trie import Trie

UNKNOWN = ("<unk>", "<UNK>")
BEGIN, END = "<s>", "</s>"
BEGIN_ID = -1
"""Stands for `<s>` until it is known to be the first token of its n-gram, where it is `<eos>`."""


@dataclass(frozen=True)
class Unigrams:
    """The vocabulary of a file."""

    types: tuple[str, ...]
    spellings: pa.Array
    """(U,) Words as the file has them, in its order."""
    ids: NDArray[np.int32]
    """(U,) The type of each, or `BEGIN_ID`."""
    probs: NDArray[np.float64]
    weights: NDArray[np.float64]
    """(V + 1,) By type, as in `BackoffModel`."""


def read_arpa(path: Path) -> tuple[BackoffModel, tuple[str, ...]]:
    """The model in `path`, named after the file, and its vocabulary (V,): `<unk>`, `<eos>`, the others as they come.

    `<eos>` stands for `<s>` before and for `</s>` after a line. `<unk>` may be spelt `<UNK>`; in a file without it, a
    word that is not in the vocabulary is impossible. The probability of `<s>` is not read, a backoff weight that is
    missing is 1 (log10 0), and n-grams with `<s>` or `</s>` inside are left out, since no line has them.
    Raises `UserError`, with the number of the line, for a file that is damaged, cut off or no ARPA file.
    """
    with open_arpa(path) as lines:
        sizes = _read_head(lines)
        unigrams = _read_unigrams(lines, sizes[0])
        _read_title(lines, lines.content(), 2, sizes)
        order_1 = types(np.zeros(len(unigrams.types), dtype=np.int64))
        trie = Trie((order_1.words,), (order_1.offsets,))
        probs, weights = [unigrams.probs], [unigrams.weights]
        for m, announced in enumerate(sizes[1:], start=2):
            trie, more_probs, more_weights = _read_order(lines, m, announced, unigrams, trie)
            _read_title(lines, lines.content(), m + 1, sizes)
            probs.append(more_probs)
            weights.append(more_weights)
        if (line := lines.content()) is not None:
            raise lines.error(f"found {shown(line)} after \\end\\")
    return BackoffModel(path.name, trie, tuple(probs), tuple(weights[:-1])), unigrams.types


def _read_head(lines: ArpaLines) -> list[int]:
    """How many n-grams of each order the file announces; the title of the first section is read, too."""
    line = lines.content()
    while line is not None and line.startswith(b"#"):
        line = lines.content()
    if line is None:
        raise lines.error("the file is empty; an ARPA file begins with \\data\\")
    if line != b"\\data\\":
        raise lines.error(f"found {shown(line)} where \\data\\ should be: this is no ARPA file")
    sizes: list[int] = []
    line = lines.content()
    while line is not None and (match := re.fullmatch(rb"ngram\s+(\d+)\s*=\s*(\d+)", line)):
        if int(match[1]) != len(sizes) + 1:
            raise lines.error(f"found {shown(line)} where the number of {len(sizes) + 1}-grams should be announced")
        sizes.append(int(match[2]))
        line = lines.content()
    if not sizes:
        raise lines.error(f"found {shown(line or b'')} where a line such as 'ngram 1=1000' should announce n-grams")
    _read_title(lines, line, 1, sizes)
    return sizes


def _read_title(lines: ArpaLines, line: bytes | None, m: int, sizes: list[int]) -> None:
    """Raises `UserError` unless `line`, just read, is the title of order m, or `\\end\\` after the highest order."""
    title = b"\\%d-grams:" % m if m <= len(sizes) else b"\\end\\"
    if line == title:
        return
    what = f"where {title.decode()} should be"
    if m <= len(sizes):
        what += f": the head announces {sizes[m - 1]} {m}-grams"
    if line is None:
        raise lines.error(f"the file ends after this line, {what}")
    if m > 1 and not line.startswith(b"\\"):
        what += f", and {sizes[m - 2]} {m - 1}-grams, not more"
    raise lines.error(f"found {shown(line)} {what}")


def _read_unigrams(lines: ArpaLines, announced: int) -> Unigrams:
    columns = list(lines.columns(1, announced))
    names, ids = [UNK, EOS], {}
    for part in columns:
        for number, word in enumerate(part.words.cast(pa.binary()).to_pylist(), start=part.first_line):
            try:
                name = word.decode()
            except UnicodeDecodeError:
                raise lines.error(f"the word {shown(word)} is not UTF-8", number) from None
            if name == EOS:
                raise lines.error(f"the word {EOS} is what {BEGIN} and {END} are called here; rename it", number)
            name = UNK if name in UNKNOWN else name
            if name in ids:
                raise lines.error(f"the 1-gram {shown(word)} is there for the second time", number)
            ids[name] = {UNK: UNK_ID, END: EOS_ID, BEGIN: BEGIN_ID}.get(name, len(names))
            if ids[name] == len(names):
                names.append(name)
    if END not in ids:
        raise lines.error(f"the 1-grams lack {END}, without which no line ends")
    numbers = np.fromiter(ids.values(), dtype=np.int32)
    predicted, context = numbers != BEGIN_ID, numbers != EOS_ID
    probs, weights = np.zeros(len(names) + 1), np.ones(len(names) + 1)
    probs[numbers[predicted]] = _exp10([part.log_probs for part in columns])[predicted]
    contexts = np.where(numbers == BEGIN_ID, EOS_ID, numbers)[context]
    weights[contexts] = _exp10([part.log_weights for part in columns])[context]
    return Unigrams(tuple(names), pa.concat_arrays([part.words for part in columns]), numbers, probs, weights)


def _read_order(
    lines: ArpaLines, m: int, announced: int, unigrams: Unigrams, trie: Trie
) -> tuple[Trie, NDArray[np.float64], NDArray[np.float64]]:
    """`trie` with the m-grams on top; their probabilities and weights (n + 1,)."""
    first_line = lines.number + 1
    ids, log_probs, log_weights = [np.zeros((0, m), dtype=np.int32)], [np.zeros(0)], [np.zeros(0)]
    for part in lines.columns(m, announced):
        places = pc.index_in(part.words, value_set=unigrams.spellings)
        if places.null_count:
            place = places.to_pylist().index(None)
            word = shown(part.words.cast(pa.binary())[place].as_py())
            raise lines.error(f"the word {word} is not among the 1-grams", part.first_line + place // m)
        ids.append(unigrams.ids[places.to_numpy()].reshape(-1, m))
        log_probs.append(part.log_probs)
        log_weights.append(part.log_weights)
    ngrams = np.concatenate(ids)
    inside = (ngrams[:, 1:] == BEGIN_ID).any(axis=1) | (ngrams[:, :-1] == EOS_ID).any(axis=1)
    rows = np.flatnonzero(~inside)
    ngrams = ngrams[rows]
    ngrams[ngrams == BEGIN_ID] = EOS_ID

    def check(is_wrong: NDArray[np.bool_], cause: str) -> None:
        if is_wrong.any():
            wrong = int(np.argmax(is_wrong))
            words = [unigrams.types[token] for token in ngrams[wrong]]
            text = " ".join([BEGIN if words[0] == EOS else words[0], *(END if w == EOS else w for w in words[1:])])
            raise lines.error(f"the {m}-gram '{text}' {cause}", first_line + int(rows[wrong]))

    contexts = ngrams[:, 0].astype(np.int64)
    for k in range(2, m):
        contexts = trie.extend(k, contexts, ngrams[:, k - 1])
    check(contexts == trie.never(m - 1), f"is there, but the {m - 1}-gram that it begins with is not")
    keys = contexts << word_bits(len(unigrams.types)) | ngrams[:, -1]
    order = np.argsort(keys, kind="stable")
    repeated = np.zeros(len(keys), dtype=bool)
    repeated[order[1:]] = keys[order[1:]] == keys[order[:-1]]
    check(repeated, "is there for the second time")
    row_sizes = np.bincount(contexts, minlength=trie.size(m - 1) + 1)
    longer = Trie(
        (*trie.words, smallest(np.append(ngrams[order, -1], 0))),
        (*trie.offsets, smallest(np.concatenate([[0], np.cumsum(row_sizes)]))),
    )
    order = rows[order]
    return longer, np.append(_exp10(log_probs)[order], 0.0), np.append(_exp10(log_weights)[order], 1.0)


def _exp10(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    values: NDArray[np.float64] = 10.0 ** np.concatenate(parts)
    return values
