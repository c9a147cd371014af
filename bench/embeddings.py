"""Word vectors beside gensim with the same numbers on the same text: `python -m bench.embeddings --help`.

Ours is from a stream of ids to vectors, everything counted; gensim's time is that of `train` alone, on lists of words
whose vocabulary is built already. Both are asked the same by `pipeline.embeddings.quality`, over the same words.
"""

import json
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # as the pipeline does, before torch reads it

import numpy as np
import torch
import typer
from gensim.models import Word2Vec
from numpy.typing import NDArray
from scipy import stats

from bench.results import ROOT, Result, alternately, print_results, write_results
from bench.text import Text, generated_text, raw_text
from pipeline.corpus.vocabulary import EOS_ID
from pipeline.embeddings.contexts import Words, keep_probability, trained_words
from pipeline.embeddings.method import train_vectors
from pipeline.embeddings.negative_sampling import mean_loss
from pipeline.embeddings.quality import analogies, asked, frequent, neighbour_overlap, probes
from pipeline.embeddings.skipgram import skipgram_gradient
from pipeline.errors import UserError
from pipeline.grammar.labels import word_labels, word_lemmas
from pipeline.params.embeddings import Embeddings
from pipeline.params.reading import read_params
from pipeline.training.runtime import prepare_runtime, use_bf16

CPU = torch.device("cpu")
SHARED = ("window", "subsample", "noise_power", "epochs", "negatives")
Table = NDArray[np.float32]


@dataclass(frozen=True)
class Pair:
    """Input and output vectors (V, D) of the types of one text."""

    inputs: Table
    outputs: Table


@dataclass(frozen=True)
class Contest:
    """One text, and the numbers that both sides train with."""

    text: Text
    settings: Embeddings
    dim: int
    workers: int
    bf16: bool

    def ours(self, seed: int) -> Pair:
        found = train_vectors(self.text.train, len(self.text.vocabulary), self.dim, self.settings, seed, CPU, self.bf16)
        assert found.outputs is not None
        return Pair(found.vectors, found.outputs)

    def untrained(self, seed: int) -> tuple[Word2Vec, list[list[str]]]:
        settings, rate = self.settings, self.settings.skipgram.learning_rate
        lines = [words for line in self.text.lines(self.text.train) if (words := line.split())]
        model = Word2Vec(
            vector_size=self.dim, window=settings.window, negative=settings.negatives, sg=1, hs=0, seed=seed,
            min_count=settings.min_count, sample=settings.subsample, ns_exponent=settings.noise_power, alpha=rate,
            min_alpha=rate * 1e-4, epochs=settings.epochs, workers=self.workers,
        )  # fmt: skip
        model.build_vocab(lines)
        return model, lines

    def theirs(self, seed: int, shuffled: bool = False) -> Pair:
        model, lines = self.untrained(seed)
        if shuffled:
            random.Random(seed).shuffle(lines)
        model.train(lines, total_examples=len(lines), epochs=model.epochs)
        ids = self.text.vocabulary.encode(model.wv.index_to_key)
        tables = [np.zeros((len(self.text.vocabulary), self.dim), dtype=np.float32) for _ in range(2)]
        for table, learned in zip(tables, (model.wv.vectors, model.syn1neg), strict=True):
            table[ids] = learned
        return Pair(*tables)


def speeds(contest: Contest, repeats: int) -> list[Result]:
    """Raw words a second over all epochs, taken in turn."""
    raw = contest.settings.epochs * int((contest.text.train != EOS_ID).sum())
    model, lines = contest.untrained(1)

    def ours() -> float:
        start = time.perf_counter()
        contest.ours(1)
        return raw / (time.perf_counter() - start)

    def theirs() -> float:
        start = time.perf_counter()
        model.train(lines, total_examples=len(lines), epochs=model.epochs)
        return raw / (time.perf_counter() - start)

    fast, slow = alternately(repeats, ours, theirs)
    words = trained_words(
        contest.text.train, len(contest.text.vocabulary), contest.settings.min_count, contest.settings.window
    )
    kept = float((words.counts * keep_probability(words.counts, contest.settings.subsample)).sum() / words.counts.sum())
    name = f"{contest.text.name}: words/s, {contest.workers} threads"
    return [
        Result(f"{name}, raw", fast, slow, "words/s", "more"),
        Result(f"{name}, after subsampling", kept * fast, kept * slow, "words/s", "more"),
    ]


