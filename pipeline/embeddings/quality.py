"""What vectors know: shared neighbours, analogies, and what a linear reader can tell from them.

Vectors are compared by angle throughout: everything here sees them at length one.
"""

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.embeddings.pairs import PAIRS, word_pairs
from pipeline.errors import UserError
from pipeline.params.embeddings import Embeddings, VectorQuality

Vectors = NDArray[np.float32]
ROWS_AT_ONCE = 512


def unit(vectors: Vectors) -> Vectors:
    """(V, D) At length one; a zero vector stays. Raises UserError where one is not finite: it would win."""
    if not np.isfinite(vectors).all():
        raise UserError("the vectors hold numbers that are not finite. Train them anew with a lower learning rate.")
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def asked(settings: Embeddings) -> VectorQuality:
    """What vectors are asked, and never about a word that is too rare to have one."""
    quality = settings.quality
    return quality.model_copy(update={"min_count": max(quality.min_count, settings.min_count)})


def frequent(counts: NDArray[np.int64], quality: VectorQuality) -> NDArray[np.int64]:
    """The commonest types, none rarer than `min_count`; `<unk>` and `<eos>`, the first two, are no words."""
    ranked = 2 + np.argsort(-counts[2:], kind="stable")
    return ranked[counts[ranked] >= quality.min_count][: quality.words]


def neighbours(vectors: Vectors, words: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """(W, count) The nearest of `words` (W,) to each of them by cosine, itself left out, as places in `words`."""
    chosen = unit(vectors[words])
    found = []
    for start in range(0, len(words), ROWS_AT_ONCE):
        cosines = chosen[start : start + ROWS_AT_ONCE] @ chosen.T
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = -np.inf
        found.append(np.argsort(-cosines, axis=1, kind="stable")[:, :count])
    return np.concatenate(found)


def neighbour_overlap(
    first: Vectors, second: Vectors, words: NDArray[np.int64], quality: VectorQuality
) -> NDArray[np.float64]:
    """(W,) The share of the nearest `neighbours` of each word that both have; by chance, their share of all words.

    Ties go to the first word in one and to the last in the other, or vectors that tell no words apart would agree.
    """
    count = min(quality.neighbours, len(words) - 1)
    one = neighbours(first, words, count)
    other = len(words) - 1 - neighbours(second, words[::-1], count)[::-1]
    return np.array([len(np.intersect1d(a, b)) / max(count, 1) for a, b in zip(one, other, strict=True)])


def analogies(
    vectors: Vectors, ids: Mapping[str, int], counts: NDArray[np.int64], quality: VectorQuality
) -> pd.DataFrame:
    """A row a question a : b = c : d of each category, and whether d is nearest to b - a + c (3CosAdd, Mikolov 2013c).

    Only pairs of words that occur `min_count` times are asked about; a, b and c are no answers, nor is a rarer word;
    where another word is as near as d, that is no answer either.
    """
    known = np.flatnonzero(counts >= quality.min_count)
    known = known[known > 1]
    whole = unit(vectors)
    rows = []
    for category in PAIRS:
        pairs = [
            (ids[a], ids[b])
            for a, b in word_pairs(category)
            if a in ids and b in ids and min(counts[ids[a]], counts[ids[b]]) >= quality.min_count
        ]
        asked = np.array([(*first, *second) for first, second in permutations(pairs, 2)], dtype=np.int64).reshape(-1, 4)
        for start in range(0, len(asked), ROWS_AT_ONCE):
            a, b, c, d = asked[start : start + ROWS_AT_ONCE].T
            scores = (whole[b] - whole[a] + whole[c]) @ whole[known].T
            for given in (a, b, c):
                scores[np.arange(len(given)), np.searchsorted(known, given)] = -np.inf
            place = np.arange(len(d)), np.searchsorted(known, d)
            answer = scores[place]
            scores[place] = -np.inf
            right = answer > scores.max(axis=1)
            rows.append(pd.DataFrame({"category": category, "a": a, "b": b, "c": c, "d": d, "right": right}))
    columns = ["category", "a", "b", "c", "d", "right"]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)


def probes(
    vectors: Vectors,
    labels: Mapping[str, Mapping[str, str]],
    lemmas: Mapping[str, str],
    types: Sequence[str],
    words: NDArray[np.int64],
    quality: VectorQuality,
    seed: int,
) -> pd.DataFrame:
    """A row a task and word: its lemma, its label, what a logistic regression on words of other lemmas reads off its
    vector, and the majority.

    Stratified cross-validation in `folds` parts, all forms of a lemma in one of them: what was learned of "dog" would
    give "dogs" away. A class with fewer lemmas than parts is left out, as is a task with fewer than two classes. The
    majority is that of the words which a part is judged by.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold

    rows = []
    whole = unit(vectors) * np.float32(vectors.shape[1] ** 0.5)  # each coordinate about one, as the penalty expects
    for task, label_of in labels.items():
        chosen = [word for word in words.tolist() if types[word] in label_of]
        told = pd.DataFrame(
            {
                "task": task,
                "word": chosen,
                "lemma": [lemmas[types[word]] for word in chosen],
                "label": [label_of[types[word]] for word in chosen],
            }
        )
        told = told[told.groupby("label")["lemma"].transform("nunique") >= quality.folds]
        if told["label"].nunique() < 2:
            continue
        vector, names = whole[told["word"]], told["label"].to_numpy(dtype=str)
        read, majority = np.empty_like(names), np.empty_like(names)
        folds = StratifiedGroupKFold(quality.folds, shuffle=True, random_state=seed)
        for learned, asked in folds.split(vector, names, told["lemma"]):
            kinds, members = np.unique(names[learned], return_counts=True)
            read[asked] = majority[asked] = kinds[np.argmax(members)]
            if len(kinds) > 1:  # of few lemmas, all of another class may lie in the part that is asked
                reader = LogisticRegression(C=quality.inverse_penalty, max_iter=1000)
                read[asked] = reader.fit(vector[learned], names[learned]).predict(vector[asked])
        rows.append(told.assign(read=read, majority=majority))
    columns = ["task", "word", "lemma", "label", "read", "majority"]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
