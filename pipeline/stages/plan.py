"""plan: checks params.yaml whole, and the text it names, before anything is computed; writes one plan a stage."""

from pathlib import Path

from pipeline.corpus.sources import check_source, find_source
from pipeline.io import write_json
from pipeline.layout import Layout
from pipeline.params import BUILTIN, read_params
from pipeline.plans import resolve


def run(root: Path) -> None:
    params = read_params(root / "params.yaml")
    layout = Layout(root, params.corpus)
    if params.corpus != BUILTIN:
        size = params.sizes[params.size]
        check_source(find_source(layout.raw, params.corpus), size.batch_size * (size.bptt_len + 1))
    plans = {layout.plan(name): plan for name, plan in resolve(params).items()}
    for path, plan in plans.items():
        write_json(path, plan.model_dump())
    for path in layout.plans.iterdir():  # DVC keeps the folder, so that a mistake in params.yaml empties nothing
        if path not in plans:
            path.unlink()
