"""A reply that names a person. No list of known people stands here.

A name is a run of capitalised words that are no words of describing faces and pictures; a single
one counts where the words before it introduce somebody ("known as", "resembles", "portrait of").
"""

from __future__ import annotations

import re
from functools import lru_cache

from facelm.teach.checks._name_words import NO_NAMES, PARTICLES, THINGS_OF_A_NAME
from facelm.teach.checks._said import Said

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'\u2019\-]*"
_CAPITAL_WORD = re.compile(_CAPITAL)
_RUN = re.compile(
    rf"(?<![\w'\u2019\-#@&.])(?:[A-Z]\. ?)*{_CAPITAL}"
    rf"(?:(?:\. |\s)(?:(?:{PARTICLES})\s)*{_CAPITAL}|\s(?:I{{2,3}}|IV|VI{{0,3}})\b)*"
)
_TITLE_WORDS = """
mr mrs ms miss dr prof professor sir dame lord lady president senator king queen prince princess
pope saint st chancellor governor general captain doctor
"""
_TITLES = frozenset(_TITLE_WORDS.split())
_INTRODUCES = re.compile(
    r"(?:\b(?:named|called|known (?:\w+ )?as|(?:identif|recogni[sz])\w+(?: \w+)?(?: as| with)?"
    r"|(?:looking at|see|fans? of|eyes of|face of|nose of|look of|smile of|style of|younger|older)"
    r"|name of|goes by|name(?:'s| is|:)|(?:played|portrayed|worn|acted) by|starring|resembl\w+"
    r"|resemblance (?:to|with)|reminiscent of|reminds? \w+ (?:\w+ )?of|look(?:s|ed"
    r"|ing)? (?:\w+ ){0,3}?like|like(?:ness|nesses) (?:of|to|with)|similar(?:ity)? (?:to|with)"
    r"|such as|mistak(?:e|en) (?:\w+ )?for|tak(?:e|en) (?:\w+ )?for|confus(?:e|ed) (?:\w+ )?with"
    r"|compar\w+ (?:to|with)|(?:look-?alike|doppelg\w+|double|twin|image) (?:of|for)|ringer for"
    r"|(?:portrait|photo|photograph|picture|image|shot|still|close-?up|headshot|selfie|face"
    r"|snapshot|features|photos|pictures|likeness|impersonat\w+) of|none other than|impersonat\w+"
    r"|believe(?: that)? (?:this|it|he|she)(?: is|'s)|(?:this|that|it|he|she|who|person|man|woman"
    r"|boy|girl|sitter|subject|individual|model|figure|face|celebrity|portrait)(?: (?:here|shown"
    r"|pictured|depicted|in (?:the|this) \w+))?(?:'s| is| was| may be| might be| could be| must be"
    r"| can be| would be| appears to be| seems to be| is likely| is probably| is possibly"
    r"| is perhaps| is clearly| is certainly| is most likely)|(?:show|depict|portray|featur|captur"
    r"|present)(?:s|es|ing)|actor|actress|singer|politician|celebrity|footballer|athlete|model"
    r"|musician|rapper|president|star|player|artist|author|writer|scientist|journalist|presenter"
    r"|comedian|director|character|possibly|perhaps|probably|likely|maybe|namely|and|or|alias"
    r"|dubbed|aka)[:,]? (?:(?:the|a|an|famous|young|younger|older|late|former|american|british"
    r"|french|german|indian|actor|actress|singer|politician|celebrity|character|person|certain"
    r"|well-known|renowned|legendary|popular|iconic|star|one|some|movie|film|tv|pop|rock|musician"
    r"|footballer|athlete|model|comedian|president|former) )*[\"'\u201c\u2018(]?)\Z"
)
_ROLE = re.compile(
    r"\b(?:star|lead singer|front ?man|singer|president|prime minister|king|queen|ceo|founder"
    r"|host|captain|lead actor|lead actress|chancellor|member|drummer|guitarist|protagonist|hero"
    r"|heroine|main character|creator|author|director) (?:of|from|in) (?:the )?(?:[A-Z]|\"|\u201c)"
)
_POSSESSED = re.compile(
    r"['\u2019]s? (?:face|eyes?|features|expression|hair|head|portrait|gaze|smile|nose|mouth|skin"
    r"|look|lips|jaw|photo|picture|brows?|cheeks?|likeness)\b"
)
_DOES = re.compile(
    r" (?:is |was )?(?:looks? (?:straight|directly|into|at|out|calm|happy)|looking|wears|wearing"
    r"|smil(?:es|ing)|star(?:es|ing)|pos(?:es|ing)|gaz(?:es|ing)|frown(?:s|ing)|himself|herself"
    r"|shown|pictured|seen|sits|stands)\b"
)
_PRINTED = re.compile(
    r"\b(?:reads?|reading|says|saying|spells?|lettering|logo|brand\w*|printed|text|words?|slogan"
    r"|written|labell?ed|inscription|sign|caption|watermark|font|taken with an?|shot (?:on|with)"
    r"|camera|lens|software|app|filter)\b[^.]{0,30}$"
)

