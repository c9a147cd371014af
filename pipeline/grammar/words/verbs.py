"""Verbs by what they select, the commonest first. Base forms; other forms are regular unless listed.

Which subjects and objects a class goes with is said in `selection.py`. No verb here has a past that equals its present
("put", "read" is kept out too) and no form of one equals any other word of the lexicon (`lexicon.py` checks it).
"""

VERBS = {
    # Without an object: what people do, what befalls them, how living things move and rest.
    "speak": """
        smile laugh sing dance cry speak whisper shout argue complain pray nod chat giggle grin yell cheat bow
        kneel wink improvise gossip mumble meditate wave whistle snigger sob protest philosophize
        """,
    "career": "apologize resign retire volunteer graduate emigrate",
    "shiver": "blush shiver sneeze tremble yawn faint snore stumble cough weep hesitate stutter hiccup",
    "move": "run jump escape wander hide return flee stroll sprint hurry",
    "rest": "sleep wait doze relax rest",
    "arrive": "arrive awaken",
    "swim": "swim dive",
    "celebrate": "celebrate march gather quarrel compete",
    # By kind of animal.
    "roam": "roam prowl limp",
    "flutter": "flutter chirp nest",
    "fly": "fly",
    "drift": "drift float splash",
    "crawl": "crawl creep buzz hover",
    # Of things.
    "stop": "stop accelerate swerve skid stall halt",
    "sink": "sink leak capsize",
    "descend": "land descend crash",
    "grow": "grow flourish sprout",
    "bloom": "bloom wither blossom wilt",
    "begin": "begin end continue resume",
    "succeed": "fail succeed prevail",
    "persist": "persist resurface",
    "burn": "burn collapse crumble decay",
    "ripen": "ripen rot",
    "cool": "cool",
    "steam": "steam",
    "vanish": "vanish disappear",
    "gleam": "gleam shine",
    "sparkle": "sparkle glitter glimmer",
    "creak": "creak wobble",
    "hum": "hum rattle overheat malfunction vibrate",
    "fade": "fade shrink",
    "rain": "rain snow",
    # With an object: food and drink.
    "eat": "eat taste devour chew swallow nibble",
    "enjoy": "enjoy",
    "slice": "slice peel chop wash grate",
    "bake": "bake glaze",
    "serve": "prepare serve cook order reheat share",
    "drink": "drink sip pour gulp slurp spill",
    # Clothes, texts, vehicles.
    "wear": "wear",
    "mend": "mend iron fold knit embroider stitch alter",
    "write": "write study copy translate edit proofread annotate rewrite dictate",
    "publish": "publish review quote memorize recite finish skim summarize",
    "sign": "sign post file photocopy shred",
    "drive": "drive steer rent refuel tow overtake",
    "board": "board",
    "sail": "sail launch moor",
    # Places.
    "visit": "visit photograph approach find sketch rediscover",
    "enter": "enter leave inspect search",
    "restore": "restore renovate decorate demolish inhabit repaint rebuild",
    "explore": "explore survey",
    "cross": "cross block",
    "reach": "reach pass",
    "climb": "climb",
    # Things that are handled.
    "carry": "carry drop hold lose grab pack misplace wrap",
    "buy": "buy steal choose borrow acquire collect",
    "repair": "repair clean examine test",
    "play": "play tune practise",
    "plant": "plant trim uproot fertilize transplant prune",
    "pick": "pick arrange",
    # What takes place, what is thought and told.
    "attend": "attend organize interrupt televise",
    "postpone": "postpone cancel",
    "remember": "remember hear forget recall",
    "depict": "depict portray",
    "describe": "describe mention",
    "survive": "survive endure",
    "think": "accept reject explain discuss defend consider criticize support oppose ridicule simplify reconsider",
    "repeat": "repeat investigate clarify",
    # People and animals.
    "love": "love like admire miss hate trust fear respect envy adore despise",
    "notice": "see recognize notice",
    "help": """
        help meet follow watch invite greet thank kiss hug scold blame praise ignore console tease flatter insult
        congratulate deceive rescue imitate obey forgive betray avoid comfort protect encourage interview welcome
        applaud embrace accompany pity mock
        """,
    "feed": "feed adopt groom brush",
    "chase": "chase bite attack scratch sniff pursue",
    "lick": "lick",
    "sting": "sting",
    "hire": "hire elect recruit pay sue dismiss expel fire",
    # What events, ideas and texts do to people, and what destroys.
    "please": """
        surprise worry please bore confuse amuse shock anger irritate embarrass offend annoy bewilder exasperate
        """,
    "delight": "delight disappoint impress",
    "charm": "inspire fascinate enchant captivate",
    "frighten": "frighten terrify startle alarm scare",
    "damage": "damage destroy shake flatten",
    "scrape": "scrape dent",
    # With a recipient, a clause, an infinitive or an adjective after them.
    "give": "give send show sell offer lend bring hand",
    "say": "say believe think hope claim guess assume admit",
    "insist": "declare insist deny realize predict suspect",
    "wonder": "wonder ask",
    "want": "want try decide refuse intend need pretend promise agree",
    "seem": "seem look appear remain",
    "become": "become feel",
}

# past, participle; "-" for a participle that equals the present
IRREGULAR_VERBS = {
    "sing": "sang sung", "speak": "spoke spoken", "kneel": "knelt", "weep": "wept", "run": "ran -", "flee": "fled",
    "hide": "hid hidden", "sleep": "slept", "swim": "swam swum", "fly": "flew flown", "creep": "crept",
    "sink": "sank sunk", "grow": "grew grown", "begin": "began begun", "shine": "shone", "shrink": "shrank shrunk",
    "eat": "ate eaten", "drink": "drank drunk", "wear": "wore worn", "write": "wrote written",
    "rewrite": "rewrote rewritten", "drive": "drove driven", "overtake": "overtook overtaken", "find": "found",
    "leave": "left", "hold": "held", "lose": "lost", "buy": "bought", "steal": "stole stolen",
    "choose": "chose chosen", "forget": "forgot forgotten", "hear": "heard", "see": "saw seen",
    "meet": "met", "rebuild": "rebuilt",
    "forgive": "forgave forgiven", "feed": "fed", "bite": "bit bitten", "sting": "stung", "pay": "paid",
    "shake": "shook shaken", "give": "gave given", "send": "sent", "show": "showed shown", "sell": "sold",
    "lend": "lent", "bring": "brought", "say": "said", "think": "thought", "become": "became -", "feel": "felt",
}  # fmt: skip

# The last consonant is doubled before -ed and -ing.
DOUBLING = """
    chat grin nod run knit hug expel stop skid rot hum sip chop skim drop grab forget begin swim cancel trim admit sob
    wrap shred quarrel
"""
