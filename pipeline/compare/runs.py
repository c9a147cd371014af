"""The runs to compare, read through dvc.api: the workspace, git revisions and experiments, by the names DVC gives them.

What a run found stands in the tables of its report, which git tracks; what it was asked stands in its dvc.lock.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import dvc.api
import pandas as pd
from dvc.api import DVCFileSystem
from dvc.exceptions import DvcException
from dvc.scm import RevError
from dvc_data.index import DataIndexDirError
from ruamel.yaml import YAML

from pipeline.errors import UserError
from pipeline.layout import Layout
from pipeline.provenance import leaves

WORKSPACE = "workspace"
COLUMNS = {
    "perplexity": {"model", "split", "tokens", "perplexity", "low", "high"},
    "agreement": {"model", "suite", "construction", "items", "accuracy", "low", "high", "score"},
    "training": {"model", "tokens", "perplexity", "split"},
    "gradients": {"model", "weights", "state", "lag", "mean_log10_norm", "low", "high"},
}
"""The tables that are compared, with the columns that are read. A run needs the first; others may be absent."""
UNFINISHED = {
    "Failed": "failed (`dvc queue logs {}` shows why)",
    "Queued": "has not run yet (`dvc queue start` runs it)",
    "Running": "is still running",
}
"""States of an experiment that has no results, as DVC names them."""


@dataclass(frozen=True)
class Run:
    """One run on one corpus.

    params: dotted name to value, of what made the results; all of them where `whole`, else those that a report brought
    in from elsewhere tells. code: hash by path of everything in the pipeline that the run depended on. same: other
    names under which the same results are found. edited: by name, what params.yaml says there by now where it is not
    what made the results.
    """

    name: str
    revision: str
    created: str
    corpus: str
    params: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    provenance: Mapping[str, Any]
    summary: Mapping[str, Any] | None
    whole: bool = True
    edited: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)
    same: tuple[str, ...] = ()

    def same_results(self, other: "Run") -> bool:
        """Whether both were asked and found the same."""
        return (
            (self.corpus, self.params, self.tables.keys()) == (other.corpus, other.params, other.tables.keys())
            and self.provenance.get("data") == other.provenance.get("data")
            and all(table.equals(other.tables[name]) for name, table in self.tables.items())
        )


@dataclass(frozen=True)
class LeftOut:
    """A run that cannot be compared, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Place:
    """Where a run is to be read: `revision` is None for the workspace."""

    name: str
    revision: str | None
    created: str = ""
    state: str = ""


def read_runs(root: Path, revisions: Sequence[str], corpora: Sequence[str]) -> tuple[list[Run], list[LeftOut]]:
    """The runs, the baseline first, and what had to be left out.

    `revisions` in their order; without any HEAD, its experiments and the workspace, as `dvc exp show` lists them.
    `corpora`: whose reports are read; without any that of each run's last results. Runs with the same parameters and
    results are one. Raises UserError where a revision that was asked for has no results, and where no run has any.
    """
    places = _places(root, revisions)
    runs: list[Run] = []
    left_out: list[LeftOut] = []
    cards: dict[str, Any] = {}
    for place in places:
        if place.state in UNFINISHED:
            left_out.append(LeftOut(place.name, UNFINISHED[place.state].format(place.name)))
            continue
        with closing(DVCFileSystem(str(root), rev=place.revision)) as files:
            read = list(_read(root, place, files, corpora, cards))
        for found in read:
            if isinstance(found, LeftOut):
                left_out.append(found)
            elif twin := next((run for run in runs if run.same_results(found)), None):
                both = replace(twin, same=(*twin.same, found.name), edited={**twin.edited, **found.edited})
                runs = [both if run is twin else run for run in runs]
            else:
                runs.append(found)
    if revisions and left_out:
        raise UserError("compare: " + "; ".join(f"{each.name} {each.reason}" for each in left_out))
    if not runs:
        why = "; ".join(f"{each.name} {each.reason}" for each in left_out) or "there is no commit yet"
        raise UserError(f"compare: not one run has results ({why}). Make some with `dvc repro` or `dvc exp run`.")
    return runs, left_out


def _places(root: Path, revisions: Sequence[str]) -> list[Place]:
    if missing := [name for name in (".git", ".dvc") if not (root / name).exists()]:
        raise UserError(f"compare: {root} has no {' and no '.join(missing)}. Run this in a clone of the repository.")
    try:
        listed = [_place(row) for row in dvc.api.exp_show(repo=str(root))]
    except DvcException as error:  # such as another DVC at work
        raise UserError(f"compare: DVC cannot list the runs of {root}: {error}") from error
    if not revisions:
        return sorted(listed, key=lambda place: place.revision is None)  # stable: HEAD, its experiments, the workspace
    known = {place.name: place for place in listed}
    places = [known.get(name) or _resolved(root, name, listed) for name in revisions]
    return list({place.revision or place.name: place for place in places}.values())


