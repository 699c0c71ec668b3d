"""The turn of the head and the side of the light, held against what was measured."""

from __future__ import annotations

import re

from facelm.teach._labels import number_of, word_of
from facelm.teach.checks._claimed import claimed
from facelm.teach.checks._frame import denied_afar, left_alone
from facelm.teach.checks._pose_words import (
    AS_SEEN,
    DEGREES,
    FAR,
    FRONTAL,
    NUMBERS,
    OF_OTHER_PARTS,
    PLAIN_SIDE,
    PROFILE,
    QUARTER,
    SIDE_SAID,
    TILTED,
    TURNED,
)
from facelm.teach.checks._prose import (
    Rule,
    Sentence,
    absent,
    clause_before,
    clause_of,
    denied,
    found,
    sentences,
    sign,
    signs,
    supposed,
)
from facelm.teach.checks._said import Said

# Degrees. Turned by more than the first, nothing is frontal; by less than the others, nothing is
# what they say. A number said may be off by the last: the measurement itself errs by a few.
_NOT_FRONTAL, _NO_PROFILE, _NO_QUARTER, _NOT_FAR = 28.0, 25.0, 8.0, 12.0
_SIDE, _NUMBER_OFF = 12.0, 25.0
_LIGHT_SIDE = 0.13

_LIGHT = re.compile(
    r"\b(?:light\w*|lit|lamp|illuminat\w+|bright\w*|shad(?:e|ed|ow|ows|owed|y)|dark\w*|sun|window"
    r"|source)\b"
)
_BRIGHT = re.compile(
    r"\b(?:comes?|coming|falls?|falling|from|brighter|lighter|lit|more light|stands?|source"
    r"|receives|illuminated|enters?|shines?|brightest|strikes?|hits?|placed|positioned|located"
    r"|arrives?|originat\w+)\b"
)
_SHADED = re.compile(
    r"\b(?:darker|shad(?:e|ed|ow|ows|owed|y)|less light|dim(?:mer)?|dark|darkest|less (?:\w+ "
    r")?(?:lit"
    r"|bright|illuminated)|(?:away|averted|(?:farther|further|distant|remote)(?: away)?) from the "
    r"(?:light"
    r"|lamp|source|window)|(?:light\w*|brightness|illumination|tones?) (?:\w+ )?(?:falls off|fades"
    r"|weakens"
    r"|drops|dies|decreas\w+|diminish\w*|lessens|declines|ends|thins))\b"
)
# "The shadows point to a lamp at the left": where the light is, and not the shade.
_SOURCE_AT = re.compile(
    r"(?<!less )(?<!little )(?<!no )(?<!out of )\b(?:light|lamp|source|sun|window|flash|softbox"
    r"|spotlight"
    r"|bulb|lighting|illumination|brightness)(?: (?!fad|fall|drop|weak|dim|less|decreas|declin"
    r"|thin|taper|end|die|lost|miss|dark"
    r"|shad|away|block)\w+){0,3}? (?:at|on|to|from|in|towards?|near|beyond|outside|off) (?:the )?$"
)
_MAYBE = re.compile(
    r"\b(?:(?<!as )if|whether|than|compar\w+ (?:to|with|against)|rather than|instead of|or"
    r"|would(?! (?:\w+ ){0,2}?(?:call|say|describe|judge|guess|think|name|rate|term|speak"
    r"|be (?:called|described|judged|rated)))|wants?|needs?|requires?|ask(?:s|ed)? for"
    r"|call(?:s|ed)? for|prefer\w*|match\w* (?:to|with|against)|unlike)\b"
)
_WISHED = re.compile(r"\bwould (?:be (?:needed|better|preferable|required|useful)|have|help)\b")
_SIDES = sign("left right leftwards rightwards leftward rightward")
_VIEWER = sign("viewer viewers observer camera onlooker we one you our seen viewed judged appears")
_DENIES = (
    "no",
    "never",
    "hardly",
    "barely",
    "without",
    "zero",
    "un",
    "little",
    "practically",
    "virtually",
)


