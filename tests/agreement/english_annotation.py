"""A reading of English sentences by rule, without knowing the templates: which noun is the subject of the next verb.

It knows the words of the suite by hand and nothing of how the suite is made: subjects that still wait for their verb
are kept on a stack, as an incremental parser would.
"""


def _words(text: str) -> set[str]:
    return set(text.split())


SINGULAR_NOUNS = _words(
    "writer author poet critic historian editor singer actor artist producer director teacher student player officer "
    "soldier pilot engineer minister leader worker girl boy king friend brother sister son daughter dog cat horse bird "
    "animal town city village island school castle hotel camp farm river lake hill mountain bridge tower church temple "
    "station wall song book novel poem story film album"
)
IRREGULAR = {"city": "cities", "story": "stories", "church": "churches"}
SINGULAR_OF = {IRREGULAR.get(noun, noun + "s"): noun for noun in SINGULAR_NOUNS}
NOUNS = SINGULAR_NOUNS | set(SINGULAR_OF)

PLURAL_OF = {"is": "are", "was": "were", "has": "have", "does": "do"} | {
    verb + "s": verb
    for verb in _words(
        "sing write read speak learn work meet follow help support like love visit describe need want seem "
        "appear know believe continue belong become contain"
    )
}
SINGULAR_VERBS, PLURAL_VERBS = set(PLURAL_OF), set(PLURAL_OF.values())
PAST_VERBS = _words("met followed helped supported praised left visited described liked loved wrote finished published")
CLAUSE_VERBS = _words("said thought believed knew")
VERBS = SINGULAR_VERBS | PLURAL_VERBS | PAST_VERBS | CLAUSE_VERBS
PREPOSITIONS = _words("near behind beside to of about from")
ADVERBS = _words("often always never also sometimes")
MODIFIERS = _words("the very young old famous rich poor large small beautiful")
OTHERS = {"who", "whom", "that", "and", "well", "next"}


def is_plural(noun: str) -> bool:
    return noun in SINGULAR_OF


def subject_of_next_verb(prefix: list[str]) -> int | None:
    """The position of the noun that the next verb agrees with; none where no subject waits for a verb.

    Raises ValueError at a word that is not listed above, so that no noun goes unseen.
    """
    waiting: list[int] = []
    last_noun = last_subject = 0
    for position, word in enumerate(prefix):
        before = _before(prefix, position, MODIFIERS)
        if word in NOUNS:
            # after a preposition or a transitive verb it is an object
            if before not in PREPOSITIONS and (before not in VERBS or before in CLAUSE_VERBS):
                waiting.append(position)
            last_noun = position
        elif word in VERBS:
            # the subject of "that loves" is the noun before it, which still waits for its own verb
            if _before(prefix, position, ADVERBS) != "that" and waiting:
                last_subject = waiting.pop()
        elif word == "who":
            waiting.append(last_noun)
        elif word == "and":
            waiting.append(last_subject)
        elif word not in PREPOSITIONS | ADVERBS | MODIFIERS | OTHERS:
            raise ValueError(f"{word!r} is not known to the test")
    if _before(prefix, len(prefix), ADVERBS) == "that":
        return last_noun
    return waiting[-1] if waiting else None


def _before(words: list[str], position: int, skipped: set[str]) -> str:
    return next((word for word in reversed(words[:position]) if word not in skipped), "")
