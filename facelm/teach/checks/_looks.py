"""Another expression, other glasses, beard or hair colour than the labels'."""

from __future__ import annotations

import re

from facelm.teach._labels import word_of
from facelm.teach._people import covered
from facelm.teach.checks._frame import denied_afar, left_alone
from facelm.teach.checks._people import of_others
from facelm.teach.checks._prose import Sentence, absent, clause_of, denied, sentences, sign
from facelm.types import Labels

_FEELINGS = {
    "happy": "happ(?:y|iness|ily)|joy(?:ful|ous|fully)?|cheerful\\w*|delight(?:ed)?|elat(?:ed|ion)"
        "|glad\\w*|jo(?:lly|vial)|euphori\\w+|merry",
    "sad": "sad(?:ness|ly)?|sorrow\\w*|unhappy|unhappiness|melanchol\\w+|gloom\\w*|grie[fv]\\w*"
        "|mournful\\w*|deject\\w+|despondent|downcast|heartbroken|tearful|miserable|misery",
    "angry": "angr(?:y|ily)|anger|fur(?:y|ious\\w*)|rage|enraged|irate|wrath\\w*|hostil\\w+"
        "|infuriated|outraged?",
    "surprised": "surprised?|astonish\\w+|amaze(?:d|ment)|shock(?:ed)?|startled|astounded",
    "fearful": "fear(?:ful\\w*)?|afraid|frighten\\w*|scared|terrif\\w+|terror",
    "disgusted": "disgust(?:ed)?|repuls\\w+|revulsion|revolted|repugnance|nausea\\w*",
    "contemptuous": "contempt(?:uous\\w*)?|scorn(?:ful)?|disdain(?:ful)?",
    "neutral": "neutral(?:ity)?|expressionless|emotionless|impassive|unemotional|deadpan",
}  # fmt: skip
# "I'm happy to describe", "one would be surprised"
_OF_THE_WRITER = re.compile(
    r"\b(?:i'm|i am|we are|we're|i'd be|i would be|you|anyone|nobody|someone|one (?:would|may"
    r"|might) be|would be|no)(?: \w+)? $"
)
_FEELING = re.compile("|".join(rf"(?P<{n}>\b(?:{w})\b)" for n, w in _FEELINGS.items()))
_STEMS = {
    "happ": "happy", "sad": "sad", "ang": "angry", "surpr": "surprised", "fear": "fearful",
    "disg": "disgusted", "contempt": "contemptuous", "neutral": "neutral",
}  # fmt: skip
# An emotion word is held against the label only where it is said of the face.
_OF_THE_FACE = re.compile(
    r"\b(?:expression|emotion\w*|feeling|mood|face|look(?:s|ing)?|appears?|seems?|conveys?|shows?"
    r"|express\w*|suggests?|reads?|demeanou?r|person|subject|radiat\w+|filled with|mien"
    r"|countenance|air of|sense of)\b"
)
_PARTLY = re.compile(
    r"\b(?:hint|touch|trace|slight(?:ly)?|mild(?:ly)?|bit|mix\w*|blend|tinge\w*|almost|somewhat"
    r"|not|or|if|as if|as though|could|might|may|perhaps|ambiguous\w*|between|verg\w+|undertone"
    r"|other than)\b"
)
_NEUTRAL_THING = re.compile(
    r" (?:background|backdrop|tones?|colou?rs?|grey|gray|light\w*|wall|position|pose|head|stance"
    r"|setting|palette|balance|ground|hue|shade|density|level|scene|picture|image|photo\w*|room|day"
    r"|weather|corner|medium|exposure|atmosphere|patch|area|shadow|clothes|shirt|side)"
)
# "Emerging from the gloom", "sadly, the picture is dark", "a shock of hair"
_IN_THE_DARK = re.compile(
    r"\b(?:from|in|into|out of|through|against|amid|amidst|behind|beyond|to|by) (?:an?|the)? "
    r"?(?:\w+ )?$"
)
_GLOOM_AFTER = re.compile(
    r" (?:swallow|hid|around|behind|surround|cover|envelop|obscur|lies|falls|of the (?:picture|room"
    r"|scene|light|image|setting))"
)
_NO_FEELING = re.compile(
    r" of (?:\w+ ){0,2}(?:hair|curls|locks)\b|[- ](?:medium|accident|coincidence|mean|red|rash"
    r"|spots?"
    r"|pimples?|scar|blemish\w*)\b"
)
_ADVERB, _COMMA = re.compile(r"(?:^|[,;:(]) ?\W*$"), re.compile(r",")
_GLASSES = re.compile(r"\b(?:(?:eye|sun)?glasses|spectacles|eyewear|bespectacled)\b")
_BEARD = re.compile(r"\b(?:beard(?:ed|s|less)?|goatee|clean-shaven|facial hair)\b")
_UNSURE = re.compile(
    r"\b(?:if|whether|could|might|may|would|any|such as|possible|possibly|or|like|reflection\w*)\b"
)
_ABSENT_AFTER = re.compile(
    r" ?(?:\w+ ){0,2}?(?:absent|missing|not (?:present|visible|worn|there|seen)|cannot be seen"
    r"|none)\b"
)
# "A beard or its absence says little", "a beard may hide the chin"
_OPEN_AFTER = re.compile(
    r" (?:or (?:its|their|the|no|not|none|a (?:lack|shaven)|shadow|hair|moustache|clothing"
    r"|scarf)\b|(?:\w+ ){0,4}?(?:says? (?:little"
    r"|nothing)|prov\w+|means?|may|might|could|can (?!be seen)|if (?:there|any|worn)))"
)
# "No reflections from glasses", "a beard takes weeks to grow"
_THROWN_BY = re.compile(
    r"\b(?:reflections?|glare|shadows?|marks?|dents?|glints?|traces left|impressions?|lines?"
    r"|highlights?) (?:\w+ ){0,2}?(?:from|of|by|left by|thrown by|made by) (?:an? |any )?(?:\w+ )?$"
)
_TAKES = re.compile(
    r" (?:\w+ )?(?:takes|needs|makes (?:a|any|people)|changes|comes and|can be|is (?:easily|quickly"
    r"|soon|often|usually)|grows (?:back|in|fast|slow)|adds)\b"
)
# "The beardless parts": of one that has a beard elsewhere
_PART = re.compile(r" (?:parts?|areas?|skin|regions?|patch\w*|cheeks?|portions?|zones?)\b")
_SUPPOSED = re.compile(
    r"(?: (?:face|expression|look|smile|people|person|one))? (?:would|could|might)\b(?! be (?:the"
    r"|my|a (?:fair|good|natural)))"
)
_WEARS = re.compile(
    r"\b(?:wear(?:s|ing)?|worn|has|have|with|behind|pair|frames?|sits?|rests?|is|are|covers?"
    r"|covered|full|short|thick|trimmed|sports?|neat|through|there|a|an|the|his|her|their)\b"
)
_COLOURS = {
    "black": "black|jet-black|raven|ebony|dark|ink-black",
    "brown": "brown|brunette|chestnut|dark|auburn|light-brown|brownish|hazel|chocolate",
    "blond": "blonde?|golden|fair|flaxen|sandy|light|blondish|straw-colou?red|yellow(?:ish)?"
        "|honey(?:-blonde?)?",
    "red": "red|ginger|auburn|copper(?:y)?|reddish|strawberry|orange|rust\\w*",
    "grey": "gr[ea]y|gr[ea]ying|gr[ea]yish|silver(?:y)?|white|salt-and-pepper|light|ash\\w*",
}  # fmt: skip
_ANY_COLOUR = "|".join(sorted({w for v in _COLOURS.values() for w in v.split("|")}, key=len)[::-1])
_HAIR = re.compile(
    rf"\b(?P<before>{_ANY_COLOUR})(?:,)?(?: (?!brows?\b|eyes?\b|skin\b|and\b|beard\b"
    rf"|background\b)[\w-]+){{0,2}} hair\b(?!line| ?less)"
    rf"|(?<!facial )\bhair(?: colou?r)?(?: (?:on \w+ \w+|\w+ly|itself))? (?:is|looks?|appears?"
    rf"|seems?|:)(?: (?:of|to be|a|very|mostly|quite|rather|deep|naturally|in colou?r|long|short"
    rf"|cropped|cut|and|worn)){{0,3}} (?P<after>{_ANY_COLOUR})\b(?! eyes| and (?:white|black))"
    r"|\b(?P<noun>blondes?|brunettes?|redhead(?:ed)?|ginger-haired|(?:grey|gray|black|brown|white"
    r"|silver|dark|fair|red|blond|golden)-haired)\b"
)


