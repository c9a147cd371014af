"""N-grams beside KenLM, and a fit in bounded memory: `python -m bench.ngram --help`.

Fit is from a text file to a saved model that loads, in a process of its own whose start counts; lmplz writes an ARPA
file, or with build_binary one that is mapped as ours are. Queries give the log probability of every token of test
(KenLM's `score` their sum by line) from lines of text; ours also from encoded ids, which KenLM's module does not take.
"""

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from bench.lmplz import build_programs, lmplz_command, log10_probs, read_arpa
from bench.results import ROOT, Result, alternately, print_results, run_process, write_results
from bench.text import Text, generated_text, raw_text, write_generated_stream
from pipeline.corpus.streams import encode
from pipeline.errors import UserError
from pipeline.io import write_text
from pipeline.ngram.arpa import write_arpa
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of
from pipeline.ngram.storage import load
from pipeline.params.reading import read_params
from pipeline.params.schema import Params

ORDERS = (2, 3, 4, 5)  # KenLM has no unigram models
ORDER = ORDERS[-1]
STEPS = (sys.executable, "-m", "bench.ngram_steps")


def compare_with_kenlm(text: Text, repeats: int, scratch: Path) -> Iterator[Result]:
    programs = None
    try:
        programs = build_programs(ROOT / "build" / "kenlm")
    except UserError as error:
        print(f"{error}\nKenLM's module reads our ARPA files all the same.\n")
    plain = text.without_blank_lines
    print(f"{text.name}: {len(plain.train):,} tokens of train without blank lines, {len(text.vocabulary):,} types\n")
    yield from compare_fits(plain, programs, scratch, repeats)
    yield from compare_queries(plain, scratch, repeats)
    yield from compare_probabilities(plain, ORDERS, programs, scratch)
    if text.has_blank_lines:
        yield from compare_probabilities(text, [ORDER], programs, scratch)


def compare_fits(text: Text, programs: Path | None, scratch: Path, repeats: int) -> list[Result]:
    """Leaves our model in `scratch`/model."""
    train = scratch / "train.txt"
    write_text(train, "\n".join([*text.lines(text.train), ""]))
    megabytes: dict[str, float] = {}

    def measure(name: str, *command: object) -> Callable[[], float]:
        def seconds() -> float:
            spent = run_process(*command)
            megabytes[name] = max(spent.megabytes, megabytes.get(name, 0))
            return spent.seconds

        return seconds

    ours = measure("ours", *STEPS, "fit", train, ORDER, scratch / "model")
    if programs is None:
        (seconds,) = alternately(repeats, ours)
        return [
            Result(f"fit order {ORDER}", seconds, None, "s", "less"),
            Result(f"fit order {ORDER}: peak memory", megabytes["ours"], None, "MB", "less"),
        ]
    arpa = scratch / "theirs.arpa"
    lmplz = measure("lmplz", *lmplz_command(programs, train, ORDER, arpa))
    binary = measure("build_binary", programs / "build_binary", arpa, scratch / "theirs.binary")
    seconds, to_arpa, to_binary = alternately(repeats, ours, lmplz, binary)
    return [
        Result(f"fit order {ORDER}; theirs lmplz", seconds, to_arpa, "s", "less"),
        Result(f"fit order {ORDER}; theirs lmplz, then build_binary", seconds, to_arpa + to_binary, "s", "less"),
        Result(f"fit order {ORDER}: peak memory; theirs lmplz", megabytes["ours"], megabytes["lmplz"], "MB", "less"),
    ]


def compare_queries(text: Text, scratch: Path, repeats: int) -> list[Result]:
    """Our model from `scratch`/model beside KenLM with the same, as an ARPA file."""
    model = load(scratch / "model", ORDER)
    write_arpa(scratch / "ours.arpa", model, text.vocabulary.types)
    theirs = read_arpa(scratch / "ours.arpa")
    lines = text.lines(text.test)

    def from_ids() -> None:
        model.read(text.test[:, None], model.start(1))

    def from_text() -> None:
        stream = encode((line.split() for line in lines), text.vocabulary, None).tokens
        model.read(stream[:, None], model.start(1))

    def sums() -> None:
        for line in lines:
            theirs.score(line)

    def rate(query: Callable[[], object]) -> Callable[[], float]:
        def tokens_a_second() -> float:
            start = time.perf_counter()
            query()
            return len(text.test) / (time.perf_counter() - start)

        return tokens_a_second

    queries = (from_ids, from_text, sums, lambda: log10_probs(theirs, lines))
    ids, ours, sums_by_line, by_token = alternately(repeats, *(rate(query) for query in queries))
    return [
        Result("query: tokens from text; theirs full_scores", ours, by_token, "tokens/s", "more"),
        Result("query: tokens from text; theirs sums by line", ours, sums_by_line, "tokens/s", "more"),
        Result("query: tokens from ids; theirs sums by line from text", ids, sums_by_line, "tokens/s", "more"),
    ]


