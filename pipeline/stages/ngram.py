"""ngram: counts of every order, the Kneser-Ney models over them, and what other smoothings make of the same counts."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.corpus.streams import Split, counted_tokens, load_corpus
from pipeline.evaluation.bootstrap import block_sums
from pipeline.evaluation.perplexity import score_stream
from pipeline.io import write_array, write_table
from pipeline.layout import Layout
from pipeline.ngram.count_model import longest_match
from pipeline.ngram.counts import NgramCounts
from pipeline.ngram.engine import counted
from pipeline.ngram.kneser_ney import smooth
from pipeline.ngram.smoothing import SMOOTHINGS, smoothed
from pipeline.ngram.storage import load, save
from pipeline.plans.ngram import NgramPlan
from pipeline.plans.reading import read_plan
from pipeline.progress import progress

MEGABYTE = 1 << 20


def run(layout: Layout) -> dict[str, float]:
    plan = read_plan(layout.plan("ngram"), NgramPlan)
    settings = plan.ngram
    corpus = load_corpus(layout.corpus)
    train, test = corpus.splits["train"], corpus.splits["test"]
    for split in ("valid", "test"):
        counted_tokens(corpus.splits[split].tokens, plan.uncounted)  # which is told before anything is trained
    with counted(
        train.tokens,
        len(corpus.vocabulary),
        settings.order,
        settings.engine,
        settings.workers,
        settings.memory_mb * MEGABYTE,
        layout.ngram,
    ) as counts:
        save(layout.ngram, smooth(counts, settings.prune))
        seen = longest_match(load(layout.ngram, settings.order), test.tokens)
        write_array(layout.ngram / "longest_seen.npy", seen.astype(np.uint8))
        write_table(layout.ngram / "smoothing.parquet", _smoothings(counts, test, plan, layout.ngram))
    return {}


def _smoothings(counts: NgramCounts, test: Split, plan: NgramPlan, saved: Path) -> pd.DataFrame:
    """Every smoothing at every order: one row a unit of the bootstrap, with the counted tokens of test and their nats.

    Modified Kneser-Ney is the `saved` model, pruned or not, so that it has one perplexity everywhere; the others are
    never pruned.
    """
    settings, units, whole = plan.ngram, test.blocks(plan.block_lines), np.zeros(1, dtype=np.int64)
    counting = counted_tokens(test.tokens, plan.uncounted)
    sizes = block_sums(counting.astype(int), units)
    tables = []
    with progress("smoothings", len(SMOOTHINGS) * settings.order, "models") as bar:
        for method in SMOOTHINGS:
            for order in range(1, settings.order + 1):
                model = (
                    load(saved, order)
                    if method == "modified_kneser_ney"
                    else smoothed(counts, method, order, k=settings.add_k, alpha=settings.backoff_factor)
                )
                nats = -block_sums(np.where(counting, score_stream(model, test.tokens, whole), 0), units)
                row = {"smoothing": method, "order": order, "unit": np.arange(len(units)), "tokens": sizes}
                tables.append(pd.DataFrame({**row, "nats": nats}))
                bar.advance()
    return pd.concat(tables, ignore_index=True)
