"""What each model writes."""

from dataclasses import dataclass

from pipeline.report.chapter import Chapter, Told
from pipeline.report.inputs import Inputs
from pipeline.report.scored import Scored


@dataclass(frozen=True)
class Sample:
    model: str
    temperature: float
    lines: list[str]


def analyse(inputs: Inputs, scored: Scored) -> Told:
    """Count models can repeat their text word by word, so that they are left out where no excerpts may be shown."""
    samples = [
        Sample(entry["model"], entry["temperature"], [line.strip() for line in entry["text"].split("\n")])
        for entry in inputs.samples
        if inputs.plan.report.excerpts or entry["model"] in inputs.shapes
    ]
    return Told(words={"samples": samples})


CHAPTER = Chapter("samples", "What each model writes", analyse)
