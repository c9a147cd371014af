"""corpus: source text to token streams, the vocabulary and a summary."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from numpy.typing import NDArray

from pipeline.corpus.sources import SPLITS, find_source, read_split
from pipeline.corpus.streams import Corpus, encode, longest_line, save_corpus, summarise
from pipeline.corpus.vocabulary import UNK, build_vocabulary, count_words
from pipeline.errors import UserError
from pipeline.grammar.builtin import builtin_grammar, builtin_text
from pipeline.grammar.overlap import overlap
from pipeline.grammar.sample import SampledText
from pipeline.io import write_table
from pipeline.layout import Layout
from pipeline.ngram.lines import check_lines
from pipeline.params import Language
from pipeline.plans import CorpusPlan, read_plan
from pipeline.progress import progress

# the lines of a split, from the first each time it is called; the line at which each document begins, if it has any
Text = tuple[Callable[[], Iterator[list[str]]], NDArray[Any] | None]


def run(layout: Layout) -> dict[str, float]:
    plan = read_plan(layout.plan("corpus"), CorpusPlan)
    measured: dict[str, float] = {}
    if plan.language is None:
        texts = _raw(layout, plan)
    else:
        sampled, measured = _sample(plan.language, plan.seed)
        texts = {name: (text.lines, text.document_starts[:-1]) for name, text in sampled.items()}
        shared = overlap(builtin_grammar(plan.language), sampled["train"], sampled["test"])
        write_table(layout.corpus / "overlap.csv", shared)
    splits = {}
    with progress("corpus", len(SPLITS) + 1, "passes") as bar:
        counts = count_words(texts["train"][0]())
        bar.advance()
        min_count = plan.text.min_count
        if min_count == "auto":
            min_count = 1 if UNK in counts else 2
        vocabulary = build_vocabulary(counts, min_count, plan.text.max_types)
        if len(vocabulary) < 3:
            raise UserError(
                f"{plan.corpus}: no word of train occurs {min_count} times, so that all would be <unk>. "
                "Bring more text, or set text.min_count to 1."
            )
        for name, (lines, documents) in texts.items():
            splits[name] = encode(lines(), vocabulary, documents)
            if not len(splits[name].tokens):
                raise UserError(f"{plan.corpus}: the {name} split has no lines. Put text into it.")
            bar.advance()
    check_lines(longest_line(splits["train"].tokens), plan.order)
    conventions = {"min_count": min_count, "max_types": plan.text.max_types, "blank_lines": plan.text.blank_lines}
    save_corpus(layout.corpus, Corpus(vocabulary, splits, summarise(vocabulary, splits, conventions)))
    return measured


def _sample(language: Language, seed: int) -> tuple[dict[str, SampledText], dict[str, float]]:
    """The built-in text, and how fast it was made."""
    start = time.perf_counter()
    sampled = builtin_text(language, seed)
    tokens = sum(len(text.words) + len(text.sentence_starts) - 1 for text in sampled.values())
    return sampled, {"tokens_per_second": tokens / (time.perf_counter() - start)}


def _raw(layout: Layout, plan: CorpusPlan) -> dict[str, Text]:
    source = find_source(layout.raw, plan.corpus)

    def lines(split: str) -> Iterator[list[str]]:
        words = read_split(source, split, plan.text.valid_share, plan.text.test_share)
        return words if plan.text.blank_lines == "keep" else filter(None, words)

    return {split: (partial(lines, split), None) for split in SPLITS}
