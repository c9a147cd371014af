"""Verbs by what they select, the commonest first. Base forms; other forms are regular unless listed.

A class is named after what stands at either side. No verb here has a past that equals its present ("put", "read" is
kept out too) and no form of one equals any other word of the lexicon (`lexicon.py` checks it).
"""

VERBS = {
    # Intransitive, by subject.
    "person": """
        smile laugh sing dance cry pray complain argue speak whisper swear shout giggle apologize
        gossip hesitate meditate weep snore faint shiver blush frown nod grin sneeze stutter mumble
        resign retire volunteer graduate emigrate daydream philosophize brag cheat compete improvise
        """,
    "animate": """
        sleep run wait swim jump disappear hide arrive escape return breathe die survive starve
        tremble wander stumble awaken suffer
        """,
    "animal": """
        bark howl growl hibernate graze hunt hiss roar purr squeak migrate snarl limp breed
        """,
    "moving": """
        stop accelerate swerve skid stall overheat halt crash
        """,
    "plant": """
        grow bloom wither blossom sprout flourish rot
        """,
    "event": """
        begin continue happen end occur last resume recur
        """,
    "idea": """
        matter fail succeed prevail evolve persist emerge triumph
        """,
    "thing": """
        fall gleam glitter rust creak rattle crack shine wobble squeal
        """,
    "place": """
        burn collapse decay prosper crumble
        """,
    "food": """
        smell spoil steam melt harden
        """,
    # Transitive, by subject and object.
    "eat": "eat taste devour chew swallow digest nibble",
    "cook": "cook bake roast fry slice peel",
    "drink": "drink sip gulp slurp",
    "brew": "pour brew stir spill",
    "wear": "wear iron knit sew unbutton mend embroider hem",
    "study": "write study review quote edit translate publish memorize recite copy proofread skim annotate",
    "drive": "drive steer repair rent refuel tow insure overtake",
    "build": """
        visit leave enter renovate own photograph decorate
        inspect find approach abandon inhabit restore demolish
        """,
    "use": "carry buy steal borrow lose clean pack polish sharpen misplace grab drop",
    "play": "play tune practise strum master",
    "garden": "water prune plant uproot fertilize transplant",
    "attend": "attend organize postpone remember cancel interrupt miss televise",
    "think": """
        accept reject explain discuss defend understand
        consider criticize support invent oppose ridicule analyze
        """,
    "love": """
        love like admire know help meet see follow hate trust fear avoid watch invite greet thank
        respect envy imitate marry divorce kiss hug scold betray forgive blame praise pity recognize
        ignore insult console tease flatter obey congratulate deceive adore despise rescue
        """,
    "tame": "feed tame adopt groom milk pet tether",
    "chase": "chase bite attack frighten kill sniff scratch pursue injure",
    "hire": "hire fire elect recruit expel dismiss sue pay",
    "please": """
        surprise worry please bore confuse amuse shock
        disappoint inspire fascinate anger irritate embarrass comfort
        """,
    "pass": "reach circle cross block damage",
    # With a recipient, a clause or an infinitive after them.
    "give": "give send show sell offer lend bring hand deliver",
    "say": "say believe hope claim think suspect admit insist imagine deny predict declare realize guess assume",
    "wonder": "wonder ask doubt",
    "want": "want try refuse decide learn intend need pretend",
    "seem": "seem look remain become feel appear",
}

# past, participle
IRREGULAR_VERBS = {
    "sing": "sang sung", "speak": "spoke spoken", "swear": "swore sworn", "weep": "wept", "sleep": "slept",
    "run": "ran -", "swim": "swam swum", "hide": "hid hidden", "begin": "began begun", "fall": "fell fallen",
    "shine": "shone", "eat": "ate eaten", "drink": "drank drunk", "wear": "wore worn", "write": "wrote written",
    "drive": "drove driven", "leave": "left", "find": "found", "buy": "bought", "steal": "stole stolen",
    "lose": "lost", "understand": "understood", "know": "knew known", "meet": "met", "see": "saw seen",
    "feed": "fed", "bite": "bit bitten", "pay": "paid", "give": "gave given", "send": "sent", "show": "showed shown",
    "sell": "sold", "lend": "lent", "bring": "brought", "say": "said", "think": "thought", "become": "became -",
    "feel": "felt", "grow": "grew grown", "breed": "bred", "forgive": "forgave forgiven",
}  # fmt: skip

# The last consonant is doubled before -ed and -ing.
DOUBLING = """
    occur recur stop skid rot pat nod grin brag run swim knit hem sip grab drop pet hug skim admit hum strum"
    "dig plan begin expel equip propel refer rebel regret hop pin tap
"""
