"""From a free reply to an option's letter: the benchmark's published way, and a strict one.

Both see only the reply and the options, never the truth. `docs/bench.md` lists what each gets
wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_uppercase

PARSERS = "published-1 strict-1"
"""Names and versions of the two parsers; part of every result's fingerprint."""

_MARKUP = re.compile(r"[*`\"“”]")
_STATED = re.compile(r"(?i).*\banswer\s*(?:is\b|:)\s*:?\s*(.+)")


def letters_of(options: Sequence[str]) -> list[str]:
    """The letters of the options, A first; at most 26."""
    return list(ascii_uppercase[: len(options)])


def parse_published(text: str, options: Sequence[str]) -> str | None:
    """The letter that FaceXBench's released aggregator finds in a reply (arXiv 2501.10360).

    It tries six patterns at the start of the reply, the same six anywhere in it, and then the
    options' texts. All six only match a capital letter that stands alone, so the first such letter
    decides: this is the same function, with the same false hits (the article "A" is option A).

    Returns:
        The letter; None when neither a letter nor an option's text is in the reply.
    """
    letters = letters_of(options)
    if letters and (found := re.search(rf"\b[{''.join(letters)}]\b", text)):
        return found[0]
    pairs = zip(letters, options, strict=False)
    return next((letter for letter, option in pairs if option.strip() in text.strip()), None)


def parse_strict(text: str, options: Sequence[str]) -> str | None:
    """The letter a careful reader would take from a reply, None where one would have to guess.

    What follows the last "answer is" or "answer:" counts, else the first and the last line, which
    must not disagree (a reply that repeats the options is no answer). Each may be a lone letter,
    "(B)", "B.", "B) text", "B: text", "B - text", "Option B", a letter with its own option's text,
    or an option's exact text (case aside). A letter that runs on into a sentence is none of these:
    "A man in his thirties" is no answer.
    """
    lines = [line.strip() for line in _MARKUP.sub("", text).splitlines() if line.strip()]
    stated = [found[1].strip() for line in lines if (found := _STATED.match(line))]
    for part in reversed(stated):
        if letter := _meant(part, options):
            return letter
    ends = {_meant(line, options) for line in (*lines[:1], *lines[-1:])} - {None}
    if len(ends) == 1:
        return ends.pop()
    small = re.fullmatch(r"[(\[]?([a-z])[)\]]?[.:]?", lines[0]) if len(lines) == 1 else None
    letter = small[1].upper() if small else None
    return letter if letter in letters_of(options) else None


def _meant(part: str, options: Sequence[str]) -> str | None:
    return _leading_letter(part, options) or _exact(part, options)


def _leading_letter(part: str, options: Sequence[str]) -> str | None:
    """A letter at the start of `part` that can only be meant as an option."""
    known = "".join(letters_of(options))
    if not known:
        return None
    marked = re.match(rf"(?:(?i:option)\s+([{known}])\b|[(\[]([{known}])[)\]])", part)
    if marked:
        return marked[1] or marked[2]
    bare = re.match(rf"([{known}])(?:[.):](?=\s|$)|\s+[-–—]\s|$)", part)
    if bare:
        return bare[1]
    spelt = re.match(rf"([{known}])\s+(.+)", part)
    return spelt[1] if spelt and _exact(spelt[2], options) == spelt[1] else None


def _exact(part: str, options: Sequence[str]) -> str | None:
    """The one option whose text is all of `part`, case and a final full stop aside."""
    pairs = zip(letters_of(options), options, strict=False)
    same = [letter for letter, option in pairs if _plain(option) == _plain(part)]
    return same[0] if len(same) == 1 else None


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub("", text).casefold().split()).rstrip(".!")
