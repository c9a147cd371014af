"""The built-in English: sentences and clauses, and the whole grammar put together.

Symbols are written `name.features`: noun class or kind of subject, number (sg, pl), tense (pres, past: one a
sentence). Every noun phrase takes one modifier at most, and what begins alike is kept together until it differs, so
that a sentence nearly always has one derivation; what ambiguity is left is summed by the model.

Clauses by their predicates (`predicates.py`): BODY is the main clause, TIMED one after a phrase that tells its time,
REASONED one after a clause with because, CLAUSE a complement. TAIL.<clause> is what follows the noun of its subject.
"""

from collections.abc import Iterator

from pipeline.grammar.adjuncts import adjunct_rules
from pipeline.grammar.alternatives import choices, numbers
from pipeline.grammar.grammar import Grammar, Rule, build_grammar
from pipeline.grammar.lexicon import Lexicon, build_lexicon
from pipeline.grammar.modifiers import modifier_rules
from pipeline.grammar.noun_phrases import NAMED, PRONOUN, noun_phrase_rules, opening_shares
from pipeline.grammar.predicates import complement_rules, predicate_rules
from pipeline.grammar.selection import REASONED, SINGULAR, SUBJECTS, WILLING, kind
from pipeline.grammar.verb_groups import BE, TENSES, adverb_rules, verb_form_rules
from pipeline.grammar.words.nouns import NOUNS
from pipeline.grammar.words.verbs import VERBS
from pipeline.params.language import SentenceShape

PREDICATE_OF = {"CLAUSE": "PREDICATE", "BODY": "WHOLE", "TIMED": "TIMED"}
# Of questions with "does" and "is": those with "why"; beside those without: "where" or "how", "can" or "will".
WHY, WHERE_OR_HOW, MODAL = 0.3, 0.2, 0.15


def english(topics: int, topic_strength: float, zipf_exponent: float, shape: SentenceShape) -> Grammar:
    """The built-in English; `build_lexicon` explains the first three. Raises UserError if sentences do not end."""
    lexicon = build_lexicon(topics, topic_strength, zipf_exponent)
    rules = list(_rules(lexicon, shape))
    used = {part.symbol for item in rules for part in item.right}
    classes = [word_class for name, word_class in lexicon.classes.items() if name in used]
    return build_grammar("SENTENCE", rules, classes, [1 / topics] * topics)


def _rules(lexicon: Lexicon, shape: SentenceShape) -> Iterator[Rule]:
    yield from _sentence_rules(shape)
    yield from adjunct_rules(shape)
    for tense in TENSES:
        for clause in ("CLAUSE", "BODY", "TIMED", "REASONED"):
            yield from choices(f"{clause}.{tense}", _clauses(clause, tense, shape))
        for clause in PREDICATE_OF:
            yield from _tails(clause, tense, shape)
        yield from choices(f"BARECLAUSE.{tense}", _bare_clauses(tense, shape))
        yield from choices(f"QUESTION.{tense}", _questions(tense, shape))
    for noun in NOUNS:
        yield from noun_phrase_rules(noun, lexicon, shape)
        yield from modifier_rules(noun, shape)
    yield from choices("NAME", {"name.woman": 0.5, "name.man": 0.5})
    for subject_kind in dict.fromkeys(map(kind, SUBJECTS)):
        yield from predicate_rules(subject_kind, shape)
    yield from complement_rules(lexicon, shape)
    yield from adverb_rules(shape)
    for verb in VERBS:
        yield from verb_form_rules(verb, lexicon)


def _sentence_rules(shape: SentenceShape) -> Iterator[Rule]:
    kinds = (("STATEMENT", "full_stop", 1 - shape.question), ("QUESTION", "question_mark", shape.question))
    tenses = (("pres", 1 - shape.past), ("past", shape.past))
    rights = {f"{kind}.{tense} {stop}": p * p_tense for kind, stop, p in kinds for tense, p_tense in tenses}
    yield from choices("SENTENCE", rights)


