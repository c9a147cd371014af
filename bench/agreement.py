"""The agreement probe on many pairs: `python -m bench.agreement --help`.

Pairs are cut from the built-in language; its count models are fitted on its train text, networks have random weights
of the size `small` (what they have learned does not change what a pair costs), and all are over as many types as asked
for: words beyond them are <unk>. Nobody else does this, so that there is no column to compare with.
"""

import time
from typing import Annotated

import numpy as np
import torch
import typer

from bench.results import ROOT, Result, print_results, write_results
from pipeline.agreement.probe import probe
from pipeline.agreement.suites import EncodedSuite, encode_suite
from pipeline.corpus.streams import encode
from pipeline.corpus.vocabulary import Vocabulary, build_vocabulary, count_words
from pipeline.grammar.builtin import builtin_model, builtin_suite, builtin_text
from pipeline.language_model import LanguageModel
from pipeline.models.neural import NeuralModel
from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of
from pipeline.params.architectures import ARCHITECTURES
from pipeline.params.reading import read_params
from pipeline.params.schema import Params
from pipeline.training.runtime import prepare_runtime

ITEMS_PER_CELL = 2_000


def models(params: Params, types: int) -> tuple[Vocabulary, list[LanguageModel]]:
    """Every model of a run, over at most `types` types."""
    train = list(builtin_text(params.language, params.seed)["train"].lines())
    vocabulary = build_vocabulary(count_words(train), 1, types)
    stream = encode(train, vocabulary, None).tokens
    fitted = fit(stream, len(vocabulary), params.ngram.order)
    made: list[LanguageModel] = [model_of(fitted, order) for order in range(1, params.ngram.order + 1)]
    size = params.sizes["small"]
    for name in ARCHITECTURES:
        shape = Shape(name, len(vocabulary), size.embedding_dim, size.hidden_size, size.num_layers, True, False)
        network = RecurrentNetwork(shape)
        network.initialise(torch.Generator().manual_seed(params.seed), 0.1, 1.0)
        made.append(NeuralModel(name, network))
    return vocabulary, [*made, builtin_model(params.language, vocabulary)]


def pairs(params: Params, vocabulary: Vocabulary, count: int) -> EncodedSuite:
    """`count` pairs; from as many sentences as it takes to find them, repeated where there are still too few."""
    language = params.language.model_copy(update={"suite_sentences": 3 * count})
    suite = builtin_suite(language, ITEMS_PER_CELL, params.seed)
    encoded = encode_suite(suite, vocabulary)
    print(f"{len(encoded.rows):,} pairs with both forms among {len(vocabulary):,} types", flush=True)
    rows = np.resize(encoded.rows, count)
    return encode_suite(suite.iloc[rows], vocabulary)


def measure(count: int, types: int, threads: int) -> list[Result]:
    params = read_params(ROOT / "params.yaml")
    prepare_runtime(params.runtime.model_copy(update={"threads": threads, "device": "cpu"}))
    vocabulary, asked = models(params, types)
    suite = pairs(params, vocabulary, count)
    results = []
    for model in asked:
        start = time.perf_counter()
        probe(model, suite)
        results.append(Result(model.name, time.perf_counter() - start, None, "s", "less"))
        print(f"{model.name}: {results[-1].ours:.1f} s", flush=True)
    total = sum(result.ours or 0.0 for result in results)
    return [*results, Result(f"all, {count:,} pairs, {len(vocabulary):,} types", total, None, "s", "less")]


def main(
    count: Annotated[int, typer.Option(min=1, help="pairs")] = 100_000,
    types: Annotated[int, typer.Option(min=3, help="size of the vocabulary")] = 5_000,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    results = measure(count, types, threads)
    print_results(results)
    write_results(ROOT / "bench" / "agreement.json", results)


if __name__ == "__main__":
    typer.run(main)
