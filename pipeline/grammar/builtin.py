"""The built-in language as params.yaml describes it: its grammar, its text, its exact model, its agreement suite."""

import numpy as np
import pandas as pd

from pipeline.corpus.vocabulary import Vocabulary
from pipeline.errors import UserError
from pipeline.grammar.dependencies import subject_verb_pairs, word_table
from pipeline.grammar.english import english
from pipeline.grammar.grammar import Grammar
from pipeline.grammar.lexicon import build_lexicon
from pipeline.grammar.model import GrammarModel
from pipeline.grammar.sample import SampledText, sample_splits
from pipeline.grammar.suite import agreement_suite
from pipeline.params.language import Language


def check_language(language: Language, needed: dict[str, int]) -> None:
    """Raises UserError where the shapes make no grammar, or a split is to have fewer tokens than are `needed`."""
    for name, changes in (("shape", {}), ("suite_shape", language.suite_shape.model_dump())):
        try:
            _grammar(language, changes)
        except UserError as error:
            raise UserError(
                f"language.{name}: {error} Alternatives that can stand in one place, such as prepositional_phrase, "
                "subject_relative and object_relative, must sum to less than 1: lower one of them."
            ) from None
    for split, tokens in needed.items():
        found = getattr(language, f"{split}_tokens")
        if found < tokens:
            raise UserError(
                f"language.{split}_tokens: found {found:,}; this size and gradients.max_lag need {tokens:,}."
            )


def builtin_grammar(language: Language) -> Grammar:
    return _grammar(language, {})


def builtin_text(language: Language, seed: int) -> dict[str, SampledText]:
    """train, valid and test: independent draws."""
    sizes = {"train": language.train_tokens, "valid": language.valid_tokens, "test": language.test_tokens}
    return sample_splits(builtin_grammar(language), sizes, language.sentences_per_document, seed)


def builtin_model(language: Language, vocabulary: Vocabulary) -> GrammarModel:
    """The language itself as a model: no other can have a lower expected perplexity."""
    return GrammarModel(builtin_grammar(language), vocabulary)


def builtin_suite(language: Language, items_per_cell: int, seed: int) -> pd.DataFrame:
    """Minimal pairs of the language; those whose subject and verb never meet in the train text of `seed` are held out.

    They are cut from sentences with more between subject and verb than the text has: every one of them has a
    probability in the language, and rare cells are filled.
    """
    lexicon = build_lexicon(language.topics, language.topic_strength, language.zipf_exponent)
    table = word_table(builtin_grammar(language), lexicon.lemma)
    met = subject_verb_pairs(builtin_text(language, seed)["train"], table)
    dense = _grammar(language, language.suite_shape.model_dump())
    return agreement_suite(dense, table, met, items_per_cell, language.suite_sentences, np.random.default_rng(seed))


def _grammar(language: Language, changes: dict[str, float]) -> Grammar:
    shape = language.shape.model_copy(update=changes)
    return english(language.topics, language.topic_strength, language.zipf_exponent, shape)
