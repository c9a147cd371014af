"""Several processes, one rank each, that train one network together: data parallel, as torchrun starts them.

Every rank holds the whole network and reads its share of the batch's streams; losses and gradients are summed over the
ranks, so that each takes the step that one process would take. Numbers on the CPU go by gloo, those on GPUs by NCCL.
A rank that ends takes the others with it: gloo notices a closed connection at once, a silent machine after
`LOST_AFTER`; and torchrun ends the other ranks of its machine.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from pipeline.errors import UserError
from pipeline.models.dropout import DropoutMasks, Rates

LOST_AFTER = timedelta(minutes=2)  # far longer than a step, a validation or the writing of a checkpoint takes


class RankLost(UserError):
    """Another rank has ended, or answers no more."""


@dataclass(frozen=True)
class Ranks:
    """What the ranks of one training do together. Each method that communicates is called by all of them, in order."""

    rank: int
    size: int

    @property
    def first(self) -> bool:
        """Whether this rank is the one that reads checkpoints, writes and shows progress."""
        return self.rank == 0

    def share(self, count: int) -> slice:
        """The part of `count` streams that is this rank's: all parts are disjoint, together whole, and about equal."""
        return slice(count * self.rank // self.size, count * (self.rank + 1) // self.size)

    def sum_step(self, loss: Tensor, parameters: Sequence[Tensor]) -> Tensor:
        """The loss summed over the ranks; sums the gradients of `parameters` in place.

        The loss goes first and by gloo: a lost rank is noticed there, before NCCL would wait for it without end.
        """
        if self.size == 1:
            return loss
        summed = torch.tensor(self.total(loss.item())[0], dtype=torch.float64, device=loss.device)
        with self._together():
            for work in [dist.all_reduce(parameter.grad, async_op=True) for parameter in parameters]:
                work.wait()
        return summed

    def total(self, *values: float) -> list[float]:
        if self.size == 1:
            return list(values)
        summed = torch.tensor(values, dtype=torch.float64)
        with self._together():
            dist.all_reduce(summed)
        return summed.tolist()

    def any(self, flag: bool) -> bool:
        return self.total(flag)[0] > 0

    def whole(self, part: Tensor, count: int) -> Tensor:
        """(L, count, H) from the (L, b, H) that each rank has of its `share` of `count` streams."""
        if self.size == 1:
            return part
        whole = part.new_zeros(part.shape[0], count, part.shape[2])
        whole[:, self.share(count)] = part.detach()
        with self._together():
            dist.all_reduce(whole)
        return whole

    def from_first(self, value: Any) -> Any:
        """What the first rank passes."""
        if self.size == 1:
            return value
        values = [value]
        with self._together():
            dist.broadcast_object_list(values)
        return values[0]

    def copy_first(self, parameters: Sequence[Tensor]) -> None:
        """Gives every rank the first one's weights: another kind of processor may have drawn others by a rounding."""
        if self.size > 1:
            with self._together():
                for parameter in parameters:
                    dist.broadcast(parameter.detach(), 0)

    def check_alike(self, name: str) -> None:
        """Raises UserError on all ranks where one has another `name`, a fingerprint of code, plan and data."""
        if self.any(self.from_first(name) != name):
            raise UserError(
                "the ranks differ in code, plan, data or torch. Bring every machine to the same commit and the same "
                "data (`dvc checkout`, `python -m pipeline plan`), and run again."
            )

    @contextmanager
    def _together(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:  # what torch raises for a closed connection and for a time that has run out
            raise RankLost(
                f"rank {self.rank} of {self.size} has lost another: a connection was closed, or there was no answer "
                f"for {LOST_AFTER.total_seconds():.0f} s"
            ) from error


ALONE = Ranks(0, 1)


@contextmanager
def join_ranks(device: torch.device) -> Iterator[Ranks]:
    """The ranks that torchrun has started this process among; `ALONE` without torchrun.

    `cuda` is each rank's own GPU from here on. The ranks but the first end, well, with the block: whatever follows,
    writing above all, is done once.
    """
    if not dist.is_torchelastic_launched() or os.environ["WORLD_SIZE"] == "1":
        yield ALONE
        return
    if device.type == "cuda":
        _take_gpu(int(os.environ["LOCAL_RANK"]))
    ranks = Ranks(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]))
    signal.signal(signal.SIGTERM, _told_to_end)
    with ranks._together():
        dist.init_process_group("cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo", timeout=LOST_AFTER)
    try:
        yield ranks
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # this rank ends by itself now, and says why
    dist.destroy_process_group()
    if not ranks.first:
        raise SystemExit(0)


class SharedMasks(DropoutMasks):
    """Dropout for one rank's share of the streams.

    Every rank draws the masks of the whole batch from generators in the same state, and takes its own: the same
    streams lose the same units, however many ranks there are, and a checkpoint holds one generator.
    """

    def __init__(self, rates: Rates, generator: torch.Generator, streams: int, ranks: Ranks) -> None:
        super().__init__(rates, generator)
        self.streams, self.ranks = streams, ranks

    def _streams(self, empty: Tensor, probability: float) -> Tensor:
        whole = empty.new_empty(empty.shape[0], self.streams, empty.shape[2])
        return self._mask(whole, probability)[:, self.ranks.share(self.streams)]


def _take_gpu(local_rank: int) -> None:
    found = torch.cuda.device_count()
    if local_rank >= found:
        raise UserError(
            f"torchrun has started more ranks on this machine than its {found} GPUs. Lower --nproc-per-node to {found}."
        )
    torch.cuda.set_device(local_rank)


def _told_to_end(signal_number: int, frame: FrameType | None) -> None:
    raise RankLost(f"rank {os.environ['RANK']} of {os.environ['WORLD_SIZE']} was told to end, as another has ended")
