"""Licences in order of strictness, recognised by the words in which publishers state them.

A corpus of several licences can only be used as the strictest of them allows. The order is a
reader's help, not legal advice: licences of different kinds can also contradict each other.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Kind(NamedTuple):
    """Licences that ask for about the same."""

    name: str
    asks: str
    words: str
    """Regular expression of what such a licence is called."""


KINDS = (
    Kind("public domain", "nothing", r"\bcc0\b|public domain"),
    Kind(
        "attribution",
        "to name the authors",
        r"\bcc[ -]by[ -]\d|\bmit\b|\bapache\b|\bbsd\b|^synthetic; see the card in facelm",
    ),
    Kind(
        "share alike",
        "to name the authors and to pass on what is made of it under the same licence",
        r"\bcc[ -]by[ -]sa\b|open database license|\bodbl\b",
    ),
    Kind(
        "non-commercial",
        "to use it for nothing commercial",
        r"\bcc[ -]by[ -]nc(?![ -]nd)|non-commercial",
    ),
    Kind(
        "research agreement",
        "to use it for research under an agreement or terms of its own",
        r"agreement|research (?:only|purposes)|\bterms\b",
    ),
    Kind(
        "unknown",
        "whatever its owners say: nobody has stated it, so no use is granted",
        r"not stated|unknown|belong to others",
    ),
)  # fmt: skip
"""From the least strict to the strictest; "unknown" is also what none of the words fits."""


def strictness(licence: str) -> int:
    """The place of a licence's kind in `KINDS`; of several that are named, the strictest counts."""
    text = licence.casefold()
    fits = [place for place, kind in enumerate(KINDS) if re.search(kind.words, text)]
    return max(fits, default=len(KINDS) - 1)


def kind_of(licence: str) -> Kind:
    """What a licence asks for, in short."""
    return KINDS[strictness(licence)]
