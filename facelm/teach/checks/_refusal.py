"""A teacher that declines: at the start, or later in place of what was asked for.

That something of the face cannot be seen is an answer ("the ears cannot be seen", "I can't make
out the ears"); that the writer will not say it is none. In a reply that hardly describes
anything, whatever sounds like declining counts; beside a description, only what declines the task.
"""

from __future__ import annotations

import re

from facelm.teach.checks._declines import declines_the_task
from facelm.teach.checks._prose import Prose, Sentence, found, sentences
from facelm.teach.checks._refusal_words import (
    ELSEWHERE,
    FIRST,
    HEDGES,
    LOOKS,
    MORAL,
    NEGATED,
    NEGATES,
    NEVER_OF_A_FACE,
    NO_PICTURE_SEEN,
    OF_A_FACE,
    OF_PEOPLE,
    OPENING,
    OPENS,
    PART,
    PERSONAL,
    SEES_NO,
    SIGNS,
    SIGNS_ELSEWHERE,
)
from facelm.teach.checks._said import Said

_EMPTY = re.compile(r"\W*(?:n/?a|none|null|nil|no|refused|declined|not applicable)?\W*")

_OFFER = re.compile(r"\b(?:(?:happy|glad) to|feel free|you|(?:help|assist) with)\b")
_DESCRIBES = 8
"""Words of sentences about a face from which on a reply describes one."""


def refusal(said: Said) -> str:
    """Empty, filtered, or declining, wherever in the reply it stands."""
    if said.finish == "content_filter":
        return "it was withheld by the endpoint's content filter"
    if not said.text.strip():
        return "it is empty"
    if len(said.text) < 20 and _EMPTY.fullmatch(said.text.lower()):
        return f"it gives no answer: '{said.text.strip()}'"
    prose = sentences(said.text)
    if not prose.signs & SIGNS:
        return ""
    declining = [one for one in prose if one.signs & SIGNS and _declines(one)]
    if declining and _describes(prose, declining):
        declining = [one for one in declining if declines_the_task(one.low)]
    for one in declining:
        return f"it declines to answer: {one.quote(0, len(one.said))}"
    return ""


def _describes(prose: Prose, declining: list[Sentence]) -> bool:
    """Whether there are sentences of a face beside those that decline."""
    words = 0
    for one in prose:
        if one.signs & OF_A_FACE and one not in declining and not _OFFER.search(one.low):
            words += len(one.words)
    return words >= _DESCRIBES


def _declines(one: Sentence) -> bool:
    if one.signs & NEVER_OF_A_FACE:
        return True
    if one.signs & OPENS and OPENING.match(one.low):
        return True
    if one.signs & SIGNS_ELSEWHERE and next(found(one, ELSEWHERE), None):
        return True
    if one.signs & FIRST and one.signs & NEGATES and _cannot(one.low):
        return True
    if not (one.signs & MORAL.sign and one.signs & MORAL.also):
        return False
    return bool(MORAL.pattern.search(one.low) and OF_PEOPLE.search(one.low))


def _cannot(low: str) -> bool:
    """The writer says what it cannot or will not do, and that is more than to see a part."""
    for match in NEGATED.finditer(low):
        rest = match["rest"]
        if HEDGES.match(rest):
            continue
        if LOOKS.match(rest) or SEES_NO.search(low, match.start(), match.start("rest")):
            if NO_PICTURE_SEEN.search(rest):
                return True
        elif PERSONAL.search(rest) or not PART.search(rest):
            return True
    return False