_Way = tuple[tuple[Rule, ...], bool, int]
"""Rules, whether they speak of a frontal pose, and their signs together."""
_FRONTAL_WAY: _Way = (FRONTAL, True, signs(FRONTAL))
_TURNED_WAYS: tuple[tuple[float, _Way], ...] = (
    (_NO_PROFILE, (PROFILE, False, signs(PROFILE))),
    (_NO_QUARTER, (QUARTER, False, signs(QUARTER))),
    (_NOT_FAR, (FAR, False, signs(FAR))),
)


def other_pose(said: Said) -> str:
    """Why a pose or the light's side contradicts what was measured; "" where it does not."""
    yaws = _yaws(said)
    light = _light_side(said)
    if not yaws and light is None:
        return ""
    ways = _ruled_out(yaws)
    needed = 0
    for _, _, borne in ways:
        needed |= borne
    prose = sentences(said.text)
    if not prose.signs & (needed | DEGREES.sign | _SIDES):
        return ""
    for one in prose:
        why = ""
        if one.signs & needed:
            why = _turn(one, yaws, ways)
        if not why and yaws and one.signs & DEGREES.sign:
            why = _degrees(one, yaws)
        if not why and one.signs & _SIDES:
            why = _side(one, yaws, light)
        if why:
            return why
    return ""


def _light_side(said: Said) -> float | None:
    """The measured difference of the halves, unless a label of the side says the opposite."""
    value, side = said.evidence.light_side, word_of(said.labels, "light_side")
    if value is None or side == ("left" if value > 0 else "right"):
        return None
    return value


def _ruled_out(yaws: list[float]) -> list[_Way]:
    """Ways of speaking of a pose that the head's turn rules out."""
    if not yaws:
        return []
    least, most = min(map(abs, yaws)), max(map(abs, yaws))
    frontal = abs(yaws[0]) >= _NOT_FRONTAL and least >= _NO_PROFILE
    turned = [way for limit, way in _TURNED_WAYS if most <= limit]
    return [_FRONTAL_WAY, *turned] if frontal else turned


def _yaws(said: Said) -> list[float]:
    """What is known of the turn: measured, and where a label has it, that too."""
    if said.evidence.yaw is None:
        return []
    label = number_of(said.labels, "yaw")
    return [said.evidence.yaw] if label is None else [said.evidence.yaw, label]


def _turn(one: Sentence, yaws: list[float], ways: list[_Way]) -> str:
    for rules, frontal, _ in ways:
        if place := _found(one, rules, frontal):
            return f"it says {one.quote(*place)}, but {_measured(yaws)}"
    return ""


def _measured(yaws: list[float]) -> str:
    return f"the head was measured to be turned by {abs(yaws[0]):.0f} degrees"


_OF_THE_PICTURE = re.compile(
    r" (?:of|in) (?:the|this) (?:picture|image|frame|camera|photo\w*|lens|file|crop)\b"
    r"| (?:\w+ )?(?:reference|comparison|second|passport)\b"
)
# "Direction of light: frontal", "between frontal and profile", "the back of the head"
_OF_THE_LIGHT = re.compile(
    r"\b(?:light\w*|illumination|flash|lamp)[^.;:]{0,12}:\W*(?:[\w-]+,? ){0,3}$"
)
# "From the front or an oblique front view"
_OR_ELSE = re.compile(
    r",? or (?:[\w-]+ ){0,3}?(?:oblique|frontal|front|three-quarters?|side|profile|angled|turned"
    r"|half-profile|lateral)\b"
)
_BETWEEN = re.compile(r"\bbetween (?:an? )?$")
_OF_THE_BACK = re.compile(r"\b(?:back of (?:the|his|her|their) (?:head|skull)|nape) (?:\w+ ){0,3}$")
_MEANS = re.compile(r"(?<!this )(?<!that )(?<!which )(?<!they )\bmean an? (?:\w+ )?$")
_SIDEWAYS = re.compile(r"\b(?:tilt|lean|tip|inclin|bend|bent)\w*[^;]*$")


