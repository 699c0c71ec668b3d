"""Does a run of words read like a person's name? And the normal form all rules read.

No list of known people stands here: a name is what is capitalised (or stands alone after "is
this") and is no ordinary word of describing faces and pictures.
"""

from __future__ import annotations

import re
import unicodedata

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
_SPELT_OUT = re.compile(r"\b(?:[^\W\d_][ .*_\-]){2,}[^\W\d_]\b")
_SUFFIXES = (
    "ing", "ed", "ly", "al", "ful", "ous", "ive", "able", "ible", "less", "ish", "ic", "ary",
    "tion", "ness", "ity", "ent", "ant", "wards", "ward", "ist", "ese", "ian",
)  # fmt: skip
_TITLES = (
    "mr mrs ms miss dr doctor prof professor sir dame lord lady president chancellor senator "
    "governor minister premier king queen prince princess pope saint judge general captain "
    "monsieur madame mme herr frau senor senora presidente actor actress singer politician "
    "celebrity footballer schauspieler schauspielerin acteur actrice"
)
TITLES = tuple(_TITLES.split())
_WORDS = """
a about above adult african african-american afro after against age ai all alone american an
analysis and angle angry answer any anybody anyone anything arab arabic are as asia asian asians
asleep at attributes awake away axis baby back background backlight bald bangs bare beard bearded
beautiful before behind below beside best better between big black blond blonde blue blur blurry
bob body bold both bottom bow boy bridge bright brightness british broad brow brown brows buddhist
business but buzz by calm camera canon cap casual catholic caucasian center central centre cg
chapped cheek cheekbones cheeks child chin chinese christmas circle clean clear close closed
closeup cloudy cold color colour complexion conclusion considerations contour contrast cool copy
corner correct coy crop crown curly cut cute dark day daylight deep deepfake demographics depth
description detail details diamond dim direct direction doing done double down drawn dry dull
dynamic ear early earrings ears east eastasian eastern easy edge eight elderly else emotion
english enough environment europe european even evening eye eyebrows eyed eyes eyewear face face's
faces fair fake far fast fat fear feature features female few field figure film fine first five
flash flat focus for forehead forensic form forward four frame free fringe frizzy from front
frontal full funny gaze gender getting girl glad glamour glare glass glasses goatee golden good
gray great green grey grin group guy hair haired half happy hard hat he head headline headphones
headshot healthy heart heavy her here hidden high him hindu his hispanic hollywood hour how human
i if image image's impression in indoor indoors inside instagram iphone is it item its jaw jawline
jewish joy jpeg jpg key kid kind kodak label large late latin latina latino left lens less level
light lighting lighting's like line lines lip lips lit little long look looks loop low lower mad
made makeup male man many marks mask matte mature me mean medium men mid middle mild moody more
morph most motion moustache mouth muslim mustache my narrow near neat neck neutral new night nikon
nine no noise noisy none nor normal northern nose not note nothing now observation observations of
off old older olive on one only open option or oriental origin other our out outdoor outdoors
outside oval over overall overview pale part pepper perfect person person's photo photograph
photography photoshop picture pitch pixel pixie plain png point polaroid ponytail poor pore pores
portrait pose possible pretty prime profile proud pullover pure quality question quick quiet quite
race rather raw real red rembrandt remover resolution response rgb rich right ring roll rough
round rule running sad safe salt same scar scared scars scene screen seen selfie serious set setup
seven shadow shadows shape sharp sharpness she shiny short shot shown shut shy sick side sideways
silly simple six size skin sky slight slim slow small smile smirk smooth snow so sober soft
soft-lit somber sombre some someone somewhere sony source south southeast southern split spot
square stage stern still straight street strong structure studio style subject subject's suit
summary sun sunglasses sunlight sunny supposed sure surprise suspect sweet symmetry synthetic
t-shirt tall tan teen teeth ten tense texture than that the their them then there they thick thin
thirds this those three tilt tired to together tone too top touch tough toward true turn two type
ugly under uneven up upper upright upset upside us very view viewed visible visually vogue warm
wavy we weak wearing webp well western wet what when where white wide with woman worn wrinkle
wrinkles yaw yellow yes yet you young younger your youth zero zoom
"""
_ORDINARY = frozenset(_WORDS.split())


def normal(text: str) -> str:
    """Compatibility forms, accents and invisible characters removed; case and marks kept."""
    text = unicodedata.normalize("NFKD", text.translate(_QUOTES))
    seen = "".join(
        c for c in text if unicodedata.category(c) not in ("Cf", "Mn", "Cc") or c == "\n"
    )
    return _SPELT_OUT.sub(lambda run: re.sub(r"[ .*_\-]", "", run.group()), seen)


def words_of(text: str) -> list[str]:
    """Words, with apostrophes and inner hyphens."""
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", text)


def ordinary(word: str) -> bool:
    """Whether a word belongs to describing faces and pictures rather than to a name."""
    low = word.casefold()
    pieces = low.split("-")
    return (
        low in _ORDINARY
        or low.endswith(_SUFFIXES)
        or any(c.isdigit() for c in low)
        or (len(pieces) > 1 and all(map(ordinary, pieces)))
        or (low.endswith("s") and low[:-1] in _ORDINARY)
    )


def starts_with_name(text: str, cased: bool = True) -> bool:
    """Whether the words right here read like a name.

    Args:
        text: what follows "is this", "photo of", "named" and the like; one clause.
        cased: capital letters mean something in this text; without them two or three words that
            are all out of the ordinary and end the clause count as a name.
    """
    words = words_of(text)
    titled = False
    while words and (words[0].casefold() in TITLES or words[0].casefold() == "the"):
        titled = titled or words[0].casefold() in TITLES
        words = words[1:]
    if not words:
        return False
    if titled and not ordinary(words[0]):
        return True
    if cased and words[0][0].isupper():
        return not ordinary(words[0])
    alone = re.split(r"[,;:.!?\n]|\b(?:or|oder|ou|o)\b", text, maxsplit=1)[0]
    few = words_of(alone)
    return 2 <= len(few) <= 3 and not any(map(ordinary, few))


def full_name_in(sentence: str) -> bool:
    """Whether two neighbouring words are capitalised and out of the ordinary."""
    for pair in re.finditer(r"(?=\b([^\W\d_][\w'-]*) ([^\W\d_][\w'-]*)(\s*:)?)", sentence):
        first, second, heading = pair.groups()
        if heading or not (first[0].isupper() and second[0].isupper()):
            continue
        if not (ordinary(first) or ordinary(second)):
            return True
    return False
