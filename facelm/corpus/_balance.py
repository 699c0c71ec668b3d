"""Which values of a label go with which group of people, counted.

Groups are what annotators saw of a person (or a generator was set to): for whom a model may learn
something that is not there, because the data shows smiling women and serious men.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from facelm.corpus._counts import MAX_GROUPS, in_order, order, words

GROUPS = (
    "age", "age_group", "age_stage", "gender", "sex", "Male", "Young", "race", "ethnicity",
    "morph_group",
)  # fmt: skip
"""Labels that tell groups of people apart, by the names the sources use."""
ATTRIBUTES = "attributes"
"""Stands for all labels that are true or false: one table, a line each."""
EVERYBODY = "(all)"
"""The line of that table that says how many there are."""


class Balance:
    """Counts of pairs of labels, one of which is a group."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
        self._values: dict[str, set[str]] = {}

    def add(self, labels: Mapping[str, int]) -> None:
        """Count label texts (JSON objects), each as often as it is there."""
        for text, number in labels.items():
            found = dict(words(json.loads(text)))
            for name, value in found.items():
                known = self._values.setdefault(name, set())
                if len(known) <= MAX_GROUPS:
                    known.add(value)
            self._add({k: v for k, v in found.items() if self._few(k)}, number)

    def _few(self, name: str) -> bool:
        return len(self._values[name]) <= MAX_GROUPS

    def _add(self, found: dict[str, str], number: int) -> None:
        for group in (name for name in GROUPS if name in found):
            for name, value in found.items():
                # Of two groups, one pair is enough.
                if name not in GROUPS or GROUPS.index(name) < GROUPS.index(group):
                    pair = self._pairs.setdefault((name, group), Counter())
                    pair[value, found[group]] += number

    def result(self) -> list[dict[str, Any]]:
        """The pairs of labels of few values; those that are true or false in one table a group."""
        plain, flags = [], dict[str, dict[str, Counter[tuple[str, str]]]]()
        for (name, group), found in sorted(self._pairs.items()):
            if not (self._few(name) and self._few(group)):
                continue
            if name not in GROUPS and self._values[name] <= {"True", "False"}:
                flags.setdefault(group, {})[name] = found
            else:
                plain.append(_pair(name, group, found))
        return plain + [_flags(group, found) for group, found in flags.items()]


def _pair(label: str, group: str, found: Counter[tuple[str, str]]) -> dict[str, Any]:
    values = in_order({value: 1 for value, _ in found})
    groups = sorted({whose for _, whose in found}, key=order)
    counts = {value: {whose: found[value, whose] for whose in groups} for value in values}
    return {
        "label": label, "group": group, "of": found.total(), "association": _association(counts),
        "smallest": min(found[value, whose] for value in values for whose in groups),
        "counts": counts,
    }  # fmt: skip


def _flags(group: str, found: dict[str, Counter[tuple[str, str]]]) -> dict[str, Any]:
    """How many of each group have each attribute; the first line is the whole group."""
    groups = sorted({whose for one in found.values() for _, whose in one}, key=order)
    pairs = {name: _pair(name, group, one) for name, one in found.items()}
    most = max(pairs.values(), key=lambda pair: int(pair["of"]))
    having = {name: {whose: one["True", whose] for whose in groups} for name, one in found.items()}
    totals = {whose: sum(row.get(whose, 0) for row in most["counts"].values()) for whose in groups}
    return {
        "label": ATTRIBUTES, "group": group, "of": most["of"],
        "association": max(pair["association"] for pair in pairs.values()),
        "smallest": min(number for row in having.values() for number in row.values()),
        "counts": {EVERYBODY: totals, **having},
    }  # fmt: skip


def _association(counts: dict[str, dict[str, int]]) -> float:
    """Cramér's V of a table of counts: 0 where rows and columns are independent, 1 at most."""
    table = np.array([list(row.values()) for row in counts.values()], dtype=float)
    total, less = table.sum(), min(table.shape) - 1
    if not total or not less:
        return 0.0
    expected = table.sum(1, keepdims=True) * table.sum(0) / total
    return round(float(np.sqrt(((table - expected) ** 2 / expected).sum() / (total * less))), 3)
