"""A small made-up run: every input of the report, in memory."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.agreement.readers.saved import ScoredSuite
from pipeline.agreement.readers.suite import BadRow, Suite
from pipeline.corpus.card import data_card
from pipeline.corpus.conventions import conventions
from pipeline.corpus.streams import Corpus, encode
from pipeline.corpus.tokenisers import WHITE_SPACE
from pipeline.corpus.vocabulary import build_vocabulary, count_words
from pipeline.params.reading import read_params
from pipeline.plans.report import ReportPlan
from pipeline.plans.resolve import resolve
from pipeline.report.analysis import Inputs
from pipeline.report.names import SMOOTHING_WORDS

ROOT = Path(__file__).parents[2]
COUNTS = {"unigram": 3.0, "bigram": 2.4, "trigram": 2.2}
NETWORKS = {"rnn": 2.0, "gru": 1.8, "lstm": 1.6}
FLOOR = 1.2
LAGS, POSITIONS = 6, 12
MakeInputs = Callable[..., Inputs]


@pytest.fixture(scope="session")
def make_inputs() -> MakeInputs:
    """Inputs for chosen networks, with or without a floor; `nats` overrides a model's mean loss."""
    return _make_inputs


def _make_inputs(
    models: tuple[str, ...] = ("rnn", "gru", "lstm"),
    floor: bool = True,
    nats: dict[str, float] | None = None,
    excerpts: bool = True,
    studies: bool = True,
    suites: bool = False,
) -> Inputs:
    rng = np.random.default_rng(0)
    params = read_params(ROOT / "params.yaml")
    report = params.report.model_copy(update={"excerpts": excerpts})
    corpus_name = "builtin" if floor else "wikitext-2"
    plans = resolve(params.model_copy(update={"model": list(models), "corpus": corpus_name, "report": report}))
    plan = plans["report"]
    assert isinstance(plan, ReportPlan)
    plan = plan.model_copy(
        update={
            "perplexity": plan.perplexity.model_copy(update={"resamples": 100, "block_lines": 5}),
            "agreement": plan.agreement.model_copy(update={"resamples": 100}),
        }
    )
    corpus = _corpus(floor)
    level = COUNTS | {name: NETWORKS[name] for name in models} | ({"grammar": FLOOR} if floor else {}) | (nats or {})
    suite = _suite()
    return Inputs(
        plan=plan,
        networks={name: plans[name] for name in models},  # type: ignore[misc]
        corpus=corpus,
        vectors=rng.normal(size=(len(corpus.vocabulary), 8)).astype(np.float32),
        vector_losses=[2.5, 2.25],
        vector_probes=_probes(),
        vector_analogies=_analogies(),
        vector_neighbours=pd.DataFrame({"word": np.arange(2, 42), "shared": [0.5, 0.7] * 20, "chance": 0.1}),
        shapes={name: _shape(name, len(corpus.vocabulary)) for name in models},
        steps={name: _steps(level[name]) for name in models},
        validations={name: _validations(level[name]) for name in models},
        tokens=_tokens(level, corpus, rng),
        samples=[{"model": name, "temperature": 1.0, "text": f"{name} writes \n this"} for name in level],
        items=_items(level, suite, rng),
        suite=suite,
        suite_counts={"suite": "builtin", "items": len(suite) + 3, "scored": len(suite), "out_of_vocabulary": 3},
        suites={"linzen2016": _own_suite(level)} if suites else {},
        lags=_lags(models, rng),
        jacobians=_jacobians(models, rng),
        jacobian_map=_jacobian_map(models),
        gates=_gates(models, rng),
        longest_seen=rng.integers(1, 4, len(corpus.splits["test"].tokens)).astype(np.uint8),
        smoothing=_units([{"smoothing": name, "order": order} for name in SMOOTHING_WORDS for order in (1, 2, 3)], rng),
        overlap=_overlap() if floor else None,
        learning_curve=_units(
            [
                {"model": name, "share": share, "train_tokens": int(400 * share)}
                for name in COUNTS
                for share in (0.25, 0.5, 1.0)
            ],
            rng,
        )
        if studies
        else None,
        embedding_validations=_input_curves() if studies else None,
        embedding_test=_input_tests() if studies else None,
        adaptation={name: _adaptation(corpus, level[name], rng) for name in models} if studies else {},
        context=_context(["trigram", *models], corpus, rng) if studies else None,
        drift=_drift(["trigram", *models], ["trigram", *(["grammar"] if floor else [])], rng) if studies else None,
        surprisal=_surprisal(["trigram", *models, *(["grammar"] if floor else [])]),
        inside={name: _inside(name, rng) for name in models} if studies else {},
        clipping=_clipping(rng) if studies else {},
        memory=_memory(models, rng) if studies else None,
    )


