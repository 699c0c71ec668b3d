"""Ages in prose: numbers, ranges, decades and words, as years from and to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from facelm.teach.checks._age_words import (
    DECADES,
    NUMBERS,
    NUMERIC,
    OLDEST,
    ORDINALS,
    SIGNS,
    TENS,
    UNITS,
    WORDS,
)
from facelm.teach.checks._prose import Sentence


@dataclass(frozen=True)
class Age:
    """Years said of somebody, and where."""

    low: float
    high: float
    start: int
    end: int


# "child-like", "baby fat", "teen's bedroom": not a person of that age.
_NO_PERSON = re.compile(
    r"-?(?:like\b|faced|ish\b|friendly|style)|'s? (?:hands?|fingers?|arms?|book|toy|drawing"
    r"|clothes|hat|bib|room|shirt)|[- ](?:fat|hairs?|teeth|blue|pink|bangs|doll|smooth|soft"
    r"|face\b|skin\b|powder|carrier|seat|steps)\b"
)
_TIME = re.compile(r"(?:child|baby)hood|infancy|adolescence|puberty|adulthood")
_IN = re.compile(
    r"\b(?:in|into|well past|reached|entered|entering|suggests?|indicates?) (?:\w+ ){0,2}$"
)
# "not yet of school age" says younger than that.
_NOT_YET = re.compile(r"(?:\bnot|n't) (?:\w+ )?(?:yet|reached|entered) (?:[\w-]+ ){0,6}$")
_NUMBER = (
    rf"(?:\d{{1,3}}(?!\d|[.,:/]\d)|(?:{'|'.join(TENS)})(?:[- ](?:{'|'.join(UNITS[:9])})\b)?"
    rf"|{'|'.join(UNITS[::-1])})"
)
_YEARS = r"(?:[- ]?(?:years?|yrs?\b\.?|y/?o\b)(?:'s?)?(?:[- ]olds?(?!er)| of age| in age)?)"
_SPAN = re.compile(
    rf"(?<![\w.#/])({_NUMBER})\+?(?: ?{_YEARS})? ?(?:-|to|and|or|through|till|until|up to|&"
    rf"|/)(?: (?:about|around|perhaps|maybe|even|possibly|at most"
    rf"|over))? ?({_NUMBER})\b(?P<unit>{_YEARS})?"
)
_ONE = re.compile(
    rf"(?<![\w.#/])({_NUMBER})\b(?P<more>\+)?(?: or so| or thereabouts| odd)?"
    rf"(?P<unit>{_YEARS}|[- ](?P<part>months?|weeks?|days?)(?:[- ]old| of age)?)?"
)
# What a number of something else is followed by, or comes after.
_OTHER_UNIT = re.compile(
    r" ?(?:-|to|and|or)? ?\d*\s?-?\s?(?:degrees?|deg\b|°|º|%|per ?cent|pixels?|px|cm\b|mm\b|times"
    r"|x\b|x\d|minutes?|hours?|seconds?|k\b|metres?|meters?|fps|dpi|megapixels?|lux|points?"
    r"|out of|of (?:the|these|which)|th\b|st\b|nd\b|rd\b|\w+ (?:lines|wrinkles|marks|moles|scars"
    r"|people|faces|eyes|shadows))| (?:people|persons?|faces|images|pictures|eyes|ears|sides?"
    r"|halves|parts?|quarters?|thirds?|lines|wrinkles|marks|moles|scars|shadows|lips|brows|cheeks"
    r"|frames|men|women|sources?|lights?|points|features|things|tones|colou?rs|hands?|teeth|rows?"
    r"|strands|dots)\b|-(?:quarters?|fold|sided|point|way)"
)
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:yaw|pitch|roll|contrast|brightness|angle|(?<!yet )(?<!just )(?<!has )(?<!recently "
    r")turned|rotated|tilted|resolution|ratio|score"
    r"|iso|unit|units|au|figure|number|step|option|row|frame|type|scale|level|sharpness|value"
    r"|size|f|section|by)\b\W*(?:\w+ ){0,3}$"
)
_AGED = re.compile(r"\b(?:age|aged|ages|years?|yrs|old|older|younger|decade|bracket|yo)\b")
_GUESSED = re.compile(
    r",? (?:is|would be|seems|might be|could be) (?:an? |the |my |one's )?(?:\w+ )?(?:guess"
    r"|estimate|right)\b"
)
_GROUP = re.compile(r" (?:age )?(?:group|bracket|range|category|band|cohort|class)\b")
_AGE_OF = re.compile(r"\b(?:ages?|aged|turned)(?: (?:of|about|around|only|at|is))* $")
# "She looks about seven": small numbers count many things.
_SMALL = re.compile(
    r"\b(?:he|she|person|subject|child|boy|girl|baby|infant|toddler|sitter|individual|they|kid)"
    r" (?:looks?|appears?|seems?|is|(?:may|must|can|could|might|would) (?:\w+ )?be)(?: to be)?"
    r"(?: (?:about|around|roughly|maybe|perhaps|only|just|barely|at most|approximately|hardly"
    r"|scarcely|no|more|older|not|than|over|under|below|nearly|almost|probably|likely))+ $"
)
_PERSON = re.compile(
    r"\b(?:person|subject|individual|man|woman|boy|girl|he|she|they|him|her|them|someone|somebody"
    r"|youth|student|pupil|infant|toddler|teen(?:ager)?|kid|fellow|guy|lad|senior|veteran|sitter"
    r"|put(?:s|ting)? (?:this|the|her|his) face|child|lady|gentleman|looks?|guess|visually"
    r"|appearance|male|female|adult|baby)\b"
)
_SAYS_AGE = re.compile(
    r"\b(?:looks?|looking|appears?|seems?|be|is|guess\w*|estimat\w+|put(?:s|ting)?|say|about"
    r"|around|near(?:ly)?|almost|roughly|approximately|perhaps|maybe|probably|likely|possibly"
    r"|past|over|under|above|below|at|turn\w+|pass\w*|some|close|towards?|from|between|circa"
    r"|approaching"
    r"|pushing|than|anywhere|least|most|barely|only|just|yet|of|as|well)(?: \w+){0,3}[ :~(]*$"
)
_ENDS = re.compile(
    r" ?(?:$|[,;)!?\"'.+]|or\b|and\b|if\b|at\b|to\b|by\b|based|given|judging|with\b|but\b|in\b"
    r"|plus\b|is\b|can\b|who\b|whose\b|-|would\b|seems?\b|fits?\b|bracket|range|group|age\b"
    r"|could\b|might\b|category|on\b"
    r"|long ago"
    r"|from\b|when\b|as\b|for\b|may\b|appears?\b|looks?\b)"
)
_DECADE = re.compile(
    rf"\b(?:(?P<digits>[1-9]0)'?s|(?P<word>{'|'.join(DECADES)})"
    rf"|(?P<ordinal>{'|'.join(ORDINALS)}|[1-9](?:st|nd|rd|th)) decade)\b"
)
_PART = re.compile(
    r"\b(?:(?:early|mid(?:dle)?|late)r?(?:[- /]|[- ]?to[- ]|[- ]or[- ]|[- ]and[- ])*)+"
    r"(?:of )?(?:his |her |their |the )?$"
)
_OF_A_LIFE = re.compile(
    r"(?:\b(?:his|her|their|one's|in|to|or|and|into|person's) (?:the )?|'s |-|\bthe (?=teens)"
    r"|\bage\b[ \w]{0,12}\W{0,3}[:=]\W{0,5}(?:about "
    r"|around |probably |roughly |the )?)$"
)
# "Barely out of his teens"
_JUST_OUT = re.compile(
    r"\b(?:just|barely|hardly|scarcely|newly) out of (?:his |her |their |the )?$"
)
_OF_A_CENTURY = re.compile(
    r"(?:\b(?:nineteen|roaring|swinging)|\d\d|(?:style|look|fashion|hair\w*|photo\w*|film|camera"
    r"|from|back|was|were|usual|common|popular|fashionable) (?:\w+ )?(?:from|of|in) the) ?$"
)
_OF_A_STYLE = re.compile(
    r"[- ]?(?:style|look\b|fashion|hair|era|inspired|vibe|aesthetic|film|photo|camera|movie|retro)"
)
_MARGIN = re.compile(
    r"\b(?:margin|leeway|uncertainty|error|spread|span|gap|difference|tolerance|give or take"
    r"|plus or minus|within|off by|by|adds?|added|adding|takes?(?: off| away)?|hides?|costs?"
    r"|another"
    r"|last|next|past|some more|every)(?: (?:of|about|some"
    r"|around|roughly|perhaps|a good|or so))* $"
)
# "Valid for ten years"
_FOR_YEARS = re.compile(
    r"(?<!pass )(?<!passes )(?<!taken )(?<!take )(?<!mistaken )\b(?:for|after|during|every|each)"
    r" (?:about |some |over |nearly |more than |up to |another )?$"
)
# "In twenty years this could be an adult"
_IN_SOME = re.compile(r"\bin (?:\w+ (?:or|to) )?$")
_AHEAD = re.compile(
    r"(?: or \w+ years|(?<=years)),? (?:\w+ ){1,3}?(?:could|will|would|may|might)\b"
)
_UP = re.compile(
    r"\b(?:over|above|(?<!no )(?<!not )(?<!hardly be )(?<!scarcely be )(?<!cannot be )(?<!can't be "
    r")(?<!not be )(?:more"
    r"|older) than|past|beyond|exceeding|upwards? of"
    r"|at least|north of|not (?:a day )?(?:under|below))(?: the)?(?: age(?: of)?)?(?: about"
    r"| around)? $"
)
_DOWN = re.compile(
    r"\b(?:under|below|less than|younger than|up to|not yet(?: (?:turned|reached|passed))?"
    r"|at most|(?:no|(?:hardly|scarcely"
    r"|cannot|can't|can not|could not|couldn't) (?:be |look )?) ?(?:older|more) than"
    r"|yet to (?:reach|turn|see|pass)|fewer than|not older than|not over|before)(?: the)?(?: "
    r"age(?: of)?)?(?: about| around)* $"
)
_OR_UP = re.compile(r" ?(?:\+|plus\b|(?:and|or) (?:older|over|more|above|up)\b)")
_NEAR = 15.0
"""Years between two ages that may still be one span; further apart, each stands for itself."""
_JOINS = re.compile(
    r"[- ,]*(?:(?:to|or|and|through|into|perhaps|possibly|maybe|even|up|an?|the|in|his|her|their"
    r"|to)\b[- ,]*)+"
)


def ages(one: Sentence) -> list[Age]:
    """Everything in a sentence that says how old somebody is, in its order; first readings win."""
    if not one.signs & (NUMERIC | SIGNS):
        return []
    read: list[Age] = []
    if one.signs & NUMERIC:
        for reader in (_decades, _spans, _ones):
            _keep(reader(one.low), read)
    _keep(_words(one), read)
    return _joined(sorted(read, key=lambda age: age.start), one.low)


def _keep(new: Iterator[Age], read: list[Age]) -> None:
    for age in new:
        if not any(age.start < other.end and other.start < age.end for other in read):
            read.append(age)


def _joined(read: list[Age], low: str) -> list[Age]:
    """Ages that are one span: "late twenties to early thirties", "a teenager or young adult"."""
    joined: list[Age] = []
    for age in read:
        last = joined[-1] if joined else None
        near = last and max(age.low - last.high, last.low - age.high) <= _NEAR
        if (
            last
            and near
            and age.start - last.end < 22
            and _JOINS.fullmatch(low, last.end, age.start)
        ):
            joined[-1] = Age(min(last.low, age.low), max(last.high, age.high), last.start, age.end)
        else:
            joined.append(age)
    return joined


def _value(text: str) -> float:
    if text.isdigit():
        return float(text)
    return float(sum(NUMBERS[part] for part in re.split(r"[- ]", text)))


def _decades(low: str) -> Iterator[Age]:
    for match in _DECADE.finditer(low):
        if order := match["ordinal"]:
            number = int(order[0]) if order[0].isdigit() else ORDINALS.index(order) + 1
            yield Age(10 * number - 10, 10 * number - 1, *match.span())
            continue
        before = low[: match.start()]
        if out := _JUST_OUT.search(before):
            yield Age(17, 27, out.start(), match.end())
            continue
        part = _PART.search(before[-40:])
        if not (part or _OF_A_LIFE.search(before)) or _OF_A_CENTURY.search(before):
            continue
        if not _OF_A_STYLE.match(low, match.end()):
            first = float(match["digits"] or DECADES[match["word"]])
            named = part.group() if part else ""
            yield Age(*_part(first, named), match.start() - len(named), match.end())


def _part(first: float, part: str) -> tuple[float, float]:
    """The years of "late twenties"; the teens begin with twelve."""
    spans = [
        span
        for name, span in (("early", (0, 3)), ("mid", (4, 6)), ("late", (6, 9)))
        if name in part
    ]
    low = min((span[0] for span in spans), default=2 if first == 10 else 0)
    high = max((span[1] for span in spans), default=9)
    return first + max(low, 2 if first == 10 else 0), first + high


def _spans(low: str) -> Iterator[Age]:
    for match in _SPAN.finditer(low):
        first, last = _value(match[1]), _value(match[2])
        if first < last <= OLDEST and _is_age(low, match, match.start(), bool(match["unit"])):
            yield Age(first, last, *match.span())


def _ones(low: str) -> Iterator[Age]:
    for match in _ONE.finditer(low):
        years = _value(match[1]) / (12 if match["part"] else 1)
        unit = match["unit"] or ""
        if years > OLDEST or (
            match["part"] and "old" not in unit and "age" not in unit and not _AGED.search(low)
        ):
            continue
        before = low[: match.start()]
        if not _is_age(low, match, match.start(), "old" in unit or "age" in unit):
            continue
        if match["more"] or _UP.search(before) or _OR_UP.match(low, match.end()):
            yield Age(years, OLDEST, *match.span())
        elif _DOWN.search(before):
            yield Age(0, years, *match.span())
        else:
            yield Age(years, years, *match.span())


def _is_age(low: str, match: re.Match[str], start: int, sure: bool) -> bool:
    """Whether a number is one of years lived, by its unit or by the words around it."""
    before = low[max(0, start - 60) : start]
    if _AHEAD.match(low, match.end()) and _IN_SOME.search(before):
        return False
    if sure:
        return True
    if not match["unit"] and (
        _OTHER_UNIT.match(low, match.end()) or _OF_SOMETHING_ELSE.search(before)
    ):
        return bool(re.search(r"\bage[ds]?\b[^,;]{0,12}$", before)) and not _OTHER_UNIT.match(
            low, match.end()
        )
    if match["unit"] and (_MARGIN.search(before) or _FOR_YEARS.search(before)):
        return False
    if match["unit"]:  # "ten years ago", "over the years" are no ages
        if before.endswith("born ") or re.search(r"\bborn (?:\w+ ){1,3}$", before):
            return low.startswith(" ago", match.end())
        return not re.match(
            r" (?:ago|later|before|earlier|of (?!age)|since|younger|older|from now|apart)",
            low[match.end() :],
        )
    if match.re is _ONE and NUMBERS.get(match[1], 20) < 10:  # "one would guess"
        small = _SMALL.search(before) and _ENDS.match(low, match.end())
        return bool(small or _AGE_OF.search(before))
    if match.re is _SPAN and _GROUP.match(low, match.end()) and _PERSON.search(low):
        return True
    if _GUESSED.match(low, match.end()):
        return True
    if " or " in match.group() and match.re is _ONE and _PERSON.search(low):
        return True
    if _AGED.search(low):
        return match.re is _SPAN or bool(_ENDS.match(low, match.end()))
    said = _PERSON.search(low) and _SAYS_AGE.search(before) and _ENDS.match(low, match.end())
    return bool(said)


def _is_a_time(low: str, match: re.Match[str]) -> bool:
    """A time of life that nobody is said to be in: "the roundness of childhood"."""
    return bool(_TIME.fullmatch(match.group()) and not _IN.search(low, 0, match.start()))


def _words(one: Sentence) -> Iterator[Age]:
    if not one.signs & SIGNS:
        return
    for way, first, last in WORDS:
        if not one.signs & way.sign:
            continue
        for match in way.pattern.finditer(one.low):
            if _NO_PERSON.match(one.low, match.end()) or _is_a_time(one.low, match):
                continue
            if _NOT_YET.search(one.low, max(0, match.start() - 40), match.start()):
                yield Age(0, first, *match.span())
            else:
                yield Age(first, last, *match.span())
