import numpy as np
import pandas as pd
import pytest

from pipeline.corpus.vocabulary import Vocabulary
from pipeline.embeddings.pairs import word_pairs
from pipeline.report.analysis import analyse
from pipeline.report.chapters.vectors import neighbour_words
from pipeline.report.gallery import draw
from pipeline.report.style import to_svg
from pipeline.report.vector_map import labelled, map_figure, number_direction, number_figure, vector_map
from pipeline.report.vectors import analogy_table, number_findings, probe_table, vector_findings


def test_tables_give_shares_with_intervals_around_them(make_inputs):
    inputs = make_inputs()
    probed = probe_table(inputs.vector_probes, 200, 1).set_index("method")
    assert probed.loc["skipgram", ["words", "classes"]].tolist() == [60, 2]
    assert probed["accuracy"].to_dict() == {"skipgram": pytest.approx(0.9), "svd": pytest.approx(0.8)}
    assert probed["majority"].to_list() == [0.5, 0.5]
    assert (probed["low"] < probed["accuracy"]).all()
    assert (probed["accuracy"] < probed["high"]).all()
    (told,) = analogy_table(inputs.vector_analogies, 200, 1).itertuples()
    assert (told.pairs, told.questions, told.accuracy) == (10, 90, 0.5)
    assert told.low < 0.3 < 0.7 < told.high  # over ten pairs, of which five are right whatever is asked beside them


def test_forms_of_a_lemma_are_drawn_together(make_inputs):
    """Of thirty lemmas with two words each, both right or both wrong, there are thirty judgements and not sixty."""
    probes = make_inputs().vector_probes
    skipgram = probes[probes["method"] == "skipgram"].assign(label="x", majority="x")
    right = np.where(np.arange(60) // 2 % 3 == 0, "x", "y")
    together = skipgram.assign(read=right, lemma=[f"l{word // 2}" for word in range(60)])
    (apart,), (paired,) = (
        list(probe_table(table, 2000, 1).itertuples()) for table in (skipgram.assign(read=right), together)
    )
    assert (apart.lemmas, paired.lemmas) == (60, 30)
    assert apart.accuracy == paired.accuracy == pytest.approx(1 / 3)
    assert (paired.high - paired.low) / (apart.high - apart.low) == pytest.approx(2**0.5, rel=0.1)
    narrow, wide = (
        vector_findings("skipgram", table, make_inputs().vector_neighbours[:0], 2000, 1)[0]
        for table in (skipgram.assign(read=right), together)
    )
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(2**0.5, rel=0.1)


def test_findings_compare_with_the_majority_and_with_chance(make_inputs):
    inputs = make_inputs()
    told, shared = vector_findings("skipgram", inputs.vector_probes, inputs.vector_neighbours, 200, 1)
    assert (told.difference, told.verdict) == (pytest.approx(0.4), "holds")
    assert (shared.difference, shared.verdict) == (pytest.approx(0.5), "holds")
    wrong = inputs.vector_probes.assign(read="a third class")
    assert vector_findings("skipgram", wrong, inputs.vector_neighbours[:0], 200, 1)[0].verdict == "fails"


def test_a_text_without_words_of_the_lexicon_has_no_such_tables(make_inputs):
    inputs = make_inputs()
    columns = {name: getattr(inputs, name)[:0] for name in ("vector_probes", "vector_analogies", "vector_neighbours")}
    results = analyse(type(inputs)(**{**vars(inputs), **columns}))
    assert not {"vectors_probes", "vectors_analogies"} & set(results.tables)
    assert results.about("vectors") == []
    assert isinstance(results.tables["differences"], pd.DataFrame)


def test_the_number_direction_is_found_where_there_is_one_and_not_where_there_is_none():
    pairs = word_pairs("singular and plural")[:12]
    ids = {word: index for index, word in enumerate(word for pair in pairs for word in pair)}
    rng = np.random.default_rng(0)
    counts = np.full(len(ids), 30)
    one_way, any_way = (rng.normal(size=(len(ids), 40)) for _ in range(2))
    one_way[1::2] = one_way[::2]
    one_way[1::2, 3] += 5
    found = number_direction(one_way.astype(np.float32), ids, counts, pairs, 20)
    assert (found["plural_x"] > found["singular_x"]).all()
    assert found["cosine"].min() > 0.5
    assert number_findings("skipgram", found, 200, 1)[0].verdict == "holds"
    assert abs(number_direction(any_way.astype(np.float32), ids, counts, pairs, 20)["cosine"].mean()) < 0.2
    assert number_direction(one_way.astype(np.float32), ids, counts, pairs, 31).empty
    assert number_findings("skipgram", None, 200, 1) == []


def test_the_map_parts_what_the_vectors_part_and_is_drawn_to_the_same_bytes():
    rng = np.random.default_rng(0)
    types = [f"w{index}" for index in range(90)]
    kinds = np.array(["noun", "verb", "name"] * 30)
    vectors = np.eye(6, dtype=np.float32)[np.arange(90) % 3] + rng.normal(0, 0.05, (90, 6)).astype(np.float32)
    probes = pd.DataFrame({"task": "part of speech", "word": np.arange(90), "label": kinds})
    counts = np.arange(90)[::-1]
    table = vector_map(vectors, types, probes, counts, 1)
    assert table["word"].tolist() == types
    for kind in ("pca", "tsne"):
        places = table[[f"{kind}_x", f"{kind}_y"]].to_numpy()
        distances = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag([np.inf] * 90)
        assert (kinds[distances.argmin(axis=1)] == kinds).mean() > 0.95
    svgs = {to_svg(map_figure(vector_map(vectors, types, probes, counts, 1)), "map", "A map", "Words.") for _ in "ab"}
    assert len(svgs) == 1
    assert ">w0<" in svgs.pop()
    assert vector_map(vectors, types, probes[:10], counts, 1).empty
    lengths = (2.0 ** rng.integers(-3, 4, (90, 1))).astype(np.float32)  # they say how frequent a word is, and no more
    pd.testing.assert_frame_equal(vector_map(vectors * lengths, types, probes, counts, 1), table, check_exact=True)


def test_labels_keep_apart():
    x = np.array([0.0, 0.01, 1.0, 0.0])
    assert labelled(x, np.array([0.0, 0.01, 1.0, 0.5])) == [0, 2, 3]


def test_pages_have_the_figures_of_what_was_found(make_inputs):
    inputs = make_inputs()
    results = analyse(inputs)
    assert {"vectors", "number"} & set(draw(inputs, results)) == set()  # its words are not of the lexicon
    assert number_figure(pd.DataFrame({"singular_x": [0.0, 0], "singular_y": [0.0, 1], "plural_x": [1.0, 2],
                                       "plural_y": [0.0, 1], "plural": ["dogs", "cats"]})).axes  # fmt: skip


def test_only_words_with_vectors_that_were_learned_are_shown():
    vocabulary = Vocabulary(("<unk>", "<eos>", "often", "sometimes", "rarely"))
    counts = np.array([0, 90, 60, 50, 30])
    shown = dict(neighbour_words(np.ones((5, 2), dtype=np.float32), vocabulary, counts, 1))
    assert {word: [other for other, _ in near] for word, near in shown.items()} == {
        "often": ["sometimes", "rarely"],
        "sometimes": ["often", "rarely"],
        "rarely": ["often", "sometimes"],
    }
    shown = dict(neighbour_words(np.ones((5, 2), dtype=np.float32), vocabulary, counts, 40))
    assert {word: [other for other, _ in near] for word, near in shown.items()} == {
        "often": ["sometimes"],
        "sometimes": ["often"],
    }
