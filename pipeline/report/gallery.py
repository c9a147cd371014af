"""Which figures a run has, with what a reader who cannot see them is told."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.agreement.accuracies import CONSTRUCTIONS
from pipeline.report import (
    clipping_figures,
    closing_figures,
    corpus_figures,
    count_figures,
    embedding_study,
    figures,
    gradient_figures,
    inside_figures,
    memory_figures,
    study_figures,
    suites,
    vector_map,
)
from pipeline.report.analysis import Inputs, Results
from pipeline.report.names import FLOOR, SMOOTHING_WORDS, label, networks, ngrams, ordered, plural, short_unit
from pipeline.report.studies import plain_temperature
from pipeline.report.style import to_svg
from pipeline.report.tables import headline, view


@dataclass(frozen=True)
class Drawing:
    """A figure as SVG, its title and what it shows in words, computed from the same table."""

    name: str
    svg: str
    title: str
    description: str


def draw(inputs: Inputs, results: Results) -> dict[str, Drawing]:
    """Every figure of the report by name. Figures without data are left out."""
    tables = results.tables
    clip_norms = {name: plan.clip_norm for name, plan in inputs.networks.items()}
    drawn = [
        *_corpus(inputs, results),
        _drawn(
            "training",
            "Perplexity while training",
            _training(tables["training"]),
            figures.training_curves(tables["training"]),
        ),
        _drawn(
            "norms",
            "Gradient norm while training",
            _norms(tables["networks"]),
            figures.training_norms(tables["training"], clip_norms),
        ),
        _drawn(
            "perplexity",
            "Perplexity of every model on test",
            _perplexity(tables["perplexity"]),
            figures.perplexity(tables["perplexity"]),
        ),
        _drawn(
            "position",
            "Loss by position in the sentence",
            _position(tables["perplexity_by_position"]),
            figures.nats_by_position(tables["perplexity_by_position"]),
        ),
        _drawn(
            "gradients",
            "Gradient by steps back in time",
            _gradients(tables["gradients"], "h", "Norm of the gradient"),
            figures.gradient_by_lag(tables["gradients"], "h", "norm of the gradient"),
        ),
        _drawn(
            "jacobian",
            "Reach of a change of the state",
            _gradients(tables["jacobian"], "whole", "Largest singular value of the Jacobian product"),
            figures.gradient_by_lag(tables["jacobian"], "whole", "largest singular value"),
        ),
        _drawn(
            "jacobian_map",
            "How far each state moves with each earlier one",
            _jacobian_map(tables["jacobian_map"]),
            gradient_figures.jacobian_map(tables["jacobian_map"]),
        ),
    ]
    unit, frequency = short_unit(inputs.corpus.summary["unit"]), tables["perplexity_by_frequency"]
    by_frequency = study_figures.by_frequency(frequency, unit)
    drawn.append(_drawn("frequency", "Loss by frequency", _frequency(frequency), by_frequency))
    if "time_constants" in tables:
        table = tables["time_constants"]
        drawn.append(_drawn("time_constants", "How long units remember", _times(table),
                            gradient_figures.time_constants(table)))  # fmt: skip
    drawn += _counting(tables, unit)
    drawn += _vectors(tables)
    drawn += _studies(tables, unit)
    if not tables["agreement"].empty:
        drawn += _agreement(tables["agreement"], tables["agreement_by_distance"])
    drawn += [_drawn(*each) for each in closing_figures.drawn(tables)]
    for name, scored in inputs.suites.items():
        drawn += _own_suite(name, suites.drawn_groups(name, scored.suite.form, tables["suites"]))
    return {drawing.name: drawing for drawing in drawn}


def _corpus(inputs: Inputs, results: Results) -> list[Drawing]:
    summary = inputs.corpus.summary
    unit, points = summary["unit"], [(tokens, types) for tokens, types in summary["growth"]]
    lengths = {int(length): count for length, count in summary["line_lengths"]["train"].items()}
    drawn = [
        _drawn("lengths", "How long the lines are", _lengths(lengths, unit),
               corpus_figures.line_lengths(lengths, unit)),
        _drawn("frequencies", f"How often each {unit} occurs", _frequencies(results, unit),
               corpus_figures.frequencies(results.frequencies, unit)),
    ]  # fmt: skip
    if len(points) > 2:
        drawn.append(_drawn("growth", "How the vocabulary grows", _growth(points), corpus_figures.growth(points)))
    return drawn


def _counting(tables: Mapping[str, pd.DataFrame], unit: str) -> list[Drawing]:
    drawn = [
        _drawn("hits", f"How long an n-gram train has for each {unit}", _hits(tables["hit_rates"]),
               count_figures.hits(tables["hit_rates"], unit)),
        _drawn("smoothing", "Ways of smoothing", _smoothing(tables["smoothing"]),
               count_figures.smoothing(tables["smoothing"], SMOOTHING_WORDS)),
    ]  # fmt: skip
    if "learning_curve" in tables:
        curve = tables["learning_curve"]
        drawn.append(_drawn("learning_curve", "Counting more text", _curve(curve), count_figures.learning_curve(curve)))
    return drawn


def _vectors(tables: Mapping[str, pd.DataFrame]) -> list[Drawing]:
    drawn = []
    if "vectors_map" in tables:
        words = tables["vectors_map"]
        drawn.append(_drawn("vectors", "A map of the words", _map(words), vector_map.map_figure(words)))
    if "vectors_number" in tables:
        ways = tables["vectors_number"]
        title = "From singular to plural"
        drawn.append(_drawn("number", title, _ways(ways), vector_map.number_figure(ways)))
    return drawn


def _map(table: pd.DataFrame) -> str:
    counts = table["class"].value_counts()
    words = ", ".join(f"{counts[name]} {name}s" for name in vector_map.CLASSES if name in counts.index)
    return f"Dots for {len(table)} words by two methods of projection, coloured by part of speech: {words}."


def _ways(table: pd.DataFrame) -> str:
    forward = (table["plural_x"] > table["singular_x"]).mean()
    return (
        f"Arrows from {len(table)} singular nouns to their plurals: {forward:.0%} point forward along their mean "
        f"direction; the mean cosine of each with the others is {table['cosine'].mean():.2f}."
    )


def _studies(tables: Mapping[str, pd.DataFrame], unit: str) -> list[Drawing]:
    """What the studies made, of those that ran."""
    drawn = []
    if "embeddings" in tables:
        curves, final = tables["embeddings_curves"], tables["embeddings"]
        drawn.append(_drawn("embeddings", "Networks by their input", _inputs(final),
                            embedding_study.study_figure(curves, final)))  # fmt: skip
    if "adaptation" in tables:
        table = tables["adaptation"]
        drawn.append(_drawn("adaptation", "Networks that adapt", _adaptation(table), study_figures.adaptation(table)))
    if "context" in tables:
        table = tables["context"]
        drawn.append(_drawn("context", "Spoiled contexts", _context(table), study_figures.context(table, unit)))
    if "drift" in tables:
        by_position, whole = tables["drift"], tables["drift_by_temperature"]
        drawn.append(
            _drawn("drift", "Own text as it goes on", _drift(by_position), study_figures.drift(by_position, unit))
        )
        drawn.append(_drawn("drift_by_temperature", "Own text by temperature", _temperatures(whole),
                            study_figures.drift_by_temperature(whole)))  # fmt: skip
    if "inside" in tables:
        units = tables["inside_all_units"]
        by_offset, by_attractors = tables["inside"], tables["inside_by_attractors"]
        if all(len(inside_figures.well_filled(cells)) for cells in (by_offset, by_attractors)):
            drawn.append(_drawn("inside", "The number of the subject, read from the state", _reading(by_offset),
                                inside_figures.reading(by_offset, by_attractors)))  # fmt: skip
        drawn.append(_drawn("inside_units", "Every unit silenced", _units(units), inside_figures.units(units)))
    if "surprisal" in tables:
        table = tables["surprisal"]
        drawn.append(_drawn("surprisal", "Surprisal word by word", _surprisal(table), inside_figures.surprisal(table)))
    if "clipping" in tables:
        drawn += [_drawn(*each) for each in clipping_figures.drawn(tables)]
    if "memory" in tables:
        drawn += [_drawn(*each) for each in memory_figures.drawn(tables)]
    return drawn


def _reading(table: pd.DataFrame) -> str:
    rows = table[(table["task"] == "new") & (table["offset"] == 0)].to_dict("records")
    shares = {f"{label(row['model'])} {row['part']}": f"{row['accuracy']:.0%}" for row in rows}
    return f"Share read rightly at the subject itself: {_listed(shares)}."


def _units(table: pd.DataFrame) -> str:
    rows = table[table["rank"] == 1].to_dict("records")
    falls = {f"{label(row['model'])} {row['layer']}/{row['unit']}": f"{100 * row['reported_accuracy_with']:.1f} points"
             for row in rows}  # fmt: skip
    return f"Fall in accuracy across attractors without the first unit of each network: {_listed(falls)}."


def _surprisal(table: pd.DataFrame) -> str:
    rows = table[table["wrong"] != ""].to_dict("records")
    verbs = [f"{row['word']} {row['bits']:.1f}, {row['wrong']} {row['wrong_bits']:.1f} ({label(row['model'])})"
             for row in rows]  # fmt: skip
    return f"Bits of the right and the wrong form at each verb: {'; '.join(verbs)}."


def _agreement(accuracies: pd.DataFrame, by_distance: pd.DataFrame) -> list[Drawing]:
    by_construction, by_attractors = view(accuracies, "construction"), view(accuracies, "n_attractors")
    drawn = [
        _drawn(
            "agreement",
            "Agreement accuracy of every model",
            f"Share of pairs judged rightly: {_listed({m: f'{v:.0%}' for m, v in headline(accuracies).items()})}.",
            figures.headline_bars(accuracies),
        ),
        _drawn(
            "construction",
            "Agreement by construction",
            _accuracy(by_construction, "construction"),
            figures.agreement_by_construction(accuracies),
        ),
    ]
    if by_distance["distance"].nunique() > 1:
        figure = figures.agreement_by_distance(by_distance)
        drawn.append(_drawn("distance", "Agreement by distance", _accuracy(by_distance, "distance"), figure))
        drawn.append(_drawn("verb", "Loss at the verb", _verb(by_distance), figures.verb_loss(by_distance)))
    if by_attractors["n_attractors"].nunique() > 1:
        figure = figures.agreement_by_attractors(accuracies)
        drawn.append(_drawn("attractors", "Agreement by attractors", _accuracy(by_attractors, "n_attractors"), figure))
    return drawn


def _own_suite(name: str, groups: Mapping[str, pd.DataFrame]) -> list[Drawing]:
    """A user's suite, drawn as the built-in one is."""
    drawn = []
    for group, rows in groups.items():
        if group in CONSTRUCTIONS:
            figure = figures.accuracy_dots(rows, group)
        elif group == suites.DISTANCE:
            figure = figures.accuracy_lines(rows, group, "words in between (where a band begins)")
        else:
            figure = figures.accuracy_lines(rows, group, figures.ATTRACTORS_AXIS)
        title = f"Accuracy on {name} by {group.removeprefix('n_')}"
        drawn.append(_drawn(f"suite-{name}-{group}", title, _accuracy(rows, group), figure))
    return drawn


