"""Which determiners, adjectives and phrases go with a noun. Weights are relative to those beside them."""

from collections.abc import Mapping

from pipeline.grammar.selection import Weights

_SHARES: Mapping[str, Mapping[str, Weights]] = {
    "person": {
        "sg": {"the": 45, "a": 28, "possessive": 6, "this": 6, "each": 8},
        "pl": {"the": 40, "some": 8, "number": 18, "possessive": 5, "these": 7, "all": 5, "bare": 15},
    },
    "kin": {
        "sg": {"the": 22, "a": 10, "possessive": 60, "each": 3},
        "pl": {"the": 25, "some": 6, "number": 12, "possessive": 52},
    },
    "owned": {
        "sg": {"the": 44, "a": 27, "possessive": 18, "this": 6, "each": 5},
        "pl": {"the": 42, "some": 9, "number": 15, "possessive": 14, "these": 7, "all": 2, "bare": 10},
    },
    "public": {
        "sg": {"the": 54, "a": 32, "this": 8, "each": 5},
        "pl": {"the": 48, "some": 10, "number": 18, "these": 8, "all": 3, "bare": 12},
    },
    "mass": {"sg": {"the": 48, "possessive": 20, "some": 20, "this": 10}},
}
_SHARE_OF = {
    "person": "person", "kin": "kin", "drink": "mass",
    **dict.fromkeys(
        (
            "beast", "bird", "fish", "insect", "building", "outdoor", "settlement", "scenery", "road", "calamity",
            "aircraft", "tree",
        ),
        "public",
    ),
}  # fmt: skip
# Determiners that stand where: in subjects, objects, after a preposition, with one definite thing in mind.
STYLES = {
    "subject": ("the", "a", "possessive", "this", "each", "some", "number", "these", "all", "bare"),
    "object": ("the", "a", "possessive", "this", "some", "number", "these", "bare"),
    "brief": ("the", "a", "possessive", "this", "some", "number", "bare"),
    "particular": ("the", "a", "possessive", "this", "these"),
}
# "Of" follows no possessive; of what is owned it follows "the" alone (the hat of the king, a friend of the king).
RELATIONAL = frozenset({"kin", "organization", "band", "idea", "room"})


def determiners(noun: str, number: str, style: str) -> dict[str, float]:
    """Probabilities of the determiners of a noun class, "bare" for none."""
    shares = _SHARES[_SHARE_OF.get(noun, "owned")][number]
    kept = {determiner: share for determiner, share in shares.items() if determiner in STYLES[style]}
    return {determiner: share / sum(kept.values()) for determiner, share in kept.items()}


def takes_of(noun: str, determiner: str) -> bool:
    """Whether "of" can follow the noun after this determiner."""
    return determiner == "the" or (noun in RELATIONAL and determiner in ("a", "some", "number", "bare"))


