"""What goes with what: which subjects and objects a verb takes, and which adverbs go with it.

Weights are relative to those beside them.
"""

from collections.abc import Iterable, Mapping

Weights = Mapping[str, float]

# How often a noun class is the subject of a clause; those that are missing never are.
SUBJECTS = {
    "person": 36, "kin": 10, "pet": 7, "beast": 4, "bird": 3, "fish": 1, "insect": 1.5, "organization": 4, "band": 4,
    "vehicle": 4, "boat": 1.5, "aircraft": 1, "tree": 1.5, "flower": 2, "gathering": 3.5, "trip": 1, "calamity": 2.5,
    "idea": 3, "news": 2, "book": 2, "letter": 1.5, "building": 3, "room": 0.5, "outdoor": 0.6, "settlement": 0.5,
    "scenery": 0.7, "road": 0.5, "produce": 0.8, "pastry": 0.8, "dish": 0.8, "drink": 0.8, "tool": 1.5, "appliance": 1,
    "furniture": 0.8, "surface": 0.7, "clothing": 1, "jewel": 0.6, "instrument": 0.8,
}  # fmt: skip
SINGULAR = frozenset({"drink"})  # noun classes of masses
MOSTLY_SINGULAR = frozenset(
    {"outdoor", "settlement", "scenery", "road", "room", "surface", "calamity", "trip", "gathering"}
)  # half as often in the plural as others


def kind(noun: str) -> str:
    """What a noun class counts as where it is a subject: kin are persons, every other is a kind of its own."""
    return "person" if noun == "kin" else noun


