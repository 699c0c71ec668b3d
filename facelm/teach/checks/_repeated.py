"""The same said of another picture: word for word, or nearly."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, pairwise
from operator import itemgetter

_WORD = re.compile(r"[^\W_]+")
_SPACES = str.maketrans(dict.fromkeys(".,;:!?'\"()[]{}<>-_/*#", " "))
FEWEST_WORDS = 8
"""Shorter answers repeat rightly."""
_LONG = 6
"""Letters of the words by which texts are looked up."""
_FEW = 8
_RAREST = 8
"""So many pairs decide which earlier text is compared."""
_PAIRS_SHARE = 0.35
"""Of the pairs of either, without which the runs need not be compared."""
Words = tuple[str, ...]
SHARE = 0.45
"""Two answers that share this much of the runs of words in either (Jaccard) say the same."""


class Repeats:
    """What was said of the pictures of one shard so far, by category; look in the rows' order."""

    def __init__(self) -> None:
        """Nothing has been said."""
        self._said: dict[str, _Category] = {}

    def look(self, category: str, text: str) -> str:
        """Why a text says nothing of its own; one that does is remembered.

        Returns:
            A reason where this was said of an earlier picture: where the two have at least
            `SHARE` of all runs of three words in either, so also where they are the same but for
            case and punctuation; else "". Texts of fewer than `FEWEST_WORDS` words are neither
            compared nor kept.
        """
        words = _words(text)
        if len(words) < FEWEST_WORDS:
            return ""
        said = self._said.setdefault(category, _Category())
        pairs = _pairs(words)
        if said.holds(text, pairs):
            begins = " ".join(text.split()[:8])
            return f"nearly the same was said of another picture: '{begins} …'"
        said.add(text, pairs)
        return ""


class _Category:
    """Every text about one category, and which of them had some pair of words."""

    def __init__(self) -> None:
        self._having: dict[Words, list[int]] = {}
        self._texts: list[tuple[str, dict[Words, None]]] = []

    def holds(self, text: str, pairs: dict[Words, None]) -> bool:
        """Whether an earlier text is as good as this one.

        The one that shares most of the rarest pairs is compared: prose from a template shares
        something with every text before it.
        """
        known = sorted(filter(None, map(self._having.get, pairs)), key=len)[:_RAREST]
        shared = Counter(chain.from_iterable(known))
        if not shared:
            return False
        before, its = self._texts[max(shared.items(), key=itemgetter(1))[0]]
        both = len(pairs.keys() & its.keys())
        return both >= _PAIRS_SHARE * min(len(pairs), len(its)) and _alike(text, before)

    def add(self, text: str, pairs: dict[Words, None]) -> None:
        for pair in pairs:
            self._having.setdefault(pair, []).append(len(self._texts))
        self._texts.append((text, pairs))


def _words(text: str) -> list[str]:
    """Of a text in a hurry: `_runs` looks at it again."""
    return text.lower().translate(_SPACES).split()


def _pairs(words: list[str]) -> dict[Words, None]:
    """Long words and the next long one, in order: such a pair seldom stands in two texts.

    Where these are few, the runs of three words as well: what is looked up of a text with more of
    them is then part of what is looked up of one with fewer.
    """
    pairs: dict[Words, None] = dict.fromkeys(
        pairwise([word for word in words if len(word) >= _LONG])
    )
    if len(pairs) < _FEW:
        pairs |= dict.fromkeys(zip(words, words[1:], words[2:], strict=False))
    return pairs


def _alike(text: str, other: str) -> bool:
    one, two = _runs(text), _runs(other)
    both = len(one & two)
    return both >= SHARE * (len(one) + len(two) - both)


def _runs(text: str) -> set[Words]:
    """Every run of three words."""
    words = _WORD.findall(text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))
