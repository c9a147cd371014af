"""The whole pipeline in miniature, run by DVC as a user runs it."""

import contextlib
import fcntl
import gzip
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pandas as pd
import pytest
from project import Project, small_project

from pipeline.params import MEMORY_NETWORKS, MEMORY_TASKS

STAGES = ["plan", "corpus", "ngram", "embeddings", "train@rnn", "train@gru", "train@lstm"]
STAGES += ["perplexity", "agreement", "gradients", "learning_curve", "report"]
ADAPTATION = ["adaptation@rnn", "adaptation@gru", "adaptation@lstm"]
INSIDE = ["inside@rnn", "inside@gru", "inside@lstm"]
MEMORY = [f"memory@{task}-{network}" for task in MEMORY_TASKS for network in MEMORY_NETWORKS]
STAGES += [*ADAPTATION, *INSIDE, "context", "drift", "embedding_study", "clipping", *MEMORY]
VARYING = ("provenance.json", "index.html")


def ran(output: str) -> list[str]:
    return re.findall(r"Running stage '([^']+)'", output)


def metrics(project: Project) -> dict:
    return json.loads((project.folder / "reports/metrics.json").read_text())


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Project:
    return small_project(tmp_path_factory.mktemp("small") / "source")


@pytest.fixture(scope="module")
def done(source, tmp_path_factory) -> Project:
    """A clone after `dvc repro`, its results committed. Tests leave it as they found it."""
    project = source.clone(tmp_path_factory.mktemp("done") / "project")
    assert sorted(ran(project.dvc("repro"))) == sorted(STAGES)
    project.run("git", "add", "--all")
    project.run("git", "commit", "--quiet", "--message", "results")
    return project


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


def test_a_change_of_one_architecture_retrains_it_alone(done):
    output = done.dvc("repro", "--dry")
    assert ran(output) == []
    done.set_params({"gru.learning_rate": 0.5, "report.excerpts": False})
    output = done.dvc("repro")
    assert [stage for stage in ran(output) if "train" in stage or stage in ("corpus", "ngram")] == ["train@gru"]
    done.restore()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "transformer"}, "model: found 'transformer'"),
        ({"corpus": "nowhere"}, "corpus: found 'nowhere'"),
        ({"size": "tiny"}, "size: found 'tiny'"),
        ({"lstm.clip_norm": -1}, "lstm.clip_norm: found -1"),
        ({"gradients.max_lag": 1_000_000}, "language.valid_tokens: found 2,000; this size and gradients.max_lag need"),
        ({"studies": "drift", "drift.length": 5_000}, "the study drift needs stretches of 5,004"),
        ({"language.shape.subject_relative": 0.95}, "subject_relative and object_relative, must sum to less than 1"),
    ],
)
def test_a_mistake_in_params_stops_in_plan_with_everything_untouched(done, change, message):
    before = done.contents("data", "reports")
    done.set_params(change)
    output = done.dvc("repro", fails=True)
    assert message in output
    assert "Traceback" not in output
    assert ran(output) == ["plan"]
    assert done.contents("data", "reports") == before
    done.restore()
    assert ran(done.dvc("repro")) == []


def test_an_unknown_key_is_refused_by_dvc_itself(done):
    assert "hiden" in done.dvc("exp", "run", "--set-param", "lstm.hiden=3", fails=True)
    done.restore()


def test_after_a_failure_further_on_everything_comes_back(done):
    before = done.contents("data", "reports")
    done.set_params({"rnn.learning_rate": 1e30})
    output = done.dvc("repro", fails=True)
    assert "Lower rnn.learning_rate" in output
    assert "Traceback" not in output
    remedy = re.search(r"`(git restore [^`]+)` and then `(dvc checkout)`", output)
    for command in remedy.groups():
        done.run(*command.split())
    assert done.contents("data", "reports") == before
    assert ran(done.dvc("repro")) == []