def other_looks(text: str, labels: Labels) -> str:
    """Why expression, glasses, beard or hair contradict the labels; "" where they do not."""
    return _feeling(text, labels) or _worn(text, labels) or _hair(text, labels)


def _feeling(text: str, labels: Labels) -> str:
    prose = sentences(text)
    if not prose.signs & _EMOTIONAL:
        return ""
    told = word_of(labels, "expression", "emotion")
    known = {name for stem, name in _STEMS.items() if stem in told}
    if not known:
        return ""
    for one in prose:
        if not one.signs & _EMOTIONAL:
            continue
        found = list(_FEELING.finditer(one.low))
        if any(m.lastgroup in known and not _of_the_picture(one.low, m) for m in found):
            continue
        for match in found:
            if _felt(one.low, match):
                return f"it says {one.quote(*match.span())}, but the expression label is '{told}'"
    return ""


_EMOTIONAL = sign(
    """
happy happiness happily joy joyful joyous cheerful delight delighted elated elation glad jolly
jovial sad sadness sadly sorrow sorrowful unhappy melancholy melancholic gloomy gloom grief
dejected despondent downcast heartbroken tearful miserable misery mournful angry angrily anger
fury furious rage enraged irate wrath hostile hostility infuriated outraged surprise surprised
astonished astonishment amazed amazement shock shocked startled astounded fear fearful afraid
frightened scared terrified terror disgust disgusted repulsed repulsion revulsion revolted
contempt contemptuous scorn scornful disdain disdainful neutral neutrality expressionless
emotionless impassive deadpan
"""
)