def compare_probabilities(text: Text, orders: Sequence[int], programs: Path | None, scratch: Path) -> Iterator[Result]:
    """Every token of test, by the models of `orders` beside KenLM reading our ARPA file and lmplz's."""
    counted_as = f"{len(text.test):,} tokens of test, {'with' if text.has_blank_lines else 'no'} blank lines"
    fitted = fit(text.train, len(text.vocabulary), max(orders))
    write_text(scratch / "train.txt", "\n".join([*text.lines(text.train), ""]))
    lines = text.lines(text.test)
    for order in orders:
        model = model_of(fitted, order)
        ours = model.read(text.test[:, None], model.start(1))[0][:, 0] / math.log(10)
        write_arpa(scratch / "ours.arpa", model, text.vocabulary.types)
        read_by_kenlm = log10_probs(read_arpa(scratch / "ours.arpa"), lines)
        theirs = None
        if programs is not None:
            run_process(*lmplz_command(programs, scratch / "train.txt", order, scratch / "theirs.arpa"))
            theirs = log10_probs(read_arpa(scratch / "theirs.arpa"), lines)
        yield Result(
            f"perplexity, order {order}: {counted_as}",
            perplexity(ours),
            None if theirs is None else perplexity(theirs),
            "",
            "less",
        )
        for whose, other in (("our ARPA file read by KenLM", read_by_kenlm), ("lmplz's", theirs)):
            if other is not None:
                largest = float(np.abs(ours - other).max())
                yield Result(f"largest difference, order {order}: {whose}", largest, None, "log10", "less")


def perplexity(log10_probs: NDArray[np.float64]) -> float:
    return float(10 ** -log10_probs.mean())


def fit_on_disk(sizes: Sequence[int], megabytes: int, params: Params, scratch: Path) -> Iterator[Result]:
    """Fits generated streams of about `sizes` tokens, counted with `megabytes` of memory."""
    clocks = ("seconds to count", "seconds to fit", "processor seconds to fit")
    taken = []
    for size in sizes:
        stream = scratch / "stream.npy"
        types = write_generated_stream(stream, size, params)
        spent = run_process(*STEPS, "stream", stream, types, ORDER, megabytes * 2**20, scratch)
        stream.unlink()
        *seconds, megabytes_to_count = map(float, spent.output.split())
        taken.append(seconds)
        what = f"order {ORDER}, {size:,} tokens, {megabytes} MB allowed"
        for clock, seconds in zip(clocks, taken[-1], strict=True):
            yield Result(f"{what}: {clock}", seconds, None, "s", "less")
        yield Result(f"{what}: peak memory to count", megabytes_to_count, None, "MB", "less")
        yield Result(f"{what}: peak memory to fit", spent.megabytes, None, "MB", "less")
    if len(sizes) > 1:
        slopes = np.polyfit(np.log(sizes), np.log(taken), 1)[0]
        for clock, slope in zip(clocks, slopes.tolist(), strict=True):
            yield Result(f"slope of log {clock} on log tokens (linear: 1)", slope, None, "", "less")


def main(
    corpus: Annotated[Path | None, typer.Argument(help="folder with a text; generated text if not given")] = None,
    compare: Annotated[bool, typer.Option(help="measure beside KenLM")] = True,
    sizes: Annotated[str, typer.Option(help="millions of tokens to fit in bounded memory; none if empty")] = "2,6,20",
    memory_mb: Annotated[int, typer.Option(help="the bound, in megabytes")] = 128,
    repeats: Annotated[int, typer.Option(help="how often each time is taken; medians are shown")] = 5,
) -> None:
    """Prints a table and writes bench/ngram.json. The ratio is above 1 where ours is better."""
    params = read_params(ROOT / "params.yaml")
    text = None
    if compare:
        text = generated_text(params) if corpus is None else raw_text(corpus.resolve(), params)
    (ROOT / "build").mkdir(exist_ok=True)
    results: list[Result] = []
    with TemporaryDirectory(dir=ROOT / "build") as name:
        scratch = Path(name)
        if text is not None:
            results += compare_with_kenlm(text, repeats, scratch)
        tokens = [round(float(size) * 1e6) for size in sizes.split(",") if size]
        results += fit_on_disk(tokens, memory_mb, params, scratch)
    print_results(results)
    write_results(ROOT / "bench" / "ngram.json", results)


if __name__ == "__main__":
    typer.run(main)
