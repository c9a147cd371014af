"""Training beside pytorch/examples' word_language_model: `python -m bench.train --help`.

Its default network, an LSTM of 2 × 200, in batches of 20 × 35 tokens by SGD; sides run in turn, each in a process of
its own. First the same computation: tokens per second, and the loss over the same steps. Then time: what theirs
reaches on valid in so many seconds of training, and how soon the project's fast recipe is there. Then a step of each
cell at size small: written by hand, beside torch's kernel. Last, what each part of a step is worth.
"""

import json
import math
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from bench.results import ROOT, Result, print_results, run_process, write_results
from bench.text import generated_types, splits_of
from bench.train_parts import PARTS
from pipeline.params.architectures import ARCHITECTURES
from pipeline.params.reading import read_params
from pipeline.report.names import label


def side(name: str, data: Path, module: str = "bench.train_sides", **options: float) -> dict[str, Any]:
    words = [word for key, value in options.items() for word in (f"--{key.replace('_', '-')}", value)]
    spent = run_process(sys.executable, "-m", module, name, data, *words)
    result: dict[str, Any] = json.loads(spent.output.strip().splitlines()[-1])
    return result


def same_computation(data: Path, steps: int, repeats: int, threads: int) -> list[Result]:
    found: dict[str, list[dict[str, Any]]] = {"full": [], "theirs": [], "fast": []}
    for repeat in range(repeats):
        for name, runs in found.items():
            runs.append(side(name, data, steps=steps, threads=threads, seed=repeat + 1))
            print(f"{name}: {runs[-1]['tokens_per_second']:,.0f} tokens/s", flush=True)
    speeds = {name: statistics.median(run["tokens_per_second"] for run in runs) for name, runs in found.items()}
    losses = {name: [statistics.fmean(run["losses"]) for run in runs] for name, runs in found.items()}
    gap = abs(statistics.fmean(losses["full"]) - statistics.fmean(losses["theirs"]))
    noise = max(losses["theirs"]) - min(losses["theirs"]) if repeats > 1 else None
    return [
        Result("full softmax, same network", speeds["full"], speeds["theirs"], "tokens/s", "more"),
        Result("adaptive softmax, AdamW", speeds["fast"], speeds["theirs"], "tokens/s", "more"),
        Result(
            f"mean loss of {steps} steps",
            statistics.fmean(losses["full"]),
            statistics.fmean(losses["theirs"]),
            "nats",
            "less",
        ),
        Result("… difference, beside theirs between dropout seeds", gap, noise, "nats", "less"),
    ]


def time_to_perplexity(data: Path, seconds: float, threads: int) -> list[Result]:
    """Theirs trains for `seconds`; the fast recipe until it has seen the best perplexity that theirs came to."""
    unlimited = 10**7
    slow = side("theirs", data, steps=unlimited, seconds=seconds, score_every=100, threads=threads)
    if not slow["scores"]:
        return []
    needed, best = min(slow["scores"], key=lambda row: row[1])
    quick = side("fast", data, steps=unlimited, seconds=seconds, score_every=50, until=best, threads=threads)
    reached = quick["scores"][-1] if quick["scores"] else [None, math.inf]
    there = reached[0] if reached[1] <= best else None
    return [
        Result(f"valid perplexity {math.exp(best):.1f} after", there, needed, "s", "less"),
    ]


def cells(data: Path, steps: int, threads: int) -> list[Result]:
    """Milliseconds of a training step by a cell written by hand (ours) and by torch's kernel for it (theirs)."""
    found = []
    for name in ARCHITECTURES:
        took = side(name, data, "bench.train_cells", steps=steps, threads=threads)
        print(f"{name}: by hand {took['by_hand']:.1f} ms a step, torch {took['torch']:.1f}", flush=True)
        what = f"{label(name)} of size small, by hand beside torch"
        found.append(Result(what, took["by_hand"], took["torch"], "ms/step", "less"))
    return found


def parts(data: Path, steps: int, repeats: int, threads: int) -> list[Result]:
    """Tokens a second of the LSTM of size small as it is shipped (ours) and without one part (theirs); what either
    comes to on valid."""
    found: dict[str, list[dict[str, Any]]] = {part: [] for part in PARTS}
    for _ in range(repeats):
        for part, runs in found.items():
            runs.append(side(part, data, "bench.train_parts", steps=steps, threads=threads))
            print(f"{PARTS[part]}: {runs[-1]['tokens_per_second']:,.0f} tokens/s", flush=True)
    results = []
    for part, what in PARTS.items():
        for measure, unit in (("tokens_per_second", "tokens/s"), ("valid_perplexity", "perplexity")):
            ours, other = (statistics.median(run[measure] for run in found[name]) for name in ("whole", part))
            name = f"size small beside {what}, {steps} steps"
            if part != "whole":
                results.append(Result(name, ours, other, unit, "more" if unit == "tokens/s" else "less"))
    return results


def main(
    folder: Annotated[Path | None, typer.Argument(help="a text with splits, such as data/raw/wikitext-2")] = None,
    steps: Annotated[int, typer.Option(min=0, help="of each run beside theirs that is timed; 0 leaves that out")] = 60,
    repeats: Annotated[int, typer.Option(min=1)] = 3,
    seconds: Annotated[float, typer.Option(help="theirs trains for its perplexity; 0 leaves that out")] = 300.0,
    cell_steps: Annotated[int, typer.Option(min=0, help="of each cell by hand and in torch; 0 leaves that out")] = 20,
    part_steps: Annotated[
        int, typer.Option(min=0, help="of training with each part left out; 0 leaves that out")
    ] = 100,
    types: Annotated[int, typer.Option(min=100, help="of generated text")] = 33_278,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    if 1 in (steps, part_steps):
        raise typer.BadParameter("--steps and --part-steps need 2 or more, since the first is not timed; or 0.")
    params = read_params(ROOT / "params.yaml")
    with tempfile.TemporaryDirectory() as made:
        data = Path(made)
        train, valid, count = generated_types(types, params.seed) if folder is None else splits_of(folder, params)
        for name, array in (("train", train), ("valid", valid), ("types", np.array(count))):
            np.save(data / f"{name}.npy", array)
        print(f"{len(train):,} tokens, {count:,} types", flush=True)
        results = same_computation(data, steps, repeats, threads) if steps else []
        if seconds:
            results += time_to_perplexity(data, seconds, threads)
        if cell_steps:
            results += cells(data, cell_steps, threads)
        if part_steps:
            results += parts(data, part_steps, repeats, threads)
    print_results(results)
    write_results(ROOT / "bench" / "train.json", results)


if __name__ == "__main__":
    typer.run(main)
