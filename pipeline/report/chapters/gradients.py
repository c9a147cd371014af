"""Gradients through time: how far a message travels back, and how long units remember."""

import pandas as pd

from pipeline.report import figures, gradient_figures, tables
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn, listed
from pipeline.report.findings import gradient_findings, jacobian_findings
from pipeline.report.inputs import Inputs
from pipeline.report.names import networks
from pipeline.report.resampling import flow
from pipeline.report.scored import Scored


def analyse(inputs: Inputs, scored: Scored) -> Told:
    resamples, seed = inputs.plan.perplexity.resamples, inputs.plan.seed
    flowing, reaching = flow(inputs.lags, resamples, seed), flow(inputs.jacobians, resamples, seed)
    made = {
        "gradients": tables.gradient_table(flowing),
        "jacobian": tables.gradient_table(reaching),
        "jacobian_map": _spelled(inputs),
        **tables.gate_tables(inputs.gates),
    }
    return Told(made, [*gradient_findings(flowing), *jacobian_findings(reaching)])


def _spelled(inputs: Inputs) -> pd.DataFrame:
    """The map of Jacobians with words in place of their numbers; none where no excerpts may be shown."""
    table, types = inputs.jacobian_map, inputs.corpus.vocabulary.types
    words = {
        f"{end}_word": [types[token] if inputs.plan.report.excerpts else "" for token in table[f"{end}_token"]]
        for end in ("start", "end")
    }
    return table.drop(columns=["start_token", "end_token"]).assign(**words)


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    norms, jacobian, pairs = (results.tables[name] for name in ("gradients", "jacobian", "jacobian_map"))
    made = [
        drawn("gradients", "Gradient by steps back in time", _by_lag(norms, "h", "Norm of the gradient"),
              figures.gradient_by_lag(norms, "h", "norm of the gradient")),
        drawn("jacobian", "Reach of a change of the state",
              _by_lag(jacobian, "whole", "Largest singular value of the Jacobian product"),
              figures.gradient_by_lag(jacobian, "whole", "largest singular value")),
        drawn("jacobian_map", "How far each state moves with each earlier one", _jacobian_map(pairs),
              gradient_figures.jacobian_map(pairs)),
    ]  # fmt: skip
    if "time_constants" in results.tables:
        times = results.tables["time_constants"]
        figure = gradient_figures.time_constants(times)
        made.append(drawn("time_constants", "How long units remember", _times(times), figure))
    return made


def _by_lag(table: pd.DataFrame, state: str, words: str) -> str:
    after = table[(table["weights"] == "after") & (table["state"] == state)]
    last = after[after["lag"] == after["lag"].max()].set_index("model")["mean_log10_norm"]
    ends = {name: f"10 to the power {last[name]:.1f}" for name in networks(last.index)}
    return f"{words} by lag. After training, {after['lag'].max()} steps back: {listed(ends)}."


def _jacobian_map(table: pd.DataFrame) -> str:
    ends = {}
    for model in networks(table["model"]):
        own = table[(table["model"] == model) & (table["start"] == table["start"].min())].sort_values("end")
        ends[model] = f"10 to the power {own['log10_norm'].iloc[0]:.1f} and {own['log10_norm'].iloc[-1]:.1f}"
    return (
        "Heat map, a row a state, a column an earlier one: largest singular value of the Jacobian between them. "
        f"From the first state to the second and to the last: {listed(ends)}."
    )


def _times(table: pd.DataFrame) -> str:
    after = table[table["weights"] == "after"]
    ends = {}
    for model in networks(after["model"]):
        steps = after.loc[after["model"] == model, "steps"]
        ends[model] = f"{steps.median():.1f} steps, the longest {steps.max():.0f}"
    return f"Share of units that remember for longer, by steps. After training half of the units pass: {listed(ends)}."


CHAPTER = Chapter("gradients", "Gradients through time", analyse, draw)