PEOPLE = {"person": 4, "kin": 1.5}
# What one has about one, and what is bought, mended, given.
CARRIED = {"tool": 5, "clothing": 1, "jewel": 1, "letter": 1, "book": 1, "instrument": 1, "produce": 0.5}
GOODS = {
    "tool": 3, "clothing": 2, "jewel": 1, "book": 1, "vehicle": 1.5, "instrument": 1, "furniture": 1, "surface": 1,
    "appliance": 1, "pet": 0.7, "boat": 0.4,
}  # fmt: skip
DEVICES = {
    "vehicle": 2, "appliance": 2, "tool": 2, "boat": 1, "aircraft": 0.5, "instrument": 1, "surface": 1, "furniture": 0.7
}  # fmt: skip
GIFTS = {"letter": 2, "book": 1, "tool": 2, "clothing": 1, "jewel": 1, "flower": 1, "pastry": 1, "produce": 0.5}
SITES = {"building": 3, "outdoor": 1.5, "settlement": 1.5, "scenery": 2, "city": 1}
HAPPENINGS = {"gathering": 2, "trip": 1, "calamity": 1}
TOPICS = {"person": 2, "calamity": 1, "trip": 1, "gathering": 1, "building": 1, "beast": 1, "idea": 0.5}
# Per kind of subject: verb class, weight, and the noun classes of the object with their weights (none: intransitive).
# "reflexive" is the subject once more.
FRAMES: Mapping[str, tuple[tuple[str, float, Weights], ...]] = {
    "person": (
        ("speak", 7, {}), ("career", 0.8, {}), ("shiver", 2, {}), ("move", 4, {}), ("rest", 2.5, {}),
        ("arrive", 1, {}), ("swim", 0.8, {}), ("vanish", 0.4, {}),
        ("love", 6, {**PEOPLE, "pet": 1.5}), ("notice", 4, {**PEOPLE, "pet": 0.5, "bird": 0.5}), ("help", 7, PEOPLE),
        ("feed", 2, {"pet": 1}), ("eat", 4, {"produce": 1, "pastry": 1, "dish": 1}), ("drink", 2.5, {"drink": 1}),
        ("enjoy", 2, {"dish": 1, "pastry": 0.5, "drink": 1, "gathering": 1.5, "trip": 1, "book": 1}),
        ("slice", 1.5, {"produce": 1}), ("bake", 1.3, {"pastry": 1}), ("serve", 2.3, {"dish": 2, "pastry": 0.5}),
        ("wear", 3, {"clothing": 4, "jewel": 1}), ("mend", 1.5, {"clothing": 1}),
        ("write", 3.5, {"book": 1, "letter": 1}), ("publish", 2.5, {"book": 1}), ("sign", 1.2, {"letter": 1}),
        ("drive", 3, {"vehicle": 1}), ("board", 0.7, {"boat": 2, "aircraft": 1}), ("sail", 0.7, {"boat": 1}),
        ("fly", 0.5, {"aircraft": 1}), ("visit", 3, SITES), ("enter", 2, {"building": 3, "room": 2}),
        ("restore", 1.8, {"building": 1}), ("explore", 1.5, {"outdoor": 2, "scenery": 1, "settlement": 1}),
        ("cross", 0.8, {"road": 1}), ("climb", 0.5, {"tree": 1}),
        ("reach", 1, {"building": 1, "road": 1, "settlement": 1, "scenery": 1, "city": 1}),
        ("carry", 4, CARRIED), ("buy", 4, GOODS), ("repair", 3, DEVICES), ("play", 2.5, {"instrument": 1}),
        ("plant", 1.4, {"tree": 1, "flower": 1}), ("pick", 0.6, {"flower": 1}), ("attend", 3, {"gathering": 1}),
        ("postpone", 1.6, {"gathering": 2, "trip": 1}), ("remember", 2, {**HAPPENINGS, "news": 1, "person": 1}),
        ("describe", 1.4, {**TOPICS, "kin": 1, "news": 1}), ("survive", 0.6, {"calamity": 1}),
        ("think", 4.5, {"idea": 1}), ("repeat", 1.5, {"news": 1}),
    ),
    "organization": (
        ("hire", 6, {"person": 1}), ("think", 5, {"idea": 1}), ("attend", 1.5, {"gathering": 1}),
        ("postpone", 1.5, {"gathering": 2, "trip": 1}), ("restore", 2, {"building": 1}), ("sign", 1, {"letter": 1}),
    ),
    "band": (
        ("celebrate", 3, {}), ("speak", 2, {}), ("move", 1, {}), ("help", 3, PEOPLE), ("attend", 2.5, {"gathering": 1}),
        ("visit", 2, SITES), ("love", 1.5, PEOPLE), ("enjoy", 1.5, {"dish": 1, "gathering": 2, "trip": 1}),
    ),
    "pet": (
        ("move", 3, {}), ("rest", 1.5, {}), ("arrive", 0.5, {}), ("vanish", 0.4, {}), ("swim", 0.4, {}),
        ("eat", 2.5, {"dish": 1, "produce": 1, "pastry": 1}),
        ("chase", 4, {"pet": 2, "person": 1.5, "kin": 0.5, "bird": 1}), ("love", 0.8, PEOPLE),
        ("notice", 1.5, {"person": 2, "pet": 1, "bird": 1, "insect": 1}),
        ("lick", 1, {"person": 2, "kin": 1, "pet": 1, "reflexive": 1}),
    ),
    "beast": (
        ("roam", 4, {}), ("move", 2, {}), ("rest", 1.5, {}), ("vanish", 0.4, {}), ("eat", 1.2, {"produce": 1}),
        ("chase", 4, {"beast": 2, "pet": 1.5, "person": 1, "bird": 0.5}),
        ("notice", 1.2, {"person": 2, "beast": 1, "pet": 1}), ("frighten", 0.8, {"person": 2, "pet": 1}),
        ("lick", 0.4, {"reflexive": 1}),
    ),
    "bird": (
        ("fly", 3, {}), ("flutter", 2, {}), ("vanish", 0.5, {}), ("eat", 1, {"produce": 2, "pastry": 1}),
        ("notice", 1.2, {"person": 2, "insect": 1, "pet": 1}), ("frighten", 0.4, {"person": 1, "insect": 1}),
    ),
    "fish": (
        ("swim", 3, {}), ("drift", 2, {}), ("vanish", 0.5, {}), ("chase", 1.5, {"fish": 1}),
        ("frighten", 0.8, {"person": 1}),
    ),
    "insect": (
        ("crawl", 3, {}), ("vanish", 0.5, {}), ("sting", 1.2, {"person": 2, "kin": 1, "pet": 1}),
        ("frighten", 0.8, {"person": 1, "kin": 1}),
    ),
    "vehicle": (
        ("stop", 4, {}), ("cross", 1, {"road": 1}), ("reach", 1.6, {"building": 2, "settlement": 1, "city": 1}),
        ("scrape", 0.5, {"vehicle": 1}),
    ),
    "boat": (("sink", 2, {}), ("drift", 1.5, {}), ("reach", 2, {"scenery": 2, "city": 1}), ("vanish", 0.3, {})),
    "aircraft": (("fly", 2, {}), ("descend", 2, {}), ("reach", 1, {"city": 1}), ("vanish", 0.3, {})),
    "tree": (("grow", 2, {}), ("bloom", 0.6, {})),
    "flower": (("grow", 1, {}), ("bloom", 2, {})),
    "gathering": (("begin", 3, {}), ("please", 2, PEOPLE), ("charm", 1, PEOPLE), ("delight", 1, PEOPLE)),
    "trip": (("begin", 2, {}), ("please", 1, PEOPLE), ("charm", 1, PEOPLE), ("delight", 1, PEOPLE)),
    "calamity": (
        ("begin", 2, {}), ("frighten", 3, PEOPLE),
        ("damage", 3, {"building": 4, "vehicle": 1, "road": 1}),
    ),
    "idea": (("succeed", 2, {}), ("please", 3, PEOPLE), ("charm", 1, PEOPLE), ("delight", 0.5, PEOPLE)),
    "news": (("persist", 0.6, {}), ("please", 4, PEOPLE)),
    "book": (
        ("please", 1, PEOPLE), ("charm", 1, PEOPLE), ("delight", 1, PEOPLE), ("depict", 1.2, TOPICS),
        ("describe", 1.2, TOPICS),
    ),
    "letter": (("please", 2, PEOPLE), ("describe", 1.2, TOPICS)),
    "building": (("burn", 2, {}), ("charm", 0.6, PEOPLE), ("delight", 0.6, PEOPLE)),
    "room": (("delight", 1, PEOPLE),),
    "outdoor": (("charm", 1, PEOPLE), ("delight", 1, PEOPLE)),
    "settlement": (("charm", 1, PEOPLE), ("delight", 1, PEOPLE)),
    "scenery": (("charm", 1, PEOPLE), ("delight", 1, PEOPLE)),
    "road": (("delight", 1, PEOPLE),),
    "produce": (("ripen", 1, {}),),
    "pastry": (("cool", 1, {}), ("delight", 2, PEOPLE)),
    "dish": (("cool", 1, {}), ("steam", 1, {}), ("delight", 2, PEOPLE)),
    "drink": (("cool", 1, {}), ("steam", 0.3, {}), ("delight", 2, PEOPLE)),
    "tool": (("vanish", 1, {}), ("gleam", 0.6, {})),
    "appliance": (("hum", 1, {}),),
    "furniture": (("vanish", 1, {}), ("delight", 0.7, PEOPLE)),
    "surface": (("creak", 1, {}),),
    "clothing": (("fade", 1.5, {}), ("vanish", 0.5, {}), ("delight", 0.5, PEOPLE)),
    "jewel": (("gleam", 1, {}), ("sparkle", 2, {}), ("vanish", 0.5, {}), ("delight", 0.5, PEOPLE)),
    "instrument": (("gleam", 1, {}), ("vanish", 0.5, {}), ("delight", 1, PEOPLE)),
}  # fmt: skip
JOINABLE = frozenset({"person", "band", "pet", "beast"})  # of whom one tells two things at once
DESCRIBED_ONLY = frozenset(  # by relative clauses, as what they do does not tell them apart
    {
        "tool", "appliance", "surface", "furniture", "clothing", "jewel", "instrument", "produce", "pastry", "dish",
        "drink", "building", "boat", "room", "road", "tree", "flower",
    }
)  # fmt: skip
# Shares of the verb phrases of people, beside the frames and complements.
GIVE, WANT = 0.05, 0.06

