"""Another age than the label's."""

from __future__ import annotations

import re
from bisect import bisect_right

from facelm.teach._labels import first_of
from facelm.teach.checks._age_words import NUMBERS, NUMERIC, OLDEST, SIGNS
from facelm.teach.checks._ages import Age, ages
from facelm.teach.checks._frame import denied_afar, left_alone
from facelm.teach.checks._people import of_others
from facelm.teach.checks._prose import Sentence, absent, clause_before, sentences
from facelm.types import Labels

# FairFace's bins; a face may look a bin older or younger than its label.
_EDGES = (0.0, 3.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, OLDEST + 1)
# The generator's stages with what lies beside them.
_STAGES = {
    "baby": (0.0, 5.0), "infant": (0.0, 5.0), "child": (2.0, 14.0), "young": (14.0, 39.0),
    "teenager": (10.0, 29.0), "adult": (18.0, 75.0), "middle-aged": (30.0, 69.0),
    "old": (50.0, OLDEST), "elderly": (50.0, OLDEST), "senior": (50.0, OLDEST),
}  # fmt: skip
_DENIED = re.compile(
    r"\b(?:no(?! (?:doubt|less|older|more))|not(?! (?:only|just|merely|yet|older|reached|entered))"
    r"|never|neither"
    r"|nor|without|rather than|instead of|as opposed to|unlike|hardly|no longer|past|beyond"
    r"|out of|outgrown|(?:older|younger|less|more) than|than|rul(?:es|ed|ing)? out|neither"
    r"|too (?:old|young) for|too (?:old|young) to be|as opposed to|like|contrast\w* with|far from"
    r"|common in|parents? of|contrary to|short of|compar\w+ (?:to|with|against)"
    r"|lost|gone) (?:\w+ ){0,3}$|\bbefore $|n't (?:\w+ ){0,4}$"
    r"|\b(?:no(?! (?:doubt|less|older|more))|not(?! (?:only|just|merely|yet))|nor|neither|never"
    r"|without|lost) (?:\w+ ){1,6}(?:of|for|in) (?:an? |the |any )?(?:\w+ )?$"
    # Further away, where all between is of the same phrase: "nor are there any signs of".
    r"|(?:\b(?:no(?! (?:doubt|less))|not(?! (?:only|just|merely|yet|older))|never|neither|nor"
    r"|without"
    r"|cannot|hardly|nobody|none|lacks?|lacking|absence of|free (?:of|from)|nothing)|n't)"
    r" (?:(?:be|been|is|are|was|were|has|have|had|do|does|look|looks|seem|seems|appear|appears|show"
    r"|shows|suggest|suggests|point|points|speak|speaks|see|seen|find|the|an?|any|all|that|this"
    r"|those|there|it|one|here|would|could|can|of|for|to|at|in|on|like|as|by|or|and|with|from|face"
    r"|features|head|skin|hair|look|appearance|person|someone|somebody|signs?|traces?|hints?"
    r"|marks?|evidence|indications?|impression|suggestion|characteristics|cues?|lines?|wrinkles"
    r"|folds?|anything|something|typical|usual|visible|clear|obvious|his|her|their|say|call|take"
    r"|taken|speak|think|deep|fine|old|young|very|yet|roundness|softness|fullness|middle|aged"
    r"|him|them|elderly|late|early|child|baby|teenager|adult) )*$"
)
# "The image could be ten years old": not said of the person in it.
_OF_A_THING = re.compile(
    r"(?<!of the )(?<!in the )(?<!of this )(?<!in this )(?<!on the )(?<!of an )(?<!of a )"
    r"\b(?:image|picture|photo|photograph|frame|painting|camera|print|file|portrait|shot|scan"
    r"|shirt|clothes|clothing|garment|outfit|glasses|house|wall|building|hairstyle|style|fashion"
    r"|paper|film|recording|video|footage|snapshot|collar|jewellery|technique|model|scene|drawing"
    r"|file|lens|setting)(?: (?:itself|here|in question|could|can|may|might|must|is|was|be|has|have"
    r"|been|looks?|seems?|appears?|to|about|around|as|old|perhaps|well|easily|just|more|than|over"
    r"|some|only|taken|made|equally|almost|nearly|also|at|least|some|from|up)\b)* $"
)
_MORE_THAN = re.compile(
    r"\b(?:(?:no |(?:not|hardly|scarcely|cannot|can't|couldn't|can not|could not) (?:be |look "
    r")?)?(?:older|younger|less|more) than"
    r"|past|beyond)(?= (?:\w+ )*$)"
)
_PAST = re.compile(
    r"\b(?:(?:older|more) than|(?:no|not) (?:younger|less) than|past|beyond)(?= (?:\w+ )*$)"
)
_NUMERAL = re.compile(rf"\d|(?:{'|'.join(NUMBERS)})\b")
# "The skin of the elderly is thinner"
_ALL = re.compile(
    r"\b(?:of|in|for|among) the (?:elderly|old|young)(?: (?:is|are|has|have|often)\b|[,.])"
)
_AS_A = re.compile(r"\bas (?!old|young)\w+ as (?:an? )?$")
_LIKENS = re.compile(
    r"\b(?:looks?|looking|appears?|seems?|be|being|is|something|some(?:one|body)|face|features"
    r"|more) like (?:\w+ ){0,3}$"
)


