"""Free running: how a model's own text drifts away from the text it was taught on.

In training every word is predicted from the true words before it (teacher forcing, Williams and Zipser 1989). A model
that writes reads its own words instead, and is led where no training text has been (Bengio et al. 2015; Ranzato et al.
2016). Models go on from the same beginnings of real texts, and other models judge what they write, and how the real
texts go on, by the distance from the last true word.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.evaluation.breakdown import TEXT
from pipeline.evaluation.generation import write_texts
from pipeline.evaluation.perplexity import score_stream
from pipeline.language_model import LanguageModel, Tokens


@dataclass(frozen=True)
class Judge:
    """A model that scores texts, its state begun anew at each line or carried through a whole text.

    A grammar that has met a sentence it holds impossible would hold everything after it impossible too.
    """

    model: LanguageModel
    each_line: bool


def real_texts(tokens: Tokens, begins: NDArray[np.int64], texts: int, length: int, rng: np.random.Generator) -> Tokens:
    """Stretches (length, texts) of the stream (N,) that begin at some of `begins`, drawn without replacement.

    Fewer where too few of `begins` have as many tokens after them. Raises UserError where not even two have: one text
    would leave nothing to take an interval over.
    """
    room = begins[begins + length <= len(tokens)]
    if len(room) < 2:
        raise UserError(
            f"texts of {length:,} tokens were asked for; in {len(tokens):,} tokens {len(room)} can begin with a line "
            "and be as long; two are needed. Lower drift.prompt or drift.length, or bring more text."
        )
    chosen = rng.choice(room, size=min(texts, len(room)), replace=False)
    return np.asarray(tokens)[chosen + np.arange(length)[:, None]]


def free_running(
    writers: Sequence[LanguageModel],
    judges: Sequence[Judge],
    real: Tokens,
    prompt: int,
    temperature: float,
    seed: int,
    seen: Callable[[int], None] = lambda count: None,
) -> pd.DataFrame:
    """What each judge gives to what each writer makes of the first `prompt` tokens of the texts `real` (T, B).

    One row a writer (`text` for how the real texts go on), judge, text and position, 1 for the first token after the
    prompt: nats, the natural-log probability of that token; -inf where the judge holds it impossible.
    `seen` is told of texts as they are judged by all.
    """
    prompts, texts, length = real[:prompt], real.shape[1], len(real) - prompt
    tables = []
    for writer in (None, *writers):
        if writer is None:
            name, batch = TEXT, real
        else:
            own = write_texts(writer, prompts, length, temperature, np.random.default_rng(seed))
            name, batch = writer.name, np.concatenate([prompts, own])
        for judge in judges:
            table = {
                "writer": name,
                "judge": judge.model.name,
                "text": np.repeat(np.arange(texts), length),
                "position": np.tile(np.arange(1, length + 1), texts),
                "nats": _judge(judge, batch)[:, prompt:].ravel(),
            }
            tables.append(pd.DataFrame(table))
        seen(texts)
    return pd.concat(tables, ignore_index=True).astype({"writer": "category", "judge": "category"})


def _judge(judge: Judge, texts: Tokens) -> NDArray[np.float64]:
    """Log probabilities (B, T) of texts (T, B)."""
    streams = texts.T
    starts = np.zeros(streams.shape, dtype=bool)
    starts[:, 0] = True
    if judge.each_line:
        starts[:, 1:] |= streams[:, :-1] == EOS_ID
    return score_stream(judge.model, streams.ravel(), np.flatnonzero(starts)).reshape(streams.shape)
