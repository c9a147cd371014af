"""What a user asks of trained models: write, score a text, judge minimal pairs; and of word vectors."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.accuracies import SCORES, suite_accuracies
from pipeline.agreement.probe import probe
from pipeline.agreement.readers.choose import read_suite
from pipeline.agreement.spelling import respell
from pipeline.agreement.suites import encode_suite
from pipeline.corpus.conventions import Conventions, counting_words
from pipeline.corpus.files import lines, read_lines
from pipeline.corpus.reading import text_chunks
from pipeline.corpus.streams import Split, counted_tokens, encode, load_corpus, load_vocabulary
from pipeline.corpus.tokenisers import Tokeniser, load_tokeniser
from pipeline.corpus.vocabulary import EOS, UNK, UNK_ID, Vocabulary
from pipeline.embeddings.checks import check_vectors
from pipeline.embeddings.similarity import learned_types, nearest
from pipeline.embeddings.word2vec_format import write_word2vec
from pipeline.errors import UserError
from pipeline.evaluation.generation import generate
from pipeline.evaluation.perplexity import perplexity, score_stream
from pipeline.io import read_json, read_tensors
from pipeline.language_model import LanguageModel
from pipeline.layout import Layout
from pipeline.models.load import load_neural
from pipeline.ngram.arpa import write_arpa
from pipeline.ngram.arpa_reader import read_arpa
from pipeline.ngram.count_model import CountModel, check_vocabulary
from pipeline.ngram.model import model_name
from pipeline.ngram.storage import load as load_ngram
from pipeline.params.architectures import ARCHITECTURES
from pipeline.params.text import Mark
from pipeline.plans.agreement import AgreementPlan
from pipeline.plans.embeddings import EmbeddingsPlan
from pipeline.plans.network import NetworkPlan
from pipeline.plans.ngram import NgramPlan
from pipeline.plans.perplexity import PerplexityPlan
from pipeline.plans.reading import read_plan, read_selected
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
    """The perplexity of a text, read and counted as the corpus was; a network carries its state through."""
    tokeniser, uncounted = load_tokeniser(layout.corpus), _uncounted(layout)
    chosen = read_json(layout.corpus / "summary.json")["conventions"]
    read = (tokeniser.tokenise(line) for line in lines(text_chunks(_text(path), Conventions(**chosen))))
    split = _encode(path, read, load_vocabulary(layout.corpus), chosen["blank_lines"] == "drop")
    counted = counted_tokens(split.tokens, uncounted)
    nats = score_stream(load_model(layout, name), split.tokens, np.zeros(1, dtype=np.int64))[counted]
    return {
        "counted": counting_words(chosen, uncounted),
        "tokens": f"{len(nats):,}",
        "unknown": f"{np.mean(split.tokens == UNK_ID):.2%}",
        "nats": f"{-nats.sum():.2f}",
        "perplexity": f"{perplexity(nats):.2f}",
    }


def _uncounted(layout: Layout) -> list[Mark]:
    return read_plan(layout.plan("perplexity"), PerplexityPlan).perplexity.uncounted


def score_with_arpa(arpa: Path, path: Path) -> dict[str, str]:
    """The perplexity of a text under an ARPA file, over that file's own vocabulary, begun anew at each line."""
    model, types = read_arpa(arpa)
    read = (line.split() for line in read_lines(_text(path)))
    split = _encode(path, read, Vocabulary(types), drop_blank_lines=False)
    nats = score_stream(model, split.tokens, np.zeros(1, dtype=np.int64))
    known = split.tokens != UNK_ID
    return {
        "tokens": f"{len(nats):,}",
        "unknown": f"{1 - known.mean():.2%}",
        "nats": f"{-nats.sum():.2f}",
        "perplexity": f"{perplexity(nats):.2f}",
        "of known": f"{perplexity(nats[known]):.2f}",
    }


def _text(path: Path) -> Path:
    if not path.is_file():
        raise UserError(f"{path} is no file that exists. Name a text file.")
    return path


