"""Overlap of held-out text with train, against simulation."""

import numpy as np
from small_grammars import finite_grammar

from pipeline.grammar.overlap import overlap
from pipeline.grammar.sample import sample_documents


def test_expected_overlap_is_the_mean_over_trains_with_the_same_topics():
    grammar = finite_grammar()
    test = sample_documents(grammar, 150, 4.0, np.random.default_rng(0))
    trains = [sample_documents(grammar, 20, 4.0, np.random.default_rng([1, seed])) for seed in range(60)]
    tables = [overlap(grammar, train, test) for train in trains]
    shared = np.array([table["shared"].sum() for table in tables])
    expected = np.array([table["expected"].sum() for table in tables])
    assert shared.mean() > 50
    error = shared - expected
    assert abs(error.mean()) < 4 * error.std() / len(error) ** 0.5
    assert error.std() / len(error) ** 0.5 < 0.05 * shared.mean()
    deviation = np.sqrt(np.mean([table["variance"].sum() for table in tables]))
    assert 0.7 < error.std() / deviation < 1.3


def test_rows_are_lengths_and_a_text_shares_all_of_itself():
    grammar = finite_grammar()
    text = sample_documents(grammar, 50, 5.0, np.random.default_rng(2))
    table = overlap(grammar, text, text)
    lengths = np.diff(text.sentence_starts)
    assert table.set_index("length")["sentences"].to_dict() == {n: int((lengths == n).sum()) for n in set(lengths)}
    assert (table["shared"] == table["sentences"]).all()
    assert (table["expected"] < table["sentences"]).all()