def _drawn(name: str, title: str, description: str, figure: Figure) -> Drawing:
    return Drawing(name, to_svg(figure, f"figure-{name}", title, description), title, description)


def _listed(values: Mapping[str, str]) -> str:
    return ", ".join(f"{label(model)} {value}" for model, value in values.items())


def _lengths(histogram: Mapping[int, int], unit: str) -> str:
    lines = pd.Series(histogram).sort_index()
    middle = lines.index[int(np.argmax(lines.cumsum() >= lines.sum() / 2))]
    return f"Histogram of the {plural(unit)} in each line of train: half of the lines have at most {middle}."


def _growth(points: list[tuple[int, int]]) -> str:
    (tokens, types), (all_tokens, all_types) = points[0], points[-1]
    return (
        f"Distinct words (or characters) by tokens of train, both logarithmic: {types:,} after {tokens:,} tokens, "
        f"{all_types:,} after {all_tokens:,}; fitted exponent {corpus_figures.heaps_law(points)[0]:.2f}."
    )


def _frequencies(results: Results, unit: str) -> str:
    counts = results.frequencies
    return (
        f"Count of each {unit} against its rank, both logarithmic: the commonest occurs {counts.max():,} times, "
        f"{(counts[counts > 0] <= 2).mean():.0%} of the {plural(unit)} once or twice."
    )


