"""A reply that gives away that the teacher was told something: the student was not.

"You", "the label", "the given age", "as stated": words for what came with the request. What can be
seen is never given, stated or provided, and a picture may be ("in the given picture").
"""

from __future__ import annotations

import re

from facelm.teach.checks._leak_words import RULES, SIGNS
from facelm.teach.checks._prose import found, sentences
from facelm.teach.checks._said import Said

_CALLED = re.compile(r"(?:be|been|labell?ed|as|described|annotators?)\b")
# What people in general would call something is no leak: "might be labelled as".
_WOULD = re.compile(
    r"\b(?:would|might|could|may|can|often|usually|sometimes|commonly|typically|generally|probably"
    r"|likely)\b(?: \w+){0,4} ?$"
)
# "Were one told that this is a girl, …"
_IF = re.compile(
    r"(?:^|[,;]) ?\W*(?:if|even if|were|had|unless|suppose|supposing|should|asked)\b(?! so)[^,;]*$"
)

_WITHOUT = re.compile(r"\bwithout (?:\w+ ){0,2}$")
_DEFINITE = re.compile(r"(?:the|your|this) (?:\w+ )?(?:labels?|hints?|tags?|annotations?|prompt)\b")
# What the writer of the description gave, the camera recorded, or documents and forms would say.
_OWN = re.compile(
    r".*\b(?:description|account|estimates?|figures|angles?|numbers|details|notes?|remarks?|list"
    r"|text"
    r"|assessment|impressions?|directions?|terms)\b[^,;]* (?:given|provided|listed|set out|stated"
    r"|mentioned|noted|named|above)$"
)
_OWN_AFTER = re.compile(
    r" (?:here|below|so far|are (?:\w+ )?(?:rough|approximate|estimates?|impressions)|is (?:\w+ )?"
    r"(?:rough|approximate|an estimate|limited|an impression))\b"
)
_TAKEN = re.compile(
    r".*\b(?:expression|emotion|pose|turn|angle|light(?:ing)?|direction|mouth|eyes|brightness"
    r"|sharpness"
    r"|information|data|details|values?|hair (?:colou?r|style)|glasses|beard|pitch|yaw)\b.*"
    r" (?:recorded|registered)$"
)
_TAKEN_AFTER = re.compile(
    r"(?: (?:by|here|for|at|on|an?|only|with|during)\b|,(?! (?:\w+ )?(?:fits?|agrees?))|\.|;|$"
    r"| in (?!the (?:label|input|data|record|file|list|note|sheet|meta))|(?<=is recorded) and)"
)
_ELSEWHERE = re.compile(
    r" (?:in|on|by|from) (?:an?|any|one's|most|official|his|her|their) (?:\w+ )?(?:passport"
    r"|document"
    r"|documents|certificate|card|papers|form|register|id\b|licence|license)"
)
# "The actual age may differ", "a specified angle would need a measurement".
_NOT_KNOWN = re.compile(
    r" (?:(?:is|are|remains?|stays?)(?: \w+)? (?:unknown|not known|another|open|a secret|a matter"
    r"|anybody)|(?:of the \w+ )?(?:may|might|could|need not|cannot|can't|can only|would)\b"
    r"|is one for)"
)
_NOT_KNOWN_OF = re.compile(
    r"(?:a|an|any|the|his|her|their) (?:true|actual|correct|specified|exact) "
)
# "Whether the sitter was told to look up": a photographer did, and nobody told the writer.
_POSED = re.compile(r"(?:was|were|been) (?:\w+ly )?(?:told|asked|instructed|requested|advised)$")
_WHAT_THE_SITTER = re.compile(r"\b(?:what|how) the (?:sitter|person|subject|model) $")
_POSED_AFTER = re.compile(
    r" (?:to\b|by (?:an?|the|some\w*) (?:photographer|parent|operator|artist|painter|friend|clerk)"
    r"|for\b)"
)


def leak(said: Said) -> str:
    """Words that only somebody who was told of the face beforehand would write."""
    prose = sentences(said.text)
    for one in prose if prose.signs & SIGNS else ():
        if not one.signs & SIGNS:
            continue
        for match in found(one, RULES):
            if not _no_leak(one.low, match):
                return f"it shows that the writer was told of the face: {one.quote(*match.span())}"
    return ""


def _no_leak(low: str, match: re.Match[str]) -> bool:
    """Whether the words are of something else than what came with the request."""
    start, end, words = match.start(), match.end(), match.group()
    if not _DEFINITE.match(words) and (_IF.search(low, 0, end) or _WITHOUT.search(low, 0, start)):
        return True
    if _CALLED.match(words) and _WOULD.search(low, max(0, start - 50), start):
        return True
    return bool(
        (_OWN_AFTER.match(low, end) and _OWN.match(words))
        or (_TAKEN_AFTER.match(low, end) and _TAKEN.match(words))
        or _ELSEWHERE.match(low, end)
        or (_NOT_KNOWN.match(low, end) and _NOT_KNOWN_OF.match(words))
        or _WHAT_THE_SITTER.search(low, 0, start)
        or (_POSED_AFTER.match(low, end) and _POSED.match(words))
    )
