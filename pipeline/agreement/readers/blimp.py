"""Minimal pairs as JSON objects, one a line, after BLiMP (Warstadt et al. 2020).

    {"sentence_good": "The dog isn't here.", "sentence_bad": "The dog aren't here.", "UID": "…", …}

`UID` names the paradigm. `one_prefix_method` says whether the pair's sentences begin alike up to the form that tells
them apart; where it is false, only whole sentences can be compared. BLiMP writes English as it is printed: words are
split here as Moses does, `do n't` into `don 't`.

Alex Warstadt, Alicia Parrish, Haokun Liu, Anhad Mohananey, Wei Peng, Sheng-Fu Wang and Samuel R. Bowman (2020),
BLiMP: The Benchmark of Linguistic Minimal Pairs for English, TACL 8.
"""

import json
import re
from typing import Any

from pipeline.agreement.readers.suite import BadRow, Lines, Suite, collect, why_no_pair

TEXTS = ("sentence_good", "sentence_bad", "UID")
GROUPS = ("UID", "field", "linguistics_term")
WORDS = re.compile(r"\w+(?:-\w+)*|'\w+|[^\w\s]")


def read(lines: Lines) -> Suite:
    """Groups: UID, and field and linguistics_term where every pair has them."""
    pairs, bad, compares_forms = [], [], []
    for number, line in lines:
        entry, cause = _entry(line)
        if not cause:
            good, wrong = (" ".join(WORDS.findall(entry[name])) for name in TEXTS[:2])
            cause = why_no_pair(good, wrong)
        if cause:
            bad.append(BadRow(number, cause))
            continue
        groups = {name: entry[name] for name in GROUPS if isinstance(entry.get(name), str)}
        pairs.append((number, {"good": good, "bad": wrong, **groups}))
        compares_forms.append(entry.get("one_prefix_method", True) is True)
    shared = [name for name in GROUPS if all(name in pair for _, pair in pairs)]
    return collect("blimp", shared, pairs, bad, compares_forms)


def _entry(line: str) -> tuple[dict[str, Any], str | None]:
    """The object of a line, and what is wrong with it."""
    try:
        entry = json.loads(line)
        json.dumps(entry, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        return {}, f"is no JSON: {error.msg} at character {error.pos + 1}"
    except UnicodeEncodeError:
        return {}, "holds half of a surrogate pair, which is no letter"
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, or lists within lists
        return {}, f"is no JSON that can be read: {error}"
    if not isinstance(entry, dict):
        return {}, "is no JSON object"
    for name in TEXTS:
        if not isinstance(entry.get(name), str):
            return {}, f"{name} is {entry[name]!r}, which is no text" if name in entry else f"has no {name}"
    return entry, None
