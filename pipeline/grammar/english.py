"""The built-in English: sentences and clauses, and the whole grammar put together.

Symbols are written `name.features`: noun class or kind of subject, number (sg, pl), tense (pres, past: one a
sentence). Every noun phrase takes one modifier at most and the words that begin one continuation begin no other for
long, so that a sentence nearly always has one derivation; what ambiguity is left is summed by the model.
"""

from collections.abc import Iterator

from pipeline.grammar.alternatives import by_number, choices, optional
from pipeline.grammar.grammar import Grammar, Rule, build_grammar
from pipeline.grammar.lexicon import Lexicon, build_lexicon
from pipeline.grammar.noun_phrases import noun_phrase_rules
from pipeline.grammar.selection import EXTRA_VERBS, FRAMES, KIND, SUBJECTS
from pipeline.grammar.verb_phrases import TENSES, adverb_rules, complement_rules, predicate_rules, verb_rules
from pipeline.params import SentenceShape


def english(topics: int, topic_strength: float, zipf_exponent: float, shape: SentenceShape) -> Grammar:
    """The built-in English; `build_lexicon` explains the first three. Raises UserError if sentences do not end."""
    lexicon = build_lexicon(topics, topic_strength, zipf_exponent)
    rules = list(_rules(lexicon, shape))
    used = {part.symbol for item in rules for part in item.right}
    classes = [word_class for name, word_class in lexicon.classes.items() if name in used]
    return build_grammar("SENTENCE", rules, classes, [1 / topics] * topics)


def _rules(lexicon: Lexicon, shape: SentenceShape) -> Iterator[Rule]:
    yield from _sentence_rules(shape)
    for tense in TENSES:
        yield from _edge_rules(tense, shape)
        yield from choices(f"CLAUSE.{tense}", _clauses(tense, shape, main=False))
        yield from choices(f"MAINCLAUSE.{tense}", _clauses(tense, shape, main=True))
        yield from choices(f"QUESTION.{tense}", _questions(tense, shape))
    yield from optional("WHY", 0.5, {"why": 1})
    for noun in KIND:
        yield from noun_phrase_rules(noun, lexicon, shape)
    for kind in dict.fromkeys(KIND.values()):
        yield from predicate_rules(kind, shape)
    yield from complement_rules(shape)
    yield from adverb_rules(shape)
    for verb in sorted({verb for frames in FRAMES.values() for verb, _, _ in frames} | EXTRA_VERBS):
        yield from verb_rules(verb, lexicon)


def _sentence_rules(shape: SentenceShape) -> Iterator[Rule]:
    kinds = (("MAIN", "full_stop", 1 - shape.question), ("QUESTION", "question_mark", shape.question))
    tenses = (("pres", 1 - shape.past), ("past", shape.past))
    rights = {f"{kind}.{tense} {stop}": p * p_tense for kind, stop, p in kinds for tense, p_tense in tenses}
    yield from choices("SENTENCE", rights)


def _edge_rules(tense: str, shape: SentenceShape) -> Iterator[Rule]:
    """What stands around the main clause: FRONT before it, FINAL after it, ASIDE between its subject and verb.

    Their prepositions (during, in) follow no noun, so that they cannot be taken for a modifier.
    """
    event, place = f"during NP.event.{{n}}.{tense}^1", f"in NP.place.{{n}}.{tense}^1"
    when = f"when CLAUSE.{tense}^1"
    edges = (
        ("FRONT", shape.adjunct, {f"{event} comma": 1, f"{when} comma": 1}, None),
        ("FINAL", shape.adjunct, {place: 3, event: 2, when: 2, "time": 1}, None),
        ("ASIDE", shape.parenthesis, {
            f"comma {event} comma": 2, f"comma {place} comma": 2, "comma adverb.comment comma": 1,
        }, "parenthesis"),
    )  # fmt: skip
    for name, p, phrases, context in edges:
        yield from optional(f"{name}.{tense}", p, by_number(shape.plural, phrases), context)
    yield from choices(f"MAIN.{tense}", {f"FRONT.{tense} MAINCLAUSE.{tense}^1 FINAL.{tense}": 1.0})


def _clauses(tense: str, shape: SentenceShape, main: bool) -> dict[str, float]:
    """Subject and predicate, all in the clause of the left-hand side; main clauses have room for more."""
    rights: dict[str, float] = {}
    for noun, number, p in _subjects(shape):
        rights[f"SUBJECT.{noun}.{number}.{tense} {_predicate(noun, number, tense, main)}"] = p * (
            1 - shape.noun_coordination
        )
        for other, p_other in (("sg", 1 - shape.plural), ("pl", shape.plural)):
            pair = f"PLAIN.{noun}.{number}.{tense} and PLAIN.{noun}.{other}.{tense}"
            rights[f"{pair} {_predicate(noun, 'pl', tense, main)}"] = p * p_other * shape.noun_coordination
    return rights


def _predicate(noun: str, number: str, tense: str, main: bool) -> str:
    features = f"{KIND[noun]}.{number}.{tense}"
    return f"ASIDE.{tense} PREDICATE.{features} COORDINATED.{features}" if main else f"PREDICATE.{features}"


def _questions(tense: str, shape: SentenceShape) -> dict[str, float]:
    rights: dict[str, float] = {}
    for noun, number, p in _subjects(shape):
        subject, kind = f"NP.{noun}.{number}.{tense}", KIND[noun]
        do, be = (f"do.{number}", f"be.{number}") if tense == "pres" else ("did", f"was.{number}")
        rights[f"WHY {do} {subject} BARE.{kind}.{tense}"] = p * (1 - shape.copula)
        rights[f"WHY {be} {subject} DESCRIBED.{kind}"] = p * shape.copula
    return rights


def _subjects(shape: SentenceShape) -> Iterator[tuple[str, str, float]]:
    """Noun class, number and probability of every subject."""
    total = sum(SUBJECTS.values())
    for noun, weight in SUBJECTS.items():
        for number, share in (("sg", 1 - shape.plural), ("pl", shape.plural)):
            yield noun, number, weight / total * share
