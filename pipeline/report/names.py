"""What models and states are called, and in which order they are always shown."""

from collections.abc import Iterable, Sequence

from pipeline.corpus.tokenisers import JOINED
from pipeline.ngram.counts import MAX_ORDER
from pipeline.ngram.model import model_name
from pipeline.params.architectures import ARCHITECTURES

FLOOR = "grammar"
NGRAMS = tuple(model_name(order) for order in range(1, MAX_ORDER + 1))
ORDER = (*NGRAMS, *ARCHITECTURES, FLOOR)

PRIMARY_STATE = dict.fromkeys(NGRAMS, "line") | dict.fromkeys(ARCHITECTURES, "carried") | {FLOOR: "document"}
"""How far each model's state is carried where one perplexity is quoted."""

STATE_WORDS = {
    "line": "begins anew at each line",
    "carried": "carries its state through the split",
    "document": "knows where documents begin",
}
SMOOTHING_WORDS = {
    "maximum_likelihood": "none",
    "add_k": "add-k",
    "witten_bell": "Witten-Bell",
    "stupid_backoff": "stupid backoff",
    "kneser_ney": "Kneser-Ney",
    "modified_kneser_ney": "modified Kneser-Ney",
}
FORM_WORDS = {
    "pairs": "a table of pairs",
    "linzen": "sentences of a corpus, after Linzen et al. 2016",
    "blimp": "after BLiMP, Warstadt et al. 2020",
    "gulordava": "generated sentences, after Gulordava et al. 2018",
}
"""The forms of files of minimal pairs."""
SPECIAL = {"unigram": "unigram", "bigram": "bigram", "trigram": "trigram", FLOOR: "the source"}


def ordered(models: Iterable[str]) -> list[str]:
    """`models` without repetition, as they are always shown: counts by order, RNN, GRU, LSTM, the source."""
    present = set(models)
    return [name for name in ORDER if name in present]


def ngrams(models: Iterable[str]) -> list[str]:
    return [name for name in ordered(models) if name in NGRAMS]


def networks(models: Iterable[str]) -> list[str]:
    return [name for name in ordered(models) if name in ARCHITECTURES]


def label(model: str) -> str:
    """unigram, …, 5-gram, RNN, GRU, LSTM, the source."""
    if model in SPECIAL:
        return SPECIAL[model]
    return model.upper() if model in ARCHITECTURES else model.replace("gram", "-gram")


def with_article(model: str) -> str:
    """The model as it stands within a sentence."""
    return label(model) if model == FLOOR else f"the {label(model)}"


def in_row(parts: Sequence[str]) -> str:
    """a, b and c."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def as_text(tokens: Sequence[str], unit: str) -> str:
    """What tokens are of a line of text, as it is read."""
    if unit == "character":
        return "".join(tokens)
    return " ".join(tokens).replace(f"{JOINED} ", "")


def shown_type(token: str) -> str:
    """A type by itself: white space as a sign that can be seen."""
    return "␣" if token == " " else token


def short_unit(unit: str) -> str:
    """Word, character, piece."""
    return unit.split(" ")[0]


def plural(unit: str) -> str:
    """Words, characters, pieces of a word."""
    first, *rest = unit.split(" ")
    return " ".join([f"{first}s", *rest])
