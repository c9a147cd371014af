import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.symbols import LINE_END, Characters, LineBreaker, Words, line_places

SPACES = "\t\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def words_of(numbers: Words, symbols: np.ndarray) -> list[str]:
    names = dict(numbers.names()) | {LINE_END: "\n"}
    return [names[symbol] for symbol in symbols.tolist()]


@settings(deadline=None)
@given(st.text(alphabet=f"abé‿語\n{SPACES}\u200b", max_size=60))
def test_words_are_those_of_python(text):
    numbers = Words()
    expected = [word for line in text.split("\n") for word in (*line.split(), "\n")][:-1]
    data = text.encode()
    assert words_of(numbers, numbers.read(data) if data else np.zeros(0, int)) == expected


def test_every_space_that_python_knows_parts_words():
    known = {chr(code) for code in range(0x110000) if chr(code).isspace()} - {"\n"}
    assert known == set(SPACES) | {chr(code) for code in range(0x2000, 0x200B)}
    for space in known:
        assert len(Words().read(f"a{space}b\n".encode())) == 3


def test_a_word_keeps_its_number_from_chunk_to_chunk():
    numbers = Words()
    first, second = numbers.read(b"the dog\n"), numbers.read(b"a dog the\n")
    assert first[0] == second[2]
    assert first[1] == second[1]
    assert len(numbers) == 4
    assert "dog" in numbers
    assert "cat" not in numbers


def test_characters_are_code_points_and_a_carriage_return_before_a_line_end_is_none():
    numbers = Characters()
    symbols = numbers.read("aé 語\r\n\rb\n".encode())
    names = dict(numbers.names()) | {LINE_END: "\n"}
    assert "".join(names[symbol] for symbol in symbols.tolist()) == "aé 語\n\rb\n"


@pytest.mark.parametrize("sizes", [[100], [1] * 30, [4, 3, 9, 1, 50]])
def test_lines_are_broken_at_the_same_places_whatever_the_chunks(sizes):
    lines = [[5] * 3, [], [6] * 4, [7] * 9, [8]]
    stream = np.array([symbol for line in lines for symbol in (*line, LINE_END)], dtype=np.uint32)
    breaker, pieces, start = LineBreaker(4), [], 0
    for size in sizes:
        if start < len(stream):
            pieces.append(breaker(stream[start : start + size]))
        start += size
    broken = np.concatenate(pieces)
    found = [line.tolist()[:-1] for line in np.split(broken, np.flatnonzero(broken == LINE_END) + 1)[:-1]]
    assert found == [[5] * 3, [], [6] * 4, [7] * 4, [7] * 4, [7], [8]]


def test_places_go_on_from_the_chunk_before():
    symbols = np.array([5, 5, 0, 0, 6, 0, 7])
    assert line_places(symbols, 10).tolist() == [10, 11, 12, 0, 0, 1, 0]
