"""Dropout in every place where published recurrent language models have it, from one explicit generator.

    x ⊙ m / (1 − p)      m ~ Bernoulli(1 − p)        (Srivastava et al. 2014)

Activations (T, B, H) lose units before, between and after the layers (Zaremba et al. 2014), each step anew or, locked,
the same ones at all steps of a segment (Gal and Ghahramani 2016). The embedding loses whole types, the recurrent
matrices single weights, once a segment (Merity et al. 2018, sections 2 and 4.3). A generator of our own, and not
torch's, so that a killed run goes on with the masks it would have drawn.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Rates:
    """The probability of losing what each field names; `locked`: the same units of activations at all steps."""

    input: float = 0.0
    between: float = 0.0
    output: float = 0.0
    embedding: float = 0.0
    weights: float = 0.0
    locked: bool = False


class DropoutMasks:
    def __init__(self, rates: Rates, generator: torch.Generator) -> None:
        self.rates, self.generator = rates, generator

    def drop(self, values: Tensor, probability: float) -> Tensor:
        """Activations (T, B, H), some of them zero and the others larger by as much as keeps their mean."""
        if probability == 0:
            return values
        steps = 1 if self.rates.locked else values.shape[0]
        return values * self._streams(values.new_empty(steps, *values.shape[1:]), probability)

    def drop_types(self, embedded: Tensor, tokens: Tensor, types: int) -> Tensor:
        """The embeddings (T, B, D) of tokens (T, B), those of some of the `types` zero wherever they stand."""
        if self.rates.embedding == 0:
            return embedded
        return embedded * self._mask(embedded.new_empty(types, 1), self.rates.embedding)[tokens]

    def drop_weights(self, matrix: Tensor) -> Tensor:
        """A recurrent matrix (rows, H) without some of its weights."""
        if self.rates.weights == 0:
            return matrix
        return matrix * self._mask(torch.empty_like(matrix), self.rates.weights)

    def _streams(self, empty: Tensor, probability: float) -> Tensor:
        """A mask for the activations of this process's streams."""
        return self._mask(empty, probability)

    def _mask(self, empty: Tensor, probability: float) -> Tensor:
        keep = 1 - probability
        return empty.bernoulli_(keep, generator=self.generator).div_(keep)
