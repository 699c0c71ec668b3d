"""A reply that gives away that the teacher was told something: the student was not.

"You", "the label", "the given age", "as stated": words for what came with the request. What can be
seen is never given, stated or provided, and a picture may be ("in the given picture").
"""

from __future__ import annotations

from facelm.teach.checks._leak_left import no_leak
from facelm.teach.checks._leak_words import RULES, SIGNS
from facelm.teach.checks._prose import found, sentences
from facelm.teach.checks._said import Said


def leak(said: Said) -> str:
    """Words that only somebody who was told of the face beforehand would write."""
    prose = sentences(said.text)
    for one in prose if prose.signs & SIGNS else ():
        if not one.signs & SIGNS:
            continue
        for match in found(one, RULES):
            if not no_leak(one.low, match):
                return f"it shows that the writer was told of the face: {one.quote(*match.span())}"
    return ""
