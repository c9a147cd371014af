"""Where everything of one corpus lives."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """`data/<corpus>/` holds what DVC caches, `reports/<corpus>/` what people read."""

    root: Path
    corpus_name: str

    @property
    def main_checkout(self) -> Path:
        """Where what DVC does not own is kept, also when DVC runs a stage in a temporary copy of the project."""
        return Path(os.environ.get("DVC_ROOT", self.root))

    @property
    def raw(self) -> Path:
        return self.root / "data" / "raw"

    @property
    def downloads(self) -> Path:
        return self.main_checkout / ".downloads"

    @property
    def suites(self) -> Path:
        """Where a user's minimal pairs are."""
        return self.raw / "suites"

    @property
    def mnist(self) -> Path:
        """Where a user's own copy of MNIST is."""
        return self.raw / "mnist"

    @property
    def data(self) -> Path:
        return self.root / "data" / self.corpus_name

    @property
    def plans(self) -> Path:
        return self.data / "plan"

    def plan(self, name: str) -> Path:
        return self.plans / f"{name}.json"

    @property
    def corpus(self) -> Path:
        return self.data / "corpus"

    @property
    def ngram(self) -> Path:
        return self.data / "ngram"

    @property
    def embeddings(self) -> Path:
        return self.data / "embeddings"

    def network(self, architecture: str) -> Path:
        return self.data / "models" / architecture

    @property
    def perplexity(self) -> Path:
        return self.data / "perplexity"

    @property
    def agreement(self) -> Path:
        return self.data / "agreement"

    @property
    def gradients(self) -> Path:
        return self.data / "gradients"

    def study(self, name: str) -> Path:
        return self.data / "studies" / name

    @property
    def report(self) -> Path:
        return self.root / "reports" / self.corpus_name

    @property
    def metrics(self) -> Path:
        """At one path for every corpus, so that experiments share their columns in `dvc exp show`."""
        return self.root / "reports" / "metrics.json"
