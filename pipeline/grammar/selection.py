"""What goes with what: which subjects a verb takes, which objects, which phrases follow a noun.

Weights are relative to those beside them.
"""

from collections.abc import Mapping

# What a subject of each noun class counts as where verbs select it.
KIND = {
    "person": "human", "kin": "human", "animal": "animal", "group": "group", "vehicle": "vehicle", "plant": "plant",
    "event": "event", "idea": "idea", "text": "text", "place": "place", "food": "food", "drink": "drink",
    "tool": "thing", "furniture": "thing", "clothing": "thing", "instrument": "thing",
}  # fmt: skip
SUBJECTS = {
    "person": 40, "kin": 10, "animal": 13, "group": 6, "vehicle": 5, "plant": 3, "event": 6, "idea": 5, "text": 4,
    "place": 3, "food": 2, "drink": 1, "tool": 2, "furniture": 1, "clothing": 1, "instrument": 1,
}  # fmt: skip
ADJECTIVE = {  # the adjectives of a noun class, beside those of any
    "person": "person", "kin": "person", "animal": "animal", "group": "group", "vehicle": "vehicle", "plant": "plant",
    "event": "abstract", "idea": "abstract", "text": "text", "place": "place", "food": "food", "drink": "drink",
    "tool": "thing", "furniture": "thing", "clothing": "thing", "instrument": "thing",
}  # fmt: skip

PEOPLE = {"person": 4, "kin": 1}
# Per kind of subject: verb class, weight, and the noun classes of the object with their weights (none: intransitive).
FRAMES: Mapping[str, tuple[tuple[str, float, Mapping[str, float]], ...]] = {
    "human": (
        ("person", 12, {}), ("animate", 8, {}), ("love", 14, PEOPLE), ("eat", 4, {"food": 1}),
        ("drink", 2, {"drink": 1}), ("cook", 3, {"food": 1}), ("brew", 1, {"drink": 1}),
        ("wear", 4, {"clothing": 1}), ("study", 6, {"text": 1}), ("drive", 4, {"vehicle": 1}),
        ("build", 6, {"place": 1}), ("use", 8, {"tool": 4, "furniture": 2, "clothing": 1, "instrument": 1}),
        ("play", 3, {"instrument": 1}), ("garden", 2, {"plant": 1}), ("attend", 4, {"event": 1}),
        ("think", 5, {"idea": 1}), ("tame", 3, {"animal": 1}),
    ),
    "animal": (
        ("animal", 6, {}), ("animate", 6, {}), ("chase", 9, {"animal": 3, "person": 2, "kin": 0.5}),
        ("eat", 3, {"food": 2, "plant": 1}), ("drink", 1, {"drink": 1}),
    ),
    "group": (("hire", 6, PEOPLE), ("think", 6, {"idea": 1}), ("attend", 3, {"event": 1}), ("build", 2, {"place": 1})),
    "vehicle": (("moving", 5, {}), ("pass", 4, {"place": 2, "vehicle": 1})),
    "plant": (("plant", 1, {}),),
    "event": (("event", 3, {}), ("please", 3, PEOPLE)),
    "idea": (("idea", 3, {}), ("please", 4, PEOPLE)),
    "text": (("please", 1, PEOPLE),),
    "place": (("place", 1, {}),),
    "food": (("food", 1, {}),),
    "drink": (("food", 1, {}),),
    "thing": (("thing", 1, {}),),
}  # fmt: skip
STATIVE = frozenset({"love", "say", "want", "seem", "please", "wonder"})  # no "is knowing"
GIFTS = {"text": 2, "food": 2, "drink": 1, "clothing": 1, "tool": 2, "instrument": 1, "plant": 0.5}
# Share of verb phrases beside the frames and complements of people.
GIVE, WANT = 0.06, 0.06

# Where one is near, what one writes about, who owns.
NEAR = {"place": 4, "vehicle": 1, "furniture": 1, "plant": 1, "person": 2, "animal": 1}
ABOUT = {"person": 2, "animal": 2, "event": 2, "idea": 1, "place": 1, "vehicle": 0.5, "plant": 0.5}
OWNERS = {"person": 4, "kin": 1}
# Prepositional phrases by the noun class before them: preposition class, weight, noun classes after it.
PREPOSITIONS: Mapping[str, tuple[tuple[str, float, Mapping[str, float]], ...]] = {
    "person": (
        ("near", 4, NEAR), ("with", 4, {"clothing": 3, "tool": 3, "instrument": 1, "animal": 2}),
        ("from", 3, {"place": 1, "city": 2}),
    ),
    "kin": (("of", 6, OWNERS), ("near", 1, NEAR), ("from", 1, {"place": 1, "city": 2})),
    "animal": (("near", 3, NEAR), ("of", 2, OWNERS), ("from", 1, {"place": 1})),
    "group": (("of", 2, {"person": 3, "kin": 0.3}), ("from", 1, {"place": 1, "city": 2})),
    "vehicle": (("near", 2, NEAR), ("of", 2, OWNERS), ("from", 1, {"city": 1})),
    "plant": (("near", 2, NEAR), ("of", 1, OWNERS), ("from", 1, {"place": 1})),
    "event": (("about", 1, {"idea": 2, "event": 1, "person": 0.5}), ("for", 2, {"person": 3, "kin": 1, "animal": 1})),
    "idea": (("of", 3, {"person": 3, "group": 2, "kin": 1}), ("about", 3, ABOUT)),
    "text": (("about", 4, ABOUT), ("by", 2, {"person": 1}), ("from", 1, {"person": 1, "kin": 1})),
    "place": (("near", 4, NEAR), ("of", 1, OWNERS)),
    "food": (("from", 2, {"place": 1}), ("for", 2, {"person": 2, "kin": 1, "event": 1}), ("on", 2, {"furniture": 1})),
    "drink": (("from", 1, {"place": 1}), ("for", 2, {"person": 2, "kin": 1}), ("on", 1, {"furniture": 1})),
    "tool": (("of", 2, OWNERS), ("on", 2, {"furniture": 1}), ("near", 1, NEAR)),
    "furniture": (("of", 1, OWNERS), ("near", 2, NEAR), ("from", 1, {"place": 1})),
    "clothing": (("of", 2, OWNERS), ("from", 1, {"place": 1}), ("on", 1, {"furniture": 1})),
    "instrument": (("of", 2, OWNERS), ("near", 1, NEAR), ("on", 1, {"furniture": 1})),
}  # fmt: skip

EXTRA_VERBS = frozenset({"say", "wonder", "give", "want", "seem"})  # with more than an object after them
ANIMATE_VERBS = EXTRA_VERBS - {"seem"} | {
    verb for kind in ("human", "animal", "group") for verb, _, _ in FRAMES[kind]
}  # fmt: skip


def gap_subjects(noun: str) -> dict[tuple[str, str], float]:
    """Probabilities of subject noun class and verb class in a clause whose object, a `noun`, stands outside."""
    weights: dict[tuple[str, str], float] = {}
    for subject, frequency in SUBJECTS.items():
        frames = FRAMES[KIND[subject]]
        for verb, weight, objects in frames:
            if noun in objects:
                share = objects[noun] / sum(objects.values())
                weights[subject, verb] = frequency * weight / sum(w for _, w, _ in frames) * share
    return {key: weight / sum(weights.values()) for key, weight in weights.items()}