def _found(one: Sentence, rules: tuple[Rule, ...], of_the_head: bool) -> tuple[int, int] | None:
    for match in found(one, rules):
        start, end = match.span()
        before = clause_before(one.low, start)
        if _MAYBE.search(before) or _WISHED.search(clause_of(one.low, start, end)):
            continue
        if _OF_THE_PICTURE.match(one.low, end):
            continue
        if supposed(one.low, start, end) or _absent(one.low, match):
            continue
        if _in_general(one.low, match) or left_alone(one.low, start, end):
            continue
        if not match.group().startswith(_DENIES) and denied(one.low, start):
            continue
        if not match.group().startswith(_DENIES) and denied_afar(one.low, start):
            continue
        if of_the_head and OF_OTHER_PARTS.search(before):
            continue
        if _of_something_else(one.low, match) or not claimed(one.low, start, end, "pose"):
            continue
        return start, end
    return None


# "Vertically, the face points straight ahead"
_UP_OR_DOWN = re.compile(
    r"\W*(?:vertically|(?:in|as (?:for|regards|to)|along|with regard to) (?:the )?(?:vertical"
    r"|height"
    r"|pitch)|neither up nor down|between up and down|(?:the )?pitch\b)(?! (?:and|or)\b)"
)


def _of_something_else(low: str, match: re.Match[str]) -> bool:
    """Whether it is the light's direction, one of two ends, or the back of the head."""
    start = match.start()
    return bool(
        _OF_THE_LIGHT.search(low, 0, start)
        or _UP_OR_DOWN.match(low)
        or _BETWEEN.search(low, 0, start)
        or _OR_ELSE.match(low, match.end())
        or _OF_THE_BACK.search(low, 0, start)
        or _OF_THE_BACK.match(match.group() + " ")
        or _MEANS.search(low, 0, start)
        or (match.group().startswith("sideways") and _SIDEWAYS.search(low, 0, start))
    )


# "A profile hides one cheek": of profiles in general.
_IN_GENERAL = re.compile(
    r" (?:\w+ )?(?:shows?(?! (?:the|this) (?:face|head|person|man|woman))|hides?|gives?|has|needs"
    r"|reveals?|makes?|leaves?|lets?|often|usually|always|never)\b"
)

# "A frontal face shows both cheeks"; "frontal references"; "a second picture, say a profile"
_A = re.compile(r"(?:^|[,;:] )\W*an? $")
_OF_ONE = re.compile(
    r" (?:\w+ )?(?:shows(?! (?:the|this) (?:face|head|person|man|woman))|hides|reveals|needs|has"
    r"|often|usually|always|never)\b"
)
_PLURAL = re.compile(
    r"[- ](?:views|pictures|portraits|images|photos|photographs|shots|faces|heads|poses|references?"
    r"|templates?|ones|records|standards|comparisons?|angles|positions|profiles)\b"
)
_SAY = re.compile(
    r"(?:\b(?:next to|beside|alongside|together with|in addition to|besides|apart from)|, say"
    r"|\bsuch as|\bamong them|\be\.g\.|\bincluding),? (?:in |from )?(?:an? |the )?(?:\w+ ){0,2}$"
)


def _in_general(low: str, match: re.Match[str]) -> bool:
    end = match.end()
    if _PLURAL.match(low, end) or _SAY.search(low, 0, match.start()):
        return True
    if match.group().startswith(("a ", "an ")):
        return bool(_IN_GENERAL.match(low, end))
    return bool(_OF_ONE.match(low, end) and _A.search(low, 0, match.start()))


_NOT_TURNED = re.compile(
    r"\b(?:not|never|hardly|barely|n't) (?:\w+ )?(?:turn|rotat|angl|avert|fac|look|point|direct"
    r"|twist)"
)


def _absent(low: str, match: re.Match[str]) -> bool:
    """Said not to be there, unless that is how a turn shows: "the far cheek is not visible"."""
    if _NOT_TURNED.search(match.group()) and not match.group().startswith(_DENIES):
        return True
    return "far " not in match.group() and "only" not in match.group() and absent(low, match.end())