def _clauses(clause: str, tense: str, shape: SentenceShape) -> dict[str, float]:
    """The subject's beginning, and a tail for what can come then: all in the clause of the left-hand side."""
    rights: dict[str, float] = {}
    only, form = (REASONED, "TIMED") if clause == "REASONED" else (None, clause)
    for noun, number, p in _subjects(shape, only):
        if noun == "person":
            pronouns = {f"pronoun.{number}": 0.9, "pronoun.any": 0.1} if number == "sg" else {f"pronoun.{number}": 1.0}
            predicate = _predicate(form, noun, number, tense)
            rights |= {f"{pronoun} {predicate}": p * PRONOUN * share for pronoun, share in pronouns.items()}
            p *= 1 - PRONOUN
            if number == "sg":
                rights[f"NAME NAMED.{form}.{tense}"] = p * NAMED
                p *= 1 - NAMED
        for after, share in opening_shares(noun, number, "subject").items():
            opening = f"{after}.{noun}.{number}"
            rights[f"OPEN.subject.{opening} TAIL.{form}.{opening}.{tense}"] = p * share
    return rights


def _tails(clause: str, tense: str, shape: SentenceShape) -> Iterator[Rule]:
    """After the subject's noun: its modifier and the predicate, or a second subject and a plural predicate."""
    for noun, number, _ in _subjects(shape):
        two = 0.0 if noun in SINGULAR else shape.noun_coordination
        for after in opening_shares(noun, number, "subject"):
            opening = f"{after}.{noun}.{number}.{tense}"
            rights = {f"MODIFIER.subject.{opening} {_predicate(clause, noun, number, tense)}": 1 - two}
            if two:
                rights[f"and PAIRED.{noun} {_predicate(clause, noun, 'pl', tense)}"] = two
            yield from choices(f"TAIL.{clause}.{opening}", rights)
    single, pair = (_predicate(clause, "person", number, tense) for number in ("sg", "pl"))
    two = shape.noun_coordination
    yield from choices(f"NAMED.{clause}.{tense}", {single: 1 - two, f"and NAME {pair}": two})


def _predicate(clause: str, noun: str, number: str, tense: str) -> str:
    return f"{PREDICATE_OF[clause]}.{kind(noun)}.{number}.{tense}"


def _bare_clauses(tense: str, shape: SentenceShape) -> dict[str, float]:
    """Complements without "that": their subjects are short."""
    return {
        f"SHORTSUBJECT.particular.{noun}.{number} {_predicate('CLAUSE', noun, number, tense)}": p
        for noun, number, p in _subjects(shape)
    }


def _questions(tense: str, shape: SentenceShape) -> dict[str, float]:
    rights: dict[str, float] = {}
    for noun, number, p in _subjects(shape):
        of_kind, subject = kind(noun), f"SHORTSUBJECT.brief.{noun}.{number}"
        features = f"{of_kind}.{number}.{tense}"
        do, modal, be = "did", "modal.past", f"{BE[tense]}.{number}"
        if tense == "pres":
            do, modal = f"do.{number}", "modal"
        asked = {f"{do} {subject} ANY.{features}": 1 - WHY, f"why {do} {subject} ANY.{features}": WHY}
        if of_kind in WILLING:
            asked[f"{modal} {subject} WILLED.{features}"] = MODAL
            asked[f"where {do} {subject} WILLED.{features}"] = WHERE_OR_HOW
        described = {f"{be} {subject} DESCRIBED.{of_kind}": 1 - WHY, f"why {be} {subject} DESCRIBED.{of_kind}": WHY}
        for said, share in ((asked, 1 - shape.copula), (described, shape.copula)):
            total = sum(said.values())
            rights |= {right: p * share * weight / total for right, weight in said.items()}
    return rights


def _subjects(shape: SentenceShape, kinds: tuple[str, ...] | None = None) -> Iterator[tuple[str, str, float]]:
    """Noun class, number and probability of every subject, or of those of some kinds."""
    weights = {noun: weight for noun, weight in SUBJECTS.items() if kinds is None or kind(noun) in kinds}
    for noun, weight in weights.items():
        for number, share in numbers(noun, shape.plural).items():
            yield noun, number, weight / sum(weights.values()) * share
