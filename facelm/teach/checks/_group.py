"""Another race, ethnicity or morph group than the label's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from facelm.teach._labels import first_of
from facelm.teach.checks._frame import denied_afar, left_alone
from facelm.teach.checks._people import of_others
from facelm.teach.checks._prose import Sentence, absent, denied, found, rule, sentences, signs
from facelm.types import Labels

# Words, the group they mean, and how they go on ("African American", "Latin American").
_WORDS: dict[str, str] = {
    "east": (
        "east asian|east asia|eastern asian?|northeast asian|chinese|japanese|korean|taiwanese"
        "|mongolian|han|china|japan|korea|taiwan|mongolia|mongol|manchu|oriental|far eastern"
    ),
    "southeast": (
        "southeast asian?|south-?east(?:ern)? asian?|thai|vietnamese|filipin[oa]|indonesian"
        "|malay(?:sian)?|cambodian|burmese|laotian|khmer|javanese|thailand|vietnam|philippines"
        "|indonesia|malaysia|singaporean"
    ),
    "indian": (
        "south asian?|indian|pakistani|bangladeshi|sri lankan|nepali|nepalese|desi|tamil|punjabi"
        "|bengali|india|pakistan|indian subcontinent|gujarati|sinhalese"
    ),
    "asian": "asian|asiatic|asia",
    "black": (
        "african[- ]american|afro-\\w+|sub-saharan(?: african?)?|black african|west african"
        "|east african|(?:west|central|south|southern|east) african?|african|negroid|nigerian"
        "|ghanaian|kenyan|ethiopian|somali|senegalese|africa|nigeria|ghana|kenya|black person"
        "|congolese|jamaican|haitian|ugandan"
    ),
    "white": (
        "caucasian|european|white european|(?:northern|western|eastern|central|southern"
        "|southeastern) europ\\w+|nordic|scandinavian|slavic|anglo-saxon|germanic|celtic|irish"
        "|british|english person|german|french|russian|polish|swedish|norwegian|danish|dutch"
        "|scottish|ukrainian|europe|scandinavia|white person|euro-american|white american|norse"
    ),
    "middle": (
        "middle[- ]?eastern(?:er)?|middle east|arab(?:ic|ian)?|persian|iranian|iraqi|turkish"
        "|levantine|lebanese|syrian|north african|egyptian|moroccan|kurdish|west asian|israeli"
        "|saudi|mena|afghan|jordanian|yemeni|algerian|tunisian|maghrebi"
    ),
    "latino": (
        "latin[oaxe]|hispanic|latino[- /_]hispanic|latin american?|mexican|brazilian|colombian"
        "|peruvian|(?:south|central) american|puerto rican|cuban|argentin\\w+|venezuelan|chilean"
        "|mexico|mestiz[oa]|guatemalan|ecuadorian|bolivian"
    ),
}
# A face whose label is the key may be called by a word of these groups.
_AGREES: dict[str, frozenset[str]] = {
    "east": frozenset({"east", "asian"}), "southeast": frozenset({"southeast", "asian"}),
    "indian": frozenset({"indian", "asian"}),
    "asian": frozenset({"asian", "east", "southeast", "indian"}), "black": frozenset({"black"}),
    "white": frozenset({"white"}), "middle": frozenset({"middle"}), "latino": frozenset({"latino"}),
    # A shape of head in the generator of `heads`; its words are wider.
    "caucasian": frozenset({"white", "middle", "latino"}),
}  # fmt: skip
_LABELS = {
    "white": "white", "european": "white", "caucasian": "caucasian", "black": "black",
    "african": "black", "african american": "black", "african-american": "black",
    "indian": "indian", "south asian": "indian", "east asian": "east",
    "southeast asian": "southeast", "asian": "asian", "middle eastern": "middle",
    "arab": "middle", "latino hispanic": "latino", "hispanic": "latino", "latino": "latino",
    "latino or hispanic": "latino",
}  # fmt: skip
_PERSON = (
    r"(?:m[ae]n|wom[ae]n|males?|females?|persons?|people|individuals?|boys?|girls?|child|kid"
    r"|teen\w*|adults?|infant|baby|toddler|lad(?:y|ies)|gentlem[ae]n|guy|subject|descent|ancestry"
    r"|heritage|origins?|ethnicity|race|background|population|community|roots|american|african"
    r"|european|racial|ethnic|looking|features|appearance|identity|group|caucasian)"
)
# "black" and "white" are colours until they are said of a person, or of race.
_COLOUR = rf"(?P<colour>(?:black|white)s?\b)(?=[- ](?:\w+[- ])?{_PERSON}\b|[ ,.;)!'\"]|$)"
# Parts of names that say nothing alone.
_NO_SIGNS = (
    "north", "south", "east", "west", "person", "southern", "western", "central", "northern",
)  # fmt: skip


def _signs(words: str) -> str:
    """Words without one of which none of these names is there."""
    plain = re.findall(r"[a-z]{3,}", re.sub(r"\\w\+|\(\?:|\[\w+\]", " ", words))
    ends = ("", "s", "a", "o", "x", "e", "ern", "ian", "n", "an")
    return " ".join(word + end for word in plain if word not in _NO_SIGNS for end in ends)


# In this order: "North African" is not African here, nor "Southeast Asian" East Asian.
_GROUPS = tuple(
    (name, rule(_signs(_WORDS[name]), rf"(?:{_WORDS[name]})s?\b"))
    for name in ("southeast", "middle", "east", "indian", "latino", "white", "black", "asian")
)
_COLOURS = rule("black white blacks whites", _COLOUR)
SIGNS = signs((_COLOURS, *(one for _, one in _GROUPS)))
_OF_PEOPLE = re.compile(rf"[- ](?:\w+[- ]){{0,2}}?{_PERSON}\b")
_NO_GROUP_AFTER = re.compile(r" (?:balance|friday|house)|[- ]and[- ](?:white|black)")
_ETHNIC_BACKGROUND = re.compile(r"\b(?:ethnic|racial|cultural) background\b")
_RACIAL = re.compile(
    r"\b(?:race|racial\w*|ethnic\w*|ancestry|heritage|descent|origins?|roots|morph group|group)\b"
)
_SAID_OF = re.compile(
    r"\b(?:person|individual|subject|man|woman|he|she|they|boy|girl|child|impression|look"
    r"|features|face|someone|background|appearance|complexion and \w+ structure|bone structure"
    r"|this)(?: overall)? (?:\w+ ){0,3}?(?:is|are|looks?|appears?|seems?|reads?|presents?|be"
    r"|suggests?|perceived|described|as|to|identified|called|categori[sz]ed|classified|points?"
    r"|hints?)\b[ :](?:\w+ ){0,4}$"
)
_THING_AFTER = re.compile(
    r"[-' ]*(?:style\w*|inspired|text|characters?|writing|dress\w*|clothing|attire|garments?"
    r"|textiles?|sare?es?|sari|jewell?ery|hats?|rugs?|patterns?|prints?|fabrics?|flags?"
    r"|restaurant|script|tattoos?|food|art\b|headwear|scarf|braids?|hairstyle|ink|camera|symbols?"
    r"|almond|lamp|screen|fan|tea|garden|lettering|alphabet|summer|ocean|language|violet|knots"
    r"|crop|collar|twists?|bob|plait|manicure|press|leather|cap\b|shirt|tie\b|cuff|letters?"
    r"|elephant|masks?|necklace|union|parliament|earrings?|cloth\b|kurta|turban)\b"
)
# What may follow where a person is spoken of; a thing may follow anything ("Chinese lanterns").
_GOES_ON = re.compile(
    rf"$|[^\w -]|[- ](?:(?:[\w-]+ )?{_PERSON}\b|(?:or|and|in|with|by|from|at|on|to|for|as|but"
    rf"|rather|than"
    r"|though|although|because|due|based|given|judging|who|whose|is|seems?|appears?|looks?|would"
    r"|could|might|may|can|traits?|ethnic\w*|racial|look|looks|face|facial|skin|complexion|eye"
    r"|ethnicities|type|nose|bone|sitter|parents?|family|traits|phenotyp\w+|morpholog\w+"
    r"|physiognom\w+|grand\w+|nationality|extraction|stock|blood|lineage|genes|parentage|native"
    r"|diaspora|immigrant\w*|here|overall|one|if|so|since|while|perhaps|probably|likely|mainly"
    r"|mostly|though|not|despite|per|are|was|derived|through|between|rather|throughout|seen"
    r"|category|class|label|cheekbones|lips)\b)"
)
_COLOUR_AFTER = re.compile(
    r"[- ](?:and[- ](?:white|black)|hair\w*|background|balance|eyes?|eye\w+|brows?|beard"
    r"|moustache|shirt|top|frames?|rimmed|glasses|backdrop|wall|clothing|jacket|spots?|dots?"
    r"|marks?|strands?|teeth|light|area|part|border|edge|t-shirt|collar|cap|hat|fabric|pupils?"
    r"|level|or\b|to\b|pixels?|tones?|point|studio|colou?r|ink|outline|line|streaks?|stubble"
    r"|lashes|of the eyes?|sclera|liner|curls|areas|regions|parts|portions|noise|screen)"
)
_COLOUR_BEFORE = re.compile(
    r"\b(?:hair|eyes?|brows?|eyebrows?|shirt|top|beard|teeth|background|backdrop|wall|clothing"
    r"|wears?|wearing|in|pure|jet|and|dressed|lashes|frames?|glasses|jacket|off|snow|lips?|light"
    r"|irises|colou?r|stubble|moustache)\b(?: \w+){0,4} ?$"
)

_ANY_GROUP = (
    r"(?:(?:north|south|east|west|southeast|latin|middle|central|sub-saharan) ?-?)*(?:african|asian"
    r"|european|black|white|caucasian|latino|hispanic|indian|american|eastern|arab)s?"
)
# "African, Asian and European faces", "labels such as Asian, Black or White"
_LISTED = re.compile(
    rf"\b{_ANY_GROUP}, (?:or |and )?{_ANY_GROUP},? (?:or|and) {_ANY_GROUP}\b|\b{_ANY_GROUP} and"
    rf" {_ANY_GROUP} (?:faces|people|viewers|populations|samples|features|observers|labels)\b"
)

# "From Asia to Europe": a place, and nobody's.
_PLACE = re.compile(
    r"(?:africa|asia|europe|china|japan|korea|taiwan|mongolia|thailand|vietnam|philippines"
    r"|indonesia|malaysia|india|pakistan|nigeria|ghana|kenya|scandinavia|mexico|mena|east)s?"
)
_SPOKEN = re.compile(
    r"\b(?:speak\w*(?! for| of| against| to| in fav)|spoke|languages?|words? (?:in|of)"
    r"|translat\w+) (?:[\w-]+,? ){0,5}$"
)
_SOMEBODY_OF = re.compile(
    r"\b(?:person|someone|somebody|famil\w+|ancest\w+|origin\w*|heritage|descen\w+|roots?"
    r"|background|forebears|native|lineage|traced|hails?|(?:he|she|they) comes?|man|woman"
    r"|individual|people|born|features|ethnicity|extraction|subject|boy|girl|child|appearance"
    r"|traits|looks?)\b[^,;]*$"
)
_ONE_OF_TWO = re.compile(
    r"\b(?:african|black|(?:east |southeast |south )?asian|chinese"
    r"|japanese) or (?:an? )?(?:european|white|caucasian|german|french|latin\w+|hispanic)\b"
    r"|\b(?:european|white|caucasian|german|french) or (?:an? )?(?:african|black|(?:east "
    r"|southeast |south )?asian|chinese|japanese|latin\w+|hispanic)\b|\b(?:african"
    r"|black) or (?:an? )?(?:\w+ )?asian\b|asian or (?:an? )?(?:african|black)\b"
)


def other_group(text: str, labels: Labels) -> str:
    """Why the group in an answer contradicts the label; "" where it does not."""
    prose = sentences(text)
    if not prose.signs & SIGNS:
        return ""
    told = str(first_of(labels, "race", "ethnicity", "morph_group") or "")
    label = _LABELS.get(told.lower().replace("_", " "))
    if label is None:
        return ""
    for one in prose:
        if not one.signs & SIGNS:
            continue
        for group, match in _groups(one):
            if group not in _AGREES[label] and _said_of_the_person(one, match):
                return f"it says {one.quote(*match.span())}, but the group label is '{told}'"
    return ""


def _groups(one: Sentence) -> Iterator[tuple[str, re.Match[str]]]:
    """Every group a sentence names; the first reading of a place counts."""
    read: list[re.Match[str]] = []
    for group, way in _GROUPS:
        for match in way.pattern.finditer(one.low) if one.signs & way.sign else ():
            if not any(
                match.start() < other.end() and other.start() < match.end() for other in read
            ):
                read.append(match)
                yield group, match
    for match in found(one, (_COLOURS,)):
        yield match["colour"].rstrip("s"), match


def _said_of_the_person(one: Sentence, match: re.Match[str]) -> bool:
    low, (start, end) = one.low, match.span()
    if denied(low, start) or absent(low, end) or of_others(low, start, end):
        return False
    if left_alone(low, start, end) or denied_afar(low, start):
        return False
    if _THING_AFTER.match(low, end) or not _GOES_ON.match(low, end):
        return False
    if _SPOKEN.search(low, 0, start):
        return False
    if _LISTED.search(low) or _ONE_OF_TWO.search(low):
        return False
    if _PLACE.fullmatch(match.group().split()[-1]) and not _SOMEBODY_OF.search(low, 0, start):
        return False
    if "colour" not in match.re.groupindex:
        return True
    if one.said[start].isupper() and start > 0:  # a colour is not written so
        return not _NO_GROUP_AFTER.match(low, end)
    if _COLOUR_AFTER.match(low, end):
        return False
    if _OF_PEOPLE.match(low, end) or _ETHNIC_BACKGROUND.search(low, 0, start):
        return True
    if _COLOUR_BEFORE.search(low, max(0, start - 50), start):
        return False
    return bool(_RACIAL.search(low) or _SAID_OF.search(low, 0, start))
