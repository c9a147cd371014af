"""What a user asks of trained models: write, score a text, judge minimal pairs."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.probe import accuracy, probe
from pipeline.agreement.suites import encode_suite, read_minimal_pairs
from pipeline.corpus.conventions import counting_words
from pipeline.corpus.files import read_lines
from pipeline.corpus.streams import Split, encode, load_vocabulary
from pipeline.corpus.tokenisers import WHITE_SPACE, Tokeniser, load_tokeniser
from pipeline.corpus.vocabulary import EOS, UNK, UNK_ID, Vocabulary
from pipeline.errors import UserError
from pipeline.evaluation.generation import generate
from pipeline.evaluation.perplexity import perplexity, score_stream
from pipeline.io import read_json
from pipeline.language_model import LanguageModel
from pipeline.layout import Layout
from pipeline.models.load import load_neural
from pipeline.ngram.arpa import write_arpa
from pipeline.ngram.arpa_reader import read_arpa
from pipeline.ngram.count_model import CountModel, check_vocabulary
from pipeline.ngram.model import model_name
from pipeline.ngram.storage import load as load_ngram
from pipeline.params import ARCHITECTURES
from pipeline.plans import NetworkPlan, NgramPlan, read_plan, read_selected
from pipeline.training.runtime import prepare_runtime


def load_model(layout: Layout, name: str) -> LanguageModel:
    """A trained model by its name. Raises UserError with the names there are."""
    highest = read_plan(layout.plan("ngram"), NgramPlan).ngram.order
    orders = {model_name(order): order for order in range(1, highest + 1)}
    if name in orders:
        model = load_ngram(layout.ngram, orders[name])
        check_vocabulary(model, load_vocabulary(layout.corpus).types)
        return model
    trained = [arch for arch in ARCHITECTURES if (layout.network(arch) / "best.safetensors").exists()]
    if name not in trained:
        raise UserError(
            f"--model: found {name!r}; trained on {layout.corpus_name}: {', '.join([*orders, *trained])}. "
            + (f"Train it with `dvc exp run -S model={name}`." if name in ARCHITECTURES else "")
        )
    plan = read_selected(layout.plan(name), NetworkPlan)
    if plan is None:
        raise UserError(
            f"--model: {name} was trained, but params.yaml leaves it out by now. Put it into `model` again and run "
            "`python -m pipeline plan`."
        )
    return load_neural(layout.network(name), name, prepare_runtime(plan.runtime))


def generate_words(
    layout: Layout,
    name: str,
    prompts: Sequence[str],
    tokens: int,
    temperature: float,
    top_k: int | None,
    top_p: float | None,
    seed: int,
) -> Iterator[str]:
    """Each prompt and the `tokens` that a model writes after it, piece by piece, with spaces and line breaks.

    Every prompt is gone on from with the same seed, so that what follows one does not depend on the others. Prompts
    are parted by a blank line; `<eos>` is a line break.
    """
    vocabulary, tokeniser = load_vocabulary(layout.corpus), load_tokeniser(layout.corpus)
    begun = [tokeniser.tokenise(prompt) for prompt in prompts]
    unknown = [
        token
        for prompt, tokens in zip(prompts, begun, strict=True)
        for token in tokens
        if token not in vocabulary or (token == UNK and UNK not in prompt)
    ]
    if unknown:
        raise UserError(
            f"--prompt: {', '.join(unknown)} is not in the vocabulary of {layout.corpus_name}. Use words of its text "
            f"({', '.join(vocabulary.types[2:8])}, …)."
        )
    model = load_model(layout, name)
    for number, start in enumerate(begun):
        if number:
            yield "\n\n"
        ids = vocabulary.encode(start)
        written = generate(model, ids, temperature, np.random.default_rng(seed), top_k, top_p)
        yield from _as_text(chain(start, (vocabulary.types[token] for token in islice(written, tokens))), tokeniser)


def _as_text(tokens: Iterable[str], tokeniser: Tokeniser) -> Iterator[str]:
    """Text piece by piece; of raw text line by line, since its spaces depend on what follows."""
    line: list[str] = []
    shown = ""
    for token in tokens:
        if token != EOS:
            line.append(token)
        if token == EOS or tokeniser.moses is None:
            text = tokeniser.text(line)
            yield text[len(shown) :]
            shown = text
        if token == EOS:
            yield "\n"
            line, shown = [], ""
    yield tokeniser.text(line)[len(shown) :]


def score_file(layout: Layout, name: str, path: Path) -> dict[str, str]:
    """The perplexity of a text, every token and one `<eos>` a line counted; a network carries its state through."""
    tokeniser = load_tokeniser(layout.corpus)
    chosen = read_json(layout.corpus / "summary.json")["conventions"]
    split = _encode_file(path, load_vocabulary(layout.corpus), tokeniser, chosen["blank_lines"] == "drop")
    nats = score_stream(load_model(layout, name), split.tokens, np.zeros(1, dtype=np.int64))
    return {
        "counted": counting_words(chosen),
        "tokens": f"{len(nats):,}",
        "unknown": f"{np.mean(split.tokens == UNK_ID):.2%}",
        "nats": f"{-nats.sum():.2f}",
        "perplexity": f"{perplexity(nats):.2f}",
    }


def score_with_arpa(arpa: Path, path: Path) -> dict[str, str]:
    """The perplexity of a text under an ARPA file, over that file's own vocabulary, begun anew at each line."""
    model, types = read_arpa(arpa)
    split = _encode_file(path, Vocabulary(types), WHITE_SPACE, drop_blank_lines=False)
    nats = score_stream(model, split.tokens, np.zeros(1, dtype=np.int64))
    known = split.tokens != UNK_ID
    return {
        "tokens": f"{len(nats):,}",
        "unknown": f"{1 - known.mean():.2%}",
        "nats": f"{-nats.sum():.2f}",
        "perplexity": f"{perplexity(nats):.2f}",
        "of known": f"{perplexity(nats[known]):.2f}",
    }


def _encode_file(path: Path, vocabulary: Vocabulary, tokeniser: Tokeniser, drop_blank_lines: bool) -> Split:
    if not path.is_file():
        raise UserError(f"{path} is no file that exists. Name a text file, its words separated by spaces.")
    lines = (tokeniser.tokenise(line) for line in read_lines(path))
    split = encode((line for line in lines if line or not drop_blank_lines), vocabulary, None)
    if not len(split.tokens):
        raise UserError(f"{path} is empty. Put text into it.")
    return split


def export_arpa(layout: Layout, name: str, path: Path) -> None:
    """A count model as an ARPA file, which KenLM, SRILM and others read."""
    if path.is_dir():
        raise UserError(f"{path} is a folder. Name the file to write, such as {path / (name + '.arpa')}.")
    model = load_model(layout, name)
    if not isinstance(model, CountModel):
        raise UserError(f"--model: {name} is a network; an ARPA file holds a count model, such as 5gram.")
    write_arpa(path, model, load_vocabulary(layout.corpus).types)


def probe_file(layout: Layout, name: str, path: Path) -> pd.DataFrame:
    """Accuracy on a file of minimal pairs: of all items, then by each value of each other column."""
    suite = read_minimal_pairs(path)
    encoded = encode_suite(suite, load_vocabulary(layout.corpus), load_tokeniser(layout.corpus))
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
