"""An answer taken apart once for all checks, and the table from which most of them are built."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from itertools import count
from operator import or_
from typing import NamedTuple

# One character for one, so that places in the lower-case text are places in the text.
_MARKS = str.maketrans({
    "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u2010": "-",
    "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": ";", "\u00a0": " ", "\u202f": " ",
    "\u2212": "-",
})  # fmt: skip
_SPACES = str.maketrans(
    dict.fromkeys(".,;:!?'\"()[]{}<>-_/\\|*#&%=+~@^`$°\t\n", " ") | dict.fromkeys("123456789", "0")
)
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*\s+|\n\s*")
_SHOWN = 70

_BOUNDARY = re.compile(
    r"[;:(]|,(?! (?:or|nor|and not) )| (?:(?<!anything )but|while|whereas|although|though|because"
    r"|since|and(?= (?:a|an|the|is|are|has|he|she|they|it|his|her|their|there|looks?|appears?) )) "
)
_DENIAL = re.compile(
    r"\b(?:no(?! (?:doubt|less|question|mistaking|later))|not(?! (?:only|just|merely|least))"
    r"|nothing|none of|never|neither|nor|without|cannot|lacks?|lacking|lack of|free (?:of|from)"
    r"|absence of|rather than|instead of|as opposed to|unlike|than(?= (?:\w+ ){0,3}$)|(?:hardly"
    r"|barely|scarcely)(?= (?:\w+ ){0,2}$)|devoid of|rul(?:e|es|ed|ing) out|anything but|far from"
    r"|non|stops? short of|short of|avoids?|nobody|no one|absent (?:is|are)|missing (?:is|are)"
    r"|excludes?|exclud(?:ed|ing)|nowhere|(?:clear|rid|innocent) of|un(?:touched|affected"
    r"|spoil(?:ed|t)"
    r"|disturbed|hampered|marred) by|contrary to|in contrast (?:to|with)|compar\w+ (?:to|with))\b"
    r"(?!-)|n't\b"
)
# "no anger, fear or joy": the denial stands before the first of a list.
_LISTED = re.compile(
    r"\b(?:no|neither|without|free of|lacks?"
    r"|absence of) [\w' -]{1,24}(?:, [\w'-]+(?: [\w'-]+)?)*,? "
    r"(?:(?:or |nor )(?:\w+ly )?|and )?$"
)
_LAST = re.compile(r" (?:or|nor) (?:\w+ly )?$")
_LIST_ENDS = re.compile(r"[\w'-]+(?: [\w'-]+)?(?:, [\w'-]+(?: [\w'-]+)?){0,3},? (?:or|nor) ")
# "without doubt", "no matter how", "not least": nothing is denied by them.
_SURELY = re.compile(
    r"\b(?:(?:without|beyond|no) (?:an?y? |the |much |serious |real )*(?:doubt|question|hesitation"
    r"|mistake|matter)\w*|cannot but|not surprisingly)\b"
)
# "Signs of old age are absent", "a profile view is not what is seen".
_ABSENT = re.compile(
    r"(?:[- ](?!who\b|that\b|which\b|whose\b)[\w'-]+){0,3}? (?:(?:is|are|was|were|seems?|appears?"
    r"|remains?)(?: (?:entirely|completely|quite|wholly|clearly|simply|also|to be|both|all"
    r"|altogether))* (?:absent|lacking|missing|out of the question|excluded|ruled out|nowhere"
    r"|unlikely|less likely|improbable"
    r"|implausible|not (?:\w+ )?(?:present|visible|shown|seen|found|there|the case|what|given"
    r"|detected|met"
    r"|noticeable|evident|apparent|to be (?:seen|found)|discernible|observed|possible|likely)"
    r"(?=\W*$|[,;:.)]| (?:here|in|at|anywhere|either|and|nor|or|on|we|one|is))"
    r"|needed|required|necessary|wanted|preferable|not available)"
    r"|(?:can(?:not|'t| not)|could not|couldn't) be (?:seen|found|made out|detected|observed"
    r"|confirmed|discerned)(?=\W*$|[,;:.)]| (?:here|in|at|anywhere|either|and|nor|or|on)))"
)
_REACH = 60
"""Characters before a word in which a denial counts."""


class Sentence:
    """One sentence of an answer: as written, in lower case at the same places, its words, signs."""

    __slots__ = ("low", "said", "signs", "words")

    def __init__(self, said: str, low: str, bare: str) -> None:
        """`low`: in lower case with plain quotes and hyphens; `bare`: without any marks."""
        self.said, self.low = said, low
        self.words = bare.split()
        signs = 0
        for word in filter(_SIGNS.__contains__, self.words):
            signs |= _SIGNS[word]
        self.signs = signs

    def quote(self, start: int, end: int) -> str:
        """What was written there, for a reason."""
        text = " ".join(self.said[start:end].split())
        return f"'{text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + '…'}'"


# Word to the signs it is one of, a bit each: filled while the tables of this package are read, so
# that one look-up a word says which patterns are worth a try. Nothing writes to it later.
_SIGNS: dict[str, int] = {}
_NUMBERS = count()


def sign(words: str) -> int:
    """A sign that a sentence bears which has one of these words; signs are joined with `|`."""
    bit: int = 1 << next(_NUMBERS)
    for word in words.split():
        _SIGNS[word] = _SIGNS.get(word, 0) | bit
    return bit


class Rule(NamedTuple):
    """A pattern, and the signs without which it need not be tried."""

    sign: int
    pattern: re.Pattern[str]
    also: int
    """A second sign that must be there, or `ANY`."""


ANY = -1
"""Every sentence bears it that bears a sign at all."""


def rule(words: str, *ways: str, also: str = "") -> Rule:
    """Ways of saying one thing.

    Args:
        words: every way holds one of them.
        ways: patterns, each of which begins with a word.
        also: every way holds one of these as well.
    """
    pattern = re.compile(rf"\b(?:{'|'.join(ways)})")
    return Rule(sign(words), pattern, sign(also) if also else ANY)


def signs(rules: Iterable[Rule]) -> int:
    """The signs of some rules together: a sentence without any of them needs no look at all."""
    return reduce(or_, (one.sign for one in rules), 0)


def found(one: Sentence, rules: Iterable[Rule]) -> Iterator[re.Match[str]]:
    """Every place of a sentence where a rule holds."""
    borne = one.signs
    for needed, pattern, also in rules:
        if borne & needed and borne & also:
            yield from pattern.finditer(one.low)


class Prose(tuple[Sentence, ...]):
    """The sentences of an answer, and the signs of all of them together."""

    signs: int

    @classmethod
    def of(cls, parts: Iterable[Sentence]) -> Prose:
        """Put sentences together."""
        made = cls(parts)
        made.signs = 0
        for one in made:
            made.signs |= one.signs
        return made


@lru_cache(maxsize=8)
def sentences(text: str) -> Prose:
    """Take an answer apart; the checks of one answer follow each other and share it."""
    plain = text if text.isascii() else text.translate(_MARKS)
    low = plain.lower()
    if len(low) != len(text):  # a capital with two small letters
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
    ends = [match.end() for match in _SENTENCE_END.finditer(low)]
    places = zip([0, *ends], [*ends, len(low)], strict=True)
    bare = low.translate(_SPACES)
    return Prose.of([Sentence(text[a:b], low[a:b], bare[a:b]) for a, b in places if b > a])


def clause_before(low: str, start: int) -> str:
    """What comes before a place in its own clause, at most `_REACH` characters."""
    tail = low[max(0, start - _REACH) : start]
    cut = 0
    for match in _BOUNDARY.finditer(tail):
        cut = match.end()
    return tail[cut:]


def clause_of(low: str, start: int, end: int) -> str:
    """The clause around a place, from boundary to boundary."""
    after = _BOUNDARY.search(low, end)
    before = 0
    for match in _BOUNDARY.finditer(low, 0, start):
        before = match.end()
    return low[before : after.start() if after else len(low)]


def denied(low: str, start: int) -> bool:
    """Whether a word is denied by what comes before it: "not a woman", "no sign of sadness"."""
    before = clause_before(low, start)
    if _DENIAL.search(before):
        return bool(_DENIAL.search(_SURELY.sub("", before)))
    listed = _LISTED.search(low, max(0, start - _REACH), start)
    return bool(listed and (_LAST.search(listed.group()) or _LIST_ENDS.match(low, start)))


# "A profile would show", "in a frontal view the cheeks would": a case put, and not what is seen.
_WOULD = re.compile(
    r"(?:[- ](?:view|pose|picture|image|photo\w*|portrait|face|head|mouth|eyes|lips|position|light"
    r"|shot|lighting|lids))* (?:\w+ )?(?:would|could|might)\b(?! (?:\w+ )?(?:describe|sum|fit"
    r"|be (?:the|my|a fair|a good|how|called|one)))"
)
_PUT = re.compile(
    r"(?:^|[;:,.]) ?(?:in|from|with|for|on|at|under|unlike|were|had|should|given|suppos\w+)(?: in)?"
    r" (?:an?|the|any|most|it|he|she|they)\b(?: [\w'-]+){0,3}?,? ?$"
)


_IN_PROFILE = re.compile(
    r"(?:^|[;:,.]) ?(?:in|from) (?:an? )?(?:\w+ )?(?:profile|side)(?:,(?: the)?)? ?$"
)
CONTRAST = re.compile(
    r"\b(?:would|could|might|(?:which|that|this|it) (?:is|are) not (?:so|the case|what)"
    r"|not (?:so|the case|true) (?:here|of)|unlike (?:this|here))\b"
)
"""After a case that is put: what would follow, or that it is not so."""


def supposed(low: str, start: int, end: int) -> bool:
    """Whether a place is part of a case that is only put: "a profile would show the bridge"."""
    if _WOULD.match(low, end):
        return True
    if not CONTRAST.search(low, start):
        return False
    first = max(0, start - _REACH)
    return bool(
        _PUT.search(low, first, start)
        or _IN_PROFILE.search(low, first, start)
        or _IN_PROFILE.search(low, first, end)
    )


def absent(low: str, end: int) -> bool:
    """Whether a word is denied by what comes after it: "signs of old age are absent"."""
    return bool(_ABSENT.match(low, end))
