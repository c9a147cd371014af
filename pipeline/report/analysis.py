"""From what the stages left to everything that the report says: tables, findings and facts, computed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.agreement.readers.saved import ScoredSuite
from pipeline.corpus.streams import Corpus, counted_tokens
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.embeddings.pairs import word_pairs
from pipeline.embeddings.similarity import learned_types, nearest
from pipeline.evaluation.breakdown import sentence_starts
from pipeline.plans import NetworkPlan, ReportPlan
from pipeline.report import (
    clipping,
    counting,
    embedding_study,
    findings,
    inside,
    memory,
    near_far,
    studies,
    study_findings,
    suites,
    tables,
    vector_map,
    vectors,
)
from pipeline.report.counting import Surprise
from pipeline.report.findings import Finding
from pipeline.report.inside import Looked
from pipeline.report.names import FLOOR, label, networks, ngrams, ordered
from pipeline.report.resampling import Floats, flow, judgements, log_perplexity
from pipeline.report.sizes import network_table
from pipeline.report.studies import Studied

NEIGHBOUR_WORDS = 12
NEIGHBOURS = 5
CLOSING = (".", "!", "?")
"""What ends a sentence within a line."""
ENOUGH = 20
"""Times in train below which a word's vector says little."""


@dataclass(frozen=True)
class Inputs:
    """What the report reads: the outputs of every stage before it; nothing, or None, of a study that did not run."""

    plan: ReportPlan
    networks: Mapping[str, NetworkPlan]
    corpus: Corpus
    vectors: NDArray[np.float32]
    vector_losses: list[float]
    vector_probes: pd.DataFrame
    vector_analogies: pd.DataFrame
    vector_neighbours: pd.DataFrame
    shapes: Mapping[str, Mapping[str, Any]]
    steps: Mapping[str, pd.DataFrame]
    validations: Mapping[str, pd.DataFrame]
    tokens: pd.DataFrame
    samples: list[dict[str, Any]]
    items: pd.DataFrame
    suite: pd.DataFrame
    suite_counts: Mapping[str, Any]
    suites: Mapping[str, ScoredSuite]
    lags: pd.DataFrame
    jacobians: pd.DataFrame
    jacobian_map: pd.DataFrame
    gates: pd.DataFrame
    longest_seen: NDArray[np.integer[Any]]
    smoothing: pd.DataFrame
    overlap: pd.DataFrame | None
    learning_curve: pd.DataFrame | None
    embedding_validations: pd.DataFrame | None
    embedding_test: pd.DataFrame | None
    adaptation: Studied
    context: pd.DataFrame | None
    drift: pd.DataFrame | None
    surprisal: pd.DataFrame
    inside: Looked
    clipping: Mapping[str, pd.DataFrame]
    memory: pd.DataFrame | None


@dataclass(frozen=True)
class Results:
    """What the report says. `tables` by file name, those without data left out; `examples`: one pair of the suite by
    construction; `surprises`: what the longest n-gram did not expect."""

    models: list[str]
    states: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]
    findings: list[Finding]
    metrics: Mapping[str, Any]
    best_ngram: str
    frequencies: NDArray[np.int64]
    neighbours: list[tuple[str, list[tuple[str, float]]]]
    examples: list[Mapping[str, Any]]
    surprises: list[Surprise]

    @property
    def networks(self) -> list[str]:
        return networks(self.models)

    @property
    def ngrams(self) -> list[str]:
        return ngrams(self.models)

    @property
    def floor(self) -> bool:
        return FLOOR in self.models

    @property
    def held_out_items(self) -> int:
        """Items of the agreement suite whose subject and verb never met in train."""
        table = self.tables["agreement_held_out"]
        return int(table.loc[table["held_out"], "items"].iloc[0])

    def about(self, *topics: str) -> list[Finding]:
        return [found for found in self.findings if found.topic in topics]


