import io
from pathlib import Path

import numpy as np
import pytest
from exact_kneser_ney import Lines, stream_of, zipf_lines

from pipeline.errors import UserError
from pipeline.ngram.arpa import write_arpa
from pipeline.ngram.counts import count_ngrams
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of
from pipeline.ngram.smoothing import SMOOTHINGS, Smoothing, smoothed

TRAIN, HELD_OUT = zipf_lines(1, 200, 10), zipf_lines(2, 50, 11)
TYPES = ["<unk>", "<eos>", *(f"w{number}" for number in range(12))]
FITTED = fit(stream_of(TRAIN), len(TYPES), 4)


def read_arpa(text: str) -> tuple[dict[int, int], dict[tuple[str, ...], tuple[float, float]]]:
    """Counts by order, and {m-gram: (log10 p, log10 backoff)}."""
    sizes: dict[int, int] = {}
    grams: dict[tuple[str, ...], tuple[float, float]] = {}
    for line in io.StringIO(text):
        if line.startswith("ngram "):
            m, size = line.removeprefix("ngram ").split("=")
            sizes[int(m)] = int(size)
        elif "\t" in line:
            fields = line.rstrip("\n").split("\t")
            grams[tuple(fields[1].split(" "))] = (float(fields[0]), float(fields[2]) if len(fields) > 2 else 0.0)
    return sizes, grams


def backed_off(grams: dict[tuple[str, ...], tuple[float, float]], context: tuple[str, ...], word: str) -> float:
    """log10 p(word | context) as every reader of ARPA files computes it."""
    if (*context, word) in grams:
        return grams[(*context, word)][0]
    return grams.get(context, (0.0, 0.0))[1] + backed_off(grams, context[1:], word)


def scores(grams: dict[tuple[str, ...], tuple[float, float]], lines: Lines, order: int) -> list[float]:
    result = []
    for line in lines:
        words = ["<s>", *(TYPES[token] for token in line), "</s>"]
        result += [backed_off(grams, tuple(words[max(i - order + 1, 0) : i]), words[i]) for i in range(1, len(words))]
    return result


@pytest.mark.parametrize("order", range(1, 5))
def test_a_reader_that_backs_off_computes_what_the_model_does(tmp_path: Path, order: int) -> None:
    model = model_of(FITTED, order)
    write_arpa(tmp_path / "model.arpa", model, TYPES)
    sizes, grams = read_arpa((tmp_path / "model.arpa").read_text())
    nats, _ = model.read(stream_of(HELD_OUT)[:, None], model.start(1))
    np.testing.assert_allclose(scores(grams, HELD_OUT, order), nats[:, 0] / np.log(10), atol=1e-8)
    assert sizes == {m: sum(len(gram) == m for gram in grams) for m in range(1, order + 1)}


@pytest.mark.parametrize("method", SMOOTHINGS)
@pytest.mark.parametrize("order", [1, 4])
def test_any_smoothing_can_be_written(tmp_path: Path, method: Smoothing, order: int) -> None:
    """An impossible token has −99 instead of log10 0."""
    model = smoothed(count_ngrams(stream_of(TRAIN), len(TYPES), 4), method, order, k=0.1, alpha=0.4)
    write_arpa(tmp_path / "model.arpa", model, TYPES)
    _, grams = read_arpa((tmp_path / "model.arpa").read_text())
    nats, _ = model.read(stream_of(HELD_OUT)[:, None], model.start(1))
    written = np.array(scores(grams, HELD_OUT, order))
    possible = np.isfinite(nats[:, 0])
    assert not possible.all() or method not in ("maximum_likelihood", "stupid_backoff")
    np.testing.assert_allclose(written[possible], nats[possible, 0] / np.log(10), atol=1e-8)
    assert (written[~possible] <= -99).all()


def test_a_pruned_model_can_be_written(tmp_path: Path) -> None:
    model = model_of(fit(stream_of(TRAIN), len(TYPES), 4, (0, 1, 2)), 4)
    write_arpa(tmp_path / "model.arpa", model, TYPES)
    sizes, grams = read_arpa((tmp_path / "model.arpa").read_text())
    assert sizes == {1: len(TYPES) + 1} | {m: model.trie.size(m) for m in (2, 3, 4)}
    nats, _ = model.read(stream_of(HELD_OUT)[:, None], model.start(1))
    np.testing.assert_allclose(scores(grams, HELD_OUT, 4), nats[:, 0] / np.log(10), atol=1e-8)


@pytest.mark.parametrize("mark", ["<s>", "</s>"])
def test_words_that_are_marks(tmp_path: Path, mark: str) -> None:
    with pytest.raises(UserError, match=f"has the word {mark}, which in ARPA files marks lines"):
        write_arpa(tmp_path / "m.arpa", model_of(FITTED, 2), [*TYPES[:-1], mark])


def test_layout(tmp_path: Path) -> None:
    types = ["<unk>", "<eos>", "a", "b", "c"]
    write_arpa(tmp_path / "m.arpa", model_of(fit(stream_of([[2, 3], [2, 4], []]), 5, 2), 2), types)
    text = (tmp_path / "m.arpa").read_text()
    assert text.startswith("\\data\\\nngram 1=6\nngram 2=6\n\n\\1-grams:\n-99\t<s>\t")
    assert text.endswith("\n\n\\end\\\n")
    _, grams = read_arpa(text)
    assert [gram for gram in grams if len(gram) == 2] == [
        ("<s>", "</s>"), ("<s>", "a"), ("a", "b"), ("a", "c"), ("b", "</s>"), ("c", "</s>"),
    ]  # fmt: skip
    assert grams[("<s>",)][1] < 0
    assert grams[("</s>",)][1] == 0  # nothing follows it
    assert "<eos>" not in text


def test_the_vocabulary_must_be_the_models(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="13 types, the model has 14"):
        write_arpa(tmp_path / "m.arpa", model_of(FITTED, 2), TYPES[:-1])
    assert not (tmp_path / "m.arpa").exists()
