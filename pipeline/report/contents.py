"""The chapters of the report, in their order."""

from pipeline.report.chapter import Chapter
from pipeline.report.chapters import (
    adaptation,
    agreement,
    choosing,
    clipping,
    context,
    cost,
    counting,
    drift,
    embeddings,
    exercises,
    gradients,
    inside,
    memory,
    perplexity,
    recurrence,
    remains,
    samples,
    text,
    training,
    vectors,
)

CHAPTERS = (
    Chapter("question", "The question"),
    text.CHAPTER,
    counting.CHAPTER,
    vectors.CHAPTER,
    recurrence.CHAPTER,
    training.CHAPTER,
    embeddings.CHAPTER,
    perplexity.CHAPTER,
    adaptation.CHAPTER,
    context.CHAPTER,
    agreement.CHAPTER,
    inside.CHAPTER,
    gradients.CHAPTER,
    clipping.CHAPTER,
    memory.CHAPTER,
    samples.CHAPTER,
    drift.CHAPTER,
    cost.CHAPTER,
    remains.CHAPTER,
    choosing.CHAPTER,
    exercises.CHAPTER,
    Chapter("provenance", "Provenance"),
)
"""On the page, those of studies that did not run left out."""
FIRST = ("perplexity", "agreement", "gradients", "embeddings", "adaptation", "context", "drift", "inside", "clipping",
         "memory")  # fmt: skip
"""Where findings are listed by themselves these chapters come first, the argument and then the studies; the others
follow in the order of the page."""


def by_argument() -> list[Chapter]:
    """The chapters in the order of `FIRST`."""
    return sorted(CHAPTERS, key=lambda chapter: FIRST.index(chapter.name) if chapter.name in FIRST else len(FIRST))
