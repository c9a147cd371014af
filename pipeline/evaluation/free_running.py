"""Free running: how a model's own text drifts away from the text it was taught on.

In training every word is predicted from the true words before it (teacher forcing, Williams and Zipser 1989). A model
that writes reads its own words instead, and is led where no training text has been (Bengio et al. 2015; Ranzato et al.
2016). Models go on from the same beginnings of real texts, and other models judge what they write, and how the real
texts go on, by the distance from the last true word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.corpus.vocabulary import EOS_ID
from pipeline.evaluation.breakdown import grouped_means
from pipeline.evaluation.generation import write_texts
from pipeline.evaluation.perplexity import score_stream
from pipeline.language_model import LanguageModel, Tokens

TEXT = "text"
"""The writer of the real text, by name."""


@dataclass(frozen=True)
class Judge:
    """A model that scores texts, its state begun anew at each line or carried through a whole text.

    A grammar that has met a sentence it holds impossible would hold everything after it impossible too.
    """

    model: LanguageModel
    each_line: bool


def real_texts(tokens: Tokens, begins: NDArray[np.int64], texts: int, length: int, rng: np.random.Generator) -> Tokens:
    """Stretches (length, texts) of the stream (N,) that begin at some of `begins`, drawn without replacement.

    Fewer where too few of `begins` have as many tokens after them.
    """
    room = begins[begins + length <= len(tokens)]
    chosen = rng.choice(room, size=min(texts, len(room)), replace=False)
    return np.asarray(tokens)[chosen + np.arange(length)[:, None]]


def free_running(
    writers: Sequence[LanguageModel],
    judges: Sequence[Judge],
    real: Tokens,
    prompt: int,
    temperature: float,
    seed: int,
) -> pd.DataFrame:
    """What each judge gives to what each writer makes of the first `prompt` tokens of the texts `real` (T, B).

    One row a writer (`text` for how the real texts go on), judge, text and position, 1 for the first token after the
    prompt: nats, the natural-log probability of that token; -inf where the judge holds it impossible.
    """
    prompts, texts, length = real[:prompt], real.shape[1], len(real) - prompt
    written = {TEXT: real}
    for writer in writers:
        own = write_texts(writer, prompts, length, temperature, np.random.default_rng(seed))
        written[writer.name] = np.concatenate([prompts, own])
    tables = [
        pd.DataFrame(
            {
                "writer": name,
                "judge": judge.model.name,
                "text": np.repeat(np.arange(texts), length),
                "position": np.tile(np.arange(1, length + 1), texts),
                "nats": _judge(judge, batch)[:, prompt:].ravel(),
            }
        )
        for name, batch in written.items()
        for judge in judges
    ]
    return pd.concat(tables, ignore_index=True).astype({"writer": "category", "judge": "category"})


def drift(scores: pd.DataFrame, edges: list[int], resamples: int, seed: int) -> pd.DataFrame:
    """How `free_running` texts fare by position: one row a writer, judge and bin of positions.

    Bin i holds the positions edges[i] to edges[i + 1] - 1, the last edge ends the last. Columns: first and last
    (position), texts, possible (the share of tokens that the judge does not hold impossible), nats (the mean loss of
    those), and the 95 % intervals of both by the bootstrap over texts.
    """
    tables = []
    for (writer, judge), rows in scores.groupby(["writer", "judge"], observed=True, sort=False):
        bins = np.searchsorted(edges, rows["position"].to_numpy(), side="right") - 1
        inside = (bins >= 0) & (bins < len(edges) - 1)
        nats, text, bins = rows["nats"].to_numpy()[inside], rows["text"].to_numpy()[inside], bins[inside]
        possible = np.isfinite(nats)
        texts = int(text.max()) + 1
        shares = grouped_means(possible.astype(float), bins, text, texts, resamples, seed)
        means = grouped_means(-nats[possible], bins[possible], text[possible], texts, resamples, seed)
        both = shares.merge(means, on="group", how="left", suffixes=("_possible", "_nats"))
        group = both["group"].to_numpy()
        tables.append(
            pd.DataFrame(
                {
                    "writer": writer,
                    "judge": judge,
                    "first": np.array(edges)[group],
                    "last": np.array(edges)[group + 1] - 1,
                    "texts": texts,
                    "possible": both["mean_possible"],
                    "possible_low": both["low_possible"],
                    "possible_high": both["high_possible"],
                    "nats": both["mean_nats"],
                    "nats_low": both["low_nats"],
                    "nats_high": both["high_nats"],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _judge(judge: Judge, texts: Tokens) -> NDArray[np.float64]:
    """Log probabilities (B, T) of texts (T, B)."""
    streams = texts.T
    starts = np.zeros(streams.shape, dtype=bool)
    starts[:, 0] = True
    if judge.each_line:
        starts[:, 1:] |= streams[:, :-1] == EOS_ID
    return score_stream(judge.model, streams.ravel(), np.flatnonzero(starts)).reshape(streams.shape)
