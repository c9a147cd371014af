"""Figures published elsewhere, shown beside a run on the same corpus and never as results of ours."""

from dataclasses import dataclass

from pipeline.agreement.readers.suite import Suite


@dataclass(frozen=True)
class Published:
    """Word-level test perplexity; `parameters` as the source gives them, empty where it gives none."""

    model: str
    parameters: str
    test: str
    source: str


PENN = (
    Published("3-gram, Good-Turing", "", "165.2", "Mikolov 2012"),
    Published("5-gram, modified Kneser-Ney", "", "141.2", "Mikolov 2012"),
    Published("Elman network", "", "124.7", "Mikolov 2012"),
    Published("RNN / GRU / LSTM", "13M", "114.5 / 92.5 / 78.9", "Bai et al. 2018"),
    Published("LSTM, small / medium / large", "– / 20M / 66M", "114.5 / 82.7 / 78.4", "Zaremba et al. 2014"),
    Published("LSTM, tuned", "24M", "58.3", "Melis et al. 2018"),
    Published("AWD-LSTM", "24M", "57.3", "Merity et al. 2018"),
    Published("Mogrifier LSTM", "24M", "50.1", "Melis et al. 2020"),
)
WIKITEXT2 = (
    Published("LSTM", "", "99.3", "Grave et al. 2017"),
    Published("variational LSTM", "", "96.3", "Grave et al. 2017"),
    Published("LSTM, tied, 2×200 / 2×650 / 2×1500", "", "101.6 / 86.9 / 82.3", "gluon-nlp"),
    Published("LSTM, tuned", "24M", "65.9", "Melis et al. 2018"),
    Published("AWD-LSTM", "33M", "65.8", "Merity et al. 2018"),
    Published("AWD-LSTM, continuous cache", "33M", "52.0", "Merity et al. 2018"),
    Published("Mogrifier LSTM", "35M", "55.1", "Melis et al. 2020"),
)
PUBLISHED = {"wikitext-2": WIKITEXT2, "ptb": PENN, "penn-treebank": PENN}
TYPES = {"wikitext-2": 33278, "ptb": 10000, "penn-treebank": 10000}
"""Size of the vocabulary that the published figures are over."""


@dataclass(frozen=True)
class PublishedAccuracy:
    """Accuracies on a suite by the values of one of its groups, or of all of it."""

    who: str
    group: str
    accuracy: dict[str, str]
    source: str


LINZEN = (
    PublishedAccuracy(
        "LSTM, the best",
        "n_attractors",
        {"0": "99.3 %", "1": "97.2 %", "2": "95.0 %", "3": "92.2 %", "4": "90.0 %"},
        "Yogatama et al. 2018",
    ),
)
BLIMP_AGREEMENT = tuple(
    PublishedAccuracy(who, "mean over UID", {"": accuracy}, "Warstadt et al. 2020")
    for who, accuracy in (
        ("5-gram", "60.3 %"),
        ("LSTM", "80.1 %"),
        ("Transformer-XL", "76.0 %"),
        ("GPT-2", "86.4 %"),
        ("humans", "90.9 %"),
    )
)
BLIMP_PARADIGMS = {
    "distractor_agreement_relational_noun",
    "distractor_agreement_relative_clause",
    *(f"{kind}_plural_subject_verb_agreement_{number}" for kind in ("regular", "irregular") for number in (1, 2)),
}
"""The six of subject-verb agreement that the published mean is over."""


def published_accuracies(name: str, suite: Suite) -> tuple[PublishedAccuracy, ...]:
    """Figures on the same suite: Linzen's, where the file is named after him; BLiMP's, of its six paradigms."""
    if suite.form == "linzen" and name.lower().startswith("linzen"):
        return LINZEN
    if suite.form == "blimp" and set(suite.pairs["UID"]) == BLIMP_PARADIGMS:
        return BLIMP_AGREEMENT
    return ()