def _training(table: pd.DataFrame) -> str:
    valid = table[table["split"] == "valid"].groupby("model")["perplexity"].agg(["first", "last"])
    ends = {name: f"from {valid['first'][name]:.1f} to {valid['last'][name]:.1f}" for name in networks(valid.index)}
    return f"Validation perplexity from the first validation to the last: {_listed(ends)}."


def _norms(table: pd.DataFrame) -> str:
    ends = {str(model): f"{norm:.2g}" for model, norm in zip(table["model"], table["largest_norm"], strict=True)}
    return f"Norm of the training gradient before clipping, by step. The largest: {_listed(ends)}."


def _perplexity(table: pd.DataFrame) -> str:
    test = table[table["split"] == "test"].set_index("model")["perplexity"]
    bars = {str(name): f"{value:.1f}" for name, value in test.items() if name != FLOOR}
    floor = f" The floor lies at {test[FLOOR]:.1f}." if FLOOR in test.index else ""
    return f"Bars of test perplexity: {_listed(bars)}.{floor}"


def _position(table: pd.DataFrame) -> str:
    first = table[table["position"] == 1].set_index("model")
    ends = {name: f"{first['nats'][name] / first['tokens'][name]:.2f}" for name in first.index}
    return f"Mean nats a token by position in the sentence. At the first: {_listed(ends)}."


