"""Diagrams drawn by hand: a recurrent network unrolled in time, and the cells of this run."""

from collections.abc import Iterable
from html import escape


def all_diagrams(networks: Iterable[str]) -> dict[str, str]:
    """SVG by name: the unrolled network, attention beside it, and one cell for each of `networks`."""
    cells = {"rnn": rnn_cell, "gru": gru_cell, "lstm": lstm_cell}
    return {"unrolled": unrolled(), "attention": attention(), **{name: cells[name]() for name in networks}}


def _svg(name: str, size: tuple[int, int], title: str, description: str, content: str) -> str:
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="{name}-title {name}-desc" font-size="14" font-family="inherit">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
        f'<defs><marker id="{name}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor"/></marker></defs>'
        f"{content}</svg>"
    )


def _box(x: float, y: float, width: float, height: float, colour: str = "currentColor") -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="{colour}" fill-opacity="0.1" '
        f'stroke="{colour}" stroke-width="1.4"/>'
    )


def _text(x: float, y: float, words: str, extra: str = "") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle" fill="currentColor" {extra}>{words}</text>'


def _sub(name: str, index: str) -> str:
    return (
        f'<tspan font-style="italic">{name}</tspan><tspan dy="4" font-size="10">{index}</tspan><tspan dy="-4">​</tspan>'
    )


def _wire(name: str, path: str, colour: str = "currentColor", width: float = 1.3, tip: bool = True) -> str:
    end = f' marker-end="url(#{name}-tip)"' if tip else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{end}/>'


def unrolled() -> str:
    """The same cell at every step, the state handed on."""
    name, parts = "diagram-unrolled", []
    words = ["the", "dogs", "near", "the", "cat"]
    following = [*words[1:], "bark"]
    for step, (word, after) in enumerate(zip(words, following, strict=True)):
        x = 46 + step * 106
        parts += [
            _box(x, 66, 62, 40, "var(--lstm, #0072b2)"),
            _text(x + 31, 91, "cell"),
            _wire(name, f"M{x + 31} 142V109"),
            _text(x + 31, 160, word),
            _wire(name, f"M{x + 31} 66V36"),
            _text(x + 31, 25, f"{after}?", 'font-style="italic"'),
            _wire(name, f"M{x - 42 if step else 8} 86H{x - 3}"),
        ]
        parts.append(_text(x - 22 if step else 22, 78, _sub("h", str(step))))
    parts += [_wire(name, "M532 86H572"), _text(552, 78, _sub("h", "5"))]
    description = (
        "Five copies of one cell in a row; each reads a word and the state before it, predicts the next word "
        "and hands its state on."
    )
    return _svg(name, (584, 172), "A recurrent network unrolled in time", description, "".join(parts))


def attention() -> str:
    """Above, a state passed on step by step; below, all states kept, and a weighted look at them."""
    name, colour = "diagram-attention", "var(--lstm, #0072b2)"
    words, weights = ["the", "dogs", "near", "the", "cat"], (0.8, 4.5, 1.2, 0.8, 1.8)
    parts = [_text(40, 18, "one state", 'font-weight="600"'), _text(40, 160, "all states", 'font-weight="600"')]
    for step, (word, weight) in enumerate(zip(words, weights, strict=True)):
        x = 46 + step * 106
        far = 1 <= step < 4
        parts += [
            _box(x, 44, 62, 36, colour),
            _text(x + 31, 67, _sub("h", str(step + 1))),
            _wire(name, f"M{x + 31} 110V83"),
            _text(x + 31, 126, word),
            _box(x, 254, 62, 36, colour),
            _text(x + 31, 277, _sub("h", str(step + 1))),
            _wire(name, f"M{x + 31} 320V293"),
            _text(x + 31, 336, word),
        ]
        if step < 4:
            parts.append(_wire(name, f"M{x + 62} 62H{x + 103}", colour if far else "currentColor", 3.2 if far else 1.3))
            path = f"M{x + 31} 254C{x + 31} 222 {x + 60} 196 {488} 194"
            parts.append(_wire(name, path, colour, weight, tip=False))
        else:
            parts += [_wire(name, f"M{x + 31} 254V207", colour, weight, tip=False), _wire(name, f"M{x + 31} 44V26")]
        parts.append(_text(x + (12 if step < 4 else 48), 246, _sub("α", str(step + 1)), 'font-size="12"'))
    parts += [_operator(501, 195, "Σ"), _wire(name, "M501 183V164"), _text(501, 18, "bark?", 'font-style="italic"')]
    parts.append(_text(501, 156, "bark?", 'font-style="italic"'))
    description = (
        "Above, five states in a row: what the word dogs left reaches the last state through three steps. Below, the "
        "same five states are kept; a line from each leads straight to a sum, thicker the more weight it has, "
        "thickest from dogs."
    )
    return _svg(name, (584, 346), "A state passed on, and a look at all states", description, "".join(parts))


