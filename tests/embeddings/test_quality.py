import numpy as np
import pytest

from pipeline.embeddings import quality as measures
from pipeline.embeddings.pairs import PAIRS, word_pairs
from pipeline.embeddings.quality import analogies, frequent, neighbour_overlap, probes, unit
from pipeline.errors import UserError
from pipeline.grammar.labels import word_labels, word_lemmas
from pipeline.params.embeddings import VectorQuality

QUALITY = VectorQuality(min_count=2, words=100, neighbours=4, folds=3, inverse_penalty=1.0, resamples=100)


def own_lemmas(types):
    return {word: word for word in types}


def test_every_pair_is_two_different_words_and_none_is_asked_twice():
    for category in PAIRS:
        pairs = word_pairs(category)
        assert len(set(pairs)) == len(pairs) > 20
        assert len({word for pair in pairs for word in pair}) == 2 * len(pairs)  # so that no answer is given away


def test_the_frequent_words_are_no_marks_and_none_is_rare():
    counts = np.array([99, 98, 5, 1, 7, 2])
    np.testing.assert_array_equal(frequent(counts, QUALITY), [4, 2, 5])


def test_the_same_vectors_share_all_neighbours_and_others_as_many_as_chance(monkeypatch):
    monkeypatch.setattr(measures, "ROWS_AT_ONCE", 7)
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 60, 5)).astype(np.float32)
    words = np.arange(2, 60)
    assert neighbour_overlap(one, 3 * one, words, QUALITY).tolist() == [1.0] * 58
    assert neighbour_overlap(one, other, words, QUALITY).mean() == pytest.approx(4 / 57, abs=0.04)


def test_neighbours_are_those_of_a_plain_loop(monkeypatch):
    monkeypatch.setattr(measures, "ROWS_AT_ONCE", 7)
    vectors = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    words = np.arange(2, 20)
    chosen = unit(vectors[words])
    for place, near in enumerate(measures.neighbours(vectors, words, 4)):
        cosines = [(-float(chosen[other] @ chosen[place]), other) for other in range(18) if other != place]
        assert near.tolist() == [other for _, other in sorted(cosines)[:4]]


def plane(shift):
    """Singulars along one axis each, plurals moved by `shift` along one that all share."""
    pairs = word_pairs("singular and plural")[:5]
    types = ["<unk>", "<eos>", *(word for pair in pairs for word in pair), "rare"]
    vectors = np.zeros((len(types), 6), dtype=np.float32)
    for place, _ in enumerate(pairs):
        vectors[2 + 2 * place, place] = vectors[3 + 2 * place, place] = 1
        vectors[3 + 2 * place, 5] = shift
    vectors[-1] = vectors[3]
    counts = np.array([9, 9, *[2] * 10, 1])
    return vectors, {word: index for index, word in enumerate(types)}, counts


def test_analogies_hold_where_one_direction_leads_to_every_plural_and_not_where_none_does():
    told = analogies(*plane(1.0), QUALITY)
    assert len(told) == 5 * 4
    assert set(told["category"]) == {"singular and plural"}
    assert told["right"].all()
    backwards = plane(1.0)
    backwards[0][3, 5] = -1  # one plural lies on the other side
    assert 0 < analogies(*backwards, QUALITY)["right"].mean() < 1


def test_vectors_that_are_not_finite_answer_nothing():
    vectors, ids, counts = plane(1.0)
    vectors[3] = np.nan
    with pytest.raises(UserError, match="not finite"):
        analogies(vectors, ids, counts, QUALITY)


@pytest.mark.parametrize("fill", [0, 1])
def test_vectors_that_tell_no_words_apart_know_nothing(fill):
    """All zero or all the same, every word is as near as any other: no measure may take that for knowledge."""
    shifted, ids, counts = plane(1.0)
    same = np.full_like(shifted, fill)
    assert not analogies(same, ids, counts, QUALITY)["right"].any()
    many, words = np.full((60, 5), fill, dtype=np.float32), np.arange(2, 60)
    assert neighbour_overlap(many, many, words, QUALITY).mean() <= 4 / 57
    types = [f"w{index}" for index in range(60)]
    kinds = {"kind": {word: "ab"[index % 3 == 0] for index, word in enumerate(types)}}
    read = probes(many, kinds, own_lemmas(types), types, words, QUALITY, seed=1)
    assert (read["read"] == read["majority"]).all()


def test_an_answer_that_another_word_ties_with_is_none():
    vectors, ids, counts = plane(1.0)
    counts[-1] = 2  # "rare" lies where the first plural does, and may be answered by now
    told = analogies(vectors, ids, counts, QUALITY)
    first = told["d"] == 3
    assert not told["right"][first].any()
    assert told["right"][~first].all()


