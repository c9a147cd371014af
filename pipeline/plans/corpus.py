"""The plan of the stage corpus."""

from pipeline.params.fields import CorpusName, Count, Seed, Strict
from pipeline.params.language import Language
from pipeline.params.text import Text


class CorpusPlan(Strict):
    """`order`: lines that are too short for n-grams of this order are told of before anything is counted or trained."""

    corpus: CorpusName
    seed: Seed
    order: Count
    language: Language | None
    text: Text
