"""Nouns by what one can do with them, the commonest first. Singular forms; plurals are regular unless listed.

No noun here equals a form of a verb, an adjective or another noun (`lexicon.py` checks it), which leaves out words
such as "cook", "guard", "play" and "sheep".
"""

NOUNS = {
    "person": """
        man woman girl boy teacher doctor farmer student soldier child artist lawyer singer painter writer sailor baker
        nurse priest hunter scientist professor actor dancer engineer gardener driver carpenter merchant poet queen king
        mother father prince princess knight clerk waiter tailor shepherd fisherman plumber electrician mechanic
        architect journalist editor librarian historian philosopher physicist chemist biologist mathematician surgeon
        dentist pharmacist therapist psychologist musician pianist violinist guitarist drummer composer conductor
        actress comedian magician clown acrobat athlete goalkeeper swimmer runner boxer wrestler skater skier cyclist
        jockey referee tourist traveller stranger neighbour visitor customer tenant landlord widow bachelor orphan
        teenager gentleman lady lord duke duchess baron emperor empress minister senator mayor governor
        president ambassador diplomat politician voter citizen immigrant refugee prisoner detective policeman officer
        sergeant captain admiral sheriff thief burglar robber pirate smuggler gangster murderer witness
        judge pilot spy guest host banker accountant economist investor trader broker dealer salesman manager secretary
        receptionist employer employee worker builder mason miner blacksmith welder potter weaver jeweller cobbler
        barber hairdresser florist grocer butcher brewer fishmonger chef waitress bartender bricklayer roofer glazier
        locksmith astronaut astronomer geologist botanist zoologist explorer inventor programmer hacker designer
        photographer sculptor novelist biographer translator publisher printer reporter critic reader
        monk nun bishop preacher missionary pilgrim hermit prophet rabbi imam scholar pupil lecturer
        apprentice beginner expert amateur champion winner loser hero heroine villain genius beggar
        millionaire heir ranger forester cowboy rancher beekeeper breeder midwife paramedic
        firefighter lifeguard janitor butler maid nanny babysitter chauffeur courier postman mailman
        attorney juror prosecutor plaintiff defendant peasant nobleman servant warrior archer wizard witch
        playwright essayist columnist cartoonist illustrator sociologist anthropologist archaeologist linguist
        physician veterinarian optician cellist flautist trumpeter saxophonist organist soprano tenor ballerina juggler
        ventriloquist gymnast sprinter rower footballer cricketer golfer hiker climber camper commuter passenger
        motorist pedestrian lodger shopkeeper bookseller undertaker gravedigger watchmaker shoemaker
        """,
    "kin": """
        friend sister brother cousin daughter son uncle aunt nephew niece colleague grandmother grandfather
        roommate classmate teammate grandson granddaughter assistant bodyguard enemy admirer rival godmother
        godfather ancestor descendant penfriend partner
        """,
    "organization": """
        company government committee council bank union ministry agency corporation commission charity
        parliament foundation tribunal senate jury coalition opposition faction institute department federation
        association cooperative delegation syndicate league
        """,
    "band": """
        team family band choir orchestra crowd club crew army gang audience tribe regiment squad troupe quartet
        battalion brigade clan congregation trio platoon chorus couple household
        """,
    "pet": """
        dog cat horse cow pig puppy kitten goat chicken pony goose donkey hen lamb calf rooster bull turkey hamster duck
        poodle terrier spaniel hound mare stallion greyhound mongrel tomcat camel llama ox mule ram ewe duckling piglet
        foal gosling labrador dachshund beagle collie bulldog sheepdog dalmatian alpaca
        """,
    "beast": """
        wolf lion fox tiger elephant monkey bear rabbit mouse snake rat squirrel frog lizard crocodile zebra giraffe
        leopard hedgehog kangaroo panther panda koala gorilla chimpanzee jaguar cheetah badger otter beaver tortoise
        weasel skunk raccoon hippopotamus rhinoceros baboon lynx puma hyena jackal coyote buffalo antelope
        gazelle alligator iguana chameleon toad salamander porcupine wombat lemur orangutan armadillo ferret hare stag
        boar lioness tigress mole ostrich penguin peacock
        """,
    "bird": """
        bird eagle owl sparrow pigeon parrot hawk swan raven seagull robin crow blackbird canary stork heron pelican
        woodpecker falcon vulture magpie nightingale thrush finch starling kingfisher cuckoo lark flamingo albatross
        buzzard partridge pheasant quail wren dove jackdaw kestrel
        """,
    "fish": """
        shark whale dolphin turtle seal octopus crab lobster walrus eel porpoise stingray seahorse piranha
        """,
    "insect": """
        spider butterfly bee ant wasp moth beetle cricket mosquito grasshopper dragonfly caterpillar scorpion
        ladybird hornet cockroach centipede locust bumblebee termite
        """,
    "produce": """
        apple potato tomato carrot onion pear lemon banana strawberry cherry grape melon mushroom peach plum cucumber
        pumpkin cabbage orange pineapple mango apricot raspberry blueberry blackberry coconut fig olive cauliflower
        radish turnip leek artichoke avocado eggplant grapefruit nectarine papaya pomegranate gooseberry cranberry
        beetroot parsnip courgette
        """,
    "pastry": """
        cake pie cookie pizza biscuit muffin pancake pudding tart waffle doughnut croissant brownie cupcake bagel
        pretzel bun loaf scone baguette cheesecake strudel macaroon meringue gingerbread crumpet
        """,
    "dish": """
        sandwich soup egg salad meal sausage breakfast dinner burger steak lunch omelette curry supper dessert
        casserole dumpling kebab hamburger snack burrito taco meatball lasagne risotto goulash pasty noodle
        """,
    "drink": """
        coffee tea water wine milk beer juice lemonade whisky cocoa champagne cider brandy soda espresso rum cola
        vodka gin sherry lager tequila buttermilk ale
        """,
    "clothing": """
        hat coat shirt jacket dress shoe skirt scarf sweater boot glove sock suit uniform cap tie belt blouse apron
        raincoat cardigan gown robe vest cape tunic kilt kimono turban bonnet beret shawl mitten slipper sneaker sandal
        tuxedo waistcoat overcoat nightgown pullover poncho headscarf sweatshirt jersey blazer hoodie cloak parka
        bathrobe swimsuit moccasin sombrero fedora veil
        """,
    "jewel": """
        ring necklace crown bracelet earring brooch tiara wristwatch locket pendant medallion badge bangle medal
        cufflink
        """,
    "book": """
        book story poem novel newspaper article magazine diary essay biography textbook dictionary fairytale legend
        thriller comic memoir encyclopedia pamphlet brochure autobiography chronicle fable myth anthology
        bestseller paperback ballad sonnet limerick cookbook guidebook atlas almanac screenplay sequel trilogy
        saga satire dissertation thesis monograph
        """,
    "letter": """
        letter document note message postcard email contract recipe invitation invoice manuscript petition telegram
        treaty memo certificate receipt leaflet questionnaire prescription timetable transcript newsletter testament
        """,
    "vehicle": """
        car truck bus train van taxi motorcycle tractor lorry ambulance tram wagon carriage cart limousine jeep
        minibus scooter convertible moped locomotive bulldozer stagecoach hearse caravan sledge rickshaw snowmobile
        trolleybus steamroller
        """,
    "boat": """
        boat ship ferry yacht canoe raft submarine sailboat kayak trawler tanker freighter steamer tugboat gondola
        dinghy barge catamaran houseboat lifeboat galleon schooner frigate
        """,
    "aircraft": """
        airplane helicopter rocket jet balloon airship glider seaplane spaceship biplane airliner bomber
        """,
    "building": """
        house school church museum library hospital hotel station castle restaurant theatre factory office shop tower
        palace cottage temple cathedral university college cinema bakery cafe prison stadium chapel monastery
        mosque synagogue supermarket bookshop pharmacy clinic tavern pub inn nightclub casino courthouse embassy
        fortress lighthouse barn stable laboratory workshop studio gallery mansion villa bungalow hut cabin
        skyscraper apartment orphanage kindergarten convent airport warehouse windmill brewery winery gymnasium
        farmhouse observatory pavilion greenhouse
        """,
    "room": """
        kitchen bedroom bathroom attic cellar classroom basement hallway corridor lobby ballroom nursery garage
        auditorium dungeon pantry parlour
        """,
    "outdoor": """
        garden park forest valley meadow orchard vineyard desert jungle courtyard cemetery zoo
        playground swamp canyon graveyard marketplace plaza campsite cave quarry
        """,
    "settlement": "village town suburb province kingdom neighbourhood district county colony hamlet",
    "scenery": """
        river mountain lake island hill beach waterfall cliff pond canal volcano glacier lagoon harbour fjord bay
        peninsula dam reef
        """,
    "road": """
        street road bridge highway avenue tunnel square path lane alley motorway boulevard crossroad railway driveway
        roundabout
        """,
    "tool": """
        knife key umbrella bag box camera lamp rope basket suitcase axe bottle map candle bucket pencil wallet torch
        mirror sword spoon purse shovel telescope lantern backpack handbag briefcase compass laptop flashlight hammer
        needle radio spade thermometer microphone envelope parcel towel handkerchief crutch cane pen doll toy kite
        flag pistol rifle dagger spear crossbow stethoscope screwdriver wrench chisel crowbar pickaxe sickle scythe
        wheelbarrow broom toothbrush hairbrush razor sponge paintbrush crayon eraser stapler paddle oar leash bandage
        teapot ladle spatula corkscrew bicycle tricycle unicycle skateboard surfboard
        """,
    "appliance": """
        computer oven refrigerator television machine engine toaster telephone dishwasher heater typewriter freezer
        stove lawnmower boiler radiator generator blender photocopier projector scanner microwave sprinkler elevator
        """,
    "furniture": """
        clock painting wardrobe cupboard statue carpet curtain vase bookcase portrait cabinet rug cradle
        sculpture chandelier mattress pillow blanket cushion chest trunk throne quilt tablecloth
        """,
    "surface": """
        table chair desk bed bench sofa shelf couch stool armchair counter sideboard dresser bookshelf bunk
        """,
    "instrument": """
        piano violin guitar flute trumpet cello clarinet saxophone harp accordion trombone oboe
        banjo mandolin ukulele harmonica tuba bassoon xylophone organ lute lyre bagpipe
        harpsichord viola tambourine bugle synthesizer zither sitar
        """,
    "tree": """
        tree oak bush pine willow birch maple hedge palm cedar fir chestnut elm beech vine poplar spruce cypress
        sycamore shrub magnolia cactus fern larch yew hawthorn redwood eucalyptus sapling bonsai alder aspen
        """,
    "flower": """
        flower rose tulip lily daisy sunflower orchid violet daffodil poppy carnation dandelion lavender geranium
        marigold iris crocus hyacinth jasmine petunia peony azalea hydrangea begonia snowdrop bluebell buttercup
        primrose pansy foxglove lilac camellia dahlia gardenia anemone cornflower chrysanthemum rhododendron
        """,
    "gathering": """
        party concert wedding festival lecture ceremony funeral conference exhibition performance race picnic
        tournament parade opera reception ballet banquet feast carnival reunion seminar debate rehearsal trial auction
        premiere graduation recital matinee marathon regatta symposium summit congress coronation inauguration baptism
        christening contest barbecue gala masquerade
        """,
    "trip": """
        journey trip holiday voyage expedition vacation tour excursion adventure pilgrimage safari outing honeymoon

        """,
    "calamity": """
        storm war battle flood earthquake hurricane explosion thunderstorm blizzard riot tornado avalanche
        invasion landslide siege eruption typhoon cyclone hailstorm rebellion uprising bombardment wildfire
        """,
    "idea": """
        plan idea theory decision proposal law rule policy argument method explanation solution project strategy
        suggestion opinion principle belief hypothesis reform conclusion doctrine philosophy assumption analysis
        regulation concept ideology
        """,
    "news": """
        rumour secret joke question warning answer discovery lie prediction riddle scandal complaint
        accusation confession mystery puzzle announcement excuse prophecy allegation statement
        """,
}

IRREGULAR_PLURALS = {
    "man": "men", "woman": "women", "child": "children", "mouse": "mice", "goose": "geese", "ox": "oxen",
    "midwife": "midwives", "headscarf": "headscarves", "wolf": "wolves", "calf": "calves", "loaf": "loaves",
    "thief": "thieves", "knife": "knives", "gentleman": "gentlemen", "fisherman": "fishermen", "shelf": "shelves",
    "policeman": "policemen", "salesman": "salesmen", "postman": "postmen", "mailman": "mailmen",
    "nobleman": "noblemen", "scarf": "scarves", "hypothesis": "hypotheses", "analysis": "analyses",
    "thesis": "theses", "cactus": "cacti", "potato": "potatoes", "tomato": "tomatoes", "hero": "heroes",
    "mosquito": "mosquitoes", "volcano": "volcanoes", "mango": "mangoes", "tornado": "tornadoes",
    "buffalo": "buffaloes", "bookshelf": "bookshelves",
}  # fmt: skip
