"""A training step as one CUDA graph.

A small network's step is hundreds of short kernels, and a CPU takes longer to launch them one by one than a GPU to run
them. Captured once and replayed, they are one launch. The same kernels run in the same order on the same numbers.
"""

import gc
from collections.abc import Callable

import torch
from torch import Tensor

WARM_UP = 3
"""Steps taken kernel by kernel first: optimisers make their state, and libraries their workspaces."""


class Captured:
    """`update` of tokens of one `shape`, replayed; tokens of other shapes are given to `update` itself.

    What `update` reads and changes must keep its place in memory, and it may not wait for the GPU. Its random numbers
    come from `generator`, and it returns one tensor.
    """

    def __init__(self, update: Callable[[Tensor], Tensor], shape: tuple[int, int], generator: torch.Generator) -> None:
        self.update, self.generator = update, generator
        self.tokens = torch.zeros(shape, dtype=torch.int64, device=generator.device)
        self.stream = torch.cuda.Stream(generator.device)  # type: ignore[no-untyped-call]  # no graph can be captured on the default one
        self.graph: torch.cuda.CUDAGraph | None = None
        self.result = Tensor()
        self.warm = 0

    def __call__(self, tokens: Tensor) -> Tensor:
        others = torch.cuda.current_stream(tokens.device)
        self.stream.wait_stream(others)
        with torch.cuda.stream(self.stream):
            result = self._run(tokens)
        others.wait_stream(self.stream)
        return result

    def _run(self, tokens: Tensor) -> Tensor:
        if tokens.shape != self.tokens.shape:
            return self.update(tokens)
        if self.graph is None:
            if self.warm < WARM_UP:
                self.warm += 1
                return self.update(tokens)
            self.graph = self._capture()
        self.tokens.copy_(tokens)
        self.graph.replay()
        return self.result.clone()

    def _capture(self) -> torch.cuda.CUDAGraph:
        """Records a step without taking it. No garbage is collected meanwhile: a graph that is freed ends a capture."""
        graph = torch.cuda.CUDAGraph()
        graph.register_generator_state(self.generator)
        gc.collect()
        collects = gc.isenabled()
        gc.disable()
        try:
            with torch.cuda.graph(graph, stream=self.stream):
                self.result = self.update(self.tokens)
        finally:
            if collects:
                gc.enable()
        return graph
