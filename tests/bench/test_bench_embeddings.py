"""Word vectors beside gensim: what `make bench-embeddings` prints, of a text that is learned from in a moment."""

import json

import numpy as np
import pytest
import typer
from scipy import stats

from bench import embeddings as bench
from bench.text import Text
from pipeline.corpus.vocabulary import Vocabulary
from pipeline.grammar.labels import word_labels
from pipeline.params.embeddings import NegativeSampling


@pytest.fixture
def contest():
    """Lines of nouns and of verbs, which share none."""
    shipped = bench.read_params(bench.ROOT / "params.yaml").embeddings
    nouns, verbs = (list(word_labels()[f"number of {kind}"])[:40] for kind in ("nouns", "verbs"))
    vocabulary = Vocabulary(("<unk>", "<eos>", *nouns, *verbs))
    rng = np.random.default_rng(0)
    lines = [[*(rng.integers(0, 40, 8) + 2 + 40 * rng.integers(0, 2)), 1] for _ in range(3000)]
    stream = np.concatenate(lines).astype(np.uint16)
    settings = shipped.model_copy(
        update={
            "method": "skipgram",
            "min_count": 5,
            "skipgram": NegativeSampling(learning_rate=0.05),
            "quality": shipped.quality.model_copy(update={"min_count": 5, "folds": 2}),
        }
    )
    return bench.Contest(Text("made", vocabulary, stream[:-900], stream[-900:]), settings, 8, 1, bf16=False)


def test_both_sides_are_asked_the_same_and_have_learned_the_same(contest, tmp_path):
    results = [*bench.speeds(contest, 1), *bench.qualities(contest, 2)]
    found = {result.what: result for result in results}
    speed = found["made: words/s, 1 threads, raw"]
    assert min(speed.ours, speed.theirs) > 0
    loss = found["made: held-out loss"]
    assert loss.ours == pytest.approx(loss.theirs, rel=0.1)
    assert loss.ours < 0.8 * 6 * np.log(2)
    [(told, read)] = [item for item in found.items() if "probe, part of speech" in item[0] and ":" not in item[0][6:]]
    assert "majority" in told
    assert min(read.ours, read.theirs) > 0.9
    shared = found["made: neighbours shared with gensim, lines in another order"]
    assert 10 / 79 < min(shared.ours, shared.theirs) <= 1
    bench.write_results(tmp_path / "embeddings.json", results)
    assert len(json.loads((tmp_path / "embeddings.json").read_text())) == len(results)


def test_the_difference_has_the_interval_of_pairs_of_seeds():
    ours, theirs = [1.0, 2.0, 4.0], [0.5, 1.6, 3.4]
    mean, width, difference = bench.compared("x", ours, theirs, "share")
    assert (mean.ours, mean.theirs) == (pytest.approx(7 / 3), pytest.approx(5.5 / 3))
    low, high = stats.t.interval(0.95, 2, np.mean(ours), stats.sem(ours))
    assert width.ours == pytest.approx((high - low) / 2)
    assert difference.ours == pytest.approx(0.5)
    expected = stats.t.ppf(0.975, 2) * stats.sem([0.5, 0.4, 0.6])
    assert difference.what == f"x: ours less theirs ± {expected:.4f}"
    assert bench.half_width([1.0]) is None


def test_numbers_that_both_sides_share_can_be_changed():
    settings = bench.read_params(bench.ROOT / "params.yaml").embeddings
    made = bench.changed(settings, ["epochs=5", "subsample=1e-2"])
    assert (made.epochs, made.subsample) == (5, 0.01)
    assert made.model_copy(update={"epochs": settings.epochs, "subsample": settings.subsample}) == settings
    assert bench.changed(settings, []) == settings


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("method=cbow", "found method. Both sides share window"),
        ("foo=1", "found foo"),
        ("epochs", "Expecting value"),
        ("epochs=0", "greater than"),
        ("epochs=1.5", "integer"),
    ],
)
def test_other_changes_are_refused(change, told):
    settings = bench.read_params(bench.ROOT / "params.yaml").embeddings
    with pytest.raises(typer.BadParameter, match=told):
        bench.changed(settings, [change])


@pytest.mark.parametrize(
    ("min_count", "changes", "told"),
    [
        (1000, [], "has 0 types that occur 1000 times or more"),
        (1, ["window=4"], "embeddings.window: found 4, but the longest line of train has 4 words"),
    ],
)
def test_what_cannot_be_learned_is_told_before_anything_is_measured(tmp_path, monkeypatch, min_count, changes, told):
    for split in ("train", "valid", "test"):
        (tmp_path / f"{split}.txt").write_text("some words of text\n" * 40)
    monkeypatch.setattr(bench, "alternately", None)
    with pytest.raises(typer.BadParameter, match=told):
        bench.main(tmp_path, seeds=1, repeats=1, min_count=min_count, changes=changes)
    with pytest.raises(typer.BadParameter, match="does not exist"):
        bench.main(tmp_path / "nowhere", seeds=1, repeats=1, min_count=1, changes=[])
