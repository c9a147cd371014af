"""ngram: counts of every order and the Kneser-Ney models over them."""

from pipeline.corpus.streams import load_corpus
from pipeline.layout import Layout
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.storage import save
from pipeline.params import Ngram
from pipeline.plans import read_plan


def run(layout: Layout) -> dict[str, float]:
    plan = read_plan(layout.plan("ngram"), Ngram)
    corpus = load_corpus(layout.corpus)
    save(layout.ngram, fit(corpus.splits["train"].tokens, len(corpus.vocabulary), plan.order))
    return {}