def _frequency(table: pd.DataFrame) -> str:
    nats = table.pivot(index="at_least", columns="model", values="nats").sort_index()
    ends = {name: f"{nats[name].iloc[0]:.2f} and {nats[name].iloc[-1]:.2f}" for name in ordered(nats.columns)}
    return f"Mean nats a token by how often it stands in train, of the rarest and of the commonest: {_listed(ends)}."


def _inputs(final: pd.DataFrame) -> str:
    each = [
        f"{row.perplexity:.1f} with {embedding_study.USES[str(row.use)]} and {row.train_tokens:,} tokens of train"
        for row in final.itertuples()
    ]
    return f"Perplexity on valid by tokens read, one panel for each amount of text; on test: {'; '.join(each)}."


def _adaptation(table: pd.DataFrame) -> str:
    values = table.pivot(index="model", columns="method", values="test_perplexity")
    parts = {
        name: f"{values['static'][name]:.1f} as trained, {values['cache'][name]:.1f} with the cache, "
        f"{values['dynamic'][name]:.1f} by dynamic evaluation"
        for name in networks(values.index)
    }
    return f"Test perplexity: {_listed(parts)}."


def _context(table: pd.DataFrame) -> str:
    cut = table[table["manipulation"] == "truncated"].pivot(index="k", columns="model", values="difference")
    ends = {name: f"{cut[name].iloc[0]:.2f} and {cut[name].iloc[-1]:.2f}" for name in ordered(cut.columns)}
    return (
        f"Nats a token more where those before the last k are gone, at k = {cut.index[0]} and at "
        f"k = {cut.index[-1]}: {_listed(ends)}."
    )


def _drift(table: pd.DataFrame) -> str:
    plain = table[table["temperature"] == plain_temperature(table["temperature"].unique().tolist())]
    judged = plain[plain["judge"] == ngrams(plain["judge"])[-1]].sort_values("first")
    ends = []
    for writer in study_figures.writers(judged["writer"]):
        values = judged.loc[judged["writer"] == writer, "perplexity"]
        ends.append(f"{study_figures.writer_label(writer)} from {values.iloc[0]:.1f} to {values.iloc[-1]:.1f}")
    return f"Perplexity under the longest n-gram, from the first written to the last: {', '.join(ends)}."


