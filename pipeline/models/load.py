"""Every model of a run, each meeting the contract."""

from collections.abc import Iterable
from pathlib import Path

import torch

from pipeline.language_model import LanguageModel
from pipeline.layout import Layout
from pipeline.models.neural import NeuralModel, load_network
from pipeline.ngram.storage import load as load_ngram


def load_models(layout: Layout, order: int, architectures: Iterable[str], device: torch.device) -> list[LanguageModel]:
    """The count models of orders 1 to `order`, then the networks with their best weights."""
    counted: list[LanguageModel] = [load_ngram(layout.ngram, n) for n in range(1, order + 1)]
    return counted + [load_neural(layout.network(name), name, device) for name in architectures]


def load_neural(folder: Path, name: str, device: torch.device) -> NeuralModel:
    return NeuralModel(name, load_network(folder, "best", device))