# The adverbs of a verb, by class, and those classes that "very" goes before.
WAYS: Mapping[str, Weights] = {
    "act": {"manner": 5, "mode": 0.7, "speed": 1, "moment": 1},
    "travel": {"manner": 3, "speed": 1, "moment": 1},
    "pass": {"speed": 2, "moment": 2},
    "move": {"speed": 2, "moment": 2},
    "change": {"speed": 1, "moment": 2},
    "occur": {"moment": 1},
    "affect": {"effect": 3, "moment": 1},
    "feel": {"feeling": 1},
    "stay": {},
    "plain": {},
    "wish": {},
}
GRADABLE_ADVERBS = ("manner", "speed")
_VERBS_BY_WAY = {
    "act": """
        speak celebrate eat enjoy slice bake serve drink mend write publish sign carry buy repair play attend postpone
        think repeat help feed hire give
        """,
    "move": """
        move roam flutter fly drift crawl stop chase lick sting descend scrape
        """,
    "travel": """
        swim drive board sail visit enter restore explore climb plant pick
        """,
    "pass": "cross reach",
    "change": "sink grow bloom begin burn ripen cool steam fade damage",
    "occur": """
        career shiver arrive vanish hum creak gleam sparkle succeed persist notice remember depict describe survive wear
        """,
    "affect": "please delight charm frighten",
    "feel": "love",
    "stay": "rest",
    "plain": "rain say insist wonder seem become",
    "wish": "want",
}
WAY = {verb: way for way, verbs in _VERBS_BY_WAY.items() for verb in verbs.split()}
WILLED = ("act", "travel", "pass", "move")  # the ways of what one can want to do
UNDERWAY = ("travel", "pass")  # of what one does out of doors
LASTING = ("feel", "plain", "wish")  # no "can want", "adores him in the park"
COMPLEMENTS = ("plain", "wish")  # what has a clause or an infinitive after it
ONCE = "change"  # what happens to a subject once: no "the house often collapses"
STATIVE = frozenset(
    {"love", "notice", "say", "insist", "want", "please", "delight", "charm", "remember", "describe", "depict"}
)
# Objects stand outside their clauses with some verbs and subjects alone: no "the wolf that the book describes".
NO_GAP = frozenset({"depict", "describe", "survive"})
GAP_SUBJECTS = (
    "person", "kin", "pet", "beast", "bird", "insect", "organization", "band", "gathering", "trip", "calamity", "idea",
    "news",
)  # fmt: skip
NEAR_SUBJECTS = ("person", "kin", "pet")  # of relative clauses without "that"


