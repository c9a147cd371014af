"""A fitted model as a folder of arrays, memory-mapped when loaded.

    ngram.json            the numbers of the fit, its discounts, and how many m-grams each order has
    words_m.npy, …        one array a file, named as in `OrderCounts` and `Level`, m being the order

The arrays serve the models of all orders; only the pages that are asked for are ever read.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import io
from pipeline.errors import UserError
from pipeline.ngram.counts import check_order
from pipeline.ngram.kneser_ney import KneserNey
from pipeline.ngram.level import Discounts, Level
from pipeline.ngram.model import NgramModel, model_name
from pipeline.ngram.trie import Trie

FORMAT = 1
"""Raised whenever what is stored changes its meaning."""

SUMMARY = "ngram.json"


def save(folder: Path, fitted: KneserNey) -> None:
    """Writes `fitted` to `folder`, the summary last. The same counts give the same bytes."""
    orders = []
    for m, found in enumerate(fitted.counts.orders, start=1):
        arrays: dict[str, np.ndarray] = {"words": found.words, "offsets": found.offsets, "raw": found.raw}
        below = None
        if found.adjusted is not None:
            below = fitted.lower(m)
            arrays |= {"adjusted": found.adjusted, "lower_totals": below.totals, "lower_left": below.left}
        _write_arrays(folder, m, arrays)
        top = fitted.top(m)
        _write_arrays(folder, m, {"top_left": top.left})
        orders.append(
            {"order": m, "ngrams": found.size, "top": _entry(top), "lower": None if below is None else _entry(below)}
        )
        del arrays, below, top  # before those of the next order are made
    io.write_json(folder / SUMMARY, _summary(fitted, orders))


def load(folder: Path, order: int) -> NgramModel:
    """The model of `order` from `folder`, where `save` wrote one of that order or higher.

    Raises `UserError` if a file is missing or damaged, or holds no such order.
    """
    check_order(order)
    stored = _read_summary(folder / SUMMARY)
    if order > stored["order"]:
        raise UserError(
            f"{folder} has n-grams up to order {stored['order']}, but order {order} is asked for. "
            f"Run the ngram stage with `ngram.order` of {order} or more, or ask for a lower order."
        )
    sizes = [1, *(entry["ngrams"] for entry in stored["orders"])]

    def array(name: str, m: int) -> np.ndarray:
        length = {"offsets": sizes[m - 1] + 2, "lower_totals": sizes[m - 1] + 1, "lower_left": sizes[m - 1] + 1}
        length["top_left"] = length["lower_left"]
        kind = "f" if name.endswith("left") else "u"
        return _read_array(_array_path(folder, name, m), length.get(name, sizes[m] + 1), kind)

    def level(m: int) -> Level:
        if m < order:
            return Level(
                counts=array("adjusted", m),
                totals=array("lower_totals", m),
                left=array("lower_left", m),
                discounts=_discounts(stored, "lower", m),
            )
        return Level(
            counts=array("raw", m),
            totals=array("raw", m - 1) if m > 1 else np.array([stored["tokens"], 0]),
            left=array("top_left", m),
            discounts=_discounts(stored, "top", m),
        )

    orders = range(1, order + 1)
    trie = Trie(tuple(array("words", m) for m in orders), tuple(array("offsets", m) for m in orders))
    for m in orders:
        begin, end = trie.offsets[m - 1][[0, -1]]
        if (begin, end) != (0, trie.size(m)):
            raise _damaged(_array_path(folder, "offsets", m), f"it goes from {begin} to {end}, not 0 to {trie.size(m)}")
    return NgramModel(model_name(order), trie, tuple(level(m) for m in orders))


def _write_arrays(folder: Path, m: int, arrays: Mapping[str, np.ndarray]) -> None:
    for name, array in arrays.items():
        io.write_array(_array_path(folder, name, m), array)
        io.drop_pages(array)  # all orders of a long text together would fill the memory


def _entry(level: Level) -> dict[str, Any]:
    """`fallback` is true where discounts could not be estimated (`discounts`)."""
    return {"discounts": list(level.discounts.amounts), "fallback": level.discounts.fallback}


def _summary(fitted: KneserNey, orders: list[dict[str, Any]]) -> dict[str, Any]:
    """What `ngram.json` holds. `pruned_up_to` has the thresholds of `smooth`, one an order, and is there only where
    something was pruned."""
    pruned = {"pruned_up_to": list(fitted.thresholds)} if any(fitted.thresholds) else {}
    return {
        "format": FORMAT,
        "smoothing": "interpolated modified Kneser-Ney",
        **pruned,
        "order": fitted.counts.order,
        "vocabulary_size": fitted.counts.vocabulary_size,
        "tokens": fitted.counts.tokens,
        "lines": fitted.counts.lines,
        "orders": orders,
    }


def _array_path(folder: Path, name: str, m: int) -> Path:
    return folder / f"{name}_{m}.npy"


def _read_array(path: Path, length: int, kind: str) -> np.ndarray:
    try:
        # Still mapped, but a plain array: indexing the memmap class costs a Python call each time.
        array = np.asarray(io.read_array(path))
    except (ValueError, EOFError) as error:
        raise _damaged(path, str(error)) from error
    if array.shape != (length,):
        raise _damaged(path, f"it has shape {array.shape} instead of ({length},)")
    if array.dtype.kind != kind:
        raise _damaged(path, f"it holds {array.dtype}, not {'fractions' if kind == 'f' else 'counts'}")
    return array


def _read_summary(path: Path) -> dict[str, Any]:
    try:
        stored = io.read_json(path)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise _damaged(path, str(error)) from error
    if not isinstance(stored, dict) or "format" not in stored:
        raise _damaged(path, "it is not the summary of an n-gram model")
    if stored["format"] != FORMAT:
        raise UserError(
            f"{path} has format {stored['format']}; this version reads format {FORMAT}. Run the ngram stage again."
        )
    missing = {"order", "vocabulary_size", "tokens", "orders"} - stored.keys()
    if missing:
        raise _damaged(path, f"it lacks {', '.join(sorted(missing))}")
    try:
        for m, entry in enumerate(stored["orders"], start=1):
            int(entry["ngrams"])
            _discounts(stored, "top", m)
            if m < stored["order"]:
                _discounts(stored, "lower", m)
        consistent = len(stored["orders"]) == stored["order"]
        consistent &= stored["orders"][0]["ngrams"] == stored["vocabulary_size"]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _damaged(path, f"what it says of the orders is not complete ({error!r})") from error
    if not consistent:
        raise _damaged(path, "its numbers of orders and types do not fit each other")
    return stored


def _discounts(stored: dict[str, Any], kind: str, m: int) -> Discounts:
    entry = stored["orders"][m - 1][kind]
    d1, d2, d3 = map(float, entry["discounts"])
    return Discounts((d1, d2, d3), bool(entry["fallback"]))


def _damaged(path: Path, cause: str) -> UserError:
    return UserError(f"{path} is damaged: {cause}. Remove it and run the ngram stage again (`dvc repro ngram`).")
