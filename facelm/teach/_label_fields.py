"""What a face's labels say, as words that a template can use."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from math import isfinite
from string import Formatter
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Limited

from facelm.types import Labels

_PLACEHOLDER = re.compile(r"<(image|video)>", re.IGNORECASE)
Range = tuple[float | None, float | None]


class Strict(BaseModel):
    """A part of a YAML file in which no unknown key may stand."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(Strict):
    """What one word of the templates stands for; explained in styles/labels/age.yaml."""

    kind: Literal["word", "number", "flags", "text"]
    read: tuple[str, ...] = Limited(min_length=1)
    said: dict[str, str] = Limited(default_factory=dict)
    bins: dict[str, Range] = Limited(default_factory=dict)
    digits: int = Limited(default=0, ge=0)
    absolute: bool = False
    occurs_at: int | None = None
    none: str = ""
    unasked: tuple[str, ...] = ()

    def value(self, labels: Labels) -> str | float | None:
        """The word, number or text of the first label that the face has."""
        for name in self.read:
            found = labels.get(name)
            if self.kind == "number" and _is_number(found):
                return abs(float(found)) if self.absolute else float(found)  # type: ignore[arg-type]
            if self.kind in ("word", "text") and isinstance(found, str) and found.strip():
                # A caption from the Web may hold what stands for a picture in a prompt.
                return _PLACEHOLDER.sub(r"\1", found) if self.kind == "text" else found
        return None

    def word(self, labels: Labels) -> str | None:
        """The dataset's own word, or the bin that a number falls into."""
        return self._word_of(self.value(labels))

    def flags(self, labels: Labels) -> dict[str, bool]:
        """What is said to be there and what not, in the labels' order."""
        found: dict[str, bool] = {}
        for name, value in labels.items() if self.kind == "flags" else ():
            if not isinstance(value, bool):
                if self.occurs_at is None or not isinstance(value, int):
                    continue
                value = value >= self.occurs_at
            if _reads(self.read, name):
                found[name] = value
        return found

    def known(self, labels: Labels) -> bool:
        """Whether the face has a label of this field."""
        return bool(self.flags(labels)) or self.value(labels) is not None

    def levels(self, labels: Labels) -> dict[str, int]:
        """The strengths of those flags that are whole numbers."""
        return {
            name: value
            for name, value in labels.items()
            if type(value) is int and _reads(self.read, name)
        }

    def spoken(self, word: str) -> str:
        """How a word or a flag is said inside a sentence."""
        plain = simple(word)
        return self._said.get(plain, plain)

    def named(self, word: str) -> bool:
        """Whether a question may name this word; "other" means nothing without the others."""
        return word not in self.unasked

    def rank(self, labels: Labels) -> float | None:
        """A number as it is; a word by its place in `said`, which then lists them in order."""
        found = self.value(labels)
        return self._order.get(simple(found)) if isinstance(found, str) else found

    def template(self, name: str, labels: Labels) -> dict[str, str]:
        """Template words; see `names`."""
        if self.kind == "flags":
            return self._listed(name, self.flags(labels))
        found = self.value(labels)
        if found is None:
            return {}
        words = {name: found if isinstance(found, str) else self._written(found)}
        if (word := self._word_of(found)) is not None:
            words |= {f"{name}_word": word, f"{name}_said": self.spoken(word)}
        return words

    def _word_of(self, found: str | float | None) -> str | None:
        if isinstance(found, float):
            return next((name for name, span in self.bins.items() if _within(found, span)), None)
        return found if self.kind == "word" else None

    def _written(self, number: float) -> str:
        plain = f"{number:.{self.digits}f}"
        return plain.removeprefix("-") if float(plain) == 0 else plain

    def _listed(self, name: str, flags: dict[str, bool]) -> dict[str, str]:
        there = [self.spoken(flag) for flag, state in flags.items() if state]
        if not there:
            return {name: self.none} if flags and self.none else {}
        *most, last = there
        said = f"{', '.join(most)} and {last}" if most else last
        return {name: ", ".join(there), f"{name}_said": said}

    @cached_property
    def _said(self) -> dict[str, str]:
        return {simple(word): said for word, said in self.said.items()}

    @cached_property
    def _order(self) -> dict[str, float]:
        return {word: float(at) for at, word in enumerate(self._said)}


def names(field_name: str) -> set[str]:
    """The template words of a field.

    `{x}` as the dataset has it (flags: all that are there), `{x_said}` inside a sentence (flags:
    only where there are any), `{x_word}` the dataset's word or a number's bin.
    """
    return {field_name, f"{field_name}_said", f"{field_name}_word"}


def simple(word: str) -> str:
    """A word as it is looked up: `Wearing_Hat` and `wearing hat` are the same."""
    return word.replace("_", " ").lower()


def words_of(text: str) -> set[str]:
    """The template words that a text needs.

    Raises:
        ValueError: a brace is open, or closed without having been opened.
    """
    return {word for _, word, _, _ in Formatter().parse(text) if word is not None}


@lru_cache(maxsize=4096)
def fitting(texts: tuple[str, ...], known: frozenset[str]) -> tuple[str, ...]:
    """The texts that need no other words than the known ones."""
    return tuple(text for text in texts if words_of(text) <= known)


@dataclass
class Seen:
    """How often each word of a field, or each flag, was seen: what balance is drawn by."""

    yes: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    """Flags: faces that say anything of it. Words: all faces under ""."""
    _words: list[str] = field(default_factory=list, repr=False)
    _chances: dict[float, dict[str, tuple[float, float]]] = field(default_factory=dict, repr=False)

    def count(self, one: Field, labels: Labels) -> None:
        """Add one face."""
        if one.kind == "flags":
            states = one.flags(labels)
            self.of.update(states.keys())
            self.yes.update([name for name, state in states.items() if state])
        elif (word := one.word(labels)) is not None:
            self.of[""] += 1
            self.yes[word] += 1
        self._words.clear()
        self._chances.clear()

    def share(self, word: str) -> float:
        """Of the faces that say anything, how many say this, 0 to 1."""
        return self.yes[word] / max(1, self.of[word] or self.of[""])

    def words(self) -> list[str]:
        """Everything that was seen, sorted."""
        if not self._words:
            self._words.extend(sorted(set(self.yes) | (set(self.of) - {""})))
        return self._words

    def chances(self, per_face: float) -> dict[str, tuple[float, float]]:
        """How likely a face is asked about each word: where it is wrong, and where it is right.

        The rarer of the two is asked about always, the other as often in all; then all alike less
        often, so that at most `per_face` questions come to a face on average.
        """
        if per_face not in self._chances:
            shares = {word: self.share(word) for word in self.words()}
            expected = sum(2 * min(share, 1 - share) for share in shares.values())
            scale = min(1.0, per_face / expected) if expected else 0.0
            for word, share in shares.items():
                each = scale * min(share, 1 - share)
                chance = (each / (1 - share or 1), each / (share or 1))
                self._chances.setdefault(per_face, {})[word] = chance
        return self._chances.get(per_face, {})


def _is_number(found: object) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool) and isfinite(found)


def _within(number: float, span: Range) -> bool:
    low, high = span
    return (low is None or number >= low) and (high is None or number < high)


@lru_cache(maxsize=4096)
def _reads(patterns: tuple[str, ...], name: str) -> bool:
    """Whether a label is one of the flags: named, and by no pattern that begins with `!`."""
    left_out = any(fnmatchcase(name, one[1:]) for one in patterns if one.startswith("!"))
    return not left_out and any(fnmatchcase(name, one) for one in patterns)
