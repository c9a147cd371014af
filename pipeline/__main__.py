"""The command line: one command a stage, in the order in which they run, then the user's own.

Stages are imported when they are called, so that a command takes no longer to start than it has to.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pipeline.environment import use_own_environment

if __name__ == "__main__":
    use_own_environment()  # before anything is imported that only .venv has

import typer

from pipeline.errors import UserError
from pipeline.layout import Layout

# Read by GNU OpenMP when torch is imported: a thread that waits for another spins this often, then sleeps. By default
# it spins for milliseconds, which slows training down many times over where another program wants the core too.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="How language models learned to remember. `dvc repro` runs all stages; each also runs by hand.",
)
STAGES = "Stages, in order"
STUDIES = "Studies, which params.yaml switches on"
COMPARE = "Comparing runs"
ASK = "Asking what has been trained, on the corpus that params.yaml names"

AFTER_A_FAILURE = (
    "DVC emptied this stage's outputs before it ran. What was there before comes back with "
    "`git restore --staged --worktree params.yaml dvc.lock reports` and then `dvc checkout`."
)

ModelName = Annotated[str, typer.Option("--model", help="rnn, gru, lstm, unigram, bigram, trigram, 4gram, 5gram, …")]


@app.command(rich_help_panel=STAGES)
def plan() -> None:
    """Check params.yaml and the text it names; write one plan a stage."""
    from pipeline.stages import plan as stage

    stage.run(_root())


@app.command(rich_help_panel=STAGES)
def corpus() -> None:
    """Source text to token streams and a vocabulary."""
    from pipeline.stages import corpus as stage

    _timed("corpus", "corpus", stage.run)


@app.command(rich_help_panel=STAGES)
def ngram() -> None:
    """Counts and Kneser-Ney models of every order."""
    from pipeline.stages import ngram as stage

    _timed("ngram", "ngram", stage.run)


@app.command(rich_help_panel=STAGES)
def embeddings() -> None:
    """Word vectors: skip-gram, CBOW or factored counts."""
    from pipeline.stages import embeddings as stage

    _timed("embeddings", "embeddings", stage.run)


@app.command(rich_help_panel=STAGES)
def train(architecture: Annotated[str, typer.Argument(help="rnn, gru or lstm")]) -> None:
    """Train one network; resumes where a killed run stopped."""
    from pipeline.stages import train as stage

    _check_architecture("train", architecture)
    _timed(f"train@{architecture}", architecture, lambda layout: stage.run(layout, architecture))


@app.command(rich_help_panel=STAGES)
def perplexity() -> None:
    """Score every held-out token with every model; let each model write."""
    from pipeline.stages import perplexity as stage

    _timed("perplexity", "perplexity", stage.run)


@app.command(rich_help_panel=STAGES)
def agreement() -> None:
    """Probe subject-verb agreement across distance and attractors."""
    from pipeline.stages import agreement as stage

    _timed("agreement", "agreement", stage.run)


@app.command(rich_help_panel=STAGES)
def gradients() -> None:
    """Measure gradients by lag before, halfway and after training."""
    from pipeline.stages import gradients as stage

    _timed("gradients", "gradients", stage.run)


@app.command("learning_curve", rich_help_panel=STUDIES)
def learning_curve() -> None:
    """Count models fitted on a growing part of train."""
    from pipeline.stages import learning_curve as stage

    _timed("learning_curve", "learning_curve", stage.run)


@app.command("embedding_study", rich_help_panel=STUDIES)
def embedding_study() -> None:
    """What learned vectors are worth to a network, on little text and on much."""
    from pipeline.stages import embedding_study as stage

    _timed("embedding_study", "embedding_study", stage.run)


@app.command(rich_help_panel=STUDIES)
def adaptation(architecture: Annotated[str, typer.Argument(help="rnn, gru or lstm")]) -> None:
    """Let one network go on learning from what it is scored on; give it a cache."""
    from pipeline.stages import adaptation as stage

    _check_architecture("adaptation", architecture)
    _timed(f"adaptation@{architecture}", "adaptation", lambda layout: stage.run(layout, architecture))


@app.command(rich_help_panel=STUDIES)
def context() -> None:
    """Cut off and shuffle the context of each model."""
    from pipeline.stages import context as stage

    _timed("context", "context", stage.run)


@app.command(rich_help_panel=STUDIES)
def drift() -> None:
    """Judge what each model writes by itself."""
    from pipeline.stages import drift as stage

    _timed("drift", "drift", stage.run)


@app.command(rich_help_panel=STUDIES)
def inside(architecture: Annotated[str, typer.Argument(help="rnn, gru or lstm")]) -> None:
    """Read the number of a subject from one network's state; silence its units."""
    from pipeline.stages import inside as stage

    _check_architecture("inside", architecture)
    _timed(f"inside@{architecture}", "inside", lambda layout: stage.run(layout, architecture))


@app.command(rich_help_panel=STUDIES)
def clipping() -> None:
    """Make gradients explode and vanish, with and without clipping."""
    from pipeline.stages import clipping as stage

    _timed("clipping", "clipping", stage.run)


@app.command(rich_help_panel=STUDIES)
def memory(
    task: Annotated[str, typer.Argument(help="adding, copy, order, digits or capacity")],
    network: Annotated[str, typer.Argument(help="rnn, irnn, gru or lstm")],
) -> None:
    """Train one network on one task in which distance is the only variable."""
    from pipeline.params.memory_tasks import MEMORY_NETWORKS, MEMORY_TASKS
    from pipeline.plans.memory import memory_plan
    from pipeline.stages import memory as stage

    _check_name("memory", task, MEMORY_TASKS)
    _check_name("memory", network, MEMORY_NETWORKS)
    _timed(f"memory@{task}-{network}", memory_plan(task, network), lambda layout: stage.run(layout, task, network))