# The lists of adjectives that go with a noun class.
ADJECTIVES_OF: Mapping[str, Weights] = {
    "person": {"opinion": 1, "age": 1, "looks": 1, "fame": 1, "trait": 8, "state": 4, "creature": 2},
    "kin": {"opinion": 0.5, "age": 0.5, "looks": 0.5, "trait": 6, "state": 4, "creature": 2},
    "pet": {"opinion": 0.5, "age": 1, "size": 2, "looks": 1, "animal": 3, "creature": 3, "fur": 1.5},
    "beast": {"opinion": 1, "age": 1, "size": 2, "looks": 1, "animal": 2, "creature": 2, "wild": 3},
    "bird": {"opinion": 1, "size": 2, "looks": 2, "animal": 1, "creature": 2, "wild": 1},
    "fish": {"opinion": 1, "size": 3, "looks": 1, "wild": 2, "creature": 1},
    "insect": {"opinion": 1, "size": 3, "looks": 1, "wild": 1},
    "organization": {"opinion": 1, "age": 1, "fame": 1, "power": 6},
    "band": {"opinion": 1, "age": 1, "fame": 1, "troop": 5},
    "vehicle": {"age": 1, "size": 1, "looks": 1, "colour": 2, "value": 1, "condition": 1, "vehicle": 4},
    "boat": {"age": 1, "size": 2, "looks": 1, "colour": 1, "value": 1, "vehicle": 3},
    "aircraft": {"age": 1, "size": 2, "looks": 1, "value": 1, "vehicle": 3},
    "tree": {"opinion": 0.5, "age": 1, "size": 2, "looks": 1, "plant": 3},
    "flower": {"size": 1, "looks": 2, "colour": 3, "flower": 4},
    "gathering": {"opinion": 2, "festive": 3, "social": 3},
    "trip": {"opinion": 2, "festive": 3, "social": 1, "text": 1.5},
    "calamity": {"terrible": 5},
    "idea": {"opinion": 1, "age": 1, "fame": 0.5, "abstract": 4, "scheme": 3},
    "news": {"opinion": 1, "age": 0.5, "abstract": 4, "tale": 3},
    "book": {"opinion": 1, "age": 1, "fame": 1, "text": 4, "book": 2},
    "letter": {"opinion": 0.5, "age": 0.5, "text": 3, "letter": 3},
    "building": {"opinion": 0.5, "age": 1, "epoch": 1.5, "size": 2, "looks": 1, "fame": 1, "building": 4},
    "room": {"size": 2, "looks": 1, "building": 1, "room": 3},
    "outdoor": {"opinion": 0.5, "age": 0.5, "size": 1, "looks": 2, "fame": 1, "outdoor": 4},
    "settlement": {"age": 1, "opinion": 0.5, "size": 1, "looks": 1, "fame": 1, "outdoor": 3},
    "scenery": {"opinion": 0.5, "size": 1, "looks": 2, "fame": 1, "steep": 3},
    "road": {"age": 1, "looks": 0.5, "road": 4, "building": 1},
    "produce": {"size": 1.5, "food": 2, "produce": 4},
    "pastry": {"opinion": 0.5, "size": 1, "food": 3, "pastry": 3},
    "dish": {"opinion": 0.5, "food": 3, "dish": 4},
    "drink": {"opinion": 0.3, "drink": 3, "value": 1},
    "tool": {"age": 2, "size": 1, "colour": 1, "value": 1.5, "condition": 3, "use": 2},
    "appliance": {"age": 2, "size": 1, "value": 1.5, "condition": 2, "use": 2},
    "furniture": {"age": 2, "epoch": 1, "size": 1, "looks": 2, "colour": 1, "value": 2, "condition": 1},
    "surface": {"age": 2, "epoch": 1, "size": 1, "looks": 1, "colour": 1, "value": 1, "condition": 1, "wood": 3},
    "clothing": {"age": 2, "looks": 2, "colour": 4, "value": 1, "cloth": 2.5, "fabric": 2},
    "jewel": {"opinion": 0.5, "age": 1, "epoch": 0.5, "looks": 2, "value": 2, "gold": 4},
    "instrument": {"age": 2, "epoch": 0.5, "looks": 1, "value": 2, "condition": 2},
}  # fmt: skip
NOT_PREDICATED = frozenset({"age", "size", "social"})  # they say little by themselves
GRADABLE = frozenset({
    "festive", "looks", "fame", "trait", "state", "creature", "animal", "food", "pastry", "dish", "drink", "value",
    "text", "vehicle", "steep", "road", "abstract", "power", "troop", "cloth", "flower",
})  # fmt: skip
STATES = frozenset({"state", "creature"})  # what one is for a while: often, today, because