# "White balance seems neutral": of the picture, where nothing of the face stands beside it.
_OF_THE_PICTURE = re.compile(
    r"\b(?:balance|background|backdrop|colou?rs?|tones?|light\w*|palette|wall|hue|tint|cast"
    r"|setting|shade|brightness|exposure|contrast|picture|image|photo\w*|camera|clothing|shirt"
    r"|pose|posture|position|head|angle|scene|density|temperature|grading|rendering|saturation)\b"
)
_FACE_IN_IT = re.compile(
    r"\b(?:expression|emotion\w*|feeling|mood|face|facial|person|subject|he|she|they|his|her|their"
    r"|man|woman|boy|girl|child|baby|demeanou?r|mien|countenance|mouth|eyes|brows?|smile|look)\b"
)


def _of_the_picture(low: str, match: re.Match[str]) -> bool:
    clause = clause_of(low, *match.span())
    return bool(_OF_THE_PICTURE.search(clause)) and not _FACE_IN_IT.search(clause)


def _no_feeling(low: str, match: re.Match[str]) -> bool:
    """Whether the word has another sense here: gloom is darkness, "sadly" a sigh of the writer."""
    start, end, word = match.start(), match.end(), match.group()
    if word == "gloom":
        return bool(_IN_THE_DARK.search(low, 0, start) or _GLOOM_AFTER.match(low, end))
    if word.endswith("ly") and _COMMA.match(low, end) and _ADVERB.search(low, 0, start):
        return True
    return bool(_NO_FEELING.match(low, end))


_OR_ELSE = re.compile(r" or \w+,")