@app.command(rich_help_panel=STAGES)
def report() -> None:
    """Tables, figures, findings and the page."""
    from pipeline.stages import report as stage

    _timed("report", "report", stage.run)


@app.command(rich_help_panel=ASK)
def generate(
    model: ModelName = "lstm",
    prompt: Annotated[list[str] | None, typer.Option(help="words to go on from; give it again for a second")] = None,
    tokens: Annotated[int, typer.Option(min=1, help="how many to write after each prompt")] = 60,
    temperature: Annotated[float, typer.Option(min=0.01, help="below 1 bolder, above 1 wilder")] = 1.0,
    top_k: Annotated[int | None, typer.Option(min=1, help="choose among this many of the likeliest words")] = None,
    top_p: Annotated[
        float | None, typer.Option(min=0.01, max=1.0, help="choose among the likeliest words that make up this share")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="the same seed writes the same text")] = 1,
) -> None:
    """Let a model write, word by word."""
    from pipeline import ask

    for piece in ask.generate_words(_layout(), model, prompt or [""], tokens, temperature, top_k, top_p, seed):
        print(piece, end="", flush=True)
    print()


@app.command(rich_help_panel=ASK)
def score(
    file: Annotated[Path, typer.Argument(help="UTF-8 text, words separated by spaces")],
    model: ModelName = "lstm",
    arpa: Annotated[Path | None, typer.Option(help="an ARPA file, plain or gzip, in place of a trained model")] = None,
) -> None:
    """The perplexity of a text under a model, or under an ARPA file that any toolkit wrote."""
    from pipeline import ask

    result = ask.score_with_arpa(arpa, file) if arpa else ask.score_file(_layout(), model, file)
    for name, value in result.items():
        print(f"{name:12} {value}")


@app.command(rich_help_panel=ASK)
def arpa(file: Annotated[Path, typer.Argument(help="what to write")], model: ModelName = "5gram") -> None:
    """Write a count model as an ARPA file, for KenLM, SRILM and others."""
    from pipeline import ask

    ask.export_arpa(_layout(), model, file)


@app.command(rich_help_panel=ASK)
def probe(
    file: Annotated[
        Path, typer.Argument(help="minimal pairs: good and bad in a table, Linzen, BLiMP or generated.tab")
    ],
    model: ModelName = "lstm",
) -> None:
    """The accuracy of a model on minimal pairs, whole and by each group."""
    from pipeline import ask

    table, left_out = ask.probe_file(_layout(), model, file)
    print(table.to_string(index=False))
    print("\n".join(left_out), end="\n" if left_out else "")


@app.command(rich_help_panel=ASK)
def neighbours(
    word: Annotated[str, typer.Argument(help="a word of the text")],
    count: Annotated[int, typer.Option(min=1, help="how many to show")] = 10,
) -> None:
    """The words whose vectors lie nearest to that of a word."""
    from pipeline import ask

    print(ask.near_words(_layout(), word, count).to_string(index=False))


@app.command(rich_help_panel=ASK)
def vectors(file: Annotated[Path, typer.Argument(help="what to write")]) -> None:
    """Write the word vectors in word2vec's text format, for gensim and others."""
    from pipeline import ask

    ask.export_vectors(_layout(), file)


@app.command(rich_help_panel=COMPARE)
def compare(
    revisions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[REVISION]...",
            help="experiments, branches, tags, commits or `workspace`, the baseline first; by default HEAD, its "
            "experiments and the workspace",
        ),
    ] = None,
    corpus: Annotated[
        list[str] | None,
        typer.Option(help="whose reports to read, given again for another; by default what each run was on"),
    ] = None,
    out: Annotated[Path, typer.Option(help="the page to write")] = Path("comparisons/index.html"),
) -> None:
    """Write one page on several runs: what changed between them, and what it did."""
    from pipeline.compare.page import render
    from pipeline.compare.runs import read_runs
    from pipeline.io import write_text

    if out.is_dir():
        raise UserError(f"--out: {out} is a folder. Name the file to write, such as {out / 'index.html'}.")
    write_text(out, render(*read_runs(_root(), revisions or [], corpus or [])))
    print(out)


def _root() -> Path:
    root = Path.cwd()
    if not (root / "params.yaml").is_file():
        raise UserError(f"{root} holds no params.yaml. Run this from the project's root.")
    return root


def _check_architecture(command: str, architecture: str) -> None:
    from pipeline.params.architectures import ARCHITECTURES

    _check_name(command, architecture, ARCHITECTURES)


def _check_name(command: str, name: str, allowed: tuple[str, ...]) -> None:
    if name not in allowed:
        raise UserError(f"{command}: found {name!r}; allowed: {', '.join(allowed)}")


def _layout() -> Layout:
    from pipeline.params.reading import current_corpus

    return Layout(_root(), current_corpus(_root()))


def _timed(stage: str, plan_name: str, run: Callable[[Layout], dict[str, float]]) -> None:
    from pipeline.provenance import run_timed

    layout = _layout()
    try:
        run_timed(layout, stage, plan_name, lambda: run(layout))
    except Exception as error:
        if "DVC_ROOT" in os.environ:  # by hand nothing was emptied
            error.add_note(AFTER_A_FAILURE)
        raise


def main() -> None:
    try:
        app()
    except SystemExit as end:  # typer ends with 2 on a wrong option; every mistake of a user's ends with 1 here
        sys.exit(1 if end.code else 0)
    except UserError as error:
        print("\n".join([f"error: {error}", *getattr(error, "__notes__", [])]), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
