"""What a face's labels say, as words that a template can use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Limited

from facelm.types import Labels, LabelValue

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
    occurs_at: int | None = None
    none: str = "none"

    def value(self, labels: Labels) -> str | float | None:
        """The word, number or text of the first label that the face has."""
        for name in self.read:
            found = labels.get(name)
            if self.kind == "number" and isinstance(found, int | float) and found is not True:
                return None if found is False else float(found)
            if self.kind in ("word", "text") and isinstance(found, str):
                return found
        return None

    def word(self, labels: Labels) -> str | None:
        """The dataset's own word, or the bin that a number falls into."""
        found = self.value(labels)
        if isinstance(found, float):
            return next((name for name, span in self.bins.items() if _within(found, span)), None)
        return found

    def flags(self, labels: Labels) -> dict[str, bool]:
        """What is said to be there and what not, in the labels' order."""
        if self.kind != "flags":
            return {}
        states = ((name, self._state(value)) for name, value in labels.items() if self._is(name))
        return {name: state for name, state in states if state is not None}

    def spoken(self, word: str) -> str:
        """How a word or a flag is said inside a sentence."""
        return self.said.get(word, word.replace("_", " ").lower())

    def template(self, name: str, labels: Labels) -> dict[str, str]:
        """Template words: `{name}` as the dataset has it, `{name_said}` inside a sentence."""
        if self.kind == "flags":
            there = [self.spoken(flag) for flag, state in self.flags(labels).items() if state]
            known = bool(self.flags(labels))
            return {name: ", ".join(there) or self.none} if known else {}
        found = self.value(labels)
        if found is None:
            return {}
        plain = f"{found + 0.0:.{self.digits}f}" if isinstance(found, float) else found
        said = {} if (word := self.word(labels)) is None else {f"{name}_said": self.spoken(word)}
        return {name: "0" if plain == "-0" else plain, **said}

    def _is(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.read)

    def _state(self, value: LabelValue) -> bool | None:
        if isinstance(value, bool):
            return value
        if isinstance(value, int) and self.occurs_at is not None:
            return value >= self.occurs_at
        return None


@dataclass
class Seen:
    """How often each word of a field, or each flag, was seen: what balance is drawn by."""

    yes: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    """Flags: faces that say anything of it. Words: all faces under ""."""

    def count(self, one: Field, labels: Labels) -> None:
        """Add one face."""
        if one.kind == "flags":
            states = one.flags(labels)
            self.of.update(states.keys())
            self.yes.update(name for name, state in states.items() if state)
        elif (word := one.word(labels)) is not None:
            self.of[""] += 1
            self.yes[word] += 1

    def share(self, word: str) -> float:
        """Of the faces that say anything, how many say this, 0 to 1."""
        return self.yes[word] / max(1, self.of[word] or self.of[""])

    def words(self) -> Iterator[str]:
        """Everything that was seen, sorted."""
        return iter(sorted(set(self.yes) | (set(self.of) - {""})))


def _within(number: float, span: Range) -> bool:
    low, high = span
    return (low is None or number >= low) and (high is None or number < high)
