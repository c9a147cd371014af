"""Adjectives, adverbs, names and the closed classes."""

# Adjectives by what they tell; `description.py` says which nouns take which.
ADJECTIVES = {
    "opinion": "strange wonderful ordinary remarkable splendid peculiar extraordinary marvellous dreadful curious",
    "age": "old new",
    "epoch": "ancient modern antique mediaeval historic",
    "size": "big small huge tiny large enormous little",
    "looks": "beautiful ugly lovely pretty elegant graceful hideous",
    "fame": "famous foreign popular obscure renowned",
    "trait": """
        young rich poor clever brave lazy honest polite rude kind friendly generous tall shy gentle cruel wise foolish
        stubborn arrogant modest loyal selfish greedy ambitious talented skilful clumsy handsome careful careless
        patient chubby slender elderly healthy wealthy ruthless sentimental eccentric absent-minded bashful courteous
        diligent eloquent forgetful frail gullible idle impulsive industrious ingenious irritable naive
        outspoken pessimistic optimistic reckless sarcastic sceptical sensible sincere stern superstitious
        tactful talkative thrifty timid vain vigilant witty humble ignorant pious stingy tidy stout
        """,
    "state": """
        happy angry nervous sad proud lonely jealous sick cheerful anxious busy gloomy impatient calm confident
        melancholy pensive furious grateful sober drowsy miserable
        """,
    "creature": "hungry tired thirsty sleepy quiet restless alert",
    "animal": "fierce playful fat agile nimble noisy timorous obese scrawny",
    "wild": "wild ferocious nocturnal elusive",
    "fur": "furry shaggy spotted striped stray woolly",
    "food": "fresh delicious tasty homemade edible nutritious appetizing",
    "produce": "ripe juicy rotten sour organic unripe mouldy",
    "pastry": "sweet stale crunchy buttery sugary crispy",
    "dish": "hot cold spicy salty greasy creamy lukewarm tasteless",
    "drink": "strong bitter weak refreshing iced watery",
    "colour": "red blue white black green yellow brown grey purple pink orange-coloured",
    "value": "expensive cheap valuable",
    "condition": "heavy dirty dusty shiny broken rusty",
    "wood": "wooden sturdy handmade wobbly ornate",
    "use": "useful useless portable electric second-hand",
    "gold": "golden priceless silver gilded bejewelled",
    "cloth": "warm fashionable tight loose shabby colourful comfortable",
    "fabric": "woollen silk leather cotton torn polka-dotted knee-length",
    "text": "long short interesting dull incomplete lengthy verbose thought-provoking",
    "book": "unpublished humorous autobiographical scholarly satirical poetic illustrated",
    "letter": "handwritten confidential illegible anonymous urgent unsigned",
    "vehicle": "fast slow reliable luxurious streamlined armoured unreliable",
    "building": "empty crowded ruined haunted deserted dilapidated picturesque derelict gothic",
    "room": "dark spacious cramped draughty untidy",
    "outdoor": "peaceful remote scenic sunny windswept rural overgrown secluded tranquil",
    "steep": "dangerous treacherous majestic impressive",
    "road": "narrow wide winding bumpy",
    "abstract": """
        important simple difficult obvious unexpected serious ridiculous complicated controversial
        plausible absurd predictable unusual
        """,
    "scheme": "brilliant radical risky costly reasonable political scientific economic outdated legal",
    "tale": "scandalous sensational unbelievable trivial baffling",
    "social": "annual official private public traditional",
    "festive": "successful unforgettable magnificent delightful memorable",
    "terrible": "terrible sudden violent tragic devastating brief unforeseen appalling",
    "plant": "tropical leafy evergreen thorny hardy",
    "flower": "fragrant tender delicate exotic",
    "power": "powerful influential corrupt independent democratic conservative liberal international",
    "troop": "united lively disorganized enthusiastic professional unruly",
    "weather": "late early windy rainy foggy chilly stormy",
}

# `frequency` goes with any verb; the manner of acts, the speed of motion and change, the moment of what
# happens, the depth of feelings and the degree of effects go with the verbs of `selection.WAYS`.
ADVERBS = {
    "frequency": "often always never usually sometimes rarely frequently seldom regularly occasionally",
    "comment": """
        probably clearly certainly apparently obviously evidently fortunately perhaps luckily unfortunately
        surprisingly reportedly allegedly supposedly presumably admittedly undoubtedly
        """,
    "manner": """
        quietly carefully happily eagerly calmly gladly angrily proudly nervously patiently reluctantly
        bravely cheerfully politely boldly gently stubbornly clumsily foolishly
        gracefully impatiently lazily sadly shyly wisely anxiously awkwardly
        """,
    "mode": "silently deliberately solemnly nonchalantly dutifully wordlessly",
    "speed": "quickly slowly rapidly swiftly",
    "moment": "suddenly finally immediately",
    "feeling": "secretly deeply truly openly genuinely sincerely",
    "effect": "greatly visibly thoroughly slightly profoundly noticeably",
    "soon": "soon eventually",
    "still": "still",
    "perfect": "already recently just",
    "degree": "very rather quite",
    "extent": "extremely unusually incredibly fairly remarkably exceptionally somewhat particularly",
}

