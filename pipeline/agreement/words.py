"""The words of the English suite, in lists named after one of their like.

"writer/writers" and "writes/write" are a word by its singular and its plural form. The words are common: WikiText-2's
train text has every form about twenty times or more. What a word must be like for the bad sentences to be truly bad
is said in english.py.
"""

NOUNS = {
    "WRITER": (
        "writer/writers author/authors poet/poets critic/critics historian/historians editor/editors "
        "singer/singers actor/actors artist/artists producer/producers director/directors teacher/teachers "
        "student/students player/players officer/officers soldier/soldiers pilot/pilots engineer/engineers "
        "minister/ministers leader/leaders worker/workers girl/girls boy/boys king/kings"
    ),
    "FRIEND": "friend/friends brother/brothers sister/sisters son/sons daughter/daughters",
    "DOG": "dog/dogs cat/cats horse/horses bird/birds animal/animals",
    "TOWN": "town/towns city/cities village/villages island/islands school/schools castle/castles hotel/hotels "
    "camp/camps farm/farms",
    "RIVER": "river/rivers lake/lakes hill/hills mountain/mountains bridge/bridges tower/towers church/churches "
    "temple/temples station/stations wall/walls",
    "SONG": "song/songs book/books novel/novels poem/poems story/stories film/films album/albums",
}

# one word each: the distance of a template is counted in slots
BETWEEN = {
    "YOUNG": "young old famous rich poor",
    "LARGE": "large small old famous beautiful",
    "NEAR": "near behind beside",
    "OFTEN": "often always never also sometimes",
    "SAID": "said thought believed knew",
    "SINGS": "sings/sing writes/write reads/read speaks/speak learns/learn works/work",
    "MEETS": "meets/meet follows/follow helps/help supports/support likes/like loves/love",
    "VISITS": "visits/visit likes/like loves/love describes/describe needs/need",
    "LIKES": "likes/like loves/love describes/describe wants/want needs/need",
    "MET": "met followed helped supported praised",
    "LEFT": "left visited described liked loved",
    "WROTE": "wrote finished praised published liked",
}

# the verb comes first and is the target of a pair
PREDICATES = {
    "IS_FAMOUS": (
        "is/are famous",
        "is/are not happy",
        "was/were very young",
        "was/were ill",
        "has/have a lot of money",
        "has/have a plan",
        "does/do not agree",
        "does/do not know the truth",
        "seems/seem happy",
        "appears/appear in public",
        "speaks/speak very well",
        "writes/write every day",
        "knows/know the truth",
        "continues/continue to work",
    ),
    # what somebody does who also sings, reads or visits a town
    "SPEAKS": (
        "is/are very famous",
        "has/have a lot of money",
        "does/do not speak in public",
        "seems/seem happy",
        "appears/appear in public",
        "speaks/speak very well",
        "knows/know the truth",
        "believes/believe in magic",
        "continues/continue to work",
    ),
    "IS_WILD": (
        "is/are very large",
        "is/are not dangerous",
        "was/were dead",
        "was/were very strong",
        "has/have no food",
        "does/do not run very fast",
        "seems/seem afraid",
        "appears/appear to be wild",
    ),
    "IS_OLD": (
        "is/are very old",
        "is/are well known",
        "was/were not safe",
        "was/were very quiet",
        "has/have a long history",
        "does/do not appear on the map",
        "seems/seem empty",
        "appears/appear to be closed",
        "belongs/belong to the state",
        "becomes/become very cold at night",
    ),
    "IS_POPULAR": (
        "is/are very popular",
        "is/are not well known",
        "was/were very long",
        "was/were published again",
        "has/have a happy ending",
        "does/do not tell the truth",
        "seems/seem very long",
        "appears/appear to be lost",
        "contains/contain a lot of errors",
        "describes/describe the war",
    ),
    # predicates inside a relative clause: its object stands before
    "HAS_READ": (
        "has/have read",
        "has/have praised",
        "has/have finished",
        "is/are writing about",
        "was/were reading",
        "knows/know",
        "describes/describe",
    ),
    "HAS_LEFT": (
        "has/have left",
        "has/have visited",
        "is/are leaving",
        "is/are writing about",
        "was/were visiting",
        "knows/know",
        "describes/describe",
    ),
    # and how the main clause goes on after it, the same for either number
    "WILL_BE_FAMOUS": ("will be famous", "may become popular", "did not become famous", "could become very important"),
}

LISTS = {name: tuple(words.split()) for name, words in (NOUNS | BETWEEN).items()} | PREDICATES
