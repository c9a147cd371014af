"""Where n-grams are counted: in memory, in sorted runs on disk, or by the workers of Dask. The counts are the same.

A text too long for the memory allowed is counted in parts; the counts of each are a sorted run, and the runs are
merged. Dask's workers, on this machine or on others, are given parts and send back what they find, so that they
need this package and the network, but no files in common.
"""

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import UserError
from pipeline.language_model import Tokens
from pipeline.ngram.counts import Extensions, NgramCounts, check_order, check_stream, count_ngrams, extensions
from pipeline.ngram.merge import merge
from pipeline.ngram.runs import RunOrder, cut_at_line_ends, write_run

if TYPE_CHECKING:
    from distributed import Client, Future

LOCAL, DASK = "local", "dask"

BYTES_PER_TOKEN = 104
"""Taken at the peak for each token of a part that is counted, and for each entry that is merged at once."""

SECONDS_TO_CONNECT = 20


@contextmanager
def counted(
    stream: Tokens, vocabulary_size: int, order: int, engine: str, workers: int, memory_bytes: int, folder: Path
) -> Iterator[NgramCounts]:
    """The counts of `stream` (N,), which may be memory-mapped, to the bit as `count_ngrams` has them.

    `engine` is "local", "dask" for `workers` processes on this machine, or the address of a Dask scheduler, such as
    tcp://10.0.0.1:8786. Each process counts with `memory_bytes` of memory; what the interpreter takes and what the
    system keeps of mapped files come on top. Counts of more than one part are mapped from a temporary folder within
    `folder`, which goes, with all else that is written, when the block ends, well or not.

    Raises `UserError` as `count_ngrams` does, and where a line is too long for the memory, Dask is not installed or
    its scheduler does not answer.
    """
    check_order(order)
    check_stream(stream, vocabulary_size)
    most = max(1, memory_bytes // BYTES_PER_TOKEN)
    if engine == LOCAL and len(stream) <= most:
        yield count_ngrams(stream, vocabulary_size, order)
        return
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".counts.", dir=folder) as name:
        scratch = Path(name)
        if engine == LOCAL:
            cuts = cut_at_line_ends(stream, most, most)
            runs = _write_runs(scratch, (extensions(stream[cut], vocabulary_size, order) for cut in cuts))
        else:
            with _dask(engine, workers, scratch) as client:
                share = -(-len(stream) // len(client.nthreads()))
                cuts = cut_at_line_ends(stream, min(share, most), most)
                runs = _write_runs(scratch, _found_by(client, (stream[cut] for cut in cuts), vocabulary_size, order))
        occurrences = np.zeros(vocabulary_size, dtype=np.int64)
        for start in range(0, len(stream), most):
            occurrences += np.bincount(stream[start : start + most], minlength=vocabulary_size)
        yield merge(occurrences, runs, scratch, most)


def _write_runs(scratch: Path, parts: Iterable[Iterable[Extensions]]) -> list[tuple[RunOrder, ...]]:
    return [write_run(scratch, f"run{number}", found) for number, found in enumerate(parts)]


def _found_by(
    client: "Client", parts: Iterable[Tokens], vocabulary_size: int, order: int
) -> Iterator[list[Extensions]]:
    """What workers find in each part, in the order of the parts. They are no more than one part each ahead."""
    waiting: deque[Future] = deque()
    for part in parts:
        if len(waiting) == 2 * len(client.nthreads()):
            yield waiting.popleft().result()
        waiting.append(client.submit(_count_part, client.scatter(np.array(part)), vocabulary_size, order, pure=False))
    while waiting:
        yield waiting.popleft().result()


def _count_part(part: Tokens, vocabulary_size: int, order: int) -> list[Extensions]:
    return list(extensions(part, vocabulary_size, order))


@contextmanager
def _dask(engine: str, workers: int, scratch: Path) -> Iterator["Client"]:
    """A client of the scheduler at the address `engine`, or of a new one with `workers` processes."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise UserError(
            f"`ngram.engine` is {engine}, which needs Dask, and Dask is not installed. "
            "Install it with `python -m pip install --editable '.[dask]'`, or set `ngram.engine: local`."
        ) from None
    if engine == DASK:
        with (
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                memory_limit=None,
                dashboard_address=None,
                local_directory=str(scratch),
                silence_logs=logging.ERROR,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(engine, timeout=SECONDS_TO_CONNECT)
    except (OSError, ValueError) as error:
        raise UserError(
            f"`ngram.engine` is {engine}, but no Dask scheduler answers there ({error}). "
            "Start one with `dask scheduler`, or set `ngram.engine` to local or dask."
        ) from None
    with client:
        if not client.nthreads():
            raise UserError(
                f"The Dask scheduler at {engine} has no workers. Start some with `dask worker {engine}`, "
                "from an environment that has this package."
            )
        yield client
