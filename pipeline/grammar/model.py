"""The grammar as a language model: exact next-token probabilities, read from left to right.

What has been read leaves a set of stacks of symbols still to derive (top-down, leftmost), each with the joint weight
of the derivations that lead to it. As neither rules nor stacks know the topic, the state of a stream factorises into
a belief over stacks and a belief over topics (forward weights α_k), and beliefs over stacks are shared: each is
computed once and then looked up. Only `<unk>`, which may stand for words of several classes, splits a state into
several such pairs. All derivations of an ambiguous prefix are summed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS, EOS_ID, UNK, Vocabulary
from pipeline.grammar.grammar import Floats, Grammar
from pipeline.language_model import Nats, Tokens

Stack = tuple[int, "Stack"] | None  # the symbol on top, and the stack below it
Closure = dict[int, list[tuple[float, tuple[int, ...]]]]
BELIEFS_KEPT = 200_000  # beliefs over stacks that are remembered before the memory is cleared
MOST_PARTS = 8  # pairs of beliefs in a state; more are split into single stacks, which meet again and merge


class StackBelief:
    """Probabilities of stacks, summing to one.

    `end` is the probability that the sentence ends here; `after` remembers the belief after each word class, and
    `classes` (C,) the probability of each class as the next, once somebody has asked.
    """

    __slots__ = ("after", "classes", "end", "stacks")

    def __init__(self, stacks: tuple[tuple[Stack, float], ...], end: float) -> None:
        self.stacks = stacks
        self.end = end
        self.classes: Floats | None = None
        self.after: dict[int, tuple[float, StackBelief] | None] = {}


@dataclass(frozen=True)
class StreamState:
    """Pairs of a belief over stacks and topic weights α (K,); all α together sum to one, none are left when dead."""

    parts: tuple[tuple[StackBelief, Floats], ...]


class GrammarModel:
    """`LanguageModel` of a grammar over the types of a vocabulary.

    A word of the grammar that is no type of the vocabulary is read as `<unk>`; a type that is no word of the grammar
    has probability zero. One `<eos>` follows each sentence, then the next sentence of the same document begins: the
    topics' posterior carries over. `start` begins a document.
    """

    name = "grammar"

    def __init__(self, grammar: Grammar, vocabulary: Vocabulary) -> None:
        self.vocabulary_size = len(vocabulary)
        self._grammar = grammar
        self._closure = left_corners(grammar)
        self._empty = grammar.empty_probability.tolist()
        self._beliefs: dict[tuple[tuple[Stack, float], ...], StackBelief] = {}
        self._begin = self._belief({(grammar.start, None): 1.0})[1]
        form_types = vocabulary.encode(grammar.forms)
        self._entry_type = form_types[grammar.entry_form]
        self._emissions = _emissions_by_type(grammar, self._entry_type)

    def start(self, batch_size: int) -> tuple[StreamState, ...]:
        """The state of `batch_size` new documents."""
        return (StreamState(((self._begin, self._grammar.topic_prior),)),) * batch_size

    def read(self, tokens: Tokens, state: tuple[StreamState, ...]) -> tuple[Nats, tuple[StreamState, ...]]:
        """Log probabilities (T, B) in nats of tokens (T, B); see `LanguageModel`."""
        probabilities = np.empty(tokens.shape)
        after = []
        for column, stream in enumerate(state):
            parts = stream.parts
            for row, token in enumerate(tokens[:, column].tolist()):
                probability, parts = self._step(parts, token)
                probabilities[row, column] = probability
            after.append(StreamState(parts))
        with np.errstate(divide="ignore"):
            return np.log(probabilities), tuple(after)

    def next_log_probs(self, state: tuple[StreamState, ...]) -> Nats:
        """Log probabilities (B, V) in nats; a stream that has read an impossible token has -inf throughout."""
        rows = np.zeros((len(state), self.vocabulary_size))
        for row, stream in zip(rows, state, strict=True):
            for belief, topics in stream.parts:
                words = (topics @ self._grammar.emission) * self._classes(belief)[self._grammar.entry_class]
                row += np.bincount(self._entry_type, words, minlength=self.vocabulary_size)
                row[EOS_ID] += belief.end * topics.sum()
        with np.errstate(divide="ignore"):
            return np.log(rows)

    def topic_posterior(self, state: tuple[StreamState, ...]) -> Floats:
        """p(topic | what was read) (B, K) of each stream; zero for a stream that has read an impossible token."""
        rows = np.zeros((len(state), self._grammar.num_topics))
        for row, stream in zip(rows, state, strict=True):
            for _, topics in stream.parts:
                row += topics
        return rows

    def _step(
        self, parts: tuple[tuple[StackBelief, Floats], ...], token: int
    ) -> tuple[float, tuple[tuple[StackBelief, Floats], ...]]:
        """The probability of `token`, and what is believed after it."""
        if token == EOS_ID:
            topics = sum((belief.end * weights for belief, weights in parts), start=np.zeros(self._grammar.num_topics))
            total = float(topics.sum())
            return total, ((self._begin, topics / total),) if total > 0 else ()
        reached: list[tuple[StackBelief, Floats]] = []
        emissions = self._emissions.get(token, ())
        for belief, weights in parts:
            for word_class, emission in emissions:
                if (move := self._move(belief, word_class)) is not None:
                    reached.append((move[1], weights * emission * move[0]))
        if len(reached) > MOST_PARTS:
            reached = [
                (self._belief({stack: 1.0})[1], weights * weight)
                for belief, weights in reached
                for stack, weight in belief.stacks
            ]
        if len(reached) > 1:
            reached = _merge(reached)
        total = sum(float(weights.sum()) for _, weights in reached)
        if not total > 0:
            return 0.0, ()
        return total, tuple((belief, weights / total) for belief, weights in reached)

    def _move(self, belief: StackBelief, word_class: int) -> tuple[float, StackBelief] | None:
        """The probability of a class after `belief`, and the belief after it; None where it cannot follow."""
        if word_class not in belief.after:
            stacks: dict[Stack, float] = {}
            for stack, weight in belief.stacks:
                for _, probability, after in self._leaves(stack, word_class):
                    stacks[after] = stacks.get(after, 0.0) + weight * probability
            belief.after[word_class] = self._belief(stacks) if stacks else None
        return belief.after[word_class]

    def _classes(self, belief: StackBelief) -> Floats:
        """Probability (C,) of each word class as the next; what they lack to one is the end of the sentence."""
        if belief.classes is None:
            belief.classes = np.zeros(self._grammar.num_classes)
            for stack, weight in belief.stacks:
                for word_class, probability, _ in self._leaves(stack):
                    belief.classes[word_class] += weight * probability
        return belief.classes

    def _leaves(self, stack: Stack, only: int | None = None) -> list[tuple[int, float, Stack]]:
        """The word classes that can come next from `stack`, with probability and the stack after each."""
        leaves: list[tuple[int, float, Stack]] = []
        weight = 1.0
        while stack is not None and weight > 0:
            symbol, below = stack
            closure = self._closure[symbol]
            for word_class in closure if only is None else (only,) if only in closure else ():
                for probability, pushed in closure[word_class]:
                    after = below
                    for part in reversed(pushed):
                        after = (part, after)
                    leaves.append((word_class, weight * probability, after))
            weight *= self._empty[symbol]
            stack = below
        return leaves

    def _belief(self, stacks: Mapping[Stack, float]) -> tuple[float, StackBelief]:
        """The total weight of `stacks`, and the belief that they make when it is divided out."""
        total = sum(stacks.values())
        key = tuple((stack, weight / total) for stack, weight in stacks.items())
        if key not in self._beliefs:
            if len(self._beliefs) > BELIEFS_KEPT:
                self._beliefs.clear()
                self._begin.after.clear()
            self._beliefs[key] = StackBelief(key, sum(weight * self._end(stack) for stack, weight in key))
        return total, self._beliefs[key]

    def _end(self, stack: Stack) -> float:
        end = 1.0
        while stack is not None and end > 0:
            end *= self._empty[stack[0]]
            stack = stack[1]
        return end


def left_corners(grammar: Grammar) -> list[Closure]:
    """Of each symbol: by the class of its first word, the probabilities and what is still to derive after that word.

    Summed over all leftmost derivations that differ only above the word; the rest is the symbol being empty.
    """
    closures: list[Closure] = [{c: [(1.0, ())]} for c in range(grammar.num_classes)]
    closures += [{} for _ in range(len(grammar.symbols) - grammar.num_classes)]
    empty = grammar.empty_probability
    for symbol in grammar.leaves_first:
        summed: dict[int, dict[tuple[int, ...], float]] = {}
        for rule in grammar.rules_of(symbol):
            weight = float(grammar.rule_probability[rule])
            right = tuple(grammar.right(rule).tolist())
            for position, part in enumerate(right):
                if weight == 0:
                    break
                for word_class, leaves in closures[part].items():
                    into = summed.setdefault(word_class, {})
                    for probability, pushed in leaves:
                        suffix = pushed + right[position + 1 :]
                        into[suffix] = into.get(suffix, 0.0) + weight * probability
                weight *= float(empty[part])
        closures[symbol] = {c: [(p, suffix) for suffix, p in leaves.items()] for c, leaves in summed.items()}
    return closures


def lexicon_vocabulary(grammar: Grammar) -> Vocabulary:
    """Every word of the grammar as a type."""
    return Vocabulary((UNK, EOS, *grammar.forms))


def document_log_prob(model: GrammarModel, vocabulary: Vocabulary, sentences: Sequence[Sequence[str]]) -> float:
    """Natural-log probability of the words and sentence ends of one document, its topic summed out."""
    tokens = np.concatenate([np.append(vocabulary.encode(sentence), EOS_ID) for sentence in sentences])
    return float(model.read(tokens[:, None], model.start(1))[0].sum())


def _emissions_by_type(grammar: Grammar, entry_type: NDArray[np.int64]) -> dict[int, tuple[tuple[int, Floats], ...]]:
    """Of each type: the classes it can come from, with p(type | class, topic) (K,), summed over the words it covers."""
    by_type: dict[int, dict[int, Floats]] = {}
    for entry, (token, word_class) in enumerate(zip(entry_type.tolist(), grammar.entry_class.tolist(), strict=True)):
        classes = by_type.setdefault(token, {})
        classes[word_class] = classes.get(word_class, 0.0) + grammar.emission[:, entry]
    return {token: tuple(classes.items()) for token, classes in by_type.items()}


def _merge(parts: Sequence[tuple[StackBelief, Floats]]) -> list[tuple[StackBelief, Floats]]:
    merged: dict[int, tuple[StackBelief, Floats]] = {}
    for belief, weights in parts:
        known = merged.get(id(belief))
        merged[id(belief)] = (belief, weights if known is None else known[1] + weights)
    return list(merged.values())
