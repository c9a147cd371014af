"""Adjectives, adverbs, names and the closed classes."""

# Adjectives by what they describe. Those of `any` stand before every noun.
ADJECTIVES = {
    "any": "old new small big famous strange beautiful ugly huge tiny ordinary remarkable splendid foreign",
    "person": """
        young happy tired rich poor clever brave lazy angry proud honest nervous quiet polite rude
        friendly generous lonely jealous curious careful careless patient impatient shy gentle cruel wise
        foolish stubborn cheerful gloomy anxious confident arrogant modest loyal selfish greedy ambitious
        talented skilful clumsy elegant handsome tall chubby slender elderly sober
        sick healthy blind deaf barefoot homeless wealthy penniless innocent guilty ruthless
        sentimental eccentric absent-minded bashful courteous diligent eloquent forgetful frail gullible
        idle illiterate impulsive industrious ingenious irritable melancholy naive obedient outspoken
        pensive pessimistic reckless sarcastic sceptical sensible sincere stern superstitious tactful
        talkative thrifty timid unemployed vain vigilant witty
        """,
    "animal": """
        wild hungry fierce playful furry fat spotted striped ferocious nocturnal stray shaggy
        venomous agile nimble obese rabid woolly scrawny
        """,
    "food": """
        fresh sweet delicious salty spicy sour tasty stale ripe juicy frozen bitter crunchy
        homemade organic tasteless mouldy edible greasy creamy rotten nutritious
        """,
    "drink": "hot cold strong weak lukewarm fizzy iced refreshing bubbly watery diluted fermented",
    "thing": """
        red expensive broken wooden heavy blue cheap antique black white green yellow brown grey
        dusty shiny rusty fragile golden silver plastic portable useful useless dirty valuable
        handmade second-hand sturdy electric metallic wobbly rectangular polka-dotted purple pink orange-coloured
        colourful striking leather priceless flimsy ornate bulky lightweight
        """,
    "text": """
        long short dull interesting unpublished anonymous illustrated handwritten illegible
        unreadable incomplete popular humorous autobiographical scholarly satirical verbose
        thought-provoking concise ambiguous confidential obscene poetic
        """,
    "place": """
        large empty crowded ancient busy ruined peaceful remote haunted deserted dark modern
        noisy spacious dilapidated picturesque scenic sunny rural urban mediaeval
        prosperous secluded gothic windswept overgrown derelict fashionable
        """,
    "abstract": """
        important simple difficult dangerous complicated obvious unexpected serious ridiculous
        controversial sudden terrible wonderful annual political religious scientific economic
        successful disastrous unforgettable predictable plausible absurd radical outdated
        brilliant unusual inevitable tragic historic official private public secretive legendary
        costly risky reasonable unreasonable illegal legal scandalous unprecedented
        """,
    "plant": "tropical tender lush leafy thorny evergreen fragrant dwarfish poisonous hardy leafless",
    "vehicle": "fast slow reliable luxurious roadworthy speedy armoured unreliable streamlined",
    "group": """
        powerful influential united corrupt democratic conservative liberal international regional
        independent professional
        """,
}

# Placed directly before the finite verb, or the auxiliary's participle.
ADVERBS = {
    "frequency": """
        often always never usually sometimes rarely seldom frequently occasionally hardly constantly regularly
        """,
    "manner": """
        quietly carefully secretly happily eagerly silently calmly gladly angrily
        proudly nervously patiently reluctantly bravely cheerfully politely deliberately boldly gently
        desperately stubbornly clumsily foolishly gracefully hastily honestly impatiently lazily
        nonchalantly obediently playfully sadly shyly solemnly timidly wisely anxiously awkwardly
        """,
    "pace": "finally suddenly still soon eventually already gradually",
    "speed": "slowly quickly rapidly steadily",
    "comment": """
        probably clearly certainly apparently obviously perhaps evidently fortunately luckily unfortunately
        surprisingly reportedly allegedly supposedly presumably admittedly
        """,
    "degree": "very extremely rather quite unusually incredibly fairly remarkably somewhat terribly exceptionally",
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
    "determiner.sg": {"this": 5, "every": 4, "another": 3, "each": 2},
    "determiner.pl": {
        "some": 8, "these": 6, "many": 6, "those": 4, "two": 4, "several": 3, "all": 3, "most": 3, "few": 2,
        "three": 2, "both": 1, "four": 1, "five": 1, "countless": 0.5, "numerous": 0.5,
    },
    "pronoun.sg": {"he": 5, "she": 5, "everyone": 1, "someone": 1, "nobody": 1},
    "pronoun.pl": {"they": 5, "we": 4, "you": 3},
    "pronoun.object": {"him": 4, "them": 4, "her": 4, "me": 2, "us": 2},
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
    "near": {"near": 6, "beside": 3, "behind": 3, "opposite": 1, "outside": 1, "alongside": 0.5},
    "with": {"with": 1},
    "from": {"from": 1},
    "of": {"of": 1},
    "about": {"about": 6, "concerning": 1, "regarding": 1},
    "by": {"by": 1},
    "for": {"for": 1},
    "on": {"on": 4, "under": 2, "above": 1, "beneath": 1},
    "during": {"during": 5, "after": 4, "before": 4, "throughout": 1},
    "in": {"in": 8, "inside": 1},
    "time": {"today": 4, "now": 3, "again": 2, "nowadays": 1, "tonight": 1, "here": 2, "there": 2},
    "when": {"when": 5, "because": 5, "although": 3, "while": 3, "if": 3, "since": 2, "unless": 1},
    "why": {"why": 3, "where": 2, "how": 1},
    "comma": {",": 1},
    "full_stop": {".": 1},
    "question_mark": {"?": 1},
}  # fmt: skip