# Where one is near, what one has with one, what is told about, who owns.
NEAR = {
    "building": 3,
    "outdoor": 1,
    "settlement": 0.5,
    "scenery": 2,
    "road": 1,
    "vehicle": 1,
    "tree": 1.5,
    "city": 0.5,
    "person": 1,
}
BESIDE = {"building": 3, "vehicle": 1, "tree": 1.5, "surface": 0.7, "person": 2}
WILDS = {"building": 0.5, "outdoor": 1, "scenery": 2, "tree": 1.5}
SITES = {"building": 2, "outdoor": 1, "scenery": 2, "road": 1, "city": 1}
WITH = {"clothing": 3, "tool": 3, "jewel": 0.7, "instrument": 1, "pet": 1.5}
ABOUT = {
    "person": 2, "kin": 0.5, "pet": 0.7, "beast": 1, "gathering": 1.5, "trip": 1, "calamity": 1, "building": 1,
    "settlement": 0.5, "city": 0.7, "drink": 0.3,
}  # fmt: skip
OWNERS = {"person": 4, "kin": 1}
# After these stands one definite thing, and after it none of the first six again: no house near a tree near a road.
LOCAL = ("near", "beside", "outside", "on", "under", "through")
DEFINITE = (*LOCAL, "from")
# Phrases after a noun class: preposition class, weight, noun classes after it.
PREPOSITIONS: Mapping[str, tuple[tuple[str, float, Weights], ...]] = {
    "person": (
        ("near", 2, NEAR), ("beside", 2, BESIDE), ("with", 4, WITH), ("outside", 1, {"building": 1}),
        ("from", 3, {"city": 2, "building": 1, "settlement": 1, "organization": 1}),
    ),
    "kin": (("of", 6, OWNERS), ("beside", 1, BESIDE), ("with", 1, WITH), ("from", 2, {"city": 2, "settlement": 0.7})),
    "pet": (("near", 1.5, NEAR), ("beside", 1.5, BESIDE), ("of", 2, OWNERS), ("from", 0.7, {"building": 1})),
    "beast": (("near", 2, WILDS), ("beside", 1, {"tree": 2, "building": 1}), ("from", 1, {"outdoor": 1})),
    "bird": (("near", 2, WILDS), ("beside", 1, {"tree": 2, "flower": 1}), ("from", 1, {"outdoor": 1})),
    "fish": (("near", 1, {"boat": 1, "scenery": 1}),),
    "insect": (("near", 2, {"tree": 1, "flower": 2}), ("on", 2, {"surface": 1}), ("under", 1, {"surface": 1})),
    "organization": (("from", 2, {"city": 3, "settlement": 0.7}),),
    "band": (("from", 2, {"city": 2, "settlement": 1, "building": 1}), ("with", 1, {"instrument": 1, "pet": 0.5})),
    "vehicle": (("near", 1, SITES), ("beside", 2, {"building": 2, "tree": 1, "vehicle": 1}), ("of", 2, OWNERS)),
    "boat": (("near", 2, {"scenery": 2, "city": 1}), ("of", 1, OWNERS)),
    "aircraft": (("near", 1, {"building": 1, "city": 1}), ("from", 1, {"city": 1})),
    "tree": (("near", 1, {"building": 2, "road": 1, "scenery": 1}), ("beside", 1, {"building": 2, "tree": 1})),
    "flower": (("beside", 1, {"building": 1, "tree": 1}), ("from", 1, {"outdoor": 1, "kin": 1})),
    "gathering": (("for", 2, {"person": 3, "kin": 1}), ("with", 1, {"person": 2, "kin": 1, "band": 1})),
    "trip": (("with", 2, {"person": 2, "kin": 2}), ("through", 2, {"outdoor": 3, "city": 1})),
    "calamity": (("near", 1, {"city": 2, "settlement": 1, "scenery": 1}),),
    "idea": (("of", 3, {"person": 3, "organization": 2, "kin": 1}), ("about", 3, ABOUT)),
    "news": (("about", 3, ABOUT), ("from", 1, {"person": 1, "kin": 1})),
    "book": (("about", 4, ABOUT), ("by", 2, {"person": 1})),
    "letter": (("about", 2, ABOUT), ("from", 3, {"person": 2, "kin": 1, "organization": 1, "city": 0.5})),
    "building": (
        ("near", 3, SITES), ("beside", 2, {"building": 1, "tree": 1}), ("outside", 0.7, {"city": 1}),
        ("of", 0.7, {"person": 1, "organization": 1}),
    ),
    "room": (("of", 1, {"building": 1}), ("beside", 0.5, {"room": 1})),
    "outdoor": (("near", 1, SITES), ("outside", 0.3, {"city": 1})),
    "scenery": (("near", 1, {"city": 2, "outdoor": 2, "building": 1}),),
    "settlement": (("near", 1, {"scenery": 2, "city": 1}),),
    "road": (("near", 1, SITES),),
    "produce": (("from", 2, {"outdoor": 2}), ("for", 1, {"person": 1, "kin": 1}), ("on", 2, {"surface": 1})),
    "pastry": (("for", 2, {"person": 1, "kin": 1, "gathering": 1}), ("on", 1, {"surface": 1})),
    "dish": (("for", 2, {"person": 1, "kin": 1}), ("on", 2, {"surface": 1})),
    "drink": (("for", 2, {"person": 1, "kin": 1}), ("on", 1, {"surface": 1})),
    "tool": (("of", 2, OWNERS), ("on", 2, {"surface": 1}), ("under", 1, {"surface": 1}), ("from", 1, {"kin": 1})),
    "appliance": (("beside", 1, {"surface": 1, "furniture": 1}), ("from", 1, {"building": 1, "city": 1})),
    "furniture": (("of", 1, OWNERS), ("beside", 2, {"surface": 2, "furniture": 1, "appliance": 1})),
    "surface": (("of", 1, OWNERS), ("beside", 2, {"furniture": 1, "appliance": 1, "surface": 1})),
    "clothing": (("of", 2, OWNERS), ("on", 1, {"surface": 1}), ("from", 2, {"kin": 2, "city": 1})),
    "jewel": (("of", 2, OWNERS), ("on", 1, {"surface": 1}), ("from", 2, {"kin": 2, "city": 1})),
    "instrument": (("of", 2, OWNERS), ("beside", 1, {"surface": 1, "furniture": 1})),
}  # fmt: skip
# Where what a clause tells takes place, by the kinds of its subject; the preposition "in" follows no noun.
_INDOORS = {"room": 2, "building": 3}
_PLACES: Mapping[tuple[str, ...], Weights] = {
    ("person", "band"): {"outdoor": 3, "settlement": 1, "city": 2, **_INDOORS},
    ("pet", "bird", "insect"): {"outdoor": 3, "room": 1},
    ("beast", "vehicle", "tree", "flower", "produce"): {"outdoor": 1},
    ("organization", "idea", "news", "building", "road", "boat"): {"city": 2, "settlement": 1},
    ("gathering", "calamity"): {"outdoor": 1, "city": 1, "settlement": 1},
    ("pastry", "dish", "drink", "furniture", "surface", "appliance", "tool", "jewel"): _INDOORS,
    ("clothing", "instrument"): _INDOORS,
}
WHERE = {kind: places for kinds, places in _PLACES.items() for kind in kinds}
EVENTS = {"gathering": 3, "calamity": 1.5, "trip": 1}  # during, before, after which