def _own_suite(level: dict[str, float]) -> ScoredSuite:
    """Forty pairs after Linzen, one a bad row, two out of vocabulary."""
    rng = np.random.default_rng(1)
    attractors = np.arange(40) % 5
    pairs = pd.DataFrame({"good": "a <b> is", "bad": "a <b> are", "n_attractors": attractors, "words_before": 2})
    bad = [BadRow(7, "its <b> word is no word")]
    suite = Suite("linzen", pairs, ("n_attractors", "words_before"), np.arange(40), np.ones(40, bool), bad)
    tables = []
    for model, mean in level.items():
        margin = 2.5 - mean - 0.2 * attractors[:38] + rng.normal(0, 0.5, 38)
        scores = {"verb_good": -3.0, "verb_bad": -3 - margin, "sentence_good": -9.0, "sentence_bad": -9 - margin}
        tables.append(pd.DataFrame({"item": np.arange(38), "model": model, **scores}))
    return ScoredSuite(suite, pd.concat(tables, ignore_index=True), 2)


def _probes() -> pd.DataFrame:
    """Skip-gram is right on nine words of ten, factored counts on four of five; the majority on half."""
    words = np.arange(60)
    label = np.where(words % 2 == 0, "singular", "plural")
    other = np.where(words % 2 == 0, "plural", "singular")
    shared = {"task": "number of nouns", "word": words, "label": label, "majority": "singular"}
    return pd.concat(
        [
            pd.DataFrame({**shared, "read": np.where(words % wrong == 0, other, label), "method": method})
            for method, wrong in (("skipgram", 10), ("svd", 5))
        ],
        ignore_index=True,
    )


def _analogies() -> pd.DataFrame:
    """Ten pairs, each asked for by the nine others; of the first five every question is answered."""
    asked = [(a, c) for a in range(10) for c in range(10) if a != c]
    first, second = (np.array(column) for column in zip(*asked, strict=True))
    table = {"category": "verb and past", "a": 2 * first, "b": 2 * first + 1, "c": 2 * second, "d": 2 * second + 1}
    return pd.DataFrame({**table, "right": second < 5, "method": "skipgram"})


INPUT_NATS = {(100, "none"): 3.0, (100, "frozen"): 2.7, (100, "finetune"): 2.5,
              (400, "none"): 2.0, (400, "frozen"): 2.4, (400, "finetune"): 2.0}  # fmt: skip
"""Nats a token of test by tokens of train and use of the vectors."""


