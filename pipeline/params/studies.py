"""The studies that `studies` can name."""

from typing import Literal

Study = Literal["learning_curve", "embeddings", "adaptation", "context", "drift", "inside", "clipping", "memory"]
STUDIES: tuple[Study, ...] = (
    "learning_curve", "embeddings", "adaptation", "context", "drift", "inside", "clipping", "memory",
)  # fmt: skip


def study_stage(name: Study) -> str:
    """The stage, and the plan, of a study: its own name, but where a stage has that already."""
    return "embedding_study" if name == "embeddings" else name
