"""The stage as a whole, on a text of its own."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.ask import export_arpa, load_model
from pipeline.corpus.streams import load_corpus
from pipeline.errors import UserError
from pipeline.io import write_json
from pipeline.layout import Layout
from pipeline.ngram.storage import load
from pipeline.params.reading import read_params
from pipeline.plans.resolve import resolve
from pipeline.stages import corpus, ngram

PARAMS = read_params(Path(__file__).parents[2] / "params.yaml")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Layout:
    """A Zipf-tailed text, its trigrams and above pruned where they occur once."""
    layout, rng = Layout(tmp_path_factory.mktemp("project"), "mine"), np.random.default_rng(1)
    lines = [" ".join(f"w{word}" for word in rng.zipf(1.5, 9) % 50) for _ in range(400)]
    layout.raw.mkdir(parents=True)
    (layout.raw / "mine.txt").write_text("\n".join(lines))
    settings = PARAMS.ngram.model_copy(update={"prune": [0, 0, 1]})
    plans = resolve(PARAMS.model_copy(update={"corpus": "mine", "ngram": settings}))
    for name in ("corpus", "ngram"):
        write_json(layout.plan(name), plans[name].model_dump())
    corpus.run(layout)
    ngram.run(layout)
    return layout


def test_a_pruned_model_has_one_perplexity_everywhere(made):
    test = load_corpus(made.corpus).splits["test"].tokens[:, None]
    table = pd.read_parquet(made.ngram / "smoothing.parquet")
    for order in (2, 3, 5):
        own = table[(table["smoothing"] == "modified_kneser_ney") & (table["order"] == order)]["nats"].sum()
        model = load(made.ngram, order)
        assert own == pytest.approx(-model.read(test, model.start(1))[0].sum(), rel=1e-12)


def test_a_vocabulary_of_another_text_is_refused(made):
    file = made.corpus / "vocabulary.txt"
    whole = file.read_bytes()
    assert load_model(made, "trigram").order == 3
    file.write_bytes(b"\n".join(whole.splitlines()[:-2]) + b"\n")
    try:
        with pytest.raises(UserError, match=r"vocabulary has \d+ types, the model has \d+"):
            load_model(made, "trigram")
    finally:
        file.write_bytes(whole)


def test_an_arpa_file_is_no_folder(made, tmp_path):
    with pytest.raises(UserError, match=r"is a folder\. Name the file to write, such as .*bigram\.arpa"):
        export_arpa(made, "bigram", tmp_path)


def test_a_file_that_cannot_be_made_is_told(made, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"file/bigram\.arpa cannot be written: (File exists|Not a directory)"):
        export_arpa(made, "bigram", tmp_path / "file" / "bigram.arpa")
