"""What the closing chapters say beyond their tables: the bottleneck, the choice of a model, the exercises."""

from typing import Any

from markupsafe import Markup

from pipeline.corpus.streams import FEWEST_BLOCKS, MARKS
from pipeline.report import bottleneck, choosing
from pipeline.report.analysis import Inputs, Results
from pipeline.report.exercises.exercise import counted
from pipeline.report.exercises.worked import exercises
from pipeline.report.names import short_unit


def words(inputs: Inputs, results: Results) -> dict[str, Any]:
    """For the templates, by name."""
    tables, unit = results.tables, short_unit(inputs.corpus.summary["unit"])
    asked = exercises(inputs, results)
    first = next(iter(inputs.networks.values()))
    return {
        "bottleneck_words": list(bottleneck.sentences(tables["bottleneck"], tables.get("capacity"), unit)),
        "layer_cost": bottleneck.LayerCost(first.size.bptt_len, first.size.hidden_size),
        "choosing_words": list(choosing.sentences(tables["choosing"])),
        "choices": lambda timings: choosing.choices(tables["choosing"], timings, unit),
        "timed": choosing.timed,
        "exercises": asked,
        "exercises_counted": counted(asked),
        "fewest_blocks": FEWEST_BLOCKS,
        "uncounted_ids": [MARKS[mark] for mark in inputs.plan.perplexity.uncounted],
    }


def with_blank_lines(listing: Markup) -> Markup:
    """A listing whose blank lines stay when those of the page are taken out."""
    return Markup(str(listing).replace("\n\n", "\n<span></span>\n"))