def _encode(path: Path, read: Iterable[list[str]], vocabulary: Vocabulary, drop_blank_lines: bool) -> Split:
    split = encode((line for line in read if line or not drop_blank_lines), vocabulary, None)
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
    types = load_vocabulary(layout.corpus).types
    with _writing(path):
        write_arpa(path, model, types)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}. Name a file in a folder of yours.") from error


def probe_file(layout: Layout, name: str, path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Accuracy on a file of minimal pairs with its interval: of all items, then by each value of each group.

    Besides, one line on each thing that was left out. Raises UserError where nothing can be scored.
    """
    vocabulary, tokeniser = load_vocabulary(layout.corpus), load_tokeniser(layout.corpus)
    settings = read_plan(layout.plan("agreement"), AgreementPlan)
    suite = respell(read_suite(path), vocabulary)
    encoded = encode_suite(suite.pairs, vocabulary, tokeniser)
    if not len(encoded.rows):
        raise UserError(
            f"{path}: none of its {len(suite.pairs)} pairs has both verb forms in the vocabulary of "
            f"{layout.corpus_name}. Use words of its text."
        )
    scores = probe(load_model(layout, name), encoded).assign(model=name)
    table = suite_accuracies(suite, scores, [name], settings.agreement.resamples, settings.seed)
    table["accuracy"] = [
        f"{row.accuracy:.3f} ({row.low:.3f} to {row.high:.3f})" for row in table.itertuples(index=False)
    ]
    wide = table.pivot(index=["group", "value", "items"], columns="score", values="accuracy")
    order = pd.MultiIndex.from_frame(table[["group", "value", "items"]].drop_duplicates())
    left_out = [f"line {row.line} is left out: {row.cause}" for row in suite.bad_rows]
    if encoded.out_of_vocabulary:
        left_out.append(f"{encoded.out_of_vocabulary} pairs are left out: a form is not in the vocabulary")
    shown = [score for score in SCORES if score in wide.columns]
    return wide.reindex(order)[shown].reset_index().fillna(""), left_out


def near_words(layout: Layout, word: str, count: int) -> pd.DataFrame:
    """The `count` words nearest to `word` by the angle between their vectors, nearest first.

    Raises UserError where `word` has no vector that was learned.
    """
    types, vectors = _word_vectors(layout)
    ids = {name: index for index, name in enumerate(types)}
    if word not in ids:
        alike = difflib.get_close_matches(word, types, n=3)
        raise UserError(
            f"{word!r} is not in the vocabulary of {layout.corpus_name}. "
            + (f"Did you mean {', '.join(alike)}?" if alike else "Use a word of its text.")
        )
    learned = _learned(layout, vectors)
    if ids[word] not in learned:
        raise UserError(
            f"{word!r} has no neighbours: its vector was not learned. Ask for a word that stands beside others in "
            "train, embeddings.min_count times or more."
        )
    found = nearest(vectors, ids[word], count, learned)
    return pd.DataFrame({"word": [types[index] for index, _ in found], "cosine": [f"{near:.3f}" for _, near in found]})


def export_vectors(layout: Layout, path: Path) -> None:
    """The vectors that were learned, in word2vec's text format, which gensim and others read."""
    if path.is_dir():
        raise UserError(f"{path} is a folder. Name the file to write, such as {path / 'vectors.txt'}.")
    types, vectors = _word_vectors(layout)
    learned = _learned(layout, vectors)
    with _writing(path):
        write_word2vec(path, [types[index] for index in learned.tolist()], vectors[learned])


def _learned(layout: Layout, vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    least = read_plan(layout.plan("embeddings"), EmbeddingsPlan).embeddings.min_count
    counts = np.bincount(load_corpus(layout.corpus).splits["train"].tokens, minlength=len(vectors))
    return learned_types(vectors, counts, least)


def _word_vectors(layout: Layout) -> tuple[Sequence[str], NDArray[np.float32]]:
    types, path = load_vocabulary(layout.corpus).types, layout.embeddings / "vectors.safetensors"
    vectors = read_tensors(path)["vectors"]
    check_vectors(vectors, len(types), str(path))
    return types, vectors
