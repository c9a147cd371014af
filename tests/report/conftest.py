"""A small made-up run: every input of the report, in memory."""

from collections.abc import Callable
from pathlib import Path

import made_agreement
import made_networks
import made_studies
import made_text
import numpy as np
import pandas as pd
import pytest

from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.model import model_of
from pipeline.params.reading import read_params
from pipeline.plans.report import ReportPlan
from pipeline.plans.resolve import resolve
from pipeline.report.inputs import Inputs
from pipeline.report.names import SMOOTHING_WORDS

ROOT = Path(__file__).parents[2]
COUNTS = {"unigram": 3.0, "bigram": 2.4, "trigram": 2.2}
FLOOR = 1.2
MakeInputs = Callable[..., Inputs]


@pytest.fixture(scope="session")
def make_inputs() -> MakeInputs:
    """Inputs for chosen networks, with or without a floor; `nats` overrides a model's mean loss."""
    return _make_inputs


def _make_inputs(
    models: tuple[str, ...] = ("rnn", "gru", "lstm"),
    floor: bool = True,
    nats: dict[str, float] | None = None,
    excerpts: bool = True,
    studies: bool = True,
    suites: bool = False,
) -> Inputs:
    rng = np.random.default_rng(0)
    params = read_params(ROOT / "params.yaml")
    report = params.report.model_copy(update={"excerpts": excerpts})
    corpus_name = "builtin" if floor else "wikitext-2"
    plans = resolve(params.model_copy(update={"model": list(models), "corpus": corpus_name, "report": report}))
    plan = plans["report"]
    assert isinstance(plan, ReportPlan)
    plan = plan.model_copy(
        update={
            "perplexity": plan.perplexity.model_copy(update={"resamples": 100, "block_lines": 5}),
            "agreement": plan.agreement.model_copy(update={"resamples": 100}),
        }
    )
    corpus = made_text.corpus(floor)
    level = (
        COUNTS
        | {name: made_networks.NETWORKS[name] for name in models}
        | ({"grammar": FLOOR} if floor else {})
        | (nats or {})
    )
    judges = ["trigram", *(["grammar"] if floor else [])]
    suite = made_agreement.suite()
    shapes = {name: made_networks.shape(name, len(corpus.vocabulary)) for name in models}
    return Inputs(
        plan=plan,
        networks={name: plans[name] for name in models},  # type: ignore[misc]
        corpus=corpus,
        vectors=rng.normal(size=(len(corpus.vocabulary), 8)).astype(np.float32),
        vector_losses=[2.5, 2.25],
        vector_probes=made_text.probes(),
        vector_analogies=made_text.analogies(),
        vector_neighbours=pd.DataFrame({"word": np.arange(2, 42), "shared": [0.5, 0.7] * 20, "chance": 0.1}),
        shapes=shapes,
        weights={name: made_networks.weights(shape) for name, shape in shapes.items()},
        steps={name: made_networks.steps(level[name]) for name in models},
        validations={name: made_networks.validations(level[name]) for name in models},
        tokens=made_networks.tokens(level, corpus, rng),
        samples=[{"model": name, "temperature": 1.0, "text": f"{name} writes \n this"} for name in level],
        items=made_agreement.items(level, suite, rng),
        suite=suite,
        suite_counts={"suite": "builtin", "items": len(suite) + 3, "scored": len(suite), "out_of_vocabulary": 3},
        suites={"linzen2016": made_agreement.own_suite(level)} if suites else {},
        lags=made_networks.lags(models, rng),
        jacobians=made_networks.jacobians(models, rng),
        jacobian_map=made_networks.jacobian_map(models),
        gates=made_networks.gates(models, rng),
        longest_seen=rng.integers(1, 4, len(corpus.splits["test"].tokens)).astype(np.uint8),
        ngram_fit={"order": 3, "orders": [{"ngrams": size} for size in (len(corpus.vocabulary), 40, 90)]},
        bigram=model_of(fit(corpus.splits["train"].tokens, len(corpus.vocabulary), 2), 2),
        smoothing=made_text.units(
            [{"smoothing": name, "order": order} for name in SMOOTHING_WORDS for order in (1, 2, 3)], rng
        ),
        overlap=made_text.overlap() if floor else None,
        learning_curve=made_text.units(
            [
                {"model": name, "share": share, "train_tokens": int(400 * share)}
                for name in COUNTS
                for share in (0.25, 0.5, 1.0)
            ],
            rng,
        )
        if studies
        else None,
        embedding_validations=made_studies.input_curves() if studies else None,
        embedding_test=made_studies.input_tests() if studies else None,
        embedding_search=made_studies.input_search() if studies else None,
        adaptation={name: made_studies.adaptation(corpus, level[name], rng) for name in models} if studies else {},
        context=made_studies.context(["trigram", *models], corpus, rng) if studies else None,
        drift=made_studies.drift(["trigram", *models], judges, rng) if studies else None,
        surprisal=made_agreement.surprisal(["trigram", *models, *judges[1:]]),
        inside={name: made_agreement.inside(name, rng) for name in models} if studies else {},
        clipping=made_studies.clipping(rng) if studies else {},
        memory=made_studies.memory(models, rng) if studies else None,
    )
