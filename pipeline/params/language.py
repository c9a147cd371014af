"""params.yaml, language: the built-in text."""

from typing import Annotated

from pydantic import Field

from pipeline.params.fields import Count, Probability, Strict

BUILTIN = "builtin"


class SentenceShape(Strict):
    """How often the built-in language's constructions are chosen where they can stand: probabilities."""

    plural: Probability
    past: Probability
    adjective: Probability
    adverb: Probability
    prepositional_phrase: Probability
    subject_relative: Probability
    object_relative: Probability
    relative_that: Probability
    complement: Probability
    complement_that: Probability
    copula: Probability
    verb_coordination: Probability
    noun_coordination: Probability
    parenthesis: Probability
    adjunct: Probability
    question: Probability


class SuiteShape(Strict):
    """What is more frequent in the sentences that agreement items are cut from; the rest is as in `SentenceShape`."""

    plural: Probability
    past: Probability
    prepositional_phrase: Probability
    subject_relative: Probability
    object_relative: Probability
    adverb: Probability
    verb_coordination: Probability
    parenthesis: Probability


class Language(Strict):
    """The built-in language; see pipeline/grammar."""

    train_tokens: Count
    valid_tokens: Count
    test_tokens: Count
    sentences_per_document: Annotated[float, Field(ge=1)]
    topics: Count
    topic_strength: Annotated[float, Field(ge=1)]
    zipf_exponent: Annotated[float, Field(ge=0)]
    shape: SentenceShape
    suite_sentences: Count
    suite_shape: SuiteShape