# "from Lagos, Atlanta or London": where, and not who.
_PLACES = re.compile(
    r"\b(?:from|in|near|at|to|around|across|between)(?: (?:the city of|towns like|places like))? "
    rf"(?:{_CAPITAL}(?:,? (?:or|and)|,) )*$"
)


def names(said: Said) -> str:
    """A person's name, or a role that only one person has."""
    text = said.text
    if all(map(_ordinary, _CAPITAL_WORD.findall(text))):
        return ""
    for match in _RUN.finditer(text):
        if name := _name_in(text, match):
            return f"it names a person: '{name}'"
    role = _ROLE.search(text)
    return f"it says who the person is: '{role.group()[:-2].strip()}'" if role else ""


def _name_in(text: str, match: re.Match[str]) -> str:
    words = match.group().split()
    first = 0
    while words and _ordinary(words[0]):
        first += 1
        words = words[1:]
    while words and _ordinary(words[-1]):
        words = words[:-1]
    if not words:
        return ""
    run = " ".join(words)
    rest = text[match.start() + match.group().find(words[0]) + len(run) :]
    if (
        THINGS_OF_A_NAME.match(rest)
        or _heading(text, match)
        or _PRINTED.search(text, max(0, match.start() - 60), match.start())
    ):
        return ""
    capitals = [word for word in words if word[0].isupper() and not _ordinary(word)]
    if len(capitals) >= 2 and not all(_unit(word) for word in capitals):
        return run
    return run if _introduced(text, match, words, first) or _alone(text, match, words) else ""


def _introduced(text: str, match: re.Match[str], words: list[str], skipped: int) -> bool:
    """Whether one capitalised word stands where a person is introduced."""
    word = words[0].rstrip(".")
    if len(word) < 3 or (word.isupper() and len(word) <= 5) or any(c.isdigit() for c in word):
        return False
    if skipped:
        before = match.group().split()[skipped - 1].lower().rstrip(".")
        if before in _TITLES:
            return True
    start = match.start() + match.group().find(words[0])
    if _POSSESSED.match(
        text, start + len(word) - 2 if word[-2:] in ("'s", "\u2019s") else start + len(word)
    ):
        return True
    rest = text[start + len(word) :]
    if _DOES.match(rest):
        return True
    before = text[max(0, start - 70) : start]
    if _PLACES.search(before):
        return False
    return bool(_INTRODUCES.search(before.replace("\u2019", "'").lower()))


def _alone(text: str, match: re.Match[str], words: list[str]) -> bool:
    """A capital in the middle of a sentence, on a word that is no adjective of a people."""
    start = match.start() + match.group().find(words[0])
    if _PLACES.search(text, max(0, start - 60), start):
        return False
    word = words[0].split("'")[0].split("\u2019")[0]
    word = word.rstrip(".")
    if (
        len(word) < 4
        or "-" in word
        or not word[1:].islower()
        or word.endswith(("an", "ese", "ish", "ic", "esque"))
    ):
        return False
    # \Z: with $ the end of the line before would do.
    return bool(re.search(r"[\w,;] ?\Z", text[max(0, start - 2) : start]))


@lru_cache(maxsize=4096)
def _ordinary(word: str) -> bool:
    low = word.lower().replace("\u2019", "'").rstrip(".'")
    if low.endswith("'s"):
        low = low[:-2]
    return (
        low in NO_NAMES
        or (low.endswith("s") and low[:-1] in NO_NAMES)
        or ("-" in low and (low.split("-")[0] in NO_NAMES or low.split("-")[-1] in NO_NAMES))
    )


def _unit(word: str) -> bool:
    """All capitals or digits: LED, AU12."""
    return (word.isupper() and len(word) <= 4) or any(c.isdigit() for c in word)


def _heading(text: str, match: re.Match[str]) -> bool:
    """A title of its own line, or one before a colon."""
    whole = not re.search(r"\w{2}\. ", match.group())  # no end of a sentence in it
    return (whole and text[match.end() : match.end() + 1] == ":") or (
        (match.start() == 0 or text[match.start() - 1] == "\n")
        and text[match.end() : match.end() + 1] == "\n"
    )
