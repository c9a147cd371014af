"""Nouns by what one can do with them, the commonest first. Singular forms; plurals are regular unless listed.

No noun here equals a form of a verb, an adjective or another noun (`lexicon.py` checks it), which leaves out words
such as "cook", "guard", "play" and "sheep".
"""

NOUNS = {
    "person": """
        man woman girl boy teacher doctor farmer student soldier child artist lawyer singer painter writer sailor baker
        nurse priest hunter scientist professor actor dancer engineer gardener driver carpenter merchant poet queen king
        prince princess knight clerk waiter tailor shepherd fisherman plumber electrician mechanic architect journalist
        editor librarian historian philosopher physicist chemist biologist mathematician surgeon dentist pharmacist
        therapist psychologist musician pianist violinist guitarist drummer composer conductor actress comedian
        magician clown acrobat athlete goalkeeper swimmer runner boxer wrestler skater skier cyclist jockey referee
        tourist traveller stranger neighbour visitor customer tenant landlord widow bachelor orphan teenager toddler
        infant gentleman lady lord duke duchess baron emperor empress minister senator mayor governor president
        ambassador diplomat politician voter citizen immigrant refugee prisoner detective policeman officer sergeant
        captain admiral sheriff thief burglar robber pirate smuggler gangster murderer witness lawmaker
        banker accountant economist investor trader broker dealer salesman manager secretary receptionist employer
        employee worker builder mason miner blacksmith welder potter weaver jeweller cobbler barber hairdresser
        florist grocer butcher brewer fishmonger chef waitress bartender bricklayer roofer glazier locksmith
        astronaut astronomer geologist botanist zoologist explorer inventor programmer hacker designer
        photographer sculptor novelist biographer translator publisher printer reporter critic reader
        monk nun bishop pope preacher missionary pilgrim hermit prophet rabbi imam scholar pupil principal lecturer
        apprentice beginner expert amateur champion rival winner loser hero heroine villain genius beggar
        millionaire heir ranger forester logger cowboy rancher beekeeper breeder midwife paramedic
        firefighter lifeguard janitor butler maid nanny babysitter chauffeur courier postman mailman
        attorney juror prosecutor plaintiff defendant burgher peasant nobleman servant slave warrior archer
        gladiator viking samurai wizard sorcerer witch ghost giant dwarf elf hobbit fairy
        """,
    "kin": """
        friend brother sister mother father son daughter wife husband cousin uncle aunt nephew niece grandmother
        grandfather grandson granddaughter colleague roommate classmate teammate assistant bodyguard ancestor
        descendant fiance godmother godfather stepmother stepfather sidekick disciple admirer enemy twin
        """,
    "animal": """
        dog cat horse cow bird mouse rabbit wolf fox lion tiger elephant monkey goat pig chicken goose donkey
        pony kitten puppy lamb calf bull ox hen rooster turkey pigeon sparrow eagle hawk owl raven parrot swan
        peacock ostrich penguin seagull stork heron pelican woodpecker robin canary falcon vulture turtle tortoise
        lizard snake crocodile alligator frog toad salamander shark whale dolphin seal walrus otter beaver
        squirrel hamster hedgehog mole rat ferret weasel skunk raccoon panda koala kangaroo
        camel llama zebra giraffe hippopotamus rhinoceros gorilla chimpanzee baboon leopard jaguar panther
        cheetah lynx puma hyena jackal coyote buffalo antelope gazelle reindeer
        spider ant wasp butterfly moth beetle cricket grasshopper mosquito dragonfly snail worm
        caterpillar scorpion crab lobster octopus jellyfish starfish stallion mare foal piglet duckling gosling
        hound poodle greyhound terrier spaniel mongrel tomcat lioness tigress armadillo iguana chameleon
        """,
    "food": """
        apple cake sandwich pie potato tomato egg cookie sausage banana pizza carrot onion cheese salad
        soup pear grape cherry strawberry lemon melon pineapple mango apricot plum raspberry blueberry
        blackberry coconut fig olive pumpkin cucumber cabbage cauliflower radish turnip pea lentil mushroom
        leek artichoke avocado eggplant muffin pancake waffle doughnut croissant bagel pretzel biscuit
        brownie cupcake pudding tart omelette burger hamburger meatball steak drumstick kebab taco burrito
        dumpling noodle pasty casserole curry porridge snack lunchbox walnut almond hazelnut pistachio
        cashew peanut chestnut raisin lollipop caramel truffle marshmallow meringue macaroon dessert
        breakfast supper
        """,
    "drink": """
        coffee tea beer wine juice lemonade cocktail whisky espresso cappuccino milkshake smoothie
        cider brandy champagne soda cola latte rum vodka tonic potion
        """,
    "clothing": """
        hat jacket shirt skirt sweater scarf glove sock uniform helmet sandal tie sweatshirt blouse
        apron raincoat cardigan gown robe vest cape tunic kilt kimono sari turban bonnet beret
        sombrero hood shawl mitten slipper sneaker bracelet necklace earring ring brooch crown
        tiara wristwatch swimsuit tuxedo corset waistcoat overcoat dungaree bathrobe nightgown sash
        pullover poncho bandana headscarf moccasin
        """,
    "text": """
        book letter story poem newspaper novel article magazine diary essay manuscript document recipe
        biography textbook dictionary encyclopedia pamphlet brochure leaflet comic postcard email
        memoir autobiography chronicle legend fable fairytale myth anthology almanac atlas catalogue newsletter
        headline editorial petition treaty testament psalm prayerbook hymn scroll sonnet limerick
        ballad screenplay thriller bestseller paperback script notebook logbook footnote appendix preface
        chapter paragraph sentence quotation obituary horoscope timetable bulletin dissertation
        thesis monograph verdict contract invoice prescription
        """,
    "vehicle": """
        car truck bus train bicycle motorcycle van taxi boat tractor ambulance tram wagon
        carriage cart lorry limousine jeep convertible minibus scooter tricycle ferry yacht
        canoe kayak raft submarine tanker freighter steamer tugboat trawler gondola helicopter
        airplane glider airship zeppelin balloon spaceship locomotive bulldozer forklift
        sleigh sledge chariot stagecoach rickshaw moped snowmobile hovercraft trolleybus
        """,
    "place": """
        house garden school church station hospital museum park kitchen village library castle city
        river forest mountain restaurant theatre hotel factory farm office shop street square tower
        cottage palace temple cathedral chapel monastery mosque synagogue university college classroom
        laboratory workshop studio gallery cinema stadium gymnasium arena casino nightclub pub tavern
        inn cafe bakery brewery winery supermarket bookshop pharmacy clinic courthouse prison
        embassy parliament fortress lighthouse harbour port airport hangar
        garage warehouse barn stable greenhouse orchard vineyard meadow valley canyon desert island
        beach cliff cave jungle swamp lagoon glacier volcano hill waterfall lake
        pond canal dam tunnel highway motorway alley avenue boulevard courtyard
        balcony terrace attic basement cellar corridor hallway lobby bedroom bathroom nursery
        apartment mansion villa bungalow hut cabin igloo skyscraper suburb ghetto slum
        neighbourhood district province kingdom cemetery graveyard zoo aquarium circus playground
        nunnery orphanage kindergarten dormitory auditorium ballroom bunker dungeon crypt quarry refinery
        """,
    "tool": """
        knife key axe ladder lamp camera telephone computer bucket basket broom rope shovel spoon
        needle torch umbrella suitcase bottle candle mirror microscope telescope compass thermometer
        calculator keyboard laptop typewriter scanner radio television microphone
        speaker headphone battery flashlight lantern screwdriver wrench chisel crowbar
        pickaxe sickle scythe rake spade wheelbarrow hoe lawnmower sprinkler kettle teapot saucepan
        ladle spatula corkscrew toaster blender oven refrigerator freezer dishwasher vacuum
        thimble pincushion toothbrush hairbrush razor towel sponge handkerchief
        wallet purse handbag backpack briefcase satchel envelope pencil crayon paintbrush easel
        eraser stapler scissor sword dagger spear rifle pistol cannon crossbow boomerang
        stethoscope syringe scalpel bandage crutch wheelchair whip saddle bridle leash collar cage
        anchor oar paddle lifeboat tent hammock parachute
        """,
    "furniture": """
        table chair bed sofa desk cupboard wardrobe bookcase bench armchair carpet rug curtain
        cradle couch stool dresser sideboard cabinet chandelier mattress cushion pillow blanket quilt
        tablecloth bookshelf footstool throne pedestal fireplace statue painting portrait vase
        sculpture clock rocker divan bunk trunk chest
        """,
    "instrument": """
        piano violin guitar flute trumpet cello clarinet saxophone harp accordion trombone oboe
        banjo mandolin ukulele harmonica tuba bassoon xylophone organ lute lyre bagpipe
        harpsichord viola tambourine bugle synthesizer zither sitar
        """,
    "plant": """
        tree rose tulip bush oak pine lily daisy sunflower orchid fern hedge vine ivy willow
        birch maple cactus daffodil violet carnation poppy lavender dandelion thistle nettle shrub
        palm cedar cypress fir spruce elm beech poplar sycamore magnolia jasmine geranium
        begonia petunia marigold chrysanthemum hyacinth crocus iris peony azalea hydrangea
        rhododendron sapling seedling bonsai
        """,
    "event": """
        war party concert wedding storm election festival lecture ceremony trial funeral
        exhibition conference battle strike race tournament rehearsal earthquake flood revolution
        performance opera ballet parade carnival banquet feast picnic reunion anniversary birthday
        graduation holiday vacation expedition voyage journey excursion pilgrimage crusade siege
        invasion rebellion riot protestation uprising coup plague famine drought epidemic
        hurricane tornado blizzard avalanche thunderstorm eruption eclipse collision
        seminar symposium congress summit debate interview audition premiere matinee
        auction raffle lottery marathon regatta duel tryout
        coronation inauguration baptism christening sermon massacre
        """,
    "idea": """
        plan idea theory problem answer question decision rumour secret proposal discovery mistake
        solution law rule joke lie argument explanation method experiment hypothesis theorem
        prediction warning suggestion complaint confession accusation allegation criticism
        reform policy strategy tactic principle doctrine philosophy ideology religion superstition
        belief opinion assumption conclusion analysis diagnosis crisis scandal conspiracy
        mystery riddle puzzle paradox dilemma tradition custom habit ritual fashion
        innovation invention technique technology concept formula equation calculation
        statistic metaphor analogy ambition fantasy prophecy omen threat risk
        tax penalty subsidy tariff regulation
        """,
    "group": """
        team family committee company government army band orchestra choir crowd council
         union jury gang club crew   audience tribe
        regiment battalion squad corporation bank agency ministry
         cult clan dynasty fleet brigade
        delegation coalition opposition faction tribunal senate
        """,
}

IRREGULAR_PLURALS = {
    "man": "men", "woman": "women", "child": "children", "mouse": "mice", "goose": "geese", "ox": "oxen",
    "wife": "wives", "midwife": "midwives", "headscarf": "headscarves", "wolf": "wolves", "calf": "calves",
    "thief": "thieves", "knife": "knives", "elf": "elves", "gentleman": "gentlemen", "fisherman": "fishermen",
    "policeman": "policemen", "salesman": "salesmen", "postman": "postmen", "mailman": "mailmen",
    "nobleman": "noblemen", "scarf": "scarves", "dwarf": "dwarves", "hypothesis": "hypotheses",
    "analysis": "analyses", "diagnosis": "diagnoses", "crisis": "crises", "thesis": "theses", "cactus": "cacti",
    "potato": "potatoes", "tomato": "tomatoes", "hero": "heroes", "mosquito": "mosquitoes",
    "volcano": "volcanoes", "mango": "mangoes", "tornado": "tornadoes", "buffalo": "buffaloes",
    "bookshelf": "bookshelves",
}  # fmt: skip
