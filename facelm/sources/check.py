"""`facelm sources check`: is a copy of a dataset whole? Walks it without decoding a pixel."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facelm._io import progress
from facelm.sources._dataset import printable
from facelm.sources._media import File, Frame
from facelm.types import Refused, Row, Source

# Of each kind of trouble, this many rows are listed by name.
LISTED = 20
# A label with more values than this is summed up by its range.
_MOST_VALUES = 64
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
_CLIPS = (".mp4", ".avi", ".flv", ".mov", ".webm", ".mkv")


@dataclass
class _Split:
    """What was found of one split."""

    rows: int = 0
    usable: int = 0
    labels: dict[str, Counter[Any]] = field(default_factory=dict)


@dataclass
class _Walk:
    """The tally of one walk."""

    splits: dict[str, _Split] = field(default_factory=dict)
    troubles: dict[str, list[Refused]] = field(
        default_factory=lambda: {"refused": [], "missing": [], "unreadable": []}
    )
    files: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    """Path of every file looked at, with the kind of trouble and the reason."""
    roots: set[tuple[Path, str]] = field(default_factory=set)

    def add(self, row: Row | Refused, split: str) -> None:
        """Count one row."""
        found = self.splits.setdefault(split, _Split())
        found.rows += 1
        if isinstance(row, Refused):
            self.troubles["refused"].append(row)
            return
        if trouble := self._trouble(row):
            kind, reason = trouble
            self.troubles[kind].append(Refused(row.id, reason))
            return
        found.usable += 1
        for label, value in row.labels.items():
            found.labels.setdefault(label, Counter())[value] += 1

    def _trouble(self, row: Row) -> tuple[str, str] | None:
        media = row.media
        if isinstance(media, Frame):
            media = File(media.root, media.video, "clip")
        if not isinstance(media, File):
            reason = media.missing()
            return ("missing", reason) if reason else None
        if media.place not in self.files:
            self.roots.add((media.root, os.path.dirname(media.place)))
            self.files[media.place] = _judged(media)
        return self.files[media.place]


def check(source: Source) -> dict[str, Any]:
    """Walk a dataset and compare it with what its publisher says.

    Args:
        source: an opened dataset.

    Returns:
        `splits` (per split `rows`, `usable`, `published`, `labels`), the numbers `refused`
        (labels that cannot be used), `missing`, `unreadable`, `unlabelled` (pictures beside the
        labelled ones that no row names), up to 20 of each in `problems`, `mismatches` (sentences
        on counts that differ from the published ones), `unverified`, `whole` (nothing of all
        that), `files`, `seconds`, `files_per_s`.

    Raises:
        InputError: a label file is damaged.
    """
    began, walk = time.monotonic(), _Walk()
    for split, row in progress(_every(source), f"checking {source.name}", None, "rows"):
        walk.add(row, split)
    surplus = list(_unlabelled(walk))
    seconds = time.monotonic() - began
    troubles = {**walk.troubles, "unlabelled": surplus}
    mismatches = _mismatches(source, walk)
    return {
        "source": source.name,
        "splits": {name: _split(source, name, found) for name, found in walk.splits.items()},
        **{kind: len(rows) for kind, rows in troubles.items()},
        "problems": {k: [vars(row) for row in rows[:LISTED]] for k, rows in troubles.items()},
        "mismatches": mismatches,
        "unverified": list(source.about.unverified),
        "whole": not mismatches and not any(troubles.values()),
        "files": len(walk.files),
        "seconds": round(seconds, 2),
        "files_per_s": round(len(walk.files) / max(seconds, 1e-6)),
    }


def _every(source: Source) -> Iterator[tuple[str, Row | Refused]]:
    """All rows split by split, then those that a user's own table puts into none."""
    splits, refused = source.splits(), set()
    for split in splits or (None,):
        for row in source.rows(split):
            yield split or "", row
            if isinstance(row, Refused):
                refused.add(row)
    if splits and source.about.tasks == ("anything",):
        for row in source.rows(None):
            if row not in refused if isinstance(row, Refused) else row.split not in splits:
                yield "", row


def _judged(media: File) -> tuple[str, str] | None:
    """Judge a file by its size and first bytes."""
    if reason := media.missing():
        return "missing", reason
    if media.kind == "clip":
        return None
    with open(media.address, "rb", buffering=0) as file:
        head = file.read(12)
    if _is_picture(head):
        return None
    if head.startswith(b"BM"):
        return "unreadable", f"{media.place} is a BMP picture, which is not read: make it a PNG"
    return "unreadable", f"{media.place} begins like no JPEG, PNG or WebP: get a fresh copy of it"


def _is_picture(head: bytes) -> bool:
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    )


def _unlabelled(walk: _Walk) -> Iterator[Refused]:
    """Pictures and clips in the labelled ones' folders that no row names."""
    for root, folder in sorted(walk.roots):
        with os.scandir(root / folder) as entries:
            names = sorted(entry.name for entry in entries)
        for name in names:
            place = f"{folder}/{name}" if folder else name
            if place not in walk.files and name.lower().endswith(_PICTURES + _CLIPS):
                yield Refused(printable(place), "no row names it: label it or leave it there")


def _split(source: Source, name: str, found: _Split) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "usable": found.usable,
        "published": source.about.published.get(name),
        "labels": {label: _counts(values) for label, values in sorted(found.labels.items())},
    }


def _counts(values: Counter[Any]) -> dict[str, int | float]:
    if len(values) <= _MOST_VALUES:
        return {str(value): count for value, count in sorted(values.items(), key=_by_name)}
    numbers = [value for value in values if isinstance(value, int | float)]
    ends = {"least": min(numbers), "most": max(numbers)} if numbers else {}
    return {"different values": len(values), **ends}


def _by_name(item: tuple[Any, int]) -> tuple[float, str]:
    value = item[0]
    return (float(value) if isinstance(value, int | float) else 0.0, str(value))


def _mismatches(source: Source, walk: _Walk) -> list[str]:
    """Sentences on what differs from the published counts, of the splits that are there."""
    about, found = source.about, walk.splits
    lines = [
        f"{split}: {about.published[split]:,} rows are published, {one.rows:,} are here."
        for split, one in found.items()
        if about.published.get(split, one.rows) != one.rows
    ]
    rows = sum(one.rows for one in found.values())
    if "" not in found and about.published.get("", rows) != rows:
        lines.append(f"{about.published['']:,} rows are published, {rows:,} are here.")
    for key, counts in about.published_labels.items():
        split, _, label = key.rpartition("/")
        here = _together(found[split].labels if split in found else {}, label)
        if not split:
            here = sum((_together(one.labels, label) for one in found.values()), Counter())
        if here or split in found:
            lines += _differences(key, counts, here)
    return lines


def _together(labels: dict[str, Counter[Any]], label: str) -> Counter[Any]:
    return Counter({str(value): count for value, count in labels.get(label, {}).items()})


def _differences(key: str, counts: dict[str, int], here: Counter[Any]) -> Iterable[str]:
    for value, count in counts.items():
        if here[value] != count:
            yield f"{key} {value}: {count:,} are published, {here[value]:,} are here."
