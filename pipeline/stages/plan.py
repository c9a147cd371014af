"""plan: checks params.yaml whole, and the text it names, before anything is computed; writes one plan a stage."""

from pathlib import Path

from pipeline.corpus.sources import check_source, find_source
from pipeline.errors import UserError
from pipeline.grammar.builtin import check_language
from pipeline.io import write_json
from pipeline.layout import Layout
from pipeline.ngram.pruning import check_thresholds
from pipeline.params import BUILTIN, Params, read_params
from pipeline.plans import resolve


def run(root: Path) -> None:
    params = read_params(root / "params.yaml")
    check_thresholds(params.ngram.prune, params.ngram.order)
    layout = Layout(root, params.corpus)
    size = params.sizes[params.size]
    # a training step, and the window in which a gradient is followed back
    needed = {"train": size.batch_size * (size.bptt_len + 1), "valid": params.gradients.max_lag + 3}
    if params.corpus == BUILTIN:
        check_language(params.language, needed)
        _check_studies(params)
    else:
        source = find_source(layout.raw, params.corpus)
        check_source(source, needed["train"], needed["valid"], params.text.valid_share)
    plans = {layout.plan(name): plan for name, plan in resolve(params).items()}
    for path, plan in plans.items():
        write_json(path, plan.model_dump())
    for path in layout.plans.iterdir():  # DVC keeps the folder, so that a mistake in params.yaml empties nothing
        if path not in plans:
            path.unlink()


def _check_studies(params: Params) -> None:
    """Raises UserError where a study asks for longer stretches of test than the built-in text will have."""
    asked = {"context": params.context.length + 1, "drift": params.drift.prompt + params.drift.length}
    for study, length in asked.items():
        if study in params.selected_studies and params.language.test_tokens < length:
            raise UserError(
                f"language.test_tokens: found {params.language.test_tokens:,}; the study {study} needs stretches of "
                f"{length:,}. Raise it, or lower the lengths under {study} in params.yaml."
            )
