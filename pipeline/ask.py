"""What a user asks of trained models: write, score a text, judge minimal pairs."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.probe import accuracy, probe
from pipeline.agreement.suites import encode_suite, read_minimal_pairs
from pipeline.corpus.sources import read_lines
from pipeline.corpus.streams import encode, load_vocabulary
from pipeline.corpus.vocabulary import EOS_ID, UNK_ID
from pipeline.errors import UserError
from pipeline.evaluation.generation import generate
from pipeline.evaluation.perplexity import perplexity, score_stream
from pipeline.io import read_json
from pipeline.language_model import LanguageModel
from pipeline.layout import Layout
from pipeline.models.load import load_neural
from pipeline.ngram.model import model_name
from pipeline.ngram.storage import load as load_ngram
from pipeline.params import ARCHITECTURES, Ngram, Runtime
from pipeline.plans import read_plan
from pipeline.training.runtime import prepare_runtime


def load_model(layout: Layout, name: str) -> LanguageModel:
    """A trained model by its name. Raises UserError with the names there are."""
    orders = {model_name(order): order for order in range(1, read_plan(layout.plan("ngram"), Ngram).order + 1)}
    if name in orders:
        return load_ngram(layout.ngram, orders[name])
    trained = [arch for arch in ARCHITECTURES if (layout.network(arch) / "best.safetensors").exists()]
    if name not in trained:
        raise UserError(
            f"--model: found {name!r}; trained on {layout.corpus_name}: {', '.join([*orders, *trained])}. "
            + (f"Train it with `dvc exp run -S model={name}`." if name in ARCHITECTURES else "")
        )
    runtime = Runtime.model_validate(read_json(layout.plan(name))["runtime"])
    return load_neural(layout.network(name), name, prepare_runtime(runtime))


def generate_words(layout: Layout, name: str, prompt: str, tokens: int, temperature: float, seed: int) -> Iterator[str]:
    """The words that a model writes after `prompt`, a line break for `<eos>`."""
    vocabulary = load_vocabulary(layout.corpus)
    words = prompt.split()
    unknown = [word for word in words if word not in vocabulary]
    if unknown:
        raise UserError(
            f"--prompt: {', '.join(unknown)} is not in the vocabulary of {layout.corpus_name}. Use words of its text "
            f"({', '.join(vocabulary.types[2:8])}, …)."
        )
    model = load_model(layout, name)
    written = generate(model, vocabulary.encode(words), temperature, np.random.default_rng(seed))
    yield from words
    for token in islice(written, tokens):
        yield "\n" if token == EOS_ID else vocabulary.types[token]


def score_file(layout: Layout, name: str, path: Path) -> dict[str, str]:
    """The perplexity of a text, every token and one `<eos>` a line counted; a network carries its state through."""
    if not path.is_file():
        raise UserError(f"{path} is no file that exists. Name a text file, its words separated by spaces.")
    split = encode(read_lines(path), load_vocabulary(layout.corpus), None)
    if not len(split.tokens):
        raise UserError(f"{path} is empty. Put text into it.")
    nats = score_stream(load_model(layout, name), split.tokens, np.zeros(1, dtype=np.int64))
    return {
        "tokens": f"{len(nats):,}",
        "unknown": f"{np.mean(split.tokens == UNK_ID):.2%}",
        "nats": f"{-nats.sum():.2f}",
        "perplexity": f"{perplexity(nats):.2f}",
    }


def probe_file(layout: Layout, name: str, path: Path) -> pd.DataFrame:
    """Accuracy on a file of minimal pairs: of all items, then by each value of each other column."""
    suite = read_minimal_pairs(path)
    encoded = encode_suite(suite, load_vocabulary(layout.corpus))
    if not len(encoded.rows):
        raise UserError(
            f"{path}: none of its {len(suite)} pairs has both verb forms in the vocabulary of {layout.corpus_name}. "
            "Use words of its text."
        )
    scores = probe(load_model(layout, name), encoded)
    correct = {
        "verb": accuracy(scores["verb_good"].to_numpy(), scores["verb_bad"].to_numpy()),
        "sentence": accuracy(scores["sentence_good"].to_numpy(), scores["sentence_bad"].to_numpy()),
    }
    rows = [_row("all", "", correct, np.arange(len(encoded.rows)))]
    for column in suite.columns.difference(["good", "bad"], sort=False):
        values = suite[column].to_numpy()[encoded.rows]
        rows += [_row(column, value, correct, np.flatnonzero(values == value)) for value in sorted(set(values))]
    if encoded.out_of_vocabulary:
        rows.append({"group": "left out", "value": "not in the vocabulary", "items": encoded.out_of_vocabulary})
    return pd.DataFrame(rows).fillna("")


def _row(
    group: str, value: str, correct: dict[str, NDArray[np.float64]], items: NDArray[np.int64]
) -> dict[str, object]:
    means = {score: f"{values[items].mean():.3f}" for score, values in correct.items()}
    return {"group": group, "value": value, "items": len(items), **means}
