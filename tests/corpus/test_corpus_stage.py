from pathlib import Path

import pytest

from pipeline.corpus.streams import load_corpus
from pipeline.errors import UserError
from pipeline.io import write_json
from pipeline.layout import Layout
from pipeline.params.reading import read_params
from pipeline.plans.resolve import resolve
from pipeline.stages.corpus import run

PARAMS = read_params(Path(__file__).parents[2] / "params.yaml")
LINES = [f"line {number} of quite a long text\n" for number in range(200)]


def layout(tmp_path, name: str) -> Layout:
    made = Layout(tmp_path, name)
    write_json(made.plan("corpus"), resolve(PARAMS.model_copy(update={"corpus": name}))["corpus"].model_dump())
    return made


def write(folder: Path, **texts: str) -> None:
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)


@pytest.mark.parametrize(("repeated", "warned"), [(3, True), (1, False)])
def test_lines_of_test_that_train_has_are_warned_of_over_one_percent(tmp_path, capsys, repeated, warned):
    test = LINES[:repeated] + [f"test {line}" for line in LINES[:100]]
    write(tmp_path / "data/raw/mine", train="".join(LINES), valid="a valid line\n" * 20, test="".join(test))
    run(layout(tmp_path, "mine"))
    message = f"warning: {repeated / (100 + repeated):.1%} of the lines of test stand in train too"
    assert (message in capsys.readouterr().err) == warned


def test_what_was_downloaded_is_used_and_what_was_put_by_hand_comes_first(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("DVC_ROOT", raising=False)
    texts = dict.fromkeys(("train", "valid", "test"), "".join(LINES))
    write(tmp_path / ".downloads/wikitext-2", **texts)
    made = layout(tmp_path, "wikitext-2")
    run(made)
    assert load_corpus(made.corpus).summary["lines"]["train"] == 200
    write(tmp_path / "data/raw/wikitext-2", **texts | {"train": "".join(LINES[:150])})
    run(made)
    assert load_corpus(made.corpus).summary["lines"]["train"] == 150
    assert "wikitext-2: train.txt has 1,050 words, the published one 2,051,910" in capsys.readouterr().err


def test_lines_too_short_for_the_order_are_told(tmp_path):
    write(tmp_path / "data/raw/mine", text="two words\n" * 100)
    with pytest.raises(UserError, match="longest line of the training text has 2 words"):
        run(layout(tmp_path, "mine"))
