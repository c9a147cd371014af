"""The shape of the code itself: imports point one way, and dvc.yaml tells the truth about them."""

import ast
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline.params.studies import STUDIES, study_stage

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pipeline"
DVC = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text())
MODULES = sorted(path.relative_to(ROOT) for path in PACKAGE.rglob("*.py"))
# what everything may import, and what stands above the stages
FOUNDATIONS = {"errors", "io", "layout", "params", "plans", "progress", "provenance", "language_model"}
COMMAND_LINE = {"__main__", "ask"}


@cache
def imports(module: Path) -> frozenset[Path]:
    """The modules of the pipeline that `module` imports anywhere, also within functions and for types alone."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.Import):
            found |= {file_of(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: write the import in full"
            found |= {file_of(f"{node.module}.{alias.name}") or file_of(node.module) for alias in node.names}
    return frozenset(found - {None})


def file_of(name: str) -> Path | None:
    """The file of a dotted module of the pipeline, None of anything else."""
    path = Path(*name.split("."))
    if path.parts[0] != "pipeline":
        return None
    return path.with_suffix(".py") if (ROOT / path.with_suffix(".py")).exists() else None


def closure(module: Path) -> set[Path]:
    seen, todo = set(), [module]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += imports(current)
    return seen


def test_the_import_reader_sees_what_it_should():
    assert Path("pipeline/training/loop.py") in imports(Path("pipeline/stages/train.py"))  # within a function
    assert Path("pipeline/errors.py") in closure(Path("pipeline/stages/plan.py"))  # by way of another module


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_point_one_way(module):
    place = module.parts[1].removesuffix(".py")
    for imported in imports(module):
        target = imported.parts[1].removesuffix(".py")
        if target in COMMAND_LINE:
            assert place in COMMAND_LINE, f"{module} imports the command line"
        if target == "stages":
            assert place in COMMAND_LINE, f"{module} imports a stage; only the command line does"
        if place in FOUNDATIONS:
            assert target in FOUNDATIONS, f"{module} imports {imported}, but everything imports it"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_packages_hold_nothing_in_their_init(module):
    if module.name == "__init__.py":
        assert not [node for node in ast.parse((ROOT / module).read_text()).body if not isinstance(node, ast.Expr)]


def test_no_two_modules_import_each_other():
    for module in MODULES:
        for imported in imports(module):
            assert module not in closure(imported), f"{module} and {imported} import each other"


@pytest.mark.parametrize("stage", sorted(DVC["stages"]))
def test_every_stage_lists_every_module_it_imports(stage):
    listed = [Path(path) for path in DVC["stages"][stage]["deps"]]
    needed = closure(Path("pipeline/stages") / f"{stage}.py")
    missing = {path for path in needed if not any(path == other or other in path.parents for other in listed)}
    assert not missing, f"dvc.yaml: {stage} depends on {sorted(map(str, missing))} too"
    for path in listed:
        if path.parts[0] == "pipeline" and path.suffix == ".py":
            assert path in needed, f"dvc.yaml: {stage} lists {path}, which it does not import"


def test_every_stage_has_a_command_a_shell_and_a_description():
    commands = (PACKAGE / "__main__.py").read_text()
    shells = {path.stem for path in (PACKAGE / "stages").glob("*.py")} - {"__init__"}
    assert set(DVC["stages"]) == shells
    for name, stage in DVC["stages"].items():
        assert stage["cmd"].split()[:4] == ["python3", "-m", "pipeline", name]
        assert f"def {name}(" in commands
        assert len(stage["desc"]) > 20


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_artifacts_are_read_and_written_by_io_alone(module):
    if module.name in ("io.py", "checkpoint.py"):
        return
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse((ROOT / module).read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not calls & {"write_text", "write_bytes", "savefig", "to_parquet", "save_file"} - written_to_memory(module)


def written_to_memory(module: Path) -> set[str]:
    """A figure is saved into a buffer, which io then writes."""
    return {"savefig"} if module == Path("pipeline/report/figures.py") else set()


@pytest.mark.parametrize("study", STUDIES)
def test_the_chapter_of_a_study_re_runs_that_study_alone(study):
    stage = study_stage(study)
    parts = {Path("pipeline") / package / f"{stage}.py" for package in ("params", "plans")}
    assert all((ROOT / part).exists() for part in parts)
    readers = {name for name in DVC["stages"] if parts & closure(Path("pipeline/stages") / f"{name}.py")}
    assert readers <= {stage, "plan", "report"}


def test_only_the_first_stage_knows_the_whole_of_params():
    for stage in set(DVC["stages"]) - {"plan"}:
        needed = closure(Path("pipeline/stages") / f"{stage}.py")
        assert not needed & {Path("pipeline/params/schema.py"), Path("pipeline/plans/resolve.py")}, stage