def test_a_killed_training_resumes_to_the_same_bytes(done, tmp_path):
    before = done.contents("data/builtin/models/lstm")
    shutil.rmtree(done.folder / "data/builtin/models/lstm")
    eager = (
        "import sys; from pipeline.training import loop; from pipeline.__main__ import main\n"
        "loop.SECONDS_BETWEEN_CHECKPOINTS = 0; sys.argv = ['pipeline', 'train', 'lstm']; main()"
    )
    process = subprocess.Popen([sys.executable, "-c", eager], cwd=done.folder, env=done.environment())
    deadline = time.monotonic() + 60
    while not list((done.folder / ".resume").glob("lstm-*/checkpoint.pt")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (done.folder / "data/builtin/models/lstm").exists()
    output = done.pipeline("train", "lstm")
    assert "resuming lstm at step" in output
    assert done.contents("data/builtin/models/lstm") == before
    assert list((done.folder / ".resume").iterdir()) == []


def test_a_text_of_ones_own_runs_the_whole_study_beside_the_builtin_one(done):
    lines = (done.folder / "params.yaml").read_text().replace("<eos>", "end").split("\n")
    raw = done.folder / "data/raw/mine"
    raw.mkdir()
    (raw / "text.txt").write_text("\n".join(lines * 12))
    done.dvc("exp", "run", "--set-param", "corpus=mine")
    assert metrics(done)["corpus"] == "mine"
    assert (done.folder / "reports/mine/index.html").exists()
    assert (done.folder / "reports/builtin/index.html").exists()
    assert (raw / "text.txt").exists()
    shutil.rmtree(raw)
    done.restore()
    assert ran(done.dvc("repro")) == []


def test_suites_of_ones_own_are_scored_by_every_model_and_train_nothing(done):
    words = (done.folder / "data/builtin/corpus/vocabulary.txt").read_text().split()
    suites = done.folder / "data/raw/suites"
    pairs = [f"the {words[place]} .\tthe {words[place + 1]} .\t{place % 2}" for place in range(5, 25)]
    (suites / "mine.tsv").write_text("\n".join(["good\tbad\tkind", *pairs, "the same .\tthe same .\t0"]) + "\n")
    linzen = ["sentence\ttarget_index\tcorrect\twrong\tattractors"]
    linzen += [
        f"the {words[place]} {words[place + 1]}\t2\t{words[place + 1]}\t{words[place + 2]}\t1" for place in range(5, 25)
    ]
    (suites / "linzen.tsv").write_text("\n".join(linzen) + "\n")
    before = metrics(done)
    output = done.dvc("exp", "run", "--set-param", "agreement.suites=[mine,linzen]")
    assert set(ran(output)) <= {"plan", "corpus", "agreement", "report"}
    assert metrics(done) == before
    table = pd.read_csv(done.folder / "reports/builtin/tables/suites.csv")
    whole = table[(table["suite"] == "mine") & (table["score"] == "verb") & (table["group"] == "all")]
    assert set(whole["model"]) == {*before["agreement"], "grammar"}
    assert set(whole["items"]) == {20}
    page = (done.folder / "reports/builtin/index.html").read_text()
    assert 'id="suite-mine"' in page
    assert "line 22" in page
    assert 'id="suite-linzen"' in page
    assert re.search(r"all +20 ", done.pipeline("probe", "--model", "rnn", str(suites / "linzen.tsv")))
    done.restore()
    output = done.dvc("repro")
    assert set(ran(output)) <= {"plan", "corpus"}


@pytest.mark.parametrize(("tokens", "unit"), [("characters", "character"), ("bpe", "piece of a word")])
def test_a_raw_text_runs_the_study_in_characters_and_in_pieces(done, tmp_path, tokens, unit):
    raw = done.folder / "data/raw/book"
    raw.mkdir()
    with gzip.open(raw / "book.txt.gz", "wb") as file:
        file.write((done.folder / "README.md").read_bytes() * 2)
    changes = [f"text.tokens={tokens}", "text.words=moses", "text.bpe_types=300", "model=lstm", "corpus=book"]
    done.dvc("exp", "run", *(word for change in changes for word in ("--set-param", change)))
    page = (done.folder / "reports/book/index.html").read_text()
    assert f"Perplexity per {unit}, &lt;eos&gt; of every line and &lt;unk&gt; counted, blank lines kept" in page
    assert metrics(done)["agreement"]["lstm"] >= 0
    written = done.pipeline("generate", "--model", "lstm", "--prompt", "The network", "--tokens", "30")
    assert written.startswith("The network")
    text = tmp_path / "text.txt"
    text.write_text("The networks carry their state.\n")
    assert f"counted      per {unit}" in done.pipeline("score", "--model", "5gram", str(text))
    shutil.rmtree(raw)
    done.restore()


def test_a_text_of_few_lines_still_gets_a_whole_report(done):
    words = (done.folder / "README.md").read_text().split()
    raw = done.folder / "data/raw/short"
    raw.mkdir()
    (raw / "text.txt").write_text("\n".join(" ".join(words[i : i + 9]) for i in range(0, 60 * 9, 9)))
    done.dvc("exp", "run", "--set-param", "corpus=short", "--set-param", "perplexity.uncounted=['<eos>']")
    page = (done.folder / "reports/short/index.html").read_text()
    assert ">nan" not in page
    assert "Perplexity per word, &lt;unk&gt; counted, &lt;eos&gt; of every line not counted, blank lines kept" in page
    tokens = pd.read_csv(done.folder / "reports/short/tables/perplexity.csv").set_index(["model", "split"])["tokens"]
    assert set(tokens.xs("test", level="split")) == {27}  # three lines of nine words
    shutil.rmtree(raw)
    done.restore()


def test_a_vocabulary_that_no_memory_holds_is_told_with_its_cost_before_anything_runs(done):
    raw = done.folder / "data/raw/wide"
    raw.mkdir()
    (raw / "text.txt").write_text((done.folder / "README.md").read_text())
    arguments = ("--set-param", "corpus=wide", "--set-param", "sizes.small.embedding_dim=200000000")
    output = done.dvc("exp", "run", *arguments, fails=True)
    shutil.rmtree(raw)
    done.restore()
    assert re.search(r"types hold [\d,.]+ of [\d,.]+ million weights; .* and there are [\d.]+ GB\. Lower text", output)
    assert ran(output) == ["plan"]


def test_lines_too_short_for_the_order_are_told_before_anything_is_counted(done):
    raw = done.folder / "data/raw/list"
    raw.mkdir()
    (raw / "text.txt").write_text("\n".join(["red apples", "green pears"] * 400))
    output = done.dvc("exp", "run", "--set-param", "corpus=list", fails=True)
    shutil.rmtree(raw)
    done.restore()
    assert "longest line of the training text has 2 words" in output
    assert "Set `ngram.order` to 4 or less" in output
    assert ran(output) == ["plan", "corpus"]


def test_a_model_writes_word_by_word_in_a_terminal_until_it_is_told_to_stop(done):
    """More than it could ever write before the first word is read; then Ctrl-C, as a user would."""
    command = [sys.executable, "-m", "pipeline", "generate", "--model", "lstm", "--seed", "3", "--tokens"]
    terminal, end = pty.openpty()

    def in_the_terminal() -> None:
        os.setsid()
        fcntl.ioctl(end, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # which a test run in the background ignores

    process = subprocess.Popen(
        [*command, "100000000"],
        cwd=done.folder,
        env=done.environment(),
        stdin=end,
        stdout=end,
        stderr=end,
        preexec_fn=in_the_terminal,
    )
    os.close(end)
    shown = b""
    while len(shown.split()) < 40:
        shown += os.read(terminal, 4096)
    assert process.poll() is None
    os.write(terminal, b"\x03")
    rest = b""
    with contextlib.suppress(OSError):  # what Linux raises where the other end of a terminal is gone
        while piece := os.read(terminal, 4096):
            rest += piece
    assert process.wait(timeout=60) == 1
    assert b"Traceback" not in rest
    whole = done.run(*command, "200").split()
    words = shown.decode().split()[:30]
    assert words == whole[:30]


def test_prompts_seed_and_the_choice_of_words_on_the_command_line(done):
    words = (done.folder / "data/builtin/corpus/vocabulary.txt").read_text().split()[5:7]
    both = done.pipeline(
        "generate", "--prompt", words[0], "--prompt", words[1], "--tokens", "6", "--temperature", "0.8"
    )
    alone = [done.pipeline("generate", "--prompt", word, "--tokens", "6", "--temperature", "0.8") for word in words]
    assert [text.split()[0] for text in alone] == words
    assert both == alone[0] + "\n" + alone[1]  # parted by a blank line, and none depends on the others
    likeliest = ("generate", "--model", "5gram", "--tokens", "8", "--top-k", "1")
    assert done.pipeline(*likeliest, "--seed", "1") == done.pipeline(*likeliest, "--seed", "2")
    narrow = ("generate", "--model", "lstm", "--tokens", "8", "--temperature", "0.3", "--top-p", "0.01")
    assert done.pipeline(*narrow, "--seed", "1") == done.pipeline(*narrow, "--seed", "2")
    free = ("generate", "--model", "lstm", "--tokens", "8", "--temperature", "1.5")
    assert done.pipeline(*free, "--seed", "1") != done.pipeline(*free, "--seed", "2")


def test_models_answer_by_hand(done, tmp_path):
    first = done.pipeline("generate", "--model", "lstm", "--tokens", "8", "--seed", "3")
    assert first == done.pipeline("generate", "--model", "lstm", "--tokens", "8", "--seed", "3")
    text = tmp_path / "text.txt"
    text.write_text("the dogs sleep .\nthe dog sleeps .\n")
    for model in ("5gram", "gru"):
        output = done.pipeline("score", "--model", model, str(text))
        assert re.search(r"tokens +10\n", output)
        assert float(re.search(r"perplexity +([\d.]+)", output)[1]) > 1
    done.pipeline("arpa", str(tmp_path / "bigram.arpa"), "--model", "bigram")
    ours = done.pipeline("score", "--model", "bigram", str(text))
    theirs = done.pipeline("score", "--arpa", str(tmp_path / "bigram.arpa"), str(text))
    assert re.search(r"nats +([\d.]+)", ours)[1] == re.search(r"nats +([\d.]+)", theirs)[1]
    vocabulary = (done.folder / "data/builtin/corpus/vocabulary.txt").read_text().split()
    good, bad = vocabulary[5], vocabulary[6]
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(f"good\tbad\tkind\nthe {good} .\tthe {bad} .\tone\nthe {good} .\tthe zzz .\ttwo\n")
    output = done.pipeline("probe", "--model", "trigram", str(pairs))
    assert re.search(r"all +1 ", output)
    assert "1 pairs are left out: a form is not in the vocabulary" in output
    assert re.search(r"kind +one +1 ", output)
    near = done.pipeline("neighbours", good, "--count", "3").splitlines()
    assert len(near) == 4
    assert set(line.split()[0] for line in near[1:]) <= set(vocabulary) - {good}
    done.pipeline("vectors", str(tmp_path / "vectors.txt"))
    lines = (tmp_path / "vectors.txt").read_text().splitlines()
    assert lines[0] == f"{len(vocabulary)} 8"
    assert [line.split()[0] for line in lines[1:]] == vocabulary


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "transformer"), "train: found 'transformer'; allowed: rnn, gru, lstm"),
        (("generate", "--tokens", "0"), "greater than or equal to 1"),
        (("generate", "--model", "gpt"), "--model: found 'gpt'; trained on builtin: unigram, bigram"),
        (("generate", "--prompt", "zzzz"), "--prompt: zzzz is not in the vocabulary"),
        (("score", "nowhere.txt"), "nowhere.txt is no file that exists"),
        (("score", "data/raw/.gitkeep"), "is empty"),
        (("score", "--arpa", "params.yaml", "README.md"), "params.yaml"),
        (("arpa", "x.arpa", "--model", "lstm"), "lstm is a network"),
        (("probe", "nowhere.tsv"), "nowhere.tsv does not exist"),
        (("neighbours", "zzzz"), "'zzzz' is not in the vocabulary of builtin"),
        (("neighbours", "<eos>"), "'<eos>' has no neighbours: its vector was not learned"),
        (("probe", "params.yaml"), "that of no known form"),
    ],
)
def test_bad_questions_get_a_message_and_no_traceback(done, arguments, message):
    output = done.pipeline(*arguments, fails=True)
    assert message in output
    assert "Traceback" not in output


def test_outside_the_project_the_command_says_so(done, tmp_path):
    answer = subprocess.run(
        [sys.executable, "-m", "pipeline", "plan"],
        cwd=tmp_path,
        env=done.environment() | {"PYTHONPATH": str(done.folder)},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    assert "holds no params.yaml" in answer.stderr