_AT_LEAST = re.compile(
    r"\b(?:at least|more than|over|above|beyond|exceed\w*|no less than|upwards of)\b"
)

_LESS = re.compile(
    r"\b(?:not|never|without|short of|less than|below|under|up to|at most|far from|hardly|no"
    r"|nowhere near|fewer|within)\b|n't\b"
)


def _degrees(one: Sentence, yaws: list[float]) -> str:
    """A number of degrees that is far from the measured one."""
    least, most = min(map(abs, yaws)), max(map(abs, yaws))
    for match in found(one, (DEGREES,)):
        word = match["n"] or match["k"]
        low = float(word) if word.isdigit() else float(NUMBERS[word])
        high = float(match["m"] or low)
        if _LESS.search(match.group()):
            low = 0.0
        elif _AT_LEAST.search(match.group()):
            high = 180.0
        off = max(low - most, least - high)
        if low > 180 or off < _NUMBER_OFF or TILTED.search(match.group()):
            continue
        before = clause_before(one.low, match.start())
        if not (_MAYBE.search(before) or left_alone(one.low, *match.span())):
            return f"it says {one.quote(*match.span())}, but {_measured(yaws)}"
    return ""


def _side(one: Sentence, yaws: list[float], lit: float | None) -> str:
    """The other side, where it is plainly the picture's."""
    low = one.low
    if "left or right" in low or "right or left" in low:
        return ""
    matches = list(SIDE_SAID.finditer(low))
    if not matches and one.signs & _VIEWER and AS_SEEN.search(low):
        matches = list(PLAIN_SIDE.finditer(low))
        if len({_named(match) for match in matches}) > 1:
            return ""  # "to his own left, for the viewer to the right"
    for match in matches:
        side = _named(match)
        if denied(low, match.start()):
            continue
        half = match.groupdict().get("half") is not None
        clause = low if half else clause_of(low, *match.span())
        if _LIGHT.search(clause):
            why = _lit(one, match, clause, side, lit)
        else:
            why = "" if half else _turned_to(one, match, clause, side, yaws)
        if why and not left_alone(low, *match.span()):
            return why
    return ""


def _named(side: re.Match[str]) -> str:
    return next(value for value in side.groups() if value)


_NOUN = re.compile(r"\b(?:the|his|her|their|this) (?:\w+ )?face\b(?! (?:the|to|left|right))")


def _turned_to(
    one: Sentence, match: re.Match[str], clause: str, side: str, yaws: list[float]
) -> str:
    if not yaws or min(map(abs, yaws)) < _SIDE or not TURNED.search(_NOUN.sub(" ", clause)):
        return ""
    other = "right" if yaws[0] > 0 else "left"
    if (
        side == other
        or _SIDEWAYS.search(one.low, max(0, match.start() - 50), match.start())
        or OF_OTHER_PARTS.search(clause_before(one.low, match.start()))
        or TILTED.search(clause)
    ):
        return ""
    quote = one.quote(max(0, match.start() - 30), match.end())
    return f"it says {quote}, but the head was measured to be turned towards the picture's {other}"


def _lit(one: Sentence, match: re.Match[str], clause: str, side: str, lit: float | None) -> str:
    bright, shaded = bool(_BRIGHT.search(clause)), bool(_SHADED.search(clause))
    if shaded and not bright and _SOURCE_AT.search(one.low, 0, match.start()):
        bright, shaded = True, False
    both = "left" in clause and "right" in clause
    if lit is None or abs(lit) < _LIGHT_SIDE or bright == shaded or both:
        return ""
    said = side if bright else {"left": "right", "right": "left"}[side]
    measured = "right" if lit > 0 else "left"
    quote = one.quote(max(0, match.start() - 30), match.end())
    return (
        ""
        if said == measured
        else (
            f"it says {quote}, but the face's half on the picture's {measured} was measured to be"
            f" brighter"
        )
    )
