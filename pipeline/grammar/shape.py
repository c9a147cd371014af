"""The numbers of the language that a user may turn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SentenceShape:
    """How often the constructions are chosen where they can stand; probabilities."""

    plural: float  # noun phrases
    past: float  # sentences
    adjective: float  # noun phrases
    adverb: float  # verbs, once again for each further adverb
    prepositional_phrase: float  # noun phrases, as are the next two
    subject_relative: float
    object_relative: float
    relative_that: float  # object relatives that begin with "that" or "whom"
    complement: float  # verb phrases of people: says that ..., wonders whether ...
    complement_that: float  # complements that begin with "that"
    copula: float  # verb phrases: is tall, seems tall
    verb_coordination: float  # main clauses
    noun_coordination: float  # subjects
    parenthesis: float  # main clauses, between subject and verb
    adjunct: float  # main clauses, before and again after
    question: float  # sentences