def _felt(low: str, match: re.Match[str]) -> bool:
    if _of_the_picture(low, match):
        return False
    if absent(low, match.end()) or _SUPPOSED.match(low, match.end()):
        return False
    if _NEUTRAL_THING.match(low, match.end()) or _no_feeling(low, match):
        return False
    if left_alone(low, *match.span()) or denied_afar(low, match.start()):
        return False
    before = low[max(0, match.start() - 45) : match.start()]
    if before.endswith(", ") and _OR_ELSE.match(low, match.end()):
        return False
    if _OF_THE_WRITER.search(before):
        return False
    return bool(
        _OF_THE_FACE.search(low)
        and not _PARTLY.search(before)
        and not denied(low, match.start())
        and not of_others(low, *match.span())
    )


def _worn(text: str, labels: Labels) -> str:
    prose = sentences(text)
    if not prose.signs & _ANY_WORN:
        return ""
    glasses, beard = covered(labels)
    for name, known, pattern in (("glasses", glasses, _GLASSES), ("beard", beard, _BEARD)):
        if known is None or not prose.signs & _WORN[name]:
            continue
        for one in prose:
            if not one.signs & _WORN[name] or "would" in one.words:
                continue
            for match in pattern.finditer(one.low):
                said = _has(one.low, match)
                if said is None or said == known or left_alone(one.low, *match.span()):
                    continue
                if not (said and denied_afar(one.low, match.start())):
                    quote = one.quote(max(0, match.start() - 20), match.end())
                    return f"it says {quote}, but the label '{name}' is {'yes' if known else 'no'}"
    return ""


_WORN = {
    "glasses": sign("glasses eyeglasses sunglasses spectacles eyewear bespectacled"),
    "beard": sign("beard bearded beards beardless goatee shaven facial"),
}


_ANY_WORN = _WORN["glasses"] | _WORN["beard"]


def _has(low: str, match: re.Match[str]) -> bool | None:
    """Whether it is there, None where the words leave it open."""
    word = match.group()
    if of_others(low, *match.span()) or low[match.end() :].startswith("-like"):
        return None
    if word in ("beardless", "clean-shaven"):
        if _PART.match(low, match.end()):
            return None
        return None if denied(low, match.start()) else False
    if _THROWN_BY.search(low, 0, match.start()) or _TAKES.match(low, match.end()):
        return None
    if denied(low, match.start()) or _ABSENT_AFTER.match(low, match.end()):
        return None if word == "sunglasses" else False
    before = low[max(0, match.start() - 40) : match.start()]
    if _OPEN_AFTER.match(low, match.end()):
        return None
    if _UNSURE.search(before) or not _WEARS.search(before) or word == "facial hair":
        return True if word in ("bespectacled", "bearded") and not _UNSURE.search(before) else None
    return True


def _hair(text: str, labels: Labels) -> str:
    prose = sentences(text)
    if not prose.signs & _HAIR_WORDS:
        return ""
    colour = word_of(labels, "hair_colour", "hair_color").replace("gray", "grey")
    if colour not in _COLOURS:
        return ""
    for one in prose:
        if not one.signs & _HAIR_WORDS:
            continue
        for match in _HAIR.finditer(one.low):
            word = (match["before"] or match["after"] or match["noun"]).split("-haired")[0]
            if not re.fullmatch(
                _COLOURS[colour] + "|redhead" * (colour == "red"), word.rstrip("s")
            ) and (_of_this_hair(one, match)):
                return (
                    f"it says {one.quote(*match.span())}, but the hair colour label is '{colour}'"
                )
    return ""


_HAIR_WORDS = sign("hair haired blonde blondes brunette brunettes redhead redheaded")


def _of_this_hair(one: Sentence, match: re.Match[str]) -> bool:
    if "facial hair" in match.group() or " or " in match.group():
        return False
    if left_alone(one.low, *match.span()):
        return False
    word = match["before"] or match["after"]
    rest = one.low[match.start() : match.end() + 40]
    others = set(re.findall(_ANY_COLOUR, rest)) - {word}
    return (
        not others and not denied(one.low, match.start()) and not of_others(one.low, *match.span())
    )
