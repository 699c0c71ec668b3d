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
_IF = re.compile(r"(?:^|[,;]) ?\W*(?:if|even if|were|had|unless|suppose|supposing)\b(?! so)[^,;]*$")

_WITHOUT = re.compile(r"\bwithout (?:\w+ ){0,2}$")


def leak(said: Said) -> str:
    """Words that only somebody who was told of the face beforehand would write."""
    prose = sentences(said.text)
    for one in prose if prose.signs & SIGNS else ():
        if not one.signs & SIGNS:
            continue
        for match in found(one, RULES):
            start = match.start()
            if _IF.search(one.low, 0, start + 1) or _WITHOUT.search(one.low, 0, start):
                continue
            if not (
                _CALLED.match(match.group()) and _WOULD.search(one.low, max(0, start - 50), start)
            ):
                return f"it shows that the writer was told of the face: {one.quote(*match.span())}"
    return ""
