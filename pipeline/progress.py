"""Progress of long work: a bar on a terminal, plain lines in a log."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

SECONDS_BETWEEN_LINES = 15.0


class Bar(Protocol):
    def advance(self, amount: int = 1, **values: float) -> None:
        """Counts `amount` units as done; `values` (loss, perplexity, …) are shown beside the count."""

    def skip(self, amount: int) -> None:
        """Counts `amount` units as done in an earlier run: they are left out of the rate."""


@contextmanager
def progress(title: str, total: int, unit: str = "tokens") -> Iterator[Bar]:
    """A bar of `total` units, showing units per second and the time left.

    On a terminal a rich bar; elsewhere at most a line every 15 seconds, and one at the end.
    """
    if sys.stderr.isatty():
        with _terminal(title, total, unit) as bar:
            yield bar
    else:
        line = _Lines(title, total, unit)
        yield line
        line.report("done")


@contextmanager
def _terminal(title: str, total: int, unit: str) -> Iterator[Bar]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[values]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as display:
        task = display.add_task(title, total=total, values="")
        start = time.perf_counter()

        class _Bar:
            done = 0

            def advance(self, amount: int = 1, **values: float) -> None:
                self.done += amount
                rate = self.done / max(time.perf_counter() - start, 1e-9)
                display.update(task, advance=amount, values=_show(rate, unit, values))

            def skip(self, amount: int) -> None:
                display.update(task, advance=amount)

        yield _Bar()


class _Lines:
    def __init__(self, title: str, total: int, unit: str) -> None:
        self.title, self.total, self.unit = title, total, unit
        self.done, self.skipped, self.values = 0, 0, dict[str, float]()
        self.start = self.last = time.perf_counter()

    def advance(self, amount: int = 1, **values: float) -> None:
        self.done += amount
        self.values = values or self.values
        if time.perf_counter() - self.last > SECONDS_BETWEEN_LINES:
            known = self.total > self.skipped + self.done  # not of a download that does not say how long it is
            self.report(f"{(self.skipped + self.done) / self.total:.0%}" if known else "going on", left=known)

    def skip(self, amount: int) -> None:
        self.skipped += amount

    def report(self, state: str, left: bool = False) -> None:
        self.last = time.perf_counter()
        rate = self.done / max(self.last - self.start, 1e-9)
        shown = _show(rate, self.unit, self.values)
        if left:
            shown += f", {(self.total - self.skipped - self.done) / max(rate, 1e-9):.0f} s left"
        print(f"{self.title}: {state}, {self.last - self.start:.0f} s, {shown}", file=sys.stderr, flush=True)


def _show(rate: float, unit: str, values: dict[str, float]) -> str:
    shown = [f"{name} {value:.4g}" for name, value in values.items()]
    return ", ".join([*shown, f"{rate:,.0f} {unit}/s"])
