"""What a reply says of pose, light, eyes, mouth and sharpness, held against what was measured.

Only where a measurement is sure: the limits are those of docs/teachers.md and of the style
`choices`, which ask about nothing between them.
"""

from __future__ import annotations

import re

from facelm.teach._labels import number_of, word_of
from facelm.teach._light import blurred
from facelm.teach.checks._claimed import claimed
from facelm.teach.checks._evidence_pose import other_pose
from facelm.teach.checks._feature_words import EYES, MOUTH
from facelm.teach.checks._frame import denied_afar, left_alone
from facelm.teach.checks._picture_words import BRIGHTNESS, SHARPNESS
from facelm.teach.checks._prose import (
    Sentence,
    absent,
    clause_before,
    clause_of,
    denied,
    found,
    sentences,
    sign,
    supposed,
)
from facelm.teach.checks._said import Said
from facelm.teach.checks._trait import Trait
from facelm.types import Evidence, Labels

_OPPOSITE = {
    "open": "closed", "closed": "open", "sharp": "blurred", "blurred": "sharp",
    "lit": "dark", "dark": "lit",
}  # fmt: skip
# "not fully closed", "not entirely sharp" leave open what is.
_DEGREE = re.compile(
    r"\b(?:not|n't|never|hardly|neither|less than) (?:\w+ ){0,2}?(?:fully|entirely|completely"
    r"|quite|very|perfectly|wide|particularly|especially|extremely|too|overly|totally|all|always"
    r"|every|each|much|many|as|harsh\w*|strong\w*|so|uniformly|evenly|only|tightly)\b"
)
_MAYBE = re.compile(
    r"\b(?:(?<!as )if|whether|could be|might be|may be|either|(?:open|closed|sharp|blurred"
    r"|bright|dark|lit) or|would(?! (?:\w+ ){0,2}?(?:call|say|describe|judge|guess|think|name|rate"
    r"|term|speak|be (?:called|described|judged|rated)))|wants?|needs?|requires?|ask(?:s|ed)? for"
    r"|call(?:s|ed)? for|prefer\w*|compar\w+ (?:to|with)|than(?! (?:sufficient|enough|adequate"
    r"|ample))|unlike|as opposed to|nobody|no one)\b"
)
_DENIALS = sign(
    "no not nothing none never neither nor without cannot t lacks lacking lack free absence"
    " rather instead unlike hardly barely scarcely devoid rules ruled anything far non"
)
_OR = re.compile(
    r",? or (?:\w+ )?(?:otherwise|open|closed|shut|not|half|sharp|soft|blurred|dark|bright|dim"
    r"|parted"
    r"|apart)\b"
)
_OF_ANY = re.compile(r"(?<!pair) of (?:open|closed|parted|shut|bright|dark|sharp|blurred) [a-z]+s$")
_NEITHER = re.compile(r"\bneither (?:\w+ )?(?:open|closed|shut|sharp|blurred|bright|dark)\b")
_NOT = re.compile(
    r"\b(?:not|never|cannot|no longer|far from|anything but|by no means|nowhere near)\b|n't\b"
    r"|(?<=\w )(?:hardly|scarcely|barely|fail\w*|stops? short|refus\w+)\b"
)
# What may be denied to say the opposite: "not closed", but not "no word, no yawn".
_EITHER_WAY = re.compile(
    r"\b(?:open\w*|closed?|shut|parted|apart|together|touch\w*|meet\w*|sharp\w*|crisp\w*|blur\w*"
    r"|focus\w*|fuzz\w*|bright\w*|(?:well[- ])?lit|illuminated|dark\w*|dim\w*|gap|light\w*|exposed"
    r"|underexposed|overexposed|visible|seen)\b"
)
# A denial of something else: "cannot be known behind the closed lids", "not to say that"
_NOT_OF_IT = re.compile(
    r"\b(?:behind|under|of|through|by|with|because of|from) (?:the|his|her|their) $"
    r"|\b(?:behind|under|through) $|\bnot to (?:the|this|his|her|their|any) $"
    r"|(?<!there )\b(?:is|are) (?:no|not an?|never an?|hardly an?) (?:sign|proof|measure|mark"
    r"|evidence"
    r"|indication|result|consequence|substitute) (?:of|for) $"
    r"|\bnot (?:to say|that|enough|as|so|necessarily|because|for)\b"
)
_WISHED = re.compile(r"\bwould (?:be (?:needed|better|preferable|required|useful)|have|help)\b")


def evidence(said: Said) -> str:
    """A pose, light, eyes, mouth or sharpness that the measurements rule out."""
    return other_pose(said) or _other_trait(said)


