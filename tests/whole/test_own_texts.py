"""A text of one's own, of words, characters or pieces."""

import gzip
import re
import shutil

import pandas as pd
import pytest
from project import metrics, ran


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
    short = done.dvc("exp", "run", "--set-param", "corpus=list", fails=True)
    output = done.dvc("exp", "run", "-S", "corpus=list", "-S", "embeddings.window=1", fails=True)
    shutil.rmtree(raw)
    done.restore()
    assert "longest line of the training text has 2 words" in output
    assert "Set `ngram.order` to 4 or less" in output
    assert "the longest line of" in short
    assert "Lower it to 1 or less" in short
    assert ran(short) == ran(output) == ["plan"]