def analyse(inputs: Inputs) -> Results:
    """Every number of the report."""
    plan, splits = inputs.plan, inputs.corpus.splits
    settings = plan.perplexity
    scores = {split: tables.token_scores(inputs.tokens, split) for split in ("valid", "test")}
    counted = {split: counted_tokens(splits[split].tokens, settings.uncounted) for split in scores}
    measured = {
        split: log_perplexity(
            scores[split],
            counted[split],
            splits[split].blocks(settings.block_lines),
            settings.resamples,
            plan.seed,
        )
        for split in scores
    }
    states = tables.primary(scores["test"])
    models = ordered(states)
    perplexities = tables.perplexity_table(measured, states)
    longest = ngrams(models)[-1]
    agreement_tables, agreement = _agreement(inputs, longest)
    flowing = flow(inputs.lags, settings.resamples, plan.seed)
    reaching = flow(inputs.jacobians, settings.resamples, plan.seed)
    best_ngram = findings.best_by_valid(perplexities, ngrams(models))
    studied, of_studies = _studies(inputs, scores, counted["test"])
    counts = np.bincount(np.asarray(splits["train"].tokens), minlength=len(inputs.corpus.vocabulary))
    word_tables = _vectors(inputs, counts)
    found = [
        *findings.perplexity_findings(measured["test"], states, longest, best_ngram),
        *agreement,
        *suites.suite_findings(inputs.suites, plan.agreement.resamples, plan.seed),
        *findings.gradient_findings(flowing),
        *findings.jacobian_findings(reaching),
        *of_studies,
        *vectors.vector_findings(
            plan.embeddings.method,
            inputs.vector_probes,
            inputs.vector_neighbours,
            plan.embeddings.quality.resamples,
            plan.seed,
        ),
        *vectors.number_findings(
            plan.embeddings.method, word_tables.get("vectors_number"), plan.embeddings.quality.resamples, plan.seed
        ),
    ]
    return Results(
        models=models,
        states=states,
        tables={
            "perplexity": perplexities,
            "perplexity_reset": tables.perplexity_table({"test": measured["test"]}, tables.reset_states(models)),
            **_breakdowns(inputs, scores["test"], states, counts),
            **agreement_tables,
            **_suites(inputs),
            "gradients": tables.gradient_table(flowing),
            "jacobian": tables.gradient_table(reaching),
            "jacobian_map": _spelled(inputs),
            **tables.gate_tables(inputs.gates),
            "training": tables.training_table(inputs.steps, inputs.validations),
            "networks": network_table(inputs.shapes, inputs.networks, inputs.steps, inputs.validations),
            "differences": findings.finding_table(found),
            **_counting(inputs, scores["test"], counted["test"], states),
            **studied,
            **word_tables,
        },
        findings=found,
        metrics=tables.metrics(plan.corpus, perplexities, agreement_tables["agreement"]),
        best_ngram=best_ngram,
        frequencies=counts,
        neighbours=neighbour_words(inputs.vectors, inputs.corpus.vocabulary, counts, plan.embeddings.min_count),
        examples=examples(inputs.suite[inputs.suite["item"].isin(inputs.items["item"])]),
        surprises=counting.surprises(
            splits["test"].tokens,
            inputs.corpus.vocabulary.types,
            scores["test"],
            states,
            longest,
            inputs.corpus.summary["unit"],
        ),
    )


def _breakdowns(
    inputs: Inputs, scores: Mapping[tuple[str, str], Floats], states: Mapping[str, str], counts: NDArray[np.int64]
) -> dict[str, pd.DataFrame]:
    """Perplexity on test by position in the sentence and by frequency of the word in train (`counts` by word)."""
    settings, test, ids = inputs.plan.perplexity, inputs.corpus.splits["test"], inputs.corpus.vocabulary.ids
    starts = sentence_starts(test.tokens, test.line_starts, [ids[mark] for mark in CLOSING if mark in ids])
    return {
        "perplexity_by_position": tables.perplexity_by_position(scores, states, starts),
        "perplexity_by_frequency": tables.perplexity_by_frequency(
            scores,
            states,
            counts[np.asarray(test.tokens)],
            test.blocks(settings.block_lines),
            settings.resamples,
            inputs.plan.seed,
        ),
    }


