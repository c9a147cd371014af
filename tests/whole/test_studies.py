"""What costs more than the default run: it runs when it is asked for."""

import pandas as pd
import pytest
from project import ran
from stages import ADAPTATION, MEMORY


def test_a_study_runs_when_it_is_asked_for_and_nothing_else_does(done):
    assert sorted(ran(done.dvc("exp", "run", "-S", "studies=[learning_curve]"))) == ["learning_curve", "plan", "report"]
    assert (done.folder / "reports/builtin/figures/learning_curve.svg").is_file()
    done.restore()
    assert not (done.folder / "reports/builtin/figures/learning_curve.svg").exists()


def test_studies_of_trained_networks_train_nothing_and_are_in_the_report(done):
    output = done.dvc("exp", "run", "-S", "studies=[adaptation,context,drift]", "-S", "model=[rnn,lstm]")
    # the GRU's markers come from the run cache where a test before this made them
    run_anew = set(ran(output)) - {"train@gru", "inside@gru"}
    studies = {*ADAPTATION, "context", "drift"}
    assert run_anew == {"plan", "perplexity", "agreement", "gradients", "report", *studies}
    report = done.folder / "reports/builtin"
    for name in ("adaptation", "context", "drift", "drift_by_temperature"):
        assert (report / f"figures/{name}.svg").is_file()
        assert (report / f"tables/{name}.csv").is_file()
    page = (report / "index.html").read_text()
    for section in ("adaptation", "context", "drift"):
        assert f'<section id="{section}"' in page
    assert "the first 500 of 2 0" in page.replace("\u00a0", " ")
    assert ">nan" not in page
    done.restore()
    assert '<section id="drift"' not in (report / "index.html").read_text()


def test_studies_of_gradients_need_no_trained_network_and_each_is_cached_by_itself(done):
    output = done.dvc("exp", "run", "-S", "studies=[clipping,memory]")
    assert set(ran(output)) == {"plan", "report", "clipping", *MEMORY}
    report = done.folder / "reports/builtin"
    for name in ("radius", "clipping_traces", "clipping_lags", "memory", "capacity"):
        assert (report / f"figures/{name}.svg").is_file()
    page = (report / "index.html").read_text()
    assert '<section id="clipping"' in page
    assert '<section id="memory"' in page
    assert ">nan" not in page
    again = done.dvc("exp", "run", "-S", "studies=[clipping,memory]", "-S", "memory.copying=[3]")
    assert set(ran(again)) == {"plan", "report", *(name for name in MEMORY if name.startswith("memory@copy-"))}
    done.restore()


def test_what_learned_vectors_buy_is_searched_trained_and_told(done):
    output = done.dvc("exp", "run", "-S", "studies=[embeddings]")
    assert set(ran(output)) == {"plan", "embedding_study", "report"}
    folder, report = done.folder / "data/builtin/studies/embeddings", done.folder / "reports/builtin"
    test, search = pd.read_parquet(folder / "test.parquet"), pd.read_parquet(folder / "search.parquet")
    cases = test.groupby(["share", "use"])
    assert len(cases) == 6
    assert (cases["seed"].nunique() == 2).all()
    best = search.sort_values("nats", kind="stable").groupby(["share", "use"])["learning_rate"].first()
    assert len(search) == 2 * len(best)
    assert cases["learning_rate"].unique().map(list).to_dict() == {case: [rate] for case, rate in best.items()}
    assert not list((done.folder / ".resume").glob("embeddings-*"))
    assert (report / "figures/embeddings.svg").is_file()
    page = (report / "index.html").read_text()
    assert '<section id="embeddings"' in page
    assert "12 trainings of the LSTM are compared" in page
    assert ">nan" not in page
    done.restore()


def test_what_is_inside_a_network_is_read_and_told(done):
    """Of a suite with enough items whose every word the small text has."""
    output = done.dvc("exp", "run", "-S", "studies=[inside]", "-S", "model=[lstm]", "-S", "agreement.items_per_cell=24")
    assert "inside@lstm" in ran(output)
    folder, report = done.folder / "data/builtin/studies/inside/lstm", done.folder / "reports/builtin"
    reading, units = pd.read_parquet(folder / "reading.parquet"), pd.read_csv(folder / "units.csv")
    assert set(reading["part"]) == {"hidden", "cell"}
    assert len(units) == 16  # every unit of the one layer was silenced
    told = pd.read_csv(report / "tables/inside.csv").query("model == 'lstm' and task == 'new' and offset == 0")
    at_subject = reading.query("task == 'new' and offset == 0").groupby("part")["right"]
    for row in told.itertuples():
        assert row.items == at_subject.count()[row.part]
        assert row.accuracy == pytest.approx(at_subject.mean()[row.part], rel=1e-5)
    assert len(told) == 2
    page = (report / "index.html").read_text()
    section = page[page.index('<section id="inside"') :].split("</section>")[0]
    assert 'id="figure-inside_units"' in section  # too few items a cell for the other figure
    assert (report / "figures/inside_units.svg").is_file()
    first = units[units["rank"] == 1].iloc[0]
    assert f"{int(first['layer'])}/{int(first['unit'])}" in section
    assert 'class="verdict' in section
    assert ">nan" not in section
    done.restore()
    assert '<section id="inside"' not in (report / "index.html").read_text()
