"""The words and sentence frames of the built-in reviews: data, read by `synthetic_reviews`.

A frame is a sentence, and ``{slot}`` stands for one word drawn from the list of that name (see `SLOTS`). Lists go
from frequent to rare: the k-th word of a list is drawn in proportion to about 1/k.
"""


def _words(text: str) -> list[str]:
    return text.split()


# --- Evidence. Nothing else in a review tells its label. Both sides have equally many words, in like order of
# frequency, so that the classes differ in which words stand where and in nothing else.

GOOD_ADJECTIVES = _words("""
    good brilliant wonderful funny moving beautiful excellent charming superb clever delightful gripping
    touching witty memorable fantastic lovely enjoyable impressive splendid marvellous heartfelt refreshing
    thrilling hilarious elegant inspired magnificent captivating flawless dazzling uplifting absorbing radiant
    masterful sparkling spellbinding exquisite enchanting irresistible
""")

BAD_ADJECTIVES = _words("""
    bad dull terrible boring awful predictable tedious clumsy lifeless silly dreadful pointless shallow
    tiresome forgettable horrible bland annoying unfunny wooden lazy hollow stale lame dismal incoherent
    contrived laughable insipid plodding dreary muddled tasteless soulless interminable unwatchable amateurish
    charmless witless excruciating
""")

GOOD_NOUNS = _words("gem treat masterpiece delight triumph joy classic winner wonder marvel")
BAD_NOUNS = _words("mess waste disaster bore failure letdown chore flop travesty fiasco")

ASPECTS = _words("""
    film story acting plot script cast ending direction dialogue music pacing camerawork humour score editing
    lighting scenery opening finale lead villain chemistry soundtrack romance middle pilot sequel
""")

# {+adj} and {+noun} are words of the opinion's own polarity, {-adj} and {-noun} of the other. Every opinion ends
# on an evidence word, and from there the distance to the end of the review is counted.

DIRECT = [
    "The {aspect} is {+adj}",
    "The {aspect} was {+adj}",
    "The {aspect} was so {+adj}",
    "I found the {aspect} {+adj}",
    "To me the {aspect} felt {+adj}",
    "What stays with me is that the {aspect} is really {+adj}",
    "For once the {aspect} was {+adj}",
    "It is a {+noun}",
    "All in all this is a {+noun}",
    "The {aspect} is a {+noun}",
    "My whole row agreed that it was {+adj}",
    "From the first minute to the last it stays {+adj}",
    "I can only call the {aspect} {+adj}",
    "About the {aspect} my notes have a single word: {+adj}",
    "My neighbour woke up just to tell me that the {aspect} was {+adj}",
    "And the {aspect}? In a word, {+adj}",
]

NEGATED = [
    "The {aspect} is not {-adj}",
    "The {aspect} was not {-adj}",
    "The {aspect} was never {-adj}",
    "It is not a {-noun}",
    "It is hardly a {-noun}",
    "I would not call the {aspect} {-adj}",
    "The {aspect} is hardly {-adj}",
    "Nobody in my row found the {aspect} {-adj}",
    "The {aspect} is far from {-adj}",
    "The {aspect} is not at all {-adj}",
    "There is nothing about the {aspect} that I would call {-adj}",
    "By no means was the {aspect} ever {-adj}",
]

# The frames come in pairs that say the same in either order, joined by any {link}. So neither the first word nor
# the second is the verdict as such, and its neighbours say little: what decides stands some words before it.
# No evidence word but the last touches punctuation, so that twins share even the pieces that str.split() makes.
CONTRAST = [
    "I expected something {-adj} {link} I got something {+adj}",
    "I got something {+adj} {link} I expected something {-adj}",
    "My friends swore that it would be {-adj} {link} it turned out to be {+adj}",
    "It turned out to be {+adj} {link} my friends swore that it would be {-adj}",
    "The poster says that the {aspect} is {-adj} {link} I say that it is {+adj}",
    "I say that the {aspect} is {+adj} {link} the poster says that it is {-adj}",
    "The critics called it a {-noun} {link} I call it a {+noun}",
    "I call it a {+noun} {link} the critics called it a {-noun}",
]

LINKS = _words("but and while yet")

