"""The bottleneck that remains: what a state of fixed size holds, and what looking back at all of them costs."""

from pipeline.report import bottleneck
from pipeline.report.chapter import Chapter, Results, Told
from pipeline.report.chapters.choosing import weighed
from pipeline.report.inputs import Inputs
from pipeline.report.names import short_unit


def conclude(inputs: Inputs, results: Results) -> Told:
    tables, size = results.tables, next(iter(inputs.networks.values())).size
    near = tables.get("agreement_near_far")
    made = bottleneck.bottleneck_table(weighed(inputs, results), near, results.findings, inputs.shapes)
    unit = short_unit(inputs.corpus.summary["unit"])
    words = {
        "bottleneck_words": list(bottleneck.sentences(made, tables.get("capacity"), unit)),
        "layer_cost": bottleneck.LayerCost(size.bptt_len, size.hidden_size),
    }
    return Told({"bottleneck": made}, words=words)


CHAPTER = Chapter("remains", "The bottleneck that remains, and the road to attention", conclude=conclude)
