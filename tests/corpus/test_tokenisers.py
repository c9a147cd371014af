import pytest

from pipeline.corpus.tokenisers import JOINED, WHITE_SPACE, PieceEncoder, Tokeniser

COUNTS = {"lower": 5, "lowest": 3, "newer": 6, "wider": 4, "new": 4, "<unk>": 9}
ENCODER = PieceEncoder.learn(COUNTS, 40)
ALL = [
    WHITE_SPACE, Tokeniser("words", "en"), Tokeniser("characters", None), Tokeniser("characters", "en"),
    Tokeniser("bpe", None, ENCODER), Tokeniser("bpe", "en", ENCODER),
]  # fmt: skip


def test_the_commonest_pairs_are_merged_first():
    # e r at a word's end stand together in lower, newer and wider, 15 times
    assert list(ENCODER.encode(["wider"])) == [["wider"]]
    assert next(ENCODER.encode(["ser"])) == [f"s{JOINED}", "er"]
    few = PieceEncoder.learn(COUNTS, 23)  # <unk>, eight signs within words and three at their end leave room for 11
    assert {"er", "new", "lower"} <= set(few.pieces)
    assert "lowest" not in few.pieces


def test_pieces_show_where_a_word_goes_on_and_strangers_are_unknown():
    assert list(ENCODER.encode(["now", "<unk>", "x", f"a{JOINED}"])) == [
        [f"n{JOINED}", f"o{JOINED}", "w"], ["<unk>"], ["<unk>"], ["<unk>"],
    ]  # fmt: skip


def test_the_same_counts_give_the_same_pieces():
    assert PieceEncoder.learn(COUNTS, 40).state() == ENCODER.state()
    assert PieceEncoder(ENCODER.state()).pieces == ENCODER.pieces


@pytest.mark.parametrize("tokeniser", ALL)
def test_text_comes_back_from_its_tokens(tokeniser):
    line = "newer lower wide" if tokeniser.moses is None else "new lower, wider lowest."
    tokens = tokeniser.tokenise("newer lower wider") if tokeniser.kind == "bpe" else tokeniser.tokenise(line)
    assert tokeniser.text(tokens) == ("newer lower wider" if tokeniser.kind == "bpe" else line)
    assert tokeniser.lines([*tokens, "<eos>", *tokens]) == [tokeniser.text(tokens)] * 2


@pytest.mark.parametrize("tokeniser", ALL)
def test_the_words_of_a_line_spell_its_tokens(tokeniser):
    words = ["newer", "lower", "wider", "."] if tokeniser.kind != "bpe" else ["newer", "lower", "wider"]
    spelled = tokeniser.spell(words)
    assert len(spelled) == len(words)
    assert [token for word in spelled for token in word] == tokeniser.tokenise(tokeniser.join(words))


def test_raw_text_has_no_space_before_its_full_stop():
    assert Tokeniser("characters", "en").spell(["they", "agree", "."]) == [list("they"), list(" agree"), ["."]]
    assert Tokeniser("characters", None).spell(["agree", "."]) == [list("agree"), [" ", "."]]


def test_characters_of_every_plane_can_end_a_word():
    encoder = PieceEncoder.learn({"語😀": 3, "\U00020000": 3}, 40)
    assert list(encoder.encode(["語😀", "\U00020000", "\U000f0041"])) == [["語😀"], ["<unk>"], ["<unk>"]]