@pytest.mark.parametrize("measure", [measures.neighbours, neighbour_overlap, probes])
def test_no_measure_takes_vectors_that_are_not_finite(measure):
    vectors, words, types = np.ones((60, 5), dtype=np.float32), np.arange(2, 60), [f"w{index}" for index in range(60)]
    vectors[7, 3] = np.inf
    arguments = {
        measures.neighbours: (vectors, words, 4),
        neighbour_overlap: (np.ones_like(vectors), vectors, words, QUALITY),
        probes: (vectors, {"kind": dict.fromkeys(types, "x")}, own_lemmas(types), types, words, QUALITY, 1),
    }
    with pytest.raises(UserError, match="not finite"):
        measure(*arguments[measure])


def test_a_probe_reads_what_is_there_and_no_more():
    rng = np.random.default_rng(0)
    types = [f"w{index}" for index in range(92)]
    kinds = {word: ("even" if index % 2 else "odd") for index, word in enumerate(types)}
    kinds["w90"] = "a class of one"
    labels = {
        "shown": kinds,
        "hidden": {word: str(rng.integers(2)) for word in types},
        "one": dict.fromkeys(types, "x"),
    }
    vectors = rng.normal(size=(92, 4)).astype(np.float32)
    vectors[:, 0] = 4 * (np.arange(92) % 2) - 2
    words = np.arange(2, 92)
    found = probes(vectors, labels, own_lemmas(types), types, words, QUALITY, seed=1)
    shown, hidden = (found[found["task"] == task] for task in ("shown", "hidden"))
    assert sorted(set(found["task"])) == ["hidden", "shown"]
    assert set(shown["word"]) == set(words.tolist()) - {90}
    assert (shown["read"] == shown["label"]).all()
    assert (shown["majority"] == shown["label"]).mean() < 0.6
    assert (hidden["read"] == hidden["label"]).mean() < 0.7
    assert found.equals(probes(vectors, labels, own_lemmas(types), types, words, QUALITY, seed=1))


def test_a_lemma_does_not_give_its_other_forms_away():
    """Vectors that tell nothing but the lemma tell no class; if a form of it were learned from, they would."""
    rng = np.random.default_rng(0)
    types = [f"w{index}" for index in range(92)]
    lemmas = {word: f"l{index // 2}" for index, word in enumerate(types)}
    classes = {f"l{lemma}": str(rng.integers(2)) for lemma in range(46)}
    vectors = np.repeat(np.eye(46, dtype=np.float32), 2, axis=0)
    labels = {"kind": {word: classes[lemmas[word]] for word in types}}
    words = np.arange(2, 92)
    together = probes(vectors, labels, lemmas, types, words, QUALITY, seed=1)
    apart = probes(vectors, labels, own_lemmas(types), types, words, QUALITY, seed=1)
    assert (together["read"] == together["majority"]).all()
    assert (apart["read"] == apart["label"]).mean() > (apart["majority"] == apart["label"]).mean() + 0.1
    assert set(together["lemma"]) == {f"l{lemma}" for lemma in range(1, 46)}


@pytest.mark.parametrize("seed", range(1, 6))
def test_who_has_learned_one_class_names_it(seed):
    """Of four words and two parts, all plurals may be asked about at once."""
    types, words = ["<unk>", "<eos>", "dogs", "cat", "wolf", "wolves"], np.arange(2, 6)
    vectors = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    two = QUALITY.model_copy(update={"folds": 2})
    numbers = {"number": word_labels()["number of nouns"]}
    found = probes(vectors, numbers, word_lemmas(), types, words, two, seed)
    assert found["word"].tolist() == [2, 3, 4, 5]
    assert set(found["read"]) | set(found["majority"]) <= {"singular", "plural"}


def test_a_class_with_fewer_lemmas_than_parts_is_left_out():
    types = [f"w{index}" for index in range(32)]
    kinds = {word: ("few" if index < 12 else "ab"[index % 2]) for index, word in enumerate(types)}
    lemmas = {word: (f"l{index % 2}" if index < 12 else word) for index, word in enumerate(types)}
    vectors = np.random.default_rng(0).normal(size=(32, 4)).astype(np.float32)
    found = probes(vectors, {"kind": kinds}, lemmas, types, np.arange(2, 32), QUALITY, seed=1)
    assert set(found["label"]) == {"a", "b"}


def test_labels_are_those_of_the_lexicon():
    labels = word_labels()
    assert labels["part of speech"]["dogs"] == labels["part of speech"]["dog"] == "noun"
    assert labels["number of nouns"]["dogs"] == "plural"
    assert labels["number of nouns"]["mice"] == "plural"
    assert labels["selectional class"]["mice"] == labels["selectional class"]["wolf"] == "beast"
    assert "the" not in labels["part of speech"]
    numbers = labels["number of verbs"]
    assert set(numbers.values()) == {"singular", "plural"}
    assert all(labels["part of speech"][word] == "verb" for word in numbers)
    lemmas = word_lemmas()
    assert [lemmas[word] for word in ("dogs", "mice", "wolf", "ran", "running")] == [
        "dog",
        "mouse",
        "wolf",
        "run",
        "run",
    ]
    assert set(labels["part of speech"]) <= set(lemmas)
