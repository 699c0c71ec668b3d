"""What a corpus holds, counted: in all, and for each source."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facelm.corpus import _layout
from facelm.corpus._scan import Keys, image_keys, tables, whole

# A label with more different values than this is a measurement or a name, not a group.
MAX_GROUPS = 40
COLUMNS = (
    "source", "split", "licence", "style", "teacher", "labels", "image_ids", "turns", "evidence",
    "clip", "rejected",
)  # fmt: skip
_NAMED = {
    "splits": "split", "licences": "licence", "styles": "style", "teachers": "teacher",
}  # fmt: skip


def count(folder: Path) -> dict[str, Any]:
    """Count a corpus by its conversation shards.

    Returns:
        `shards` (files of them), what `Counts.result` gives, and the same for each source under
        `sources`.

    Raises:
        InputError: a shard is damaged.
    """
    found: dict[str, Counts] = {}
    for table in tables(folder, COLUMNS):
        add_by_source(found, table)
    return {"shards": len(_layout.shards(folder)), **by_source(found)}


def add_by_source(found: dict[str, Counts], table: pa.Table) -> None:
    """Add a shard to the counts of its sources."""
    sources = pc.unique(table["source"]).to_pylist()
    for source in sources:
        own = table if len(sources) == 1 else _of(table, source)
        found.setdefault(source, Counts()).add(own)


def _of(table: pa.Table, source: str) -> pa.Table:
    return table.filter(pc.equal(table["source"], source)).combine_chunks()


def by_source(found: dict[str, Counts]) -> dict[str, Any]:
    """The counts of all sources together, and under `sources` those of each."""
    everything = reduce(Counts.merged, found.values(), Counts())
    sources = {name: one.result() for name, one in sorted(found.items())}
    return {**everything.result(), "sources": sources}


class Counts:
    """Counts of some conversations, added up shard by shard."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._measured = 0
        self._named = {name: Counter[str]() for name in _NAMED}
        self._categories: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._clips: set[tuple[str, str]] = set()
        self._pictures: list[Keys] = []
        self._labels: dict[str, Counter[str] | None] = {}

    def add(self, table: pa.Table) -> None:
        """Count the conversations of one source in one shard; `table` has `COLUMNS`."""
        for name, column in _NAMED.items():
            self._named[name].update(tally(table[column]))
        flat = pc.list_flatten(whole(table["turns"]))
        self._categories.update(tally(pc.struct_field(flat, "category")))
        rejected = pc.list_flatten(whole(table["rejected"]))
        self._rejected.update(tally(pc.struct_field(rejected, "check")))
        self._measured += _measured(whole(table["evidence"]))
        source = table["source"][0].as_py()
        self._clips.update((source, clip) for clip in tally(table["clip"]) if clip)
        self._pictures.append(np.unique(image_keys(pc.list_flatten(whole(table["image_ids"])))))
        for text, number in tally(table["labels"]).items():
            for name, value in words(json.loads(text)):
                self._label(name, value, number)

    def _label(self, name: str, value: str, number: int) -> None:
        values = self._labels.setdefault(name, Counter())
        if values is not None:
            values[value] += number
            if len(values) > MAX_GROUPS:
                self._labels[name] = None

    def merged(self, other: Counts) -> Counts:
        """Both together."""
        both = Counts()
        both._measured = self._measured + other._measured
        both._named = {name: self._named[name] + other._named[name] for name in _NAMED}
        both._categories = self._categories + other._categories
        both._rejected = self._rejected + other._rejected
        both._clips = self._clips | other._clips
        both._pictures = self._pictures + other._pictures
        for name in self._labels.keys() | other._labels.keys():
            pair = [one._labels.get(name, Counter()) for one in (self, other)]
            total = None if None in pair else sum((one for one in pair if one), Counter[str]())
            both._labels[name] = total if total and len(total) <= MAX_GROUPS else None
        return both

    def result(self) -> dict[str, Any]:
        """The numbers.

        Returns:
            `conversations`, `measured` (those with any evidence), `pictures` (different ones),
            `clips` and `turns`; `rejected` (check to number of replies); `categories`, `splits`,
            `licences`, `styles` and `teachers` (name to number); `labels` (label name to value to
            number, for labels of few values).
        """
        pictures = np.concatenate(self._pictures) if self._pictures else np.empty(0, np.uint64)
        labels = {name: found for name, found in sorted(self._labels.items()) if found is not None}
        return {
            "conversations": self._named["splits"].total(),
            "measured": self._measured,
            "pictures": len(np.unique(pictures)),
            "clips": len(self._clips),
            "turns": self._categories.total(),
            "categories": dict(sorted(self._categories.items())),
            "rejected": dict(sorted(self._rejected.items())),
            **{name: dict(sorted(found.items())) for name, found in self._named.items()},
            "labels": {name: in_order(found) for name, found in labels.items()},
        }


def words(labels: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Labels that put a face into a group: no measurements, and ages in years by decade."""
    for name, value in labels.items():
        if name == "age" and isinstance(value, int | float):
            decade = int(value // 10) * 10
            yield name, f"{decade}-{decade + 9}"
        elif not isinstance(value, float):
            yield name, str(value)


def tally(column: pa.Array | pa.ChunkedArray) -> dict[str, int]:
    """How often each value stands in a column."""
    found = pc.value_counts(column)
    values, numbers = found.field("values").to_pylist(), found.field("counts").to_pylist()
    return dict(zip(values, numbers, strict=True))


def in_order(found: dict[str, int]) -> dict[str, int]:
    """By the number a value begins with (ages), then by its letters."""
    return {value: found[value] for value in sorted(found, key=order)}


def order(value: str) -> tuple[float, str]:
    """Sorts values as a person would: by the number they begin with, then by their letters."""
    digits = re.match(r"-?\d+", value)
    return (float(digits[0]) if digits else math.inf, value)


def _measured(evidence: pa.StructArray) -> int:
    known = (pc.is_valid(values) for values in evidence.flatten())
    return int(pc.sum(reduce(pc.or_, known)).as_py() or 0)
