"""What runs, what runs again, and what comes out of it."""

import json
import os
import sys
from pathlib import Path

from project import metrics, ran

VARYING = ("provenance.json", "index.html")


def test_a_second_repro_does_nothing(done):
    assert ran(done.dvc("repro")) == []
    assert "up to date" in done.dvc("status")
    assert done.run("git", "status", "--porcelain") == ""


def test_dvc_runs_where_no_environment_is_activated(done):
    (done.folder / ".venv").symlink_to(sys.prefix)
    without = os.pathsep.join([str(Path(sys.base_prefix) / "bin"), "/usr/bin", "/bin"])
    output = done.run(".venv/bin/dvc", "repro", "--force", "--single-item", "plan", path=without)
    assert ran(output) == ["plan"]
    (done.folder / ".venv").unlink()


def test_metrics_keep_their_promise(done):
    found = metrics(done)
    names = ["unigram", "bigram", "trigram", "4gram", "5gram", "rnn", "gru", "lstm"]
    assert found["corpus"] == "builtin"
    assert list(found["perplexity"]) == list(found["agreement"]) == names
    assert all(value > 1 for value in found["perplexity"].values())
    assert all(0 <= value <= 1 for value in found["agreement"].values())
    assert found["perplexity"][found["best"]["model"]] == found["best"]["perplexity"]
    summary = json.loads((done.folder / "data/builtin/corpus/summary.json").read_text())
    assert {"types", "tokens", "unknown_rate"} <= set(summary)
    assert set(summary["tokens"]) == set(summary["unknown_rate"]) == {"train", "valid", "test"}


def test_a_report_made_again_is_the_same_but_for_its_provenance(done):
    before = done.contents("reports")
    done.dvc("repro", "--force", "--single-item", "report")
    after = done.contents("reports")
    assert [name for name in before if before[name] != after.get(name) and not name.endswith(VARYING)] == []
    assert list(before) == list(after)
    done.restore()


def test_another_clone_makes_the_same_bytes(done, source, tmp_path):
    other = source.clone(tmp_path / "other")
    for stage in ("plan", "corpus", "ngram", "embeddings", "train gru"):
        other.pipeline(*stage.split())
    for folder in ("plan", "corpus", "ngram", "embeddings", "models/gru"):
        assert other.contents(f"data/builtin/{folder}") == done.contents(f"data/builtin/{folder}")


def test_model_lstm_in_a_fresh_clone_trains_the_lstm_alone(source, tmp_path):
    project = source.clone(tmp_path / "fresh")
    project.dvc("exp", "run", "--set-param", "model=lstm")
    assert [name for name in metrics(project)["perplexity"] if not name.endswith("gram")] == ["lstm"]
    models = project.folder / "data/builtin/models"
    assert (models / "lstm/best.safetensors").exists()
    for other in ("rnn", "gru"):
        assert [path.name for path in (models / other).iterdir()] == ["unselected.json"]
    assert "<svg" in (project.folder / "reports/builtin/index.html").read_text()


def test_model_lstm_after_a_repro_trains_nothing_and_all_comes_back(done):
    before = done.contents("data")
    output = done.dvc("exp", "run", "--set-param", "model=lstm")
    assert not [stage for stage in ran(output) if stage in ("train@lstm", "corpus", "ngram", "embeddings")]
    assert list(metrics(done)["perplexity"])[-1] == "lstm"
    assert "rnn" not in metrics(done)["perplexity"]
    done.run("git", "reset", "--quiet", "--hard")
    assert set(ran(done.dvc("repro"))) <= {"plan", "report"}
    assert done.contents("data") == before
    done.restore()


def test_a_change_of_one_architecture_retrains_it_alone(done):
    output = done.dvc("repro", "--dry")
    assert ran(output) == []
    done.set_params({"gru.learning_rate": 0.5, "report.excerpts": False})
    output = done.dvc("repro")
    assert [stage for stage in ran(output) if "train" in stage or stage in ("corpus", "ngram")] == ["train@gru"]
    done.restore()