def _input_tests() -> pd.DataFrame:
    """Seeds differ by a tenth of a nat; what vectors that are trained on are worth, by a hundredth or thrice that."""
    rows = [
        {"train_tokens": size, "share": size / 400, "use": use, "seed": seed, "unit": unit, "tokens": tokens,
         "nats": tokens * (nats + 0.1 * seed + 0.01 * (seed - 2) * (use == "finetune") * (1 if size == 100 else 3))}
        for (size, use), nats in INPUT_NATS.items()
        for seed in (1, 2, 3)
        for unit, tokens in enumerate((30, 50))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _input_curves() -> pd.DataFrame:
    tests = _input_tests().query("unit == 0").drop(columns="unit")
    read = [tests.assign(nats=tests["nats"] / 30 + 4 / part, tokens=1000 * part) for part in (1, 2, 3, 4)]
    return pd.concat(read, ignore_index=True)


def _adaptation(corpus: Corpus, level: float, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The cache helps a little, dynamic evaluation more; one setting ran away; not all of test was scored."""
    count = len(corpus.splits["test"].tokens) - 7
    test = {name: -(level - gain + rng.normal(0, 0.05, count)) for name, gain in (("cache", 0.1), ("dynamic", 0.2))}
    dynamic = {"rule": ["sgd", "sgd", "rms"], "segment": 5, "learning_rate": [0.1, 9.0, 0.001], "decay": 0.01}
    cache = {"window": [5, 9], "theta": [0.0, 0.5], "weight": [0.1, 0.2]}
    return {
        "dynamic": pd.DataFrame(
            {**dynamic, "epsilon": 0.001, "tokens": 50, "nats": [level, np.inf, level - 0.2],
             "chosen": [False, False, True]}
        ),
        "cache": pd.DataFrame({**cache, "tokens": 50, "nats": [level - 0.1, level], "chosen": [True, False]}),
        "test": pd.DataFrame(test),
    }  # fmt: skip


def _context(models: list[str], corpus: Corpus, rng: np.random.Generator) -> pd.DataFrame:
    """The trigram uses two words; networks lose by whatever is cut off, the RNN less, and half of that by shuffling."""
    positions = np.arange(20, len(corpus.splits["test"].tokens), 3)
    tables = []
    for model in models:
        whole = rng.gamma(2, 1, len(positions))
        rows: list[tuple[str, int, float]] = [("whole", 20, 0.0)]
        for k in (1, 2, 4, 8):
            lost = (1.0 if k < 2 else 0.0) if model == "trigram" else {"rnn": 1.2}.get(model, 1.6) / k
            rows += [("truncated", k, lost), ("shuffled", k, lost / 2)]
        for manipulation, k, lost in rows:
            nats = whole + (rng.normal(lost, 0.01, len(positions)) if lost else 0)
            table = {"manipulation": manipulation, "k": k, "position": positions, "nats": nats, "model": model}
            tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def _drift(models: list[str], judges: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Own text is dearer than real text, ever more so and the hotter the more; networks leave the grammar at times."""
    texts, length = 12, 20
    text, position = (grid.ravel() for grid in np.indices((texts, length)))
    tables = []
    for temperature in (0.7, 1.0):
        for writer in ("text", *models):
            for judge in judges:
                more = 0.0 if writer == "text" else temperature * (0.5 + position / length)
                nats = -(2.0 + more + rng.normal(0, 0.05, texts * length))
                if judge == "grammar" and writer != "text":
                    nats[position > 12 + text // 2 + (3 if writer == "lstm" else 0)] = -np.inf
                columns = {"writer": writer, "judge": judge, "text": text, "position": position + 1, "nats": nats}
                tables.append(pd.DataFrame({**columns, "temperature": temperature}))
    return pd.concat(tables, ignore_index=True).astype({"writer": "category", "judge": "category"})


def _surprisal(models: list[str]) -> pd.DataFrame:
    """Two sentences in which every model finds the wrong form twice as surprising."""
    rows = [
        (model, item, place, word, 2.0 + item, "see" if word == "sees" else "", 4.0 if word == "sees" else np.nan)
        for model in models
        for item in (0, 7)
        for place, word in enumerate(["the", "<b>", "sees"])
    ]
    return pd.DataFrame(rows, columns=["model", "item", "place", "word", "bits", "wrong", "wrong_bits"])


def _inside(model: str, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The number is read from all states but at the last word of every tenth item, the control by chance; 0/2 carries
    it: without it every item with attractors is wrong, of the others none."""
    item, offset = (grid.ravel() for grid in np.indices((90, 3)))
    tables = []
    for part in ("hidden", "cell") if model == "lstm" else ("hidden",):
        for task in ("new", "known", "control"):
            right = rng.random(270) < 0.5 if task == "control" else (item % 10 != 0) | (offset < 2)
            columns = {
                "part": part,
                "task": task,
                "item": item,
                "offset": offset,
                "distance": 2,
                "attractors": item % 3,
            }
            tables.append(pd.DataFrame(columns | {"right": right}))
    units = pd.DataFrame({"layer": 0, "unit": np.arange(4), "rank": [0, 2, 1, 0]})
    for half in ("chosen_by", "reported"):
        for kind in ("with", "without"):
            units[f"{half}_accuracy_{kind}"] = [0.0, 0.0, 1.0 if kind == "with" else 0.0, -0.01]
            units[f"{half}_margin_{kind}"] = units[f"{half}_accuracy_{kind}"]
    attractors = np.arange(20) % 3
    margins = [
        pd.DataFrame(
            {"silenced": name, "item": np.arange(20), "attractors": attractors,
             "margin": np.where((attractors > 0) & (name in ("0/2", "together")), -1.0, 1.0)}
        )
        for name in ("none", "0/2", "0/1", "together", "random")
    ]  # fmt: skip
    return {"reading": pd.concat(tables, ignore_index=True), "units": units, "margins": pd.concat(margins)}


def _clipping(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """A start that explodes overflows without clipping and learns with it; one that vanishes is the same either way."""
    made: dict[str, list[pd.DataFrame]] = {"traces": [], "lags": [], "outcomes": []}
    for case in ("explodes", "vanishes"):
        for seed in range(3):
            norm = 10 ** rng.normal(2 if case == "explodes" else -2, 0.1, 8)
            for clipped in (False, True):
                overflows = case == "explodes" and not clipped
                which = {"case": case, "clipped": clipped, "seed": seed}
                own = np.append(norm[:4] * 1e6, np.inf) if overflows else norm
                trace = {"step": np.arange(1, len(own) + 1), "loss": own / 10, "norm": own}
                made["traces"].append(pd.DataFrame(trace | which))
                for weights in ("before", "after"):
                    slope = {"explodes": 0.1, "vanishes": -0.4 - 0.01 * seed}[case]
                    values = np.full(5, np.nan) if overflows and weights == "after" else slope * np.arange(5)
                    lags = {"lag": np.arange(5), "log10_norm": values, "weights": weights}
                    made["lags"].append(pd.DataFrame(lags | which))
                accuracy = np.nan if overflows else {"explodes": 0.9, "vanishes": 0.25}[case] + 0.01 * seed
                outcome = {"steps": len(own), "accuracy": accuracy, "loss": own[-1] / 10, "largest_norm": own.max()}
                made["outcomes"].append(pd.DataFrame([which | outcome]))
    radius = [
        {"kind": kind, "radius": value, "seed": seed,
         "log10_rate": np.log10(value) - (0.3 if kind == "tanh" else 0) + 0.001 * seed}
        for kind in ("linear", "tanh") for value in (0.5, 1.0, 1.5) for seed in range(3)
    ]  # fmt: skip
    scalar = {"factor": [0.9, 1.1], "steps": 100, "left": [0.9**100, 1.1**100]}
    whole = {name: pd.concat(tables, ignore_index=True) for name, tables in made.items()}
    return whole | {"radius": pd.DataFrame(radius), "scalar": pd.DataFrame(scalar)}


def _memory(models: tuple[str, ...], rng: np.random.Generator) -> pd.DataFrame:
    """The RNN forgets with length, the LSTM does not; copies are as long as an eighth of the state."""
    rows = []
    for network in [*models, *(["irnn"] if "rnn" in models else [])]:
        for task, chance in (("adding", 0.19), ("copy", 0.125), ("order", 0.25), ("digits", 0.1)):
            for length in (10, 100):
                for seed in range(3):
                    accuracy = 0.95 if network == "lstm" or length == 10 else 0.3
                    rows.append((task, network, 64, 1, length, seed, accuracy + 0.01 * rng.random(), chance))
        for size in (8, 16, 32):
            for items in (2, 4):
                for seed in range(3):
                    share = min(1.0, size / 8 / items) * (0.99 + 0.01 * rng.random())
                    rows.append(("capacity", network, size, items, 5, seed, 0.125 + 0.875 * share, 0.125))
    columns = ["task", "network", "hidden_size", "items", "length", "seed", "accuracy", "chance"]
    table = pd.DataFrame(rows, columns=columns).assign(learning_rate=0.003, steps=100, loss=0.1)
    return table.assign(data=np.where(table["task"] == "digits", "mnist", "drawn"))


def _units(rows: list[dict[str, object]], rng: np.random.Generator) -> pd.DataFrame:
    """Nats of ten units of test for each row; maximum likelihood holds some of them impossible."""
    tables = []
    for row in rows:
        nats = 20 + rng.normal(0, 1, 10)
        if row.get("smoothing") == "maximum_likelihood" and row["order"] == 3:
            nats[4] = np.inf
        tables.append(pd.DataFrame({**row, "unit": np.arange(10), "tokens": 9, "nats": nats}))
    return pd.concat(tables, ignore_index=True)


def _overlap() -> pd.DataFrame:
    columns = {"length": [3, 4, 6, 7, 12], "sentences": [9, 8, 7, 20, 30], "shared": [5, 3, 1, 0, 0]}
    return pd.DataFrame(columns | {"expected": [4.5, 3.5, 1.0, 0.2, 0.0], "variance": [2.0, 2.0, 0.9, 0.2, 0.0]})


def _corpus(documents: bool) -> Corpus:
    words = ["the", "dog", "sees", "many", "cats", "near", "old", "houses"]
    lines = [[words[(line * step) % len(words)] for step in range(1, 4 + line % 4)] for line in range(60)]
    vocabulary = build_vocabulary(count_words(lines), 1, None)
    starts = np.arange(0, 60, 6) if documents else None
    splits = {name: encode(lines, vocabulary, starts) for name in ("train", "valid", "test")}
    params = read_params(ROOT / "params.yaml")
    chosen = conventions(params.text, "builtin").as_dict() | {"min_count": 2}
    summary = data_card(vocabulary, WHITE_SPACE, splits, [(100, 6), (200, 8), (300, 9)], chosen, {})
    return Corpus(vocabulary, splits, summary)


def _tokens(level: dict[str, float], corpus: Corpus, rng: np.random.Generator) -> pd.DataFrame:
    tables = []
    for split in ("valid", "test"):
        count = len(corpus.splits[split].tokens)
        shared = rng.normal(0, 0.1, count)  # what is hard is hard for all
        for model, mean in level.items():
            reset = ["line"] if split == "test" else []
            states = ["carried", *reset] if model in NETWORKS else ["document" if model == "grammar" else "line"]
            for state in states:
                nats = -(mean + shared + rng.normal(0, 0.01, count) + 0.1 * (state == "line" and model in NETWORKS))
                table = {"model": model, "split": split, "state": state, "position": np.arange(count), "nats": nats}
                tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def _suite() -> pd.DataFrame:
    cells = [("simple", 0, 0), ("across a phrase", 1, 3), ("across a relative", 2, 6)]
    rows = [
        {"construction": name, "number": number, "n_attractors": attractors, "distance": distance,
         "n_distractors_same": 0, "held_out": place % 2 == 0,
         "good": "the dog near cats sees", "bad": "the dog near cats see"}
        for name, attractors, distance in cells
        for number in ("singular", "plural")
        for place in range(10)
    ]  # fmt: skip
    return pd.DataFrame(rows).rename_axis("item").reset_index()


def _items(level: dict[str, float], suite: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    tables = []
    for model, mean in level.items():
        margin = 3.5 - mean - 0.3 * mean * suite["distance"] / 3 + rng.normal(0, 1, len(suite))
        scores = {"verb_good": -3.0, "verb_bad": -3 - margin, "sentence_good": -9.0, "sentence_bad": -9 - margin}
        tables.append(suite.drop(columns=["good", "bad"]).assign(model=model, suite="builtin", **scores))
    return pd.concat(tables, ignore_index=True)


def _lags(models: tuple[str, ...], rng: np.random.Generator) -> pd.DataFrame:
    tables = []
    for model in models:
        for when in ("before", "halfway", "after"):
            for state in ("h", "c") if model == "lstm" else ("h",):
                lag, position = (grid.ravel() for grid in np.indices((LAGS, POSITIONS)))
                norm = -1 - {"rnn": 0.5, "gru": 0.2, "lstm": 0.1}[model] * lag + rng.normal(0, 0.01, lag.size)
                norm[(lag == 0) & (state == "c")] = np.nan
                table = {"model": model, "weights": when, "state": state, "lag": lag, "position": position}
                tables.append(pd.DataFrame(table | {"log10_norm": norm}))
    return pd.concat(tables, ignore_index=True)


def _jacobians(models: tuple[str, ...], rng: np.random.Generator) -> pd.DataFrame:
    """Lags that are not evenly spaced; what a change can do halves in the RNN, and stays in the LSTM."""
    lags = np.array([1, 2, 5, 12])
    row, position = (grid.ravel() for grid in np.indices((len(lags), 8)))
    tables = []
    for model in models:
        for when in ("before", "halfway", "after"):
            slope = {"rnn": -0.3, "gru": -0.1, "lstm": 0.0}[model]
            norm = 0.2 + slope * lags[row] + rng.normal(0, 0.01, row.size)
            table = {"model": model, "weights": when, "state": "whole", "lag": lags[row], "position": position}
            tables.append(pd.DataFrame(table | {"log10_norm": norm}))
    return pd.concat(tables, ignore_index=True)


def _jacobian_map(models: tuple[str, ...]) -> pd.DataFrame:
    pairs = [(start, end) for start in range(4) for end in range(start + 1, 5)]
    start, end = np.array(pairs).T
    columns = {
        "start": start,
        "end": end,
        "start_token": start % 3,
        "end_token": end % 3,
        "log10_norm": -0.5 * (end - start),
    }
    return pd.concat([pd.DataFrame({"model": name, **columns}) for name in models], ignore_index=True)


def _gates(models: tuple[str, ...], rng: np.random.Generator) -> pd.DataFrame:
    """Nothing of an RNN; forget gates of the LSTM that open with training."""
    tables = [pd.DataFrame(columns=["model", "weights", "gate", "layer", "unit", "openness", "mean_log"])]
    for model in set(models) - {"rnn"}:
        for when, level in (("before", 0.7), ("halfway", 0.8), ("after", 0.9)):
            for gate in ("kept", "input", "output") if model == "lstm" else ("kept", "reset"):
                openness = level + rng.uniform(0, 0.09, 4)
                table = {"model": model, "weights": when, "gate": gate, "layer": 0, "unit": np.arange(4)}
                tables.append(pd.DataFrame(table | {"openness": openness, "mean_log": np.log(openness)}))
    return pd.concat(tables[1:] or tables, ignore_index=True)


def _shape(architecture: str, types: int) -> dict[str, object]:
    return {
        "architecture": architecture, "vocabulary_size": types, "embedding_dim": 3, "hidden_size": 4,
        "num_layers": 1, "tied": True, "frozen": False, "implementation": "torch",
    }  # fmt: skip


def _steps(level: float) -> pd.DataFrame:
    step = np.arange(1, 41)
    norm = np.where(step % 4 == 0, 2.0, 0.1)
    return pd.DataFrame(
        {"step": step, "tokens": step * 10, "learning_rate": 0.01, "nats": level + 1 / step,
         "norm_before_clipping": norm, "norm_after_clipping": np.minimum(norm, 0.25)}
    )  # fmt: skip


def _validations(level: float) -> pd.DataFrame:
    nats = level + np.array([1.0, 0.2, 0.3])
    return pd.DataFrame({"step": [10, 20, 40], "tokens": [100, 200, 400], "nats": nats, "perplexity": np.exp(nats)})
