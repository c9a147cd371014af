"""Training: how perplexity fell, and what clipping cut."""

import pandas as pd

from pipeline.params.networks import Dropout
from pipeline.report import figures
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.drawing import Drawing, drawn, listed
from pipeline.report.inputs import Inputs
from pipeline.report.names import networks
from pipeline.report.scored import Scored
from pipeline.report.sizes import network_table
from pipeline.report.tables import training_table


def analyse(inputs: Inputs, scored: Scored) -> Told:
    return Told(
        {
            "training": training_table(inputs.steps, inputs.validations),
            "networks": network_table(inputs.shapes, inputs.networks, inputs.steps, inputs.validations),
        },
        words={"with_dropout": any(_drops(plan.size.dropout) for plan in inputs.networks.values())},
    )


def _drops(dropout: Dropout) -> bool:
    """Whether anything is lost in training."""
    return any((dropout.input, dropout.between, dropout.output, dropout.embedding, dropout.weights))


def draw(inputs: Inputs, results: Results) -> list[Drawing]:
    table = results.tables["training"]
    clip_norms = {name: plan.clip_norm for name, plan in inputs.networks.items()}
    return [
        drawn("training", "Perplexity while training", _training(table), figures.training_curves(table)),
        drawn("norms", "Gradient norm while training", _norms(results.tables["networks"]),
              figures.training_norms(table, clip_norms)),
    ]  # fmt: skip


def _training(table: pd.DataFrame) -> str:
    valid = table[table["split"] == "valid"].groupby("model")["perplexity"].agg(["first", "last"])
    ends = {name: f"from {valid['first'][name]:.1f} to {valid['last'][name]:.1f}" for name in networks(valid.index)}
    return f"Validation perplexity from the first validation to the last: {listed(ends)}."


def _norms(table: pd.DataFrame) -> str:
    ends = {str(model): f"{norm:.2g}" for model, norm in zip(table["model"], table["largest_norm"], strict=True)}
    return f"Norm of the training gradient before clipping, by step. The largest: {listed(ends)}."


CHAPTER = Chapter("training", "Training", analyse, draw)