def age(labels: Labels) -> tuple[float, float] | None:
    """The years that a face with these labels may be said to be, None where no label says."""
    value = first_of(labels, "age", "age_stage")
    if value is None or isinstance(value, bool):
        return None
    if not isinstance(value, str):
        return _with_neighbours(float(value), float(value))
    word = value.strip().lower()
    if word in _STAGES:
        return _STAGES[word]
    numbers = [float(number) for number in re.findall(r"\d+", word)]
    if not numbers:
        return None
    open_end = len(numbers) == 1 and ("+" in word or "more" in word or "over" in word)
    return _with_neighbours(numbers[0], OLDEST if open_end else numbers[-1])


def _with_neighbours(low: float, high: float) -> tuple[float, float]:
    first = bisect_right(_EDGES, max(low, 0)) - 1
    last = bisect_right(_EDGES, min(high, OLDEST)) - 1
    return _EDGES[max(first - 1, 0)], _EDGES[min(last + 2, len(_EDGES) - 1)] - 1


def other_age(text: str, labels: Labels) -> str:
    """Why the age in an answer contradicts the label; "" where it does not."""
    allowed = age(labels)
    if allowed is None:
        return ""
    prose = sentences(text)
    for one in prose if prose.signs & (NUMERIC | SIGNS) else ():
        for said in ages(one):
            if _apart(said, allowed) and not _excused(one, said):
                label = first_of(labels, "age", "age_stage")
                return f"it says {one.quote(said.start, said.end)}, but the age label is '{label}'"
    return ""


def _apart(said: Age, allowed: tuple[float, float]) -> bool:
    return said.high < allowed[0] or said.low > allowed[1]


def _excused(one: Sentence, said: Age) -> bool:
    """Somebody else's age, a comparison, or a denial."""
    before = clause_before(one.low, said.start)
    if _OF_A_THING.search(before) or absent(one.low, said.end):
        return True
    if _NUMERAL.match(one.low, said.start):  # "more than 70", "past sixty"
        before = _MORE_THAN.sub("", before)
    elif said.high == OLDEST:  # "past retirement age"
        before = _PAST.sub("", before)
    likens = _LIKENS.search(before)
    if _DENIED.search(before[: likens.start()] if likens else before) or _AS_A.search(before):
        return True
    if of_others(one.low, said.start, said.end) or _ALL.search(before + one.low[said.start :]):
        return True
    return left_alone(one.low, said.start, said.end) or denied_afar(one.low, said.start)