def _place(row: Mapping[str, Any]) -> Place:
    revision = None if row["rev"] == WORKSPACE else str(row["rev"])
    return Place(row["Experiment"] or str(row["rev"]), revision, row["Created"] or "", row["State"] or "")


def _resolved(root: Path, name: str, listed: Sequence[Place]) -> Place:
    """A revision that is neither HEAD's branch nor one of its experiments."""
    try:
        with closing(DVCFileSystem(str(root), rev=name)) as files:
            commit = files.repo.get_rev()
    except RevError as error:
        there = [*(place.name for place in listed), *dvc.api.all_branches(str(root)), *dvc.api.all_tags(str(root))]
        raise UserError(
            f"compare: found no revision {name!r}. There are: {', '.join(dict.fromkeys(there))}; commits go by their "
            "hashes. `dvc exp list --all-commits` lists experiments of other commits."
        ) from error
    if commit.startswith(name):  # an experiment goes by its name, however it was asked for
        return next(
            (each for each in listed if each.revision and commit.startswith(each.revision)), Place(name, commit)
        )
    return Place(name, commit)


def _read(
    root: Path, place: Place, files: DVCFileSystem, corpora: Sequence[str], cards: dict[str, Any]
) -> Iterator[Run | LeftOut]:
    """What one place holds. `cards`: the data cards read so far, by their hash; DVC takes its time over each."""
    metrics = _json(files, str(Layout(Path(), "").metrics))
    if not metrics:
        yield LeftOut(place.name, "has no results (no reports/metrics.json)")
        return
    own = str(metrics["corpus"])
    try:
        params = dict(leaves(dvc.api.params_show(repo=str(root), rev=place.revision)))
    except DvcException as error:
        yield LeftOut(place.name, f"is not to be read by DVC: {error}")
        return
    lock = _yaml(files, "dvc.lock")
    asked = _asked(lock) or params
    edited = {key: params.get(key) for key in {**asked, **params} if params.get(key) != asked.get(key)}
    for corpus in corpora or [own]:
        report = str(Layout(Path(), corpus).report)
        tables = {name: _table(files, f"{report}/tables/{name}.csv") for name in COLUMNS}
        there = {name: table for name, table in tables.items() if table is not None}
        if reason := _lacking(there, report):
            yield LeftOut(place.name, reason)
            continue
        provenance = _json(files, f"{report}/provenance.json") or {}
        card = provenance.get("data", {}).get("summary.json", f"{place.name} {corpus}")
        if card not in cards:
            cards[card] = _json(files, str(Layout(Path(), corpus).corpus / "summary.json"))
        brought = corpus != own  # the report of another run, which lies in the same commit
        yield Run(
            name=f"{place.name} on {corpus}" if brought else place.name,
            revision=files.repo.get_rev()[:7] if place.revision else "",
            created=place.created,
            corpus=corpus,
            params=_told(provenance, asked) if brought else asked,
            tables=there,
            provenance=provenance,
            summary=cards[card],
            whole=not brought,
            edited={place.name: edited} if edited and not brought else {},
            code={} if brought else _code(lock),
        )


def _lacking(tables: Mapping[str, pd.DataFrame], report: str) -> str:
    """Why the tables of a run cannot be compared, nothing where they can."""
    if "perplexity" not in tables:
        return f"has no {report}/tables/perplexity.csv (run it again with `dvc repro` or `dvc exp run`)"
    for name, table in tables.items():
        if missing := COLUMNS[name] - set(table.columns):
            return f"has a {report}/tables/{name}.csv of another form, without {', '.join(sorted(missing))}"
    return ""


def _asked(lock: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that dvc.lock says the results were made with."""
    found: dict[str, Any] = {}
    for stage in lock.get("stages", {}).values():
        for values in stage.get("params", {}).values():
            found |= leaves(values)
    return found


def _code(lock: Mapping[str, Any]) -> dict[str, str]:
    dependencies = (each for stage in lock.get("stages", {}).values() for each in stage.get("deps", ()))
    return {each["path"]: each["md5"] for each in dependencies if each["path"].startswith("pipeline")}


def _told(provenance: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a report tells of the run that made it, by their `names` in params.yaml."""
    told = dict(leaves(provenance.get("params", {}).get("report", {})))
    return {name: value for name, value in told.items() if name in names}


def _table(files: DVCFileSystem, path: str) -> pd.DataFrame | None:
    content = _content(files, path)
    return None if content is None else pd.read_csv(io.BytesIO(content), low_memory=False)


def _json(files: DVCFileSystem, path: str) -> Any:
    content = _content(files, path)
    return None if content is None else json.loads(content)


def _yaml(files: DVCFileSystem, path: str) -> Mapping[str, Any]:
    content = _content(files, path)
    return {} if content is None else YAML(typ="safe").load(content) or {}


def _content(files: DVCFileSystem, path: str) -> bytes | None:
    """A file as it was in a run; None where the run did not make it, or where the cache no longer has it."""
    try:
        content: bytes = files.cat_file(path)
    except (FileNotFoundError, DataIndexDirError, DvcException):
        return None
    return content