# Clauses after because, when and if: their subjects, and what these do; COMPANION is somebody, in a word or two.
BRIEF_SUBJECTS = {"person": 6, "kin": 2, "pet": 1.5, "calamity": 0.8, "gathering": 0.8}
BRIEF_FRAMES: Mapping[str, Mapping[tuple[str, str], float]] = {
    "person": {
        ("speak", ""): 4, ("move", ""): 2, ("rest", ""): 3, ("shiver", ""): 1, ("vanish", ""): 0.4,
        ("love", "COMPANION"): 2.5, ("notice", "COMPANION"): 1.5, ("help", "COMPANION"): 2.5,
    },
    "pet": {("move", ""): 3, ("rest", ""): 2, ("vanish", ""): 0.5, ("chase", "COMPANION"): 1.5},
    "calamity": {("begin", ""): 1},
    "gathering": {("begin", ""): 1},
    "weather": {("rain", ""): 1},
}  # fmt: skip
WEATHER = 0.08  # of these clauses
REASONED = ("person", "band", "pet")  # what they do has its because, when and if
WILLING = ("person", "band", "pet", "organization")  # of whom one asks where and how they do it


def gap_subjects(noun: str, subjects: Iterable[str]) -> dict[str, float]:
    """Probabilities of the subject's noun class in a clause whose object, a `noun`, stands outside; none if empty."""
    weights = {subject: SUBJECTS[subject] * sum(_taking(kind(subject), noun).values()) for subject in subjects}
    total = sum(weights.values())
    return {subject: weight / total for subject, weight in weights.items() if weight}


def gap_verbs(subject_kind: str, noun: str) -> dict[tuple[str, str], float]:
    """Probabilities of the verb in such a clause, with nothing after it."""
    weights = _taking(subject_kind, noun)
    return {(verb, ""): weight / sum(weights.values()) for verb, weight in weights.items()}


def _taking(subject_kind: str, noun: str) -> dict[str, float]:
    """The verbs that take a `noun` as object, with the share that have one among all of this kind of subject."""
    total = sum(weight for _, weight, _ in FRAMES[subject_kind])
    return {
        verb: weight / total * objects[noun] / sum(objects.values())
        for verb, weight, objects in FRAMES[subject_kind]
        if noun in objects and verb not in NO_GAP
    }