def _studies(
    inputs: Inputs, scores: Mapping[str, Mapping[tuple[str, str], Floats]], counted: NDArray[np.bool_]
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """The tables and findings of the studies that this run made; `counted` (N,): the tokens of test that count."""
    settings, seed = inputs.plan.perplexity, inputs.plan.seed
    starts, resamples = inputs.corpus.splits["test"].blocks(settings.block_lines), settings.resamples
    made: dict[str, pd.DataFrame] = {}
    found: list[Finding] = []
    if inputs.embedding_validations is not None and inputs.embedding_test is not None:
        made["embeddings"] = embedding_study.study_table(inputs.embedding_test)
        made["embeddings_curves"] = embedding_study.curve_table(inputs.embedding_validations)
        found += embedding_study.study_findings(inputs.embedding_test, inputs.plan.studied_architecture)
    if inputs.adaptation:
        count = len(next(iter(inputs.adaptation.values()))["test"])
        scored = studies.first_tokens(inputs.corpus.splits["test"], count).blocks(settings.block_lines)
        adapted = studies.adapted_scores(inputs.adaptation, scores["test"], counted, scored, resamples, seed)
        made["adaptation"] = studies.adaptation_table(inputs.adaptation, scores["valid"], adapted)
        made["adaptation_settings"] = studies.settings_table(inputs.adaptation)
        found += study_findings.adaptation_findings(adapted)
    if inputs.context is not None:
        made["context"] = studies.context_table(inputs.context, starts, resamples, seed)
        made["context_reach"] = studies.context_reach(made["context"])
        found += study_findings.context_findings(inputs.context, starts, resamples, seed)
    if inputs.drift is not None:
        made["drift"] = studies.drift_table(inputs.drift, studies.DRIFT_BINS, resamples, seed)
        made["drift_by_temperature"] = studies.drift_table(inputs.drift, 1, resamples, seed)
        found += study_findings.drift_findings(inputs.drift, resamples, seed)
    if inputs.inside:
        resamples = inputs.plan.agreement.resamples
        made["inside"] = inside.reading_table(inputs.inside, "offset", resamples, seed)
        for by in ("attractors", "distance"):
            made[f"inside_by_{by}"] = inside.reading_table(inputs.inside, by, resamples, seed)
        made["inside_units"] = inside.units_table(inputs.inside, resamples, seed)
        made["inside_all_units"] = inside.all_units_table(inputs.inside)
        found += inside.inside_findings(inputs.inside, resamples, seed)
    if inputs.clipping:
        made |= clipping.clipping_tables(inputs.clipping)
        found += clipping.clipping_findings(inputs.clipping)
    if inputs.memory is not None:
        made |= memory.memory_tables(inputs.memory)
        found += memory.memory_findings(inputs.memory)
    return made, found


def _vectors(inputs: Inputs, counts: NDArray[np.int64]) -> dict[str, pd.DataFrame]:
    """The tables about word vectors; those of what the text has no words for are left out."""
    quality, seed, vocabulary = inputs.plan.embeddings.quality, inputs.plan.seed, inputs.corpus.vocabulary
    resamples, pairs = quality.resamples, word_pairs("singular and plural")
    made = {
        "vectors_map": vector_map.vector_map(inputs.vectors, vocabulary.types, inputs.vector_probes, counts, seed),
        "vectors_number": vector_map.number_direction(inputs.vectors, vocabulary.ids, counts, pairs, quality.min_count),
        "vectors_probes": vectors.probe_table(inputs.vector_probes, resamples, seed),
        "vectors_analogies": vectors.analogy_table(inputs.vector_analogies, resamples, seed),
    }
    return {name: table for name, table in made.items() if not table.empty}


def _spelled(inputs: Inputs) -> pd.DataFrame:
    """The map of Jacobians with words in place of their numbers; none where no excerpts may be shown."""
    table, types = inputs.jacobian_map, inputs.corpus.vocabulary.types
    words = {
        f"{end}_word": [types[token] if inputs.plan.report.excerpts else "" for token in table[f"{end}_token"]]
        for end in ("start", "end")
    }
    return table.drop(columns=["start_token", "end_token"]).assign(**words)


def _counting(
    inputs: Inputs,
    scores: Mapping[tuple[str, str], Floats],
    counted: NDArray[np.bool_],
    states: Mapping[str, str],
) -> dict[str, pd.DataFrame]:
    """The tables about count models; those of what this run did not make are left out."""
    resamples, seed = inputs.plan.perplexity.resamples, inputs.plan.seed
    made = {
        "hit_rates": counting.hit_rates(inputs.longest_seen, counted, scores, states),
        "smoothing": counting.perplexities(inputs.smoothing, ["smoothing", "order"], resamples, seed),
    }
    if inputs.overlap is not None:
        made["overlap"] = counting.overlap_table(inputs.overlap)
    if inputs.learning_curve is not None:
        by = ["model", "share", "train_tokens"]
        made["learning_curve"] = counting.perplexities(inputs.learning_curve, by, resamples, seed)
    return made


def _agreement(inputs: Inputs, longest: str) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """The tables about agreement and the findings; all empty where a small text has the verbs of no item."""
    if inputs.items.empty:
        empty = pd.DataFrame(columns=["model"])
        return {"agreement": pd.DataFrame(columns=tables.AGREEMENT_COLUMNS), "agreement_by_distance": empty}, []
    judged = judgements(inputs.items, inputs.plan.agreement.resamples, inputs.plan.seed)
    made = {
        "agreement": tables.agreement_table(judged, str(inputs.suite_counts["suite"])),
        "agreement_by_distance": tables.agreement_by_distance(judged),
    }
    ends = near_far.near_far_table(judged, made["agreement_by_distance"])
    if len(ends):
        made["agreement_near_far"] = ends
    if len(inputs.surprisal):
        made["surprisal"] = inputs.surprisal
    if judged.groups["held_out"].nunique() > 1:
        made["agreement_held_out"] = tables.agreement_held_out(judged)
    return made, [*findings.agreement_findings(judged, longest), *near_far.near_far_findings(judged)]


def _suites(inputs: Inputs) -> dict[str, pd.DataFrame]:
    """The tables about a user's own suites; none without any."""
    if not inputs.suites:
        return {}
    made = {"suites": suites.suites_table(inputs.suites, inputs.plan.agreement.resamples, inputs.plan.seed)}
    bad_rows = suites.bad_rows_table(inputs.suites)
    return made | ({"suite_bad_rows": bad_rows} if len(bad_rows) else {})


def neighbour_words(
    vectors: NDArray[np.float32], vocabulary: Vocabulary, counts: NDArray[np.int64], min_count: int
) -> list[tuple[str, list[tuple[str, float]]]]:
    """A dozen words from the commonest to the rare, and the types nearest to each by cosine; vectors of types rarer
    than `min_count` were not learned."""
    learned = learned_types(counts, min_count)
    spelled = [
        index
        for index, word in enumerate(vocabulary.types)
        if word.isalpha() and len(word) > 2 and counts[index] >= max(ENOUGH, min_count)
    ]
    places = np.unique(np.geomspace(1, max(len(spelled), 1), NEIGHBOUR_WORDS + 1).round().astype(int)) - 1
    chosen = [spelled[place] for place in places if place < len(spelled)][-NEIGHBOUR_WORDS:]
    return [
        (
            vocabulary.types[word],
            [(vocabulary.types[index], cosine) for index, cosine in nearest(vectors, word, NEIGHBOURS, learned)],
        )
        for word in chosen
    ]


def examples(suite: pd.DataFrame) -> list[Mapping[str, Any]]:
    """One pair a construction, the one with the most attractors, split around the verb."""
    shown: list[Mapping[str, Any]] = []
    for construction, rows in suite.groupby("construction", sort=False):
        row = rows.sort_values(["n_attractors", "distance"], kind="stable").iloc[-1]
        good, bad = str(row["good"]).split(), str(row["bad"]).split()
        verb = next(place for place, (right, wrong) in enumerate(zip(good, bad, strict=False)) if right != wrong)
        shown.append(
            {
                "construction": str(construction).replace("_", " "),
                "before": " ".join(good[:verb]),
                "good": good[verb],
                "bad": bad[verb],
                "after": " ".join(good[verb + 1 :]),
                "n_attractors": int(row["n_attractors"]),
                "distance": int(row["distance"]),
            }
        )
    return shown


def usual_order(results: Results) -> str:
    """One computed sentence on whether counting, RNN and gated networks come in the usual order."""
    by_verdict = findings.order_findings(results.findings)
    total = sum(len(items) for items in by_verdict.values())
    if not total:
        return ""

    def pairs(items: list[Finding]) -> str:
        return ", ".join(f"{label(item.model_a)} below {label(item.model_b)}" for item in items)

    if len(by_verdict["holds"]) == total:
        each = f" in each of {total} comparisons" if total > 1 else ""
        return f"The usual order holds in this run{each}: {pairs(by_verdict['holds'])}."
    parts = [f"{name}: {pairs(items)}" for name, items in by_verdict.items() if items]
    lead = "The usual order fails in this run" if by_verdict["fails"] else "The usual order is not decided by this run"
    return f"{lead}. By comparison: {'; '.join(parts)}."
