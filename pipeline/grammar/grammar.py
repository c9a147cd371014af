"""The general machine: a probabilistic context-free grammar whose words depend on a latent topic.

A document draws one topic z; each of its sentences is a derivation from the start symbol; the leaves of a
derivation are word classes, and each leaf draws its word from p(word | class, z). The rules do not depend on the
topic. Probabilities are exact as long as every derivation ends, which is checked (Booth & Thompson 1973).

Symbols are numbered: the C word classes first, then the nonterminals. All arrays over rules are ordered by the
symbol on the left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UserError

TOLERANCE = 1e-9
MOST_LEVELS, MOST_UNFINISHED = 10_000, 1e6  # of derivations: beyond them a grammar is taken for one that does not end

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """One symbol of a right-hand side.

    `clause` 0 stays in the clause of the left-hand side, 1 and above open one that parts of the same number share:
    a subject's head and its verb meet in their clause. `context` names the construction that begins here and holds
    for all below it; None inherits. Neither has any influence on probabilities.
    """

    symbol: str
    clause: int = 0
    context: str | None = None


@dataclass(frozen=True)
class Rule:
    left: str
    right: tuple[Part, ...]
    probability: float


@dataclass(frozen=True)
class WordClass:
    """`probabilities` (K, W) of the words (W,) of one class under each of K topics; rows sum to one."""

    name: str
    words: tuple[str, ...]
    probabilities: Floats


def rule(left: str, right: str, probability: float) -> Rule:
    """A rule from text: symbols separated by blanks, each `symbol`, `symbol^clause` or `symbol^clause@context`."""
    return Rule(left, tuple(_part(word) for word in right.split()), probability)


@cache
def _part(text: str) -> Part:
    text, _, context = text.partition("@")
    symbol, _, clause = text.partition("^")
    return Part(symbol, int(clause or 0), context or None)


@dataclass(frozen=True, eq=False)
class Grammar:
    """A checked grammar in arrays; made by `build_grammar`.

    forms: the F distinct words. An entry is one word of one class: `entry_form` (E,), `emission` (K, E) holds
    p(word | class, topic), and the entries of class c are class_starts[c]:class_starts[c + 1].
    Rules: `rule_left` (R,), `rule_probability` (R,), the symbols of rule r are
    right_symbol[right_starts[r]:right_starts[r + 1]], with their `right_clause` and `right_context` (an index into
    `contexts`, -1 where it is inherited). The rules of nonterminal x are rule_starts[x - C]:rule_starts[x - C + 1].
    """

    start: int
    symbols: tuple[str, ...]
    forms: tuple[str, ...]
    contexts: tuple[str, ...]
    topic_prior: Floats
    entry_form: Ints
    emission: Floats
    class_starts: Ints
    rule_left: Ints
    rule_probability: Floats
    rule_starts: Ints
    right_starts: Ints
    right_symbol: Ints
    right_clause: Ints
    right_context: Ints

    @property
    def num_classes(self) -> int:
        return len(self.class_starts) - 1

    @property
    def num_topics(self) -> int:
        return len(self.topic_prior)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.symbols[: self.num_classes]

    @cached_property
    def entry_class(self) -> Ints:
        """Class (E,) of each entry."""
        return np.repeat(np.arange(self.num_classes), np.diff(self.class_starts))

    def right(self, rule: int) -> Ints:
        return self.right_symbol[self.right_starts[rule] : self.right_starts[rule + 1]]

    def rules_of(self, symbol: int) -> range:
        row = symbol - self.num_classes
        return range(int(self.rule_starts[row]), int(self.rule_starts[row + 1]))

    @cached_property
    def expected_length(self) -> float:
        """Mean number of words of a sentence, without the token after its end."""
        return _expected_lengths(self)[self.start]

    @cached_property
    def empty_probability(self) -> Floats:
        """Probability of each symbol to derive the empty string."""
        empty = np.zeros(len(self.symbols))
        for symbol in self.leaves_first:
            empty[symbol] = sum(self.rule_probability[r] * empty[self.right(r)].prod() for r in self.rules_of(symbol))
        return empty

    @cached_property
    def leaves_first(self) -> list[int]:
        """The nonterminals, each after all that can begin its derivations; raises UserError on left recursion."""
        return _leaves_first(self)


def build_grammar(
    start: str, rules: Iterable[Rule], classes: Sequence[WordClass], topic_prior: Sequence[float] | Floats
) -> Grammar:
    """Checks a grammar and lays it out in arrays.

    Raises UserError where probabilities of a symbol, a class or the prior do not sum to one, a symbol is neither a
    nonterminal nor a class or is both, derivations recurse at the left, or do not end.
    """
    by_left: dict[str, list[Rule]] = {}
    for item in rules:
        by_left.setdefault(item.left, []).append(item)
    prior = np.asarray(topic_prior, dtype=np.float64)
    _check_rules(start, by_left, classes)
    _check_words(classes, prior)
    symbols = (*(word_class.name for word_class in classes), *by_left)
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    ordered = [item for group in by_left.values() for item in group]
    parts = [part for item in ordered for part in item.right]
    contexts = tuple(dict.fromkeys(part.context for part in parts if part.context is not None))
    forms = tuple(dict.fromkeys(word for word_class in classes for word in word_class.words))
    form_ids = {form: number for number, form in enumerate(forms)}
    grammar = Grammar(
        start=numbers[start],
        symbols=symbols,
        forms=forms,
        contexts=contexts,
        topic_prior=prior,
        entry_form=_ints(form_ids[word] for word_class in classes for word in word_class.words),
        emission=np.concatenate([word_class.probabilities for word_class in classes], axis=1),
        class_starts=_offsets(len(word_class.words) for word_class in classes),
        rule_left=_ints(numbers[item.left] for item in ordered),
        rule_probability=np.array([item.probability for item in ordered]),
        rule_starts=_offsets(len(group) for group in by_left.values()),
        right_starts=_offsets(len(item.right) for item in ordered),
        right_symbol=_ints(numbers[part.symbol] for part in parts),
        right_clause=_ints(part.clause for part in parts),
        right_context=_ints(-1 if part.context is None else contexts.index(part.context) for part in parts),
    )
    _ = grammar.leaves_first, grammar.expected_length  # both raise
    return grammar


def _check_rules(start: str, by_left: Mapping[str, Sequence[Rule]], classes: Sequence[WordClass]) -> None:
    names = {word_class.name for word_class in classes}
    if start not in by_left:
        raise UserError(f"The start symbol {start!r} has no rules. Add some, or start from another symbol.")
    for left, group in by_left.items():
        if left in names:
            raise UserError(f"{left!r} has rules and is a word class too. Rename one of the two.")
        total = sum(item.probability for item in group)
        if any(item.probability < 0 for item in group) or abs(total - 1) > TOLERANCE:
            raise UserError(f"The probabilities of {left!r} sum to {total:.6g}. They must be >= 0 and sum to 1.")
        for part in (part for item in group for part in item.right):
            if part.symbol not in by_left and part.symbol not in names:
                raise UserError(f"A rule of {left!r} uses {part.symbol!r}, which has neither rules nor words.")


def _check_words(classes: Sequence[WordClass], prior: Floats) -> None:
    if len({word_class.name for word_class in classes}) != len(classes):
        raise UserError("Two word classes have one name. Rename one of them.")
    if (prior < 0).any() or abs(prior.sum() - 1) > TOLERANCE:
        raise UserError(f"The topics' prior sums to {prior.sum():.6g}. It must be >= 0 and sum to 1.")
    for word_class in classes:
        expected = (len(prior), len(word_class.words))
        if word_class.probabilities.shape != expected or not word_class.words:
            raise UserError(
                f"The class {word_class.name!r} has probabilities of shape {word_class.probabilities.shape}; "
                f"topics and words (at least one) ask for {expected}."
            )
        if len(set(word_class.words)) != len(word_class.words):
            raise UserError(f"The class {word_class.name!r} has a word twice. Remove one.")
        sums = word_class.probabilities.sum(axis=1)
        if (word_class.probabilities < 0).any() or np.abs(sums - 1).max() > TOLERANCE:
            raise UserError(f"The class {word_class.name!r} sums to {sums.tolist()} by topic. Each must be 1.")


def _leaves_first(grammar: Grammar) -> list[int]:
    """Depth-first order over "can stand first in": X before Y where Y -> A X ... and A may be empty."""
    order: list[int] = []
    done = np.zeros(len(grammar.symbols), dtype=bool)
    done[: grammar.num_classes] = True
    can_be_empty = np.zeros(len(grammar.symbols), dtype=bool)
    path: list[int] = []
    on_path: set[int] = set()

    def visit(symbol: int) -> None:
        if symbol in on_path:
            cycle = " -> ".join(grammar.symbols[s] for s in (*path[path.index(symbol) :], symbol))
            raise UserError(f"Left recursion: {cycle}. Write it as right recursion.")
        path.append(symbol)
        on_path.add(symbol)
        for r in grammar.rules_of(symbol):
            empty = True
            for part in grammar.right(r).tolist():
                if not done[part]:
                    visit(part)
                if not can_be_empty[part]:
                    empty = False
                    break
            can_be_empty[symbol] |= empty
        path.pop()
        on_path.remove(symbol)
        done[symbol] = True
        order.append(symbol)

    for symbol in range(grammar.num_classes, len(grammar.symbols)):
        if not done[symbol]:
            visit(symbol)
    return order


def _expected_lengths(grammar: Grammar) -> Floats:
    """Mean words below each symbol: the least fixed point of m = Σ_rules p Σ_parts m, found by iteration.

    Raises UserError where the mean number of symbols that are still to be derived does not vanish with the depth.
    """
    rule_of_part = np.repeat(np.arange(len(grammar.rule_left)), np.diff(grammar.right_starts))
    weight, left = grammar.rule_probability[rule_of_part], grammar.rule_left[rule_of_part]
    is_class = np.arange(len(grammar.symbols)) < grammar.num_classes

    def one_level_up(below: Floats) -> Floats:
        return np.bincount(left, weight * below[grammar.right_symbol], minlength=len(below)).astype(np.float64)

    lengths, unfinished = is_class.astype(np.float64), (~is_class).astype(np.float64)
    for _ in range(MOST_LEVELS):
        lengths = np.where(is_class, 1.0, one_level_up(lengths))
        unfinished = one_level_up(unfinished)
        if unfinished.max() < TOLERANCE**2:
            return lengths
        if unfinished.max() > MOST_UNFINISHED:
            break
    worst = grammar.symbols[int(unfinished.argmax())]
    raise UserError(f"Derivations of {worst!r} do not end (in the mean). Make its recursive rules less probable.")


def _ints(values: Iterable[int]) -> NDArray[Any]:
    return np.fromiter(values, dtype=np.int64)


def _offsets(lengths: Iterable[int]) -> NDArray[Any]:
    return np.concatenate([[0], np.cumsum(_ints(lengths))]).astype(np.int64)
