"""corpus: source text to token streams, the vocabulary and the data card."""

import sys
import time

from pipeline.corpus.card import SHARE_WORTH_A_WARNING, data_card
from pipeline.corpus.conventions import Conventions, conventions
from pipeline.corpus.download import fetch
from pipeline.corpus.known import known
from pipeline.corpus.prepare import Prepared, prepare, prepare_lines
from pipeline.corpus.sources import Source, find_source, read_folder
from pipeline.corpus.streams import load_splits, save_words
from pipeline.corpus.tokenisers import save_tokeniser
from pipeline.grammar.builtin import builtin_grammar, builtin_text
from pipeline.grammar.overlap import overlap
from pipeline.io import write_table
from pipeline.layout import Layout
from pipeline.ngram.lines import check_lines
from pipeline.params.language import Language
from pipeline.plans.corpus import CorpusPlan
from pipeline.plans.reading import read_plan


def run(layout: Layout) -> dict[str, float]:
    plan = read_plan(layout.plan("corpus"), CorpusPlan)
    settings = conventions(plan.text, plan.corpus)
    if plan.language is None:
        prepared, measured = _read(layout, plan, settings)
    else:
        prepared, measured = _sample(layout, plan.language, plan.seed, settings)
    splits = load_splits(layout.corpus)
    chosen = settings.as_dict() | {"min_count": prepared.min_count}
    card = data_card(prepared.vocabulary, prepared.tokeniser, splits, prepared.growth, chosen, prepared.read)
    check_lines(max(map(int, card["line_lengths"]["train"]), default=0), plan.order)
    save_tokeniser(layout.corpus, prepared.tokeniser)
    save_words(layout.corpus, prepared.vocabulary, card)
    if plan.language is None:  # lines that the built-in language repeats are chance, and reported as such
        for split, share in card["lines_in_train"].items():
            if share > SHARE_WORTH_A_WARNING:
                _warn(f"{share:.1%} of the lines of {split} stand in train too: what is learned by heart scores well")
    return measured


def _sample(layout: Layout, language: Language, seed: int, settings: Conventions) -> tuple[Prepared, dict[str, float]]:
    """The built-in text, and how fast it was made."""
    start = time.perf_counter()
    sampled = builtin_text(language, seed)
    tokens = sum(len(text.words) + len(text.sentence_starts) - 1 for text in sampled.values())
    seconds = time.perf_counter() - start
    texts = {name: (text.lines(), text.document_starts[:-1]) for name, text in sampled.items()}
    prepared = prepare_lines(texts, settings, "builtin", layout.corpus)
    shared = overlap(builtin_grammar(language), sampled["train"], sampled["test"])
    write_table(layout.corpus / "overlap.csv", shared)
    return prepared, {"tokens_per_second": tokens / seconds}


def _read(layout: Layout, plan: CorpusPlan, settings: Conventions) -> tuple[Prepared, dict[str, float]]:
    """A text of the user's own or a known one, and how fast it was prepared."""
    source = _source(layout, plan.corpus)
    start = time.perf_counter()
    prepared = prepare(source, settings, plan.text.valid_share, plan.text.test_share, plan.corpus, layout.corpus)
    seconds = time.perf_counter() - start
    for difference in _differences(plan.corpus, prepared):
        _warn(difference)
    return prepared, {"bytes_per_second": sum(part["bytes"] for part in prepared.read.values()) / seconds}


def _source(layout: Layout, name: str) -> Source:
    source = find_source(layout.raw, name)
    corpus = known(name)
    if source is None and corpus is not None:
        source = read_folder(fetch(name, corpus, layout.downloads, layout.raw / name))
    assert source is not None  # find_source has raised where the name is unknown
    return source


def _differences(name: str, prepared: Prepared) -> list[str]:
    """Where a text that was put by hand differs from the known one of that name."""
    corpus = known(name)
    found = []
    for file, expected in (corpus.expected if corpus else {}).items():
        part = prepared.read.get(file.removesuffix(".txt"))
        if part is not None and expected.words is not None and part["words"] != expected.words:
            found.append(f"{name}: {file} has {part['words']:,} words, the published one {expected.words:,}")
    return found


def _warn(message: str) -> None:
    print(f"warning: {message}", file=sys.stderr)