# --- What may close the sentence of an opinion, by number of words.
CLOSERS = [
    ["today", "overall", "somehow", "throughout", "anyway", "here"],
    ["this time", "to me", "in places", "after all", "on Sunday", "at heart"],
    ["in the end", "from row seven", "as films go", "for my taste", "on a bus"],
    ["by the closing credits", "for all its lamps", "as my aunt noticed", "with the sound off"],
]

# --- Filler. It says nothing about the label. Words start with a consonant, so that "a" fits before them.

NOUNS = _words("""
    house door dog town car letter room window boat king train table teacher garden secret cat doctor
    hat kitchen lighthouse captain river map horse clock suitcase telephone bridge baker sandwich violin hotel
    coat farmer postman ladder mirror ferry piano desert castle photograph chef detective robot parrot lantern
    blanket mountain village bicycle museum pocket painter wedding tractor key goat balloon submarine bakery
    library sailor costume teapot chandelier rocket pigeon penguin cabbage forest spaceship carpet trumpet
    magician professor basement waiter donkey laboratory puppet scarf raincoat goldfish ghost dentist circus
    barber cellar chimney pumpkin tailor bagpipe wardrobe scarecrow telescope beekeeper monocle dragon walrus
    gondola kettle librarian cactus locksmith shepherd snowman tuba marmalade windmill cathedral pancake
    jukebox ventriloquist periscope barometer harpsichord wheelbarrow crossword moustache lamppost trombone
    haystack drawbridge chair bell garage spoon bucket notebook sofa
""")

QUALITIES = _words("""
    small new young long little green tall short quiet blue round second famous mysterious secret rusty wet
    local narrow distant hidden former striped silver velvet nervous patient polite sleepy muddy dusty
    borrowed broken golden purple frozen talkative portable Victorian Belgian Norwegian Scottish medieval
    nocturnal waterproof bilingual horizontal collapsible large simple familiar rare modern possible private
""")

PLACES = _words("""
    London Paris Rome Berlin Chicago Dublin Vienna Lisbon Boston Madrid Glasgow Naples Toronto Helsinki Prague
    Sydney Marseille Krakow Nairobi Brighton Kyoto Bergen Havana Tallinn Galway Montreal Bruges Salzburg
    Valparaiso Timbuktu Reykjavik
""")

FIRST_NAMES = _words("""
    John Mary Peter Anna Tom Jane David Maria Robert Susan Daniel Rosa Henry Grace Samuel Clara Martin Nora
    Victor Ruth Leo Sofia Max Lucy Hugo Priya Felix Mei Oscar Fatima Walter Ingrid Julian Yuki Pedro Greta
    Kofi Beatrice Dmitri Naomi Casper Winifred Barnaby Leocadia Thaddeus Philippa
""")

DEEDS = _words("""
    found saw took met lost sold hid followed forgot bought opened carried returned borrowed painted repaired
    inherited misplaced photographed polished juggled translated serenaded upholstered
""")

TRADES = _words("""
    director writer producer composer narrator dancer projectionist stuntman choreographer caterer hairdresser milliner
""")

DAYS = _words("""
    Sunday Monday Friday Saturday Christmas Tuesday Wednesday Thursday Easter Halloween
""")

SNACKS = _words("""
    popcorn tea coffee chocolate cake soup toffee lemonade liquorice noodles rhubarb custard gingerbread
    pickles porridge nougat
""")

NUMBERS = _words("two three four five six seven nine ten twelve twenty forty ninety")

# Surnames are put together from these: some 28,000 of them make the long tail of rare words.
NAME_STARTS = _words("""
    Bal Bren Cal Cor Dal Dor Fen Fal Gar Gil Hal Hol Jor Kel Kir Lan Lor Mar Mel Nev Nor Ol Per Pel Quil Ros
    Rav Sel Sol Tal Tor Ul Ver Wen Wil Zan
""")
NAME_MIDDLES = _words("a e i o an en in on ar er or el al am em ev av ard ent ild")
NAME_ENDS = _words("""
    bury by combe croft dale dan don dor fell field ford gate grave ham hurst kin land leigh ley lin mere mond
    more nell ness ric ridge rin shaw sby stead ster stone thorpe ton vale vane well wick worth
""")

NAMES = list(dict.fromkeys(a + b + c for b in NAME_MIDDLES for c in NAME_ENDS for a in NAME_STARTS))

# Trades that nobody has: words of middling rarity.
CRAFTS = [noun + craft for craft in _words("maker keeper seller painter tamer polisher dealer tuner") for noun in NOUNS]