def _temperatures(table: pd.DataFrame) -> str:
    judged = table[(table["judge"] == ngrams(table["judge"])[-1])].sort_values("temperature")
    ends = []
    for writer in study_figures.writers(judged["writer"]):
        values = judged.loc[judged["writer"] == writer, "perplexity"]
        ends.append(f"{study_figures.writer_label(writer)} from {values.iloc[0]:.1f} to {values.iloc[-1]:.1f}")
    return f"Perplexity under the longest n-gram, from the lowest temperature to the highest: {', '.join(ends)}."


def _hits(table: pd.DataFrame) -> str:
    shares = table.drop_duplicates("longest_seen").sort_values("longest_seen")
    parts = (f"{share:.0%} order {order}" for order, share in zip(shares["longest_seen"], shares["share"], strict=True))
    return f"Share of the tokens of test by the longest n-gram that ends there and stands in train: {', '.join(parts)}."


def _smoothing(table: pd.DataFrame) -> str:
    longest = table[table["order"] == table["order"].max()].set_index("smoothing")["perplexity"]
    parts = (f"{SMOOTHING_WORDS[name]} {longest[name]:.1f}" for name in SMOOTHING_WORDS if name in longest.index)
    return f"Test perplexity at order {table['order'].max()} by way of smoothing: {', '.join(parts)}."


def _curve(table: pd.DataFrame) -> str:
    ends = {}
    for model, rows in table.groupby("model", sort=False):
        values = rows.sort_values("train_tokens")["perplexity"]
        ends[str(model)] = f"from {values.iloc[0]:.1f} to {values.iloc[-1]:.1f}"
    return f"Test perplexity from the smallest part of train to all of it: {_listed(ends)}."


def _verb(table: pd.DataFrame) -> str:
    nats = table.pivot(index="distance", columns="model", values="verb_nats").sort_index()
    ends = {name: f"{nats[name].iloc[0]:.2f} and {nats[name].iloc[-1]:.2f}" for name in ordered(nats.columns)}
    return f"Mean nats of the right verb form, at the shortest and at the longest distance: {_listed(ends)}."


def _accuracy(rows: pd.DataFrame, column: str) -> str:
    """The two ends of a figure: accuracy of each model at the first and the last value of `column`."""
    order = sorted(rows[column].unique())
    ends = {}
    for model in ordered(rows["model"]):
        own = rows[rows["model"] == model].set_index(column)["accuracy"]
        ends[model] = f"{own[order[0]]:.0%} and {own[order[-1]]:.0%}"
    first, last = (f"{value:.3g}" if isinstance(value, float) else f"“{value}”" for value in (order[0], order[-1]))
    name = column.removeprefix("n_")
    return f"Share of pairs judged rightly by {name}, at {first} and at {last}: {_listed(ends)}."


def _gradients(table: pd.DataFrame, state: str, words: str) -> str:
    after = table[(table["weights"] == "after") & (table["state"] == state)]
    last = after[after["lag"] == after["lag"].max()].set_index("model")["mean_log10_norm"]
    ends = {name: f"10 to the power {last[name]:.1f}" for name in networks(last.index)}
    return f"{words} by lag. After training, {after['lag'].max()} steps back: {_listed(ends)}."


def _jacobian_map(table: pd.DataFrame) -> str:
    ends = {}
    for model in networks(table["model"]):
        own = table[(table["model"] == model) & (table["start"] == table["start"].min())].sort_values("end")
        ends[model] = f"10 to the power {own['log10_norm'].iloc[0]:.1f} and {own['log10_norm'].iloc[-1]:.1f}"
    return (
        "Heat map, a row a state, a column an earlier one: largest singular value of the Jacobian between them. "
        f"From the first state to the second and to the last: {_listed(ends)}."
    )


def _times(table: pd.DataFrame) -> str:
    after = table[table["weights"] == "after"]
    ends = {}
    for model in networks(after["model"]):
        steps = after.loc[after["model"] == model, "steps"]
        ends[model] = f"{steps.median():.1f} steps, the longest {steps.max():.0f}"
    return f"Share of units that remember for longer, by steps. After training half of the units pass: {_listed(ends)}."
