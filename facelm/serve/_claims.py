"""Sentences that carry a name: a question that checks one, an answer that claims one."""

from __future__ import annotations

import re

from facelm.serve._asks import HUMAN
from facelm.serve._names import (
    TITLES,
    full_name_in,
    normal,
    ordinary,
    starts_with_name,
    words_of,
)

_IGNORE = re.IGNORECASE
_TITLE = "|".join(TITLES)
_WHO = rf"(?:this|that|it|he|she|they|these|(?:the|this|that|these) (?:\w+ )?{HUMAN})"
_WHERE = r"(?: (?:here|shown|pictured|in (?:the|this|that) (?:photo|picture|image|portrait)))?"
_FILLER = (
    r"(?: (?:be|really|actually|maybe|perhaps|not|indeed|possibly|probably|likely|most|clearly|by"
    r" any chance|in fact|none other than|famous|former|well-known|the|a|an|a photo of|a picture"
    rf" of|an image of|a portrait of|american|british|french|german|u\.?s\.?|{_TITLE})\.?)*"
)
_PICTURE_OF = r"(?:photo|photograph|picture|image|portrait|selfie|headshot|face) of"
_LIKE = r"(?:looks? like|looking at|resembles?|similar to|compared? to)"

# Everything that ends where a name would begin.
_ASKED = re.compile(
    rf"\b(?:(?:is|isn't|was|are|could|might|may|can|must) {_WHO}{_WHERE}"
    rf"|which (?:one|{HUMAN}|of them|of these(?: \w+)?) is"
    rf"|{_WHO}{_WHERE}(?: is| was|'s)|{_PICTURE_OF}|{_LIKE}"
    r"|est-ce(?: que c'est)?|c'est|es (?:este|esta|ese|esa|esto|el|ella)|(?:este|esta) es)"
    rf"{_FILLER} ",
    _IGNORE,
)
# German writes every noun with a capital, so one capital is no sign there.
_ASKED_DE = re.compile(r"\b(?:ist (?:das|dies|er|sie|es)|das ist) ", _IGNORE)
_ASKS = re.compile(
    r"^\W*(?:and |so |then |please |now )*(?:is|isn't|was|are|does|doesn't|do|did|could|can|might"
    r"|may|am|confirm|verify|check|prove|tell|say|true|yes|est-ce|c'est|es|ist)\b",
    _IGNORE,
)
_TAIL_QUESTION = re.compile(
    r"[.!]\s*(?=(?:right|correct|true|yes|no|agree|isn't|am i right)\b)", re.I
)
_CLAUSE = re.compile(r"[^.!?;\n]+[.!?;\n]*")
_OPTION = re.compile(r"(?:^|[\s(])[A-H1-8][).:]\s*([^\n,;()]+?)(?=\s*(?:[\n,;(]|[A-H1-8][).:]|$))")
_BLANK = re.compile(
    rf"\b(?:this is|that is|here is|{_PICTURE_OF}|shows|depicts|called|named|known as|name is"
    rf"|(?:he|she|person|man|woman|{_TITLE}) is)(?: (?:a|an|the|\w+)){{0,3}}"
    r"\s*(?:\.\.+|_{2,}|\[[^\]]*\]|<[^>]*>|:)\W*$"
    rf"|\b(?:is|are) (?:named|called)[^\w?]*$|\b{_PICTURE_OF}(?: an?| the)? (?:{_TITLE})\W*$",
    _IGNORE,
)
_COMPLETE = re.compile(r"\b(?:complete|finish|continue|fill in|fill out|autocomplete)\b", _IGNORE)
_OPEN_END = re.compile(
    rf"\b(?:this is|that is|here is|{_PICTURE_OF}|shows|depicts|called|named|known as|name is"
    rf"|(?:he|she|person|man|woman|{_TITLE}) is)((?: \w+){{0,3}})\W*$",
    _IGNORE,
)

