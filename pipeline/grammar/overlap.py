"""How many held-out sentences stand in train too, and how many would by chance."""

from collections import Counter

import numpy as np
import pandas as pd

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.grammar.grammar import Grammar
from pipeline.grammar.model import GrammarModel, lexicon_vocabulary
from pipeline.grammar.sample import SampledText

STREAMS_AT_ONCE = 4096


def overlap(grammar: Grammar, train: SampledText, held_out: SampledText) -> pd.DataFrame:
    """One row a sentence length in words: sentences, shared (how many of them stand in train), expected, variance.

    Expected is the mean of `shared` over all trains with the same topics: a sentence of probability p_k under topic k
    misses all N_k train sentences of the topic with probability (1 - p_k)^N_k, exactly. The variance takes different
    sentences as independent; a sentence that comes m times is found m times or not at all.
    """
    seen = {tuple(words) for words in train.lines()}
    sentences = [tuple(words) for words in held_out.lines()]
    chance = _chance(grammar, train, sentences)
    times = Counter(sentences)
    table = pd.DataFrame(
        {
            "length": [len(sentence) for sentence in sentences],
            "shared": [sentence in seen for sentence in sentences],
            "expected": chance,
            "variance": [times[words] * p * (1 - p) for words, p in zip(sentences, chance, strict=True)],
        }
    )
    return table.groupby("length", as_index=False).agg(
        sentences=("shared", "size"),
        shared=("shared", "sum"),
        expected=("expected", "sum"),
        variance=("variance", "sum"),
    )


def _chance(grammar: Grammar, train: SampledText, sentences: list[tuple[str, ...]]) -> list[float]:
    vocabulary = lexicon_vocabulary(grammar)
    model = GrammarModel(grammar, vocabulary)
    per_topic = np.bincount(train.topics, np.diff(train.document_starts), minlength=grammar.num_topics)
    lengths = np.array([len(sentence) for sentence in sentences])
    chance = np.empty(len(sentences))
    for length in np.unique(lengths):
        chosen = np.flatnonzero(lengths == length)
        for batch in np.split(chosen, range(STREAMS_AT_ONCE, len(chosen), STREAMS_AT_ONCE)):
            tokens = np.array([[*vocabulary.encode(sentences[i]), EOS_ID] for i in batch]).T
            nats, state = model.read(tokens, model.start(len(batch)))
            joint = np.exp(nats.sum(axis=0))[:, None] * model.topic_posterior(state)
            with np.errstate(divide="ignore", invalid="ignore"):
                of_topic = np.where(grammar.topic_prior > 0, joint / grammar.topic_prior, 0.0)
            missed = np.sum(per_topic * np.log1p(-np.minimum(of_topic, 1.0)), axis=1, where=per_topic > 0)
            chance[batch] = -np.expm1(missed)
    return chance.tolist()
