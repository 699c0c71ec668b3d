"""Another gender than the label's."""

from __future__ import annotations

import re

from facelm.teach._labels import gender_of
from facelm.teach.checks._frame import denied_afar, left_alone, quoted
from facelm.teach.checks._people import of_others
from facelm.teach.checks._prose import absent, denied, sentences, sign
from facelm.types import Labels

_NOUNS = {
    "male": (
        "man male gentleman boy guy lad chap fellow dude bloke schoolboy manhood he him his"
        " himself masculine mister sir businessman grandpa grandfather"
    ),
    "female": (
        "woman female lady girl gal lass schoolgirl womanhood she her hers herself feminine madam"
        " businesswoman gentlewoman grandma grandmother granny damsel maiden lassie"
    ),
}
_PRONOUNS = ("he", "him", "his", "himself", "she", "her", "hers", "herself")
_WEAK = ("masculine", "feminine")
_FOUND = {
    gender: re.compile(rf"\b(?:{words.replace(' ', '|')})\b") for gender, words in _NOUNS.items()
}
_SIGNS = {gender: sign(words) for gender, words in _NOUNS.items()}
_OTHER = {"male": "female", "female": "male"}
# "man-made", "male-pattern", "a man's shirt", "male faces in general", "male or female"
_NOT_SOMEBODY = re.compile(
    r"-?(?:made|typical|pattern|kind|like|spread|bun|cave|hole|ish|friendly)\b| bun\b| pattern\b"
    r"|'s (?:\w+ )?(?:shirts?|hats?|watch|suit|jacket|wear|clothing|clothes|coat|cap|style"
    r"|hairstyle|haircut|department|fashion|blouse|dress|top|collar|glasses|scarf|jewell?ery"
    r"|boots?)\b| (?:faces|subjects|people|individuals|viewers|observers|persons|populations?"
    r"|averages?|counterparts?|norms?|standards?|names?)\b|(?: or | / |/| nor | and "
    r"|\)? ?/ ?)(?:an? |the )?(?:young |adult |little )*(?:wo)?(?:man|male|men)\b|(?: or | / |/"
    r"| nor | and )(?:an? )?(?:young |little )*(?:fe)?(?:male|man|woman|girl|boy|her|him|she|he"
    r"|hers|his)\b"
)
_BEFORE = re.compile(
    r"(?:\b(?:or|nor|and/or|versus|vs\.?|mistaken for|confused with|typical of|than|unlike"
    r"|like) (?:an? |the )?(?:\w+ )?|s/|/|\()$"
)
_EITHER = re.compile(
    r"(?:man|male|boy|guy|he|him|his|woman|female|girl|lady|she|her|hers|gentleman)(?: or |/"
    r"| nor |\(|, or )(?:an? )?(?:\w+ )?$"
    r"|\b(?:(?:wo)?m[ae]n|(?:fe)?male|boy|girl) and $"
)
_CLAIMED = re.compile(
    r"\b(?:gender|sex|(?:person|subject|individual|he|she|they|it|this|look|impression|presentation"
    r"|appearance|face)(?: overall)?)\W+(?:\w+ ){0,4}$"
)

# "For a viewer in his sixties": whose pronoun it is.
_SOMEBODY_BEFORE = re.compile(
    r"\b(?:(?:an?|any|every|each|another|some|no) (?:\w+ ){0,2}?(?:viewer|observer|reader|painter"
    r"|artist|photographer|examiner|expert|colleague|singer|actor|model|sitter|stranger|friend"
    r"|parent|doctor|listener|speaker|reviewer|annotator|rater|critic|editor|retoucher|portraitist"
    r"|onlooker)|photographer|painter|somebody|someone|anybody|anyone|whoever|everyone|everybody"
    r"|nobody)\b"
)


def other_gender(text: str, labels: Labels) -> str:
    """Why the gender in an answer contradicts the label; "" where it does not."""
    gender = gender_of(labels)
    if gender is None:
        return ""
    other = _OTHER[gender]
    prose = sentences(text)
    for one in prose if prose.signs & _SIGNS[other] else ():
        if not one.signs & _SIGNS[other]:
            continue
        for match in _FOUND[other].finditer(one.low):
            if _about_the_person(one.low, match):
                return f"it says {one.quote(*match.span())}, but the gender label is '{gender}'"
    return ""


def _about_the_person(low: str, match: re.Match[str]) -> bool:
    start, end, word = match.start(), match.end(), match.group()
    if _NOT_SOMEBODY.match(low, end) or _EITHER.search(low, max(0, start - 30), start):
        return False
    if of_others(low, start, end) or absent(low, end):
        return False
    if word in _PRONOUNS:
        return not (quoted(low, start, end) or _SOMEBODY_BEFORE.search(low, 0, start))
    if left_alone(low, start, end) or denied_afar(low, start):
        return False
    if word in _WEAK:
        return bool(_CLAIMED.search(low, 0, start)) and not denied(low, start) and _ends(low, end)
    return not denied(low, start) and not _BEFORE.search(low, max(0, start - 40), start)


def _ends(low: str, end: int) -> bool:
    """Nothing that is only partly so: "masculine features"."""
    return not re.match(
        r" (?:touch|features?|jaw|brow|edge|note|quality|nose|chin|side|look)", low[end:]
    )