def rnn_cell() -> str:
    """h' = tanh(W x + U h + b): one squashing between a state and the next."""
    name, colour = "diagram-rnn", "var(--rnn, #d55e00)"
    content = [
        _box(60, 16, 170, 92, colour),
        _box(118, 42, 56, 32, colour),
        _text(146, 63, "tanh"),
        _wire(name, "M8 58H114", colour, 2.4),
        _wire(name, "M174 58H282", colour, 2.4),
        _wire(name, "M146 136V78"),
        _text(28, 48, _sub("h", "t−1")),
        _text(258, 48, _sub("h", "t")),
        _text(164, 134, _sub("x", "t")),
    ]
    description = (
        "The state before and the input enter a tanh, which gives the new state: all that is remembered is "
        "squashed at every step."
    )
    return _svg(name, (290, 142), "RNN cell", description, "".join(content))


def _gate(x: float, y: float, words: str, colour: str) -> str:
    return _box(x - 17, y - 13, 34, 26, colour) + _text(x, y + 5, words)


def _operator(x: float, y: float, sign: str) -> str:
    return (
        f'<circle cx="{x}" cy="{y}" r="10" fill="var(--page, #fff)" stroke="currentColor" stroke-width="1.2"/>'
        + _text(x, y + 5, sign)
    )


def lstm_cell() -> str:
    """The cell state runs straight through: one product, one sum."""
    name, colour = "diagram-lstm", "var(--lstm, #0072b2)"
    content = [
        _box(52, 10, 312, 168, colour),
        _wire(name, "M8 40H408", colour, 3),
        _wire(name, "M8 158H318V145"),
        *(_wire(name, f"M{x} 158V{138}") for x in (96, 156, 216)),
        _gate(96, 124, "<tspan font-style='italic'>f</tspan>", colour),
        _gate(156, 124, "<tspan font-style='italic'>i</tspan>", colour),
        _gate(216, 124, "<tspan font-style='italic'>g</tspan>", colour),
        _gate(318, 131, "<tspan font-style='italic'>o</tspan>", colour),
        _wire(name, "M96 111V53"),
        _wire(name, "M156 111V94H169"),
        _wire(name, "M216 111V94H193"),
        _wire(name, "M181 84V53"),
        _wire(name, "M268 40V64"),
        _box(246, 67, 44, 24, colour),
        _text(268, 84, "tanh", 'font-size="12"'),
        _wire(name, "M290 79H306"),
        _wire(name, "M318 118V92"),
        _wire(name, "M328 79H408"),
        _operator(96, 40, "×"),
        _operator(181, 40, "+"),
        _operator(181, 94, "×"),
        _operator(318, 79, "×"),
        _wire(name, "M30 190V161"),
        _text(28, 30, _sub("c", "t−1")),
        _text(384, 30, _sub("c", "t")),
        _text(26, 150, _sub("h", "t−1")),
        _text(384, 70, _sub("h", "t")),
        _text(48, 192, _sub("x", "t")),
    ]
    description = (
        "The cell state crosses the cell on a straight line: multiplied by the forget gate, added to by the "
        "input gate. The output gate decides how much of it the hidden state shows."
    )
    return _svg(name, (416, 198), "LSTM cell", description, "".join(content))


def gru_cell() -> str:
    """One gate mixes the state before with the candidate."""
    name, colour = "diagram-gru", "var(--gru, #009e73)"
    content = [
        _box(52, 10, 312, 168, colour),
        _wire(name, "M8 40H408", colour, 3),
        _wire(name, "M30 190V158H216V145"),
        _wire(name, "M30 40V158", tip=False),
        _wire(name, "M96 158V145"),
        _wire(name, "M156 158V145"),
        _gate(96, 131, "<tspan font-style='italic'>r</tspan>", colour),
        _gate(156, 131, "<tspan font-style='italic'>z</tspan>", colour),
        _box(194, 118, 44, 26, colour),
        _text(216, 136, "tanh", 'font-size="12"'),
        _wire(name, "M96 118V104H204V115"),
        _wire(name, "M156 118V53"),
        _wire(name, "M156 88H290", tip=True),
        _wire(name, "M238 131H300V99"),
        _wire(name, "M300 78V53"),
        _operator(156, 40, "×"),
        _operator(300, 88, "×"),
        _operator(300, 40, "+"),
        _text(78, 98, "reset", 'font-size="11"'),
        _text(176, 68, _sub("z", "")),
        _text(266, 80, "1−<tspan font-style='italic'>z</tspan>", 'font-size="12"'),
        _text(28, 30, _sub("h", "t−1")),
        _text(384, 30, _sub("h", "t")),
        _text(48, 192, _sub("x", "t")),
    ]
    description = (
        "The update gate z keeps part of the state before and lets in one minus z of a candidate, in which "
        "the reset gate r has weighed the state."
    )
    return _svg(name, (416, 198), "GRU cell", description, "".join(content))