def qualities(contest: Contest, seeds: int) -> Iterator[Result]:
    """Means over seeds with the half width of their 95 % interval, then the difference with its own."""
    text, settings, quality = contest.text, contest.settings, asked(contest.settings)
    counts = np.bincount(text.train, minlength=len(text.vocabulary))
    words = frequent(counts, quality)
    sides = [[make(seed) for seed in range(1, seeds + 1)] for make in (contest.ours, contest.theirs)]
    held_out = trained_words(text.test, len(text.vocabulary), 1, settings.window)
    held_out = Words(held_out.words, held_out.lines, np.where(np.arange(len(counts)) == EOS_ID, 0, counts))

    def measured(pair: Pair) -> dict[str, float]:
        told = analogies(pair.inputs, text.vocabulary.ids, counts, quality)
        read = probes(pair.inputs, word_labels(), word_lemmas(), text.vocabulary.types, words, quality, seed=1)
        found = {"held-out loss": mean_loss(pair.inputs, pair.outputs, held_out, settings, skipgram_gradient)}
        found |= {f"analogies, {name}": float(rows["right"].mean()) for name, rows in told.groupby("category")}
        for task, rows in read.groupby("task"):
            found[f"probe, {task} (majority {(rows['majority'] == rows['label']).mean():.3f})"] = float(
                (rows["read"] == rows["label"]).mean()
            )
        return found

    ours, theirs = ([measured(pair) for pair in side] for side in sides)
    for name in ours[0]:
        yield from compared(f"{text.name}: {name}", [row[name] for row in ours], [row[name] for row in theirs],
                            "nats" if name == "held-out loss" else "share")  # fmt: skip

    def overlap(a: Pair, b: Pair) -> float:
        return float(neighbour_overlap(a.inputs, b.inputs, words, quality).mean())

    # gensim reads lines in the order of the text, so that two of its seeds share more than chance and method explain:
    # both sides are held against gensim under another seed and with the lines in another order
    references = [contest.theirs(seeds + seed, shuffled=True) for seed in range(1, seeds + 1)]
    shared = [[overlap(*pair) for pair in zip(side, references, strict=True)] for side in sides]
    yield from compared(f"{text.name}: neighbours shared with gensim, lines in another order", *shared, "share")


def compared(what: str, ours: list[float], theirs: list[float], unit: str) -> Iterator[Result]:
    better = "less" if unit == "nats" else "more"
    yield Result(what, float(np.mean(ours)), float(np.mean(theirs)), unit, better)  # type: ignore[arg-type]
    yield Result(f"{what}: half width", half_width(ours), half_width(theirs), unit, "less")
    if len(ours) > 1:
        difference = float(np.mean(ours) - np.mean(theirs))
        width = half_width([a - b for a, b in zip(ours, theirs, strict=True)])
        yield Result(f"{what}: ours less theirs ± {width:.4f}", difference, None, unit, better)  # type: ignore[arg-type]


def half_width(values: list[float]) -> float | None:
    """Of the 95 % interval of a mean by Student's t; None of a single value."""
    if len(values) < 2:
        return None
    return float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5)


def changed(settings: Embeddings, changes: list[str]) -> Embeddings:
    """Raises typer.BadParameter for what is no `name=value` of a number that both sides train with."""
    given = {name: value for name, _, value in (change.partition("=") for change in changes)}
    if wrong := sorted(set(given) - set(SHARED)):
        raise typer.BadParameter(f"--set: found {', '.join(wrong)}. Both sides share {', '.join(SHARED)}.")
    try:
        return Embeddings.model_validate(
            settings.model_dump() | {name: json.loads(value) for name, value in given.items()}
        )
    except ValueError as error:
        raise typer.BadParameter(f"--set: {error}") from error


def main(
    corpus: Annotated[Path | None, typer.Argument(help="folder with a text; generated text if not given")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="how many each side is trained with")] = 5,
    repeats: Annotated[int, typer.Option(min=1, help="how often each time is taken, in turn; medians are shown")] = 5,
    min_count: Annotated[int, typer.Option(min=1, help="rarer types are left out on both sides")] = 5,
    changes: Annotated[list[str] | None, typer.Option("--set", help="of embeddings, such as epochs=5")] = None,
) -> None:
    """Prints a table and writes bench/embeddings.json. The ratio is above 1 where ours is better."""
    params = read_params(ROOT / "params.yaml")
    settings = changed(params.embeddings, changes or []).model_copy(
        update={"method": "skipgram", "min_count": min_count}
    )
    try:  # what would fail after the speeds have been measured
        text = generated_text(params) if corpus is None else raw_text(corpus.resolve(), params)
        trained_words(text.train, len(text.vocabulary), min_count, settings.window)
        trained_words(text.test, len(text.vocabulary), 1, settings.window)
    except UserError as error:
        raise typer.BadParameter(str(error)) from error
    prepare_runtime(params.runtime.model_copy(update={"device": "cpu"}))
    bf16 = use_bf16(params.runtime.precision, CPU)
    contest = Contest(text, settings, params.sizes[params.size].embedding_dim, params.runtime.threads, bf16)
    results = [*speeds(contest, repeats), *qualities(contest, seeds)]
    print_results(results)
    write_results(ROOT / "bench" / "embeddings.json", results)


if __name__ == "__main__":
    typer.run(main)
