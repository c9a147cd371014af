from pathlib import Path

import numpy as np
import pytest

from bench.results import ROOT
from bench.text import Text, raw_text, write_generated_stream
from pipeline.corpus.vocabulary import EOS_ID
from pipeline.grammar.builtin import builtin_grammar
from pipeline.params.reading import read_params

PARAMS = read_params(ROOT / "params.yaml")
TRAIN = "\n a  <unk> unk \n\nb a\n"


@pytest.fixture
def text(tmp_path: Path) -> Text:
    folder = tmp_path / "mine"
    folder.mkdir()
    for split, content in (("train", TRAIN), ("valid", "a\n"), ("test", "b c <unk>\n\n")):
        (folder / f"{split}.txt").write_text(content)
    return raw_text(folder, PARAMS)


def test_lines_come_back_with_unk_under_a_name_that_the_text_does_not_have(text: Text):
    assert text.lines(text.train) == ["", "a unkk unk", "", "b a"]
    assert set(text.vocabulary.types) == {"<unk>", "<eos>", "a", "b", "unk", "unkk"}


def test_unk_stands_for_what_train_has_not(text: Text):
    assert text.lines(text.test) == ["b <unk> unkk", ""]


def test_blank_lines_are_dropped_wherever_they_are(text: Text):
    assert text.has_blank_lines
    plain = text.without_blank_lines
    assert plain.lines(plain.train) == ["a unkk unk", "b a"]
    assert plain.lines(plain.test) == ["b <unk> unkk"]
    assert not plain.has_blank_lines


def test_generated_streams_have_the_length_asked_for_and_whole_lines(tmp_path: Path):
    types = write_generated_stream(tmp_path / "stream.npy", 30_000, PARAMS)
    stream = np.load(tmp_path / "stream.npy")
    assert types == len(builtin_grammar(PARAMS.language).forms) + 2
    assert 29_000 < len(stream) < 31_000
    assert stream[-1] == EOS_ID
    assert EOS_ID < stream.max() < types
    grammar_length = builtin_grammar(PARAMS.language).expected_length
    assert len(stream) / np.count_nonzero(stream == EOS_ID) == pytest.approx(grammar_length + 1, rel=0.1)
