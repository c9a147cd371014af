"""Text to token streams, beside counting words and beside Hugging Face tokenizers: `python -m bench.corpus --help`.

The text is drawn from the built-in language. Ours does all that the corpus stage does: it reads a text file, builds the
vocabulary, writes streams that are memory-mapped and makes the data card; `wc -w` only counts the words of the same
file; tokenizers encodes the same lines with the same words, by one thread, from a vocabulary that it is given, and
keeps the ids in memory.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from bench.results import ROOT, Result, alternately, print_results, run_process, write_results
from pipeline.grammar.builtin import builtin_grammar
from pipeline.grammar.sample import sample_corpus
from pipeline.params.reading import read_params
from pipeline.params.schema import Params

STEPS = (sys.executable, "-m", "bench.corpus_steps")
TOKENS_AT_ONCE = 500_000


def write_text_file(path: Path, size: int, params: Params, rare: float) -> None:
    """About `size` bytes of the built-in language; a share `rare` of the words gets a number, so that the vocabulary
    grows with the text as that of real text does."""
    grammar = builtin_grammar(params.language)
    rng = np.random.default_rng(params.seed)
    written = 0
    with path.open("w", encoding="utf-8") as file:
        while written < size:
            sampled = sample_corpus(grammar, TOKENS_AT_ONCE, params.language.sentences_per_document, rng)
            for words in sampled.lines():
                line = " ".join(words)
                if rng.random() < rare * len(words):
                    line += f" {rng.integers(10**9)}"
                written += file.write(f"{line}\n")
                if written >= size:
                    break


def compare(text: Path, repeats: int, scratch: Path) -> list[Result]:
    """Seconds and memory of one process each, its start included on all sides."""
    size = text.stat().st_size / 1e6
    memory: dict[str, float] = {}

    def rate(name: str, *command: object) -> Callable[[], float]:
        def megabytes_a_second() -> float:
            spent = run_process(*command)
            memory[name] = max(memory.get(name, 0), spent.megabytes)
            return size / spent.seconds

        return megabytes_a_second

    ours, wc, theirs = alternately(
        repeats,
        rate("ours", *STEPS, "prepare", text, scratch / "streams"),
        rate("wc", "wc", "-w", text),
        rate("theirs", *STEPS, "tokenizers", text, scratch / "streams" / "vocabulary.txt"),
    )
    what = f"{size:,.0f} MB of text to token streams"
    return [
        Result(f"{what}; theirs wc -w", ours, wc, "MB/s", "more"),
        Result(f"{what}; theirs Hugging Face tokenizers, encode_batch", ours, theirs, "MB/s", "more"),
        Result(f"{what}: peak memory; theirs tokenizers", memory["ours"], memory["theirs"], "MB", "less"),
    ]


def large(size: int, params: Params, rare: float, scratch: Path) -> Iterator[Result]:
    """A text of `size` megabytes, prepared once in each way of cutting it into tokens."""
    text = scratch / "large.txt"
    write_text_file(text, size * 10**6, params, rare)
    ways = {
        "words": ("words", "whitespace"),
        "words of the Moses tokeniser": ("words", "moses"),
        "characters": ("characters", "moses"),
        "pieces of Moses words": ("bpe", "moses"),
    }
    for name, (tokens, words) in ways.items():
        spent = run_process(*STEPS, "prepare", text, scratch / "streams", tokens, words)
        what = f"{size:,} MB of text as {name}"
        yield Result(f"{what}: prepared", size / spent.seconds, None, "MB/s", "more")
        yield Result(f"{what}: peak memory of the process", spent.megabytes, None, "MB", "less")
        yield Result(f"{what}: types", float(spent.output), None, "", "less")
    text.unlink()


def main(
    size_mb: Annotated[int, typer.Option(help="megabytes of the text that all are measured on")] = 50,
    large_mb: Annotated[int, typer.Option(help="megabytes of a large text, prepared once; 0: none")] = 1000,
    rare: Annotated[float, typer.Option(help="share of words of the large text that are seen once")] = 0.01,
    repeats: Annotated[int, typer.Option(help="how often each time is taken; medians are shown")] = 3,
) -> None:
    """Prints a table and writes bench/corpus.json. The ratio is above 1 where ours is better."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["OMP_NUM_THREADS"] = "1"
    params = read_params(ROOT / "params.yaml")
    (ROOT / "build").mkdir(exist_ok=True)
    with TemporaryDirectory(dir=ROOT / "build") as name:
        scratch = Path(name)
        text = scratch / "text.txt"
        write_text_file(text, size_mb * 10**6, params, 0.0)
        results = compare(text, repeats, scratch)
        text.unlink()
        if large_mb:
            results += large(large_mb, params, rare, scratch)
    print_results(results)
    write_results(ROOT / "bench" / "corpus.json", results)


if __name__ == "__main__":
    typer.run(main)