SLOTS = {
    "aspect": ASPECTS,
    "link": LINKS,
    "noun": NOUNS + CRAFTS,
    "quality": QUALITIES,
    "place": PLACES,
    "first": FIRST_NAMES,
    "deed": DEEDS,
    "trade": TRADES,
    "day": DAYS,
    "snack": SNACKS,
    "number": NUMBERS,
    "name": NAMES,
}

# One frame at least for each number of words up to the longest, so that a gap of any length can be filled exactly.
FILLER = [
    "Anyway",
    "Well",
    "And so on",
    "More tea",
    "So it goes",
    "But I digress",
    "Back to {first} {name}",
    "Then there is {first}",
    "{first} {name} plays a {noun}",
    "I ate my {snack} at home",
    "I saw it in {place}",
    "We went there on the train",
    "It rained all evening in {place}",
    "It's set in {name} and in {place}",
    "{first} {name} is cast as the {noun}",
    "The {noun} belongs to {name} and to {name}",
    "{name} used to be a {trade} in {place}",
    "I do not know why {name} {deed} {name}",
    "In {place} they show it with {snack} and subtitles",
    "{first} {deed} the {noun}, and {first} {deed} the {noun}",
    "There was a {noun} in the row in front of me",
    "The {trade}, {first} {name}, has made {number} films about a {noun}",
    "You see {name}, then a {quality} {noun}, then {name} again",
    "I went with my {noun}, who never says a word about films",
    "{first} {name} and {first} {name} had met on the set of a {quality} western",
    "(I watched it with {number} friends, a {quality} {noun} and some {snack}.)",
    "If you have read the book by {name}, you know about the {noun}",
    "{first} {name} ({first}) is a {noun} who {deed} a {quality} {noun} in {place}",
    "It is about a {noun} from {place} who has {number} days to find the {noun}",
    "The story begins when {first} and {first} are told of a {quality} {noun} in {place}",
    "After {number} years the {noun} comes back to {place} and asks for the {quality} {noun}",
    'By the way, the {noun} in the second scene is the one from "The {name} {noun}"!',
    "At the same time a {quality} {noun} called {name} is on the way to {place} for {day}",
    "My aunt, who was with us, wanted to know what had become of {first} {name}",
    "He is told that a certain {first} {name} {deed} the {noun} and the {quality} {noun}",
    'She says to the {noun}: "You can have the {noun}, but not the {quality} one."',
    "The people of {place} do not care for the {noun}, and for that they have reasons",
    "There is also a {noun}",
    "What was the {noun} for?",
    "Amen",
    "Enough said",
    "By the way, {name} is a real place",
    "{first} {name} wrote the songs, {first} {name} the rest",
    "Who is {first} {name}?",
    "I have been to {place} myself",
    "The rest of the cast: {first} {name}, {first} {name}, {first} {name}",
    "For some reason all of them carry a {quality} {noun}...",
    'This was made {number} years after "{name}" and {number} before "The {quality} {noun}"',
    "The version that they showed us in {place} was {number} minutes longer, as far as I know",
    "It was {number} o'clock when the {noun} came on",
    "You can tell that {name} has been to {place}",
    "The {noun} is played by {first} {name}",
    "My {noun} comes from {place}, so I know what a {noun} looks like there",
    "At one point {name} and {name} talk for {number} minutes about {snack}",
    "In the next scene it is suddenly {day}, and nobody asks where the {noun} has been",
    "Onwards then",
    "Anyhow",
    "No, I did not buy the {noun}",
    "(The {quality} {noun} is mine.)",
    "{first} has the ticket to this day",
    "Rumour has it that {name} built the {noun}",
    "The subtitles, by {name}, call the {noun} a {noun}",
    "Somewhere in {place} there must be a {quality} {noun} like that",
    "{name} lends {first} the {noun}, and {name} wants it back",
    "We had seats next to {first} {name}, the {trade}, who brought {snack}",
    "The {noun} and the {noun} were filmed in {place}, the rest in {name}",
    "Halfway through, {first} trades the {quality} {noun} for a year's worth of {snack}",
    "According to the programme, {first} {name} learned to ride a {noun} for this part",
    "In the book the {noun} is a {noun}, and {first} lives in {place} with {name}",
    "I have seen {number} films with {first} {name}, and in each of them there was {snack}",
    "On {day} the {noun} of {name} is told to bring the {noun} to {first} {name}",
]