NAMES = {
    "woman": """
        mary anna emma sarah laura julia alice helen elizabeth margaret sophie olivia charlotte emily lucy
        jane susan nancy linda barbara karen lisa betty dorothy sandra ashley donna carol michelle amanda
        melissa deborah stephanie rebecca sharon cynthia kathleen amy angela ruth brenda pamela nicole
        katherine virginia christine samantha janet catherine hannah diana joyce victoria martha
        """,
    "man": """
        john peter paul thomas david james michael robert william george henry charles edward daniel
        joseph martin richard simon andrew philip oliver arthur walter steven kevin brian jason jeffrey
        ryan jacob gary nicholas eric jonathan larry scott brandon benjamin samuel gregory alexander
        patrick raymond dennis jerry tyler aaron jose adam nathan zachary douglas harold
        """,
    "city": """
        london paris rome berlin vienna madrid moscow dublin athens prague lisbon oslo stockholm
        copenhagen amsterdam brussels budapest warsaw zurich geneva milan venice naples florence hamburg
        munich edinburgh glasgow liverpool manchester oxford cambridge boston chicago toronto montreal
        sydney melbourne tokyo kyoto beijing shanghai delhi mumbai cairo istanbul jerusalem nairobi
        """,
}

# Closed classes: words with their relative frequencies.
CLOSED: dict[str, dict[str, float]] = {
    "the": {"the": 1},
    "a": {"a": 1},
    "an": {"an": 1},
    "possessive": {"his": 5, "my": 4, "their": 3, "our": 3, "your": 2},
    "this": {"this": 1},
    "each": {"every": 4, "another": 4, "each": 1},
    "some": {"some": 1},
    "these": {"these": 3, "those": 2},
    "number": {"two": 5, "many": 4, "several": 4, "three": 3, "four": 1, "five": 1, "six": 0.5},
    "all": {"all": 4, "most": 3, "both": 1},
    "pronoun.sg": {"he": 1, "she": 1},
    "pronoun.any": {"everyone": 1, "someone": 1},
    "pronoun.pl": {"they": 5, "we": 4, "you": 3},
    "pronoun.object": {"him": 4, "them": 4, "her": 4, "me": 2, "us": 2},
    "impersonal": {"it": 1},
    "reflexive.sg": {"itself": 1},
    "reflexive.pl": {"themselves": 1},
    "who": {"who": 1},
    "whom": {"whom": 1},
    "that": {"that": 1},
    "whether": {"whether": 1},
    "be.sg": {"is": 1},
    "be.pl": {"are": 1},
    "was.sg": {"was": 1},
    "was.pl": {"were": 1},
    "have.sg": {"has": 1},
    "have.pl": {"have": 1},
    "had": {"had": 1},
    "do.sg": {"does": 1},
    "do.pl": {"do": 1},
    "did": {"did": 1},
    "modal": {"will": 5, "can": 4, "must": 2, "should": 2, "may": 1},
    "modal.past": {"could": 3, "would": 3, "might": 1},
    "not": {"not": 1},
    "to": {"to": 1},
    "and": {"and": 1},
    "but": {"but": 1},
    "near": {"near": 1},
    "beside": {"beside": 1, "behind": 1},
    "outside": {"outside": 2, "opposite": 1},
    "with": {"with": 1},
    "from": {"from": 1},
    "of": {"of": 1},
    "about": {"about": 8, "concerning": 1},
    "by": {"by": 1},
    "for": {"for": 1},
    "through": {"through": 1},
    "on": {"on": 1},
    "under": {"under": 1},
    "during": {"during": 5, "after": 4, "before": 4},
    "in": {"in": 1},
    "time": {"today": 3, "again": 2, "tonight": 1},
    "here": {"here": 2, "there": 1},
    "time.pres": {"now": 1},
    "time.past": {"yesterday": 3, "then": 1},
    "when": {"when": 5, "because": 5, "although": 2, "while": 1},
    "if": {"if": 1},
    "why": {"why": 1},
    "where": {"where": 2, "how": 1},
    "comma": {",": 1},
    "full_stop": {".": 1},
    "question_mark": {"?": 1},
}  # fmt: skip
