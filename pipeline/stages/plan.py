"""plan: checks params.yaml whole, and the text it names, before anything is computed; writes one plan a stage."""

from pathlib import Path

from pipeline.agreement.readers.choose import find_suite, read_suite
from pipeline.corpus.check import Need, check_source
from pipeline.corpus.conventions import conventions
from pipeline.corpus.sources import find_source
from pipeline.errors import UserError
from pipeline.grammar.builtin import check_language
from pipeline.io import write_json
from pipeline.layout import Layout
from pipeline.ngram.pruning import check_thresholds
from pipeline.params.language import BUILTIN
from pipeline.params.reading import read_params
from pipeline.params.schema import Params
from pipeline.plans.resolve import resolve
from pipeline.training.memory import check_cost, check_cutoffs, machine_memory, training_cost


def run(root: Path) -> None:
    params = read_params(root / "params.yaml")
    check_thresholds(params.ngram.prune, params.ngram.order)
    layout = Layout(root, params.corpus)
    for name in params.agreement.suites:
        read_suite(find_suite(layout.suites, name))
    if "memory" in params.selected_studies and params.memory.images == "mnist":
        from pipeline.memory.mnist import find_mnist

        find_mnist(layout.mnist)
    size = params.sizes[params.size]
    # a training step, and the window in which a gradient is followed back
    needed = {"train": size.batch_size * (size.bptt_len + 1), "valid": params.gradients.max_lag + 3}
    if params.corpus == BUILTIN:
        check_language(params.language, needed)
        _check_studies(params, needed["train"])
    else:
        _check_text(layout, params, needed)
    plans = {layout.plan(name): plan for name, plan in resolve(params).items()}
    for path, plan in plans.items():
        write_json(path, plan.model_dump())
    for path in layout.plans.iterdir():  # DVC keeps the folder, so that a mistake in params.yaml empties nothing
        if path not in plans:
            path.unlink()


def _test_needs(params: Params) -> dict[str, int]:
    """The tokens of test that the selected studies ask for at least, by the setting that says so."""
    asked = {
        "context": ("context.length", params.context.length + 1),
        "drift": ("drift.length", params.drift.prompt + params.drift.length),
    }
    return dict(asked[study] for study in params.selected_studies if study in asked)


def _check_studies(params: Params, step: int) -> None:
    """Raises UserError where a study asks for more than the built-in text will have; a training step reads `step`."""
    if "embeddings" in params.selected_studies:
        smallest, tokens = min(params.embedding_study.shares), params.language.train_tokens
        if 2 * smallest * tokens < step:  # lines are alike, so that no share of them has twice its share of the tokens
            raise UserError(
                f"embedding_study.shares: found {smallest:g}, which of language.train_tokens {tokens:,} is less than "
                f"the {step:,} that a step of training reads. Raise one of them."
            )
    for setting, tokens in _test_needs(params).items():
        if params.language.test_tokens < tokens:
            raise UserError(
                f"language.test_tokens: found {params.language.test_tokens:,}; the study {setting.split('.')[0]} needs "
                f"stretches of {tokens:,}. Raise it, or lower {setting} in params.yaml."
            )


def _check_text(layout: Layout, params: Params, needed: dict[str, int]) -> None:
    """A text that is here; one that is still to be downloaded is checked when it has come."""
    tokens = conventions(params.text, params.corpus).tokens
    if "inside" in params.selected_studies and tokens != "words":
        raise UserError(
            f"studies: inside follows a subject's number from word to word, but text.tokens is {tokens}. Set "
            "text.tokens to words, or leave inside out of studies."
        )
    source = find_source(layout.raw, params.corpus)
    if source is None:
        return
    text, size = params.text, params.sizes[params.size]
    needs = [("valid", Need(needed["valid"], "gradients.max_lag", text.valid_share))]
    needs += [("test", Need(tokens, setting, text.test_share)) for setting, tokens in _test_needs(params).items()]
    order, window = params.ngram.order, params.embeddings.window
    types = check_source(source, conventions(text, params.corpus), needed["train"], needs, order, window)
    check_cutoffs(params.training.clusters, types)
    tied = params.training.tie_output and params.embeddings.use != "frozen"
    if params.runtime.device != "cuda":  # its memory is asked for where the training begins
        for architecture in params.models:
            check_cost(training_cost(architecture, types, size, tied, params.training.clusters), machine_memory())