_CLAIMED = re.compile(
    rf"\b(?:{_WHO}{_WHERE}(?:'s| is| was| appears to be| seems to be| looks like| resembles"
    rf"| could be| might be| may be| must be)|{_PICTURE_OF}|identified as|recogni[sz]ed as"
    rf"|known as|named|called|this as|(?:him|her|them) as){_FILLER} ",
    _IGNORE,
)
_NAMED = re.compile(
    r"\bname(?:'s| is| appears to be)(?! (?:not|unknown|un\w+|hidden|none|left)\b) \w"
    r"|\bI (?:recogni[sz]e|know) (?:him|her|them|this (?:person|man|woman|face))\b",
    _IGNORE,
)
_IMPRESSION = re.compile(
    r"\b(?:(?<!no )(?:m[ae]n|wom[ae]n|males?|females?|boys?|girls?|lady|gentleman)|years? old"
    r"|year-old|aged|elderly|teenage\w*|toddler|infant|middle-aged|(?:young |older )adult"
    r"|(?:early|mid|late)[ -](?:teens|(?:twen|thir|for|fif|six|seven|eigh|nine)ties|\d0s)"
    r"|in (?:his|her|their) (?:teens|\w+ties|\d0s)|age|ages|gender|sex|race|racial|ethnic\w*"
    r"|demographic\w*|asian|caucasian|african|hispanic|latin[oax]|latino_hispanic|middle eastern"
    r"|indian|emotion\w*|feels?|feeling|happy|happiness|joyful|sad|sadness|angry|anger|fear|fearful"
    r"|afraid|disgust\w*|contempt\w*|surprised?)\b",
    _IGNORE,
)


def asks_about_a_name(question: str) -> bool:
    """Whether a question holds a name against the picture, or leaves a blank for one."""
    text = " ".join(_TAIL_QUESTION.sub(", ", normal(question).replace("…", "...")).split(" "))
    cased = not text.isupper()
    return (
        _leaves_a_blank(text)
        or _only_a_name(text, cased)
        or _names_as_options(text)
        or any(_clause_checks_a_name(c.group(), cased) for c in _CLAUSE.finditer(text))
    )


def names_somebody(sentence: str) -> bool:
    """Whether a sentence of an answer claims to know who a person is."""
    text = normal(sentence).replace("*", "")
    if _NAMED.search(text) or full_name_in(text):
        return True
    ends = (match.end() for match in _CLAIMED.finditer(text))
    return any(_capital_name(text[end:]) for end in ends)


def states_impression(sentence: str) -> bool:
    """Whether a sentence of an answer speaks of age, gender, ethnicity or emotion."""
    return bool(_IMPRESSION.search(normal(sentence).replace("_", " ")))


def _clause_checks_a_name(clause: str, cased: bool) -> bool:
    if not (clause.rstrip().endswith("?") or _ASKS.search(clause)):
        return False
    text = clause if cased else clause.lower()
    found = [text[m.end() :] for m in _ASKED.finditer(text)]
    if any(starts_with_name(rest, cased) for rest in found):
        return True
    german = (text[m.end() :] for m in _ASKED_DE.finditer(text))
    return any(
        _capital_name(" ".join(words_of(rest)[1:])) and _capital_name(rest) for rest in german
    )


def _capital_name(text: str) -> bool:
    words = words_of(text)
    return bool(words) and words[0][0].isupper() and not ordinary(words[0])


def _leaves_a_blank(text: str) -> bool:
    if _BLANK.search(text):
        return True
    end = _OPEN_END.search(text) if _COMPLETE.search(text) else None
    return bool(end) and not _speaks_of_things(end.group(1) if end else "")


def _speaks_of_things(tail: str) -> bool:
    """The open end already says something ("the person is smiling because")."""
    words = [word for word in words_of(tail.lower()) if word not in ("called", "named")]
    return any(w.endswith(("ing", "ed")) or w in ("lit", "light", "from") for w in words)


def _only_a_name(text: str, cased: bool) -> bool:
    words = [word for word in words_of(text) if word.lower() not in ("or", "and")]
    if not (text.rstrip().endswith("?") and 2 <= len(words) <= 4 and cased):
        return False
    return all(word[0].isupper() and not ordinary(word) for word in words)


def _names_as_options(text: str) -> bool:
    options = [words_of(option) for option in _OPTION.findall(text)]
    full = [
        o for o in options if len(o) >= 2 and all(w[0].isupper() and not ordinary(w) for w in o)
    ]
    return len(full) >= 2
