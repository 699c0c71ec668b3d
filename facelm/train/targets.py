"""What a vision encoder can learn to see in a corpus: labels, measurements, and words to spell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelm._io import say
from facelm.prompts import LISTED, read_listing
from facelm.types import Conversation, Evidence

# What changes its sign when a picture is mirrored.
_MIRRORED = ("yaw", "roll", "light_side")
_NAME_TOKENS, _VALUE_TOKENS = 2, 5
_BETWEEN = ";"
UNKNOWN = -1


@dataclass(frozen=True)
class Targets:
    """What can be read off each picture; rows are pictures."""

    vocabulary: dict[str, tuple[str, ...]]
    """Label name to its words."""
    classes: NDArray[np.int64]
    """(n, labels): index into the label's words, -1 where the row has none."""
    names: tuple[str, ...]
    """Names of the measurements."""
    values: NDArray[np.float32]
    """(n, measurements), NaN where the row has none; any unit."""
    facts: tuple[dict[str, str], ...] = ()
    """Per picture, what its `list` answer says: task to value, in words."""

    def standardised(self) -> NDArray[np.float32]:
        """Values clipped to their 1st..99th percentile, mean 0, deviation 1."""
        if not len(self.names):
            return self.values
        low, high = np.nanpercentile(self.values, (1, 99), axis=0)
        clipped = np.clip(self.values, low, high)
        mean, deviation = np.nanmean(clipped, axis=0), np.nanstd(clipped, axis=0)
        return ((clipped - mean) / (deviation + 1e-6)).astype(np.float32)

    def signs(self) -> NDArray[np.float32]:
        """(measurements,): −1 where mirroring the picture changes the sign."""
        return np.array([-1.0 if n in _MIRRORED else 1.0 for n in self.names], np.float32)


def collect_targets(conversations: list[list[Conversation]]) -> Targets:
    """Labels with at most 32 words, all measurements, and lists; one group per picture."""
    first = [group[0] for group in conversations]
    words: dict[str, set[str]] = {}
    for one in first:
        for name, value in one.labels.items():
            if isinstance(value, str | bool):
                words.setdefault(name, set()).add(str(value))
    vocabulary = {n: tuple(sorted(w)) for n, w in sorted(words.items()) if 1 < len(w) <= 32}
    classes = [
        [w.index(str(c.labels[n])) if n in c.labels else UNKNOWN for n, w in vocabulary.items()]
        for c in first
    ]
    names = tuple(Evidence.__dataclass_fields__)[:-1]  # the face's size is the camera's doing
    values = [[_value(c.evidence, name) for name in names] for c in first]
    return Targets(
        vocabulary,
        np.array(classes, np.int64).reshape(len(first), len(vocabulary)),
        names,
        np.array(values, np.float32),
        tuple(_facts(group) for group in conversations),
    )


def _value(evidence: Evidence, name: str) -> float:
    value = getattr(evidence, name)
    if value is None:
        return float("nan")
    return float(np.log(value + 0.05)) if name == "sharpness" else float(value)


def _facts(group: list[Conversation]) -> dict[str, str]:
    lists = [turn.answer for one in group for turn in one.turns if turn.category == LISTED]
    return {name: value for text in lists for name, value in read_listing(text).items()}


@dataclass(frozen=True)
class Spelling:
    """Which token of the language model each visual token should stand for."""

    plain: NDArray[np.int64]
    """(n, places): token ids, -1 where the picture's value is not known."""
    mirrored: NDArray[np.int64]
    """The same for the mirrored picture: left and right have changed places."""

    @property
    def places(self) -> int:
        """Visual tokens that are spelled; the others are free."""
        return int(self.plain.shape[1])


def spell(facts: tuple[dict[str, str], ...], tokenizer: Any, room: int) -> Spelling:
    """Lay the facts out over the first visual tokens, every task at a place of its own.

    A task takes up to two tokens for its name and five for its value, as many as its longest
    value needs; tasks that do not fit into `room` are left out, and said.
    """
    tasks = list(dict.fromkeys(name for one in facts for name in one))
    columns: list[tuple[str, list[int], int]] = []
    for task in tasks:
        values = {one[task] for one in facts if task in one}
        name = _tokens(tokenizer, task)[:_NAME_TOKENS]
        width = min(_VALUE_TOKENS, max(len(_tokens(tokenizer, value)) for value in values))
        if sum(len(n) + w for _, n, w in columns) + len(name) + width <= room:
            columns.append((task, name, width))
    left_out = [task for task in tasks if task not in [column[0] for column in columns]]
    if left_out:
        say(f"No visual tokens are left to spell {', '.join(left_out)}.")
    return Spelling(
        _laid_out(facts, columns, tokenizer, mirror=False),
        _laid_out(facts, columns, tokenizer, mirror=True),
    )


def _laid_out(
    facts: tuple[dict[str, str], ...],
    columns: list[tuple[str, list[int], int]],
    tokenizer: Any,
    mirror: bool,
) -> NDArray[np.int64]:
    between = _tokens(tokenizer, _BETWEEN)[-1]
    known: dict[tuple[str, int], list[int]] = {}
    rows = []
    for one in facts:
        row: list[int] = []
        for task, name, width in columns:
            value = _swapped(one.get(task, "")) if mirror else one.get(task, "")
            if (value, width) not in known:
                ids = _tokens(tokenizer, value)[:width] if value else [UNKNOWN] * width
                known[value, width] = ids + [between] * (width - len(ids))
            row += name + known[value, width]
        rows.append(row)
    return np.array(rows, np.int64).reshape(len(facts), -1)


def _tokens(tokenizer: Any, word: str) -> list[int]:
    """Tokens of a word as they stand inside a text, after a space."""
    return list(tokenizer.encode(f" {word}", add_special_tokens=False))


def _swapped(value: str) -> str:
    swap = {"left": "right", "right": "left"}
    return " ".join(swap.get(word, word) for word in value.split(" "))
