"""The study is refused in plan where a text is not one of words, before anything is downloaded or computed."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline.errors import UserError
from pipeline.stages.plan import run

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("corpus", "tokens"), [("tiny-shakespeare", "auto"), ("wikitext-2", "bpe")])
def test_a_text_of_characters_or_pieces_is_refused(tmp_path, corpus, tokens):
    yaml = YAML()
    params = yaml.load((ROOT / "params.yaml").read_text())
    params["corpus"], params["studies"], params["text"]["tokens"] = corpus, "inside", tokens
    with (tmp_path / "params.yaml").open("w") as file:
        yaml.dump(params, file)
    with pytest.raises(UserError, match=r"studies: inside follows .* text.tokens is (characters|bpe)"):
        run(tmp_path)
    assert not (tmp_path / "data" / corpus / "plan").exists()
