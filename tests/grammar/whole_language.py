"""The built-in language with the shape that most tests use, built once."""

from functools import cache

from pipeline.grammar.english import english
from pipeline.grammar.model import GrammarModel, lexicon_vocabulary
from pipeline.params.language import SentenceShape

SHAPE = SentenceShape(
    plural=0.4, past=0.2, adjective=0.28, adverb=0.3, prepositional_phrase=0.16, subject_relative=0.06,
    object_relative=0.06, relative_that=0.5, complement=0.12, complement_that=0.6, copula=0.15,
    verb_coordination=0.15, noun_coordination=0.06, parenthesis=0.05, adjunct=0.15, question=0.05,
)  # fmt: skip


@cache
def language():
    grammar = english(topics=12, topic_strength=8.0, zipf_exponent=1.0, shape=SHAPE)
    return grammar, GrammarModel(grammar, lexicon_vocabulary(grammar)), lexicon_vocabulary(grammar)