def _other_trait(said: Said) -> str:
    prose = sentences(said.text)
    known = (
        (EYES, _eyes(said.evidence)),
        (MOUTH, _mouth(said.evidence, said.labels)),
        (SHARPNESS, _sharpness(said.evidence)),
        (BRIGHTNESS, _brightness(said.evidence, said.labels)),
    )
    for trait, measured in known:
        if measured is None:
            continue
        value, why = _OPPOSITE[measured[0]], measured[1]
        plain, other = trait.signs[value], trait.signs[measured[0]]
        if not prose.signs & plain and not (prose.signs & other and prose.signs & _DENIALS):
            continue
        for one in prose:
            if not one.signs & plain and not (one.signs & other and one.signs & _DENIALS):
                continue
            if place := _says(one, trait, value):
                return f"it says {one.quote(*place)}, but {why}"
    return ""


def _says(one: Sentence, trait: Trait, value: str) -> tuple[int, int] | None:
    """Where a sentence says this of a trait, plainly or by denying the opposite."""
    for told in (value, _OPPOSITE[value]):
        plainly = told == value
        if not (plainly or one.signs & _DENIALS):
            continue
        for match in found(one, trait.says[told]):
            before = denied(one.low, match.start())
            said = match.group()
            inside = bool(_NOT.search(said)) and not said.startswith(("not enough", "not much"))
            if not plainly and not _EITHER_WAY.search(match.group()):
                continue
            if before and _NOT_OF_IT.search(one.low, 0, match.start()):
                continue
            if (before != inside) != plainly and not _left_open(one, trait, match):
                if not before and denied_afar(one.low, match.start()):
                    continue
                return max(0, match.start() - 24 if before else match.start()), match.end()
    return None


def _left_open(one: Sentence, trait: Trait, match: re.Match[str]) -> bool:
    """Whether a place is about something else, or says it only of a degree or a possibility."""
    before = clause_before(one.low, match.start()) + match.group()
    if _DEGREE.search(before) or _MAYBE.search(before):
        return True
    if _WISHED.search(clause_of(one.low, *match.span())):
        return True
    if not claimed(one.low, *match.span(), trait.name):
        return True
    if supposed(one.low, match.start(), match.end()) or absent(one.low, match.end()):
        return True
    if _OF_ANY.search(before) or _NEITHER.search(match.group()) or _OR.match(one.low, match.end()):
        return True
    whole = trait.not_in.search(one.low)
    if trait.not_of.search(one.low if whole else clause_of(one.low, *match.span())):
        return True
    return left_alone(one.low, *match.span())


def _turned_less(evidence: Evidence, degrees: float) -> bool:
    return evidence.yaw is not None and abs(evidence.yaw) <= degrees


def _eyes(evidence: Evidence) -> tuple[str, str] | None:
    value = evidence.eye_open
    if value is None:
        return None
    if value <= 0.12 and _turned_less(evidence, 45):  # a turn makes an opening look higher
        return "closed", "the eyes were measured to be closed or nearly so"
    if value >= 0.24 and _turned_less(evidence, 35):
        return "open", "the eyes were measured to be open"
    return None


def _mouth(evidence: Evidence, labels: Labels) -> tuple[str, str] | None:
    """A label of the mouth is the gap on the mesh of `heads`, where lips at rest are 0.05 apart."""
    value, label = evidence.mouth_open, number_of(labels, "mouth_open")
    if value is None or not _turned_less(evidence, 45):
        return None
    if value <= 0.05 and (label is None or label < 0.15):
        return "closed", "the lips were measured to be closed"
    if value >= 0.15 and (label is None or label > 0.12):
        return "open", "the mouth was measured to be open"
    return None


def _sharpness(evidence: Evidence) -> tuple[str, str] | None:
    value, contrast = evidence.sharpness, evidence.contrast or 0.0
    if value is None:
        return None
    if blurred(evidence) or (value <= 0.3 and contrast >= 0.08):
        return "blurred", "the face was measured to be blurred"
    return ("sharp", "the face was measured to be sharp") if value >= 3 else None


def _brightness(evidence: Evidence, labels: Labels) -> tuple[str, str] | None:
    """Dark or lit, where light and skin cannot be mistaken for each other.

    The measure mixes the two, so that dark skin in good light measures low: where no label says
    that the light is dim, the limit is lower, and a label of good light wins.
    """
    value, level = evidence.brightness, word_of(labels, "light_level")
    if value is None:
        return None
    if value <= {"dim": 0.27, "": 0.2}.get(level, 0.0):
        return "dark", "the face was measured to be dark"
    if value >= 0.54 and level != "dim":
        return "lit", "the face was measured to be bright"
    return None
