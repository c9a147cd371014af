"""learning_curve, a study: how well count models of each order do when they are fitted on less of train."""

import numpy as np
import pandas as pd

from pipeline.corpus.streams import counted_tokens, load_corpus, longest_line
from pipeline.evaluation.bootstrap import block_sums
from pipeline.evaluation.perplexity import score_stream
from pipeline.io import write_table
from pipeline.layout import Layout
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.lines import MARKS
from pipeline.ngram.model import model_of
from pipeline.plans.learning_curve import LearningCurvePlan
from pipeline.plans.reading import mark_unselected, read_selected
from pipeline.progress import progress


def run(layout: Layout) -> dict[str, float]:
    """Writes curve.parquet: a row a share of train, model and unit of the bootstrap, with the tokens of test that count
    and their nats."""
    plan = read_selected(layout.plan("learning_curve"), LearningCurvePlan)
    if plan is None:
        return mark_unselected(layout.study("learning_curve"))
    corpus = load_corpus(layout.corpus)
    train, test = corpus.splits["train"], corpus.splits["test"]
    whole, units = np.zeros(1, dtype=np.int64), test.blocks(plan.block_lines)
    counting = counted_tokens(test.tokens, plan.uncounted)
    sizes = block_sums(counting.astype(int), units)
    tables = []
    halvings = range(int(-np.log2(plan.smallest_share)), -1, -1)
    with progress("learning curve", len(halvings), "fits") as bar:
        for share in (0.5**halving for halving in halvings):
            tokens = train.first_lines(share)
            highest = min(plan.order, longest_line(tokens) + MARKS)  # a small part may have short lines alone
            fitted = fit(tokens, len(corpus.vocabulary), highest)
            for order in range(1, highest + 1):
                model = model_of(fitted, order)
                nats = -block_sums(np.where(counting, score_stream(model, test.tokens, whole), 0), units)
                row = {"share": share, "train_tokens": len(tokens), "model": model.name}
                tables.append(pd.DataFrame({**row, "unit": np.arange(len(units)), "tokens": sizes, "nats": nats}))
            bar.advance()
    write_table(layout.study("learning_curve") / "curve.parquet", pd.concat(tables, ignore_index=True))
    return {}
