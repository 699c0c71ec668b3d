"""What a corpus holds, counted, and the card that says so to a reader."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from facelm.corpus import _layout

# A label with more different values than this is a measurement or a name, not a group.
MAX_GROUPS = 40
_REFUSALS_SHOWN = 20
_COLUMNS = ("split", "labels", "licence", "image_ids", "turns", "evidence")

_USE = """\
## Use
Meant for: training and testing models that describe faces, and studying how well they do it for
whom. Demographic and emotion labels are annotators' impressions of a picture (or settings of a
generator), never facts about a person; answers that rest on them are impressions too.

Not for: finding out who somebody is or matching faces; deciding about a person (work, education,
housing, credit, insurance, policing, migration, health); inferring emotions at work or in
education; surveillance. The law where you are may forbid more.

The answers are synthetic: written by the teacher named above, not by a person.
"""


def count(folder: Path) -> dict[str, Any]:
    """Count a corpus by its conversation shards.

    Returns:
        `conversations`, `shards` (files of them), `measured` (those with any evidence), `pictures`
        and `turns` (numbers), `categories`, `splits` and `licences` (name to number) and `labels`
        (label name to value to number, for labels of few values).
    """
    splits: Counter[str] = Counter()
    licences: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    labels: dict[str, Counter[str]] = {}
    pictures: set[str] = set()
    measured = 0
    shards = _layout.shards(folder)
    for number in shards:
        table = pq.read_table(_layout.conversations_path(folder, number), columns=list(_COLUMNS))
        splits.update(table["split"].to_pylist())
        licences.update(table["licence"].to_pylist())
        pictures.update(pc.list_flatten(table["image_ids"]).to_pylist())
        measured += sum(any(v is not None for v in one.values()) for one in _evidence(table))
        turns = pc.list_flatten(table["turns"])
        categories.update(pc.struct_field(turns, "category").to_pylist())
        for text in table["labels"].to_pylist():
            for name, value in json.loads(text).items():
                if not isinstance(value, float):
                    labels.setdefault(name, Counter())[str(value)] += 1
    groups = {name: found for name, found in labels.items() if len(found) <= MAX_GROUPS}
    return {
        "conversations": splits.total(),
        "shards": len(shards),
        "measured": measured,
        "pictures": len(pictures),
        "turns": categories.total(),
        "categories": dict(sorted(categories.items())),
        "splits": dict(sorted(splits.items())),
        "licences": dict(sorted(licences.items())),
        "labels": {name: _in_order(found) for name, found in sorted(groups.items())},
    }


def _evidence(table: pa.Table) -> list[dict[str, float | None]]:
    rows: list[dict[str, float | None]] = table["evidence"].to_pylist()
    return rows


def _in_order(found: Counter[str]) -> dict[str, int]:
    """By the number a value begins with (ages), then by its letters."""

    def key(value: str) -> tuple[float, str]:
        digits = re.match(r"-?\d+", value)
        return (float(digits[0]) if digits else math.inf, value)

    return {value: found[value] for value in sorted(found, key=key)}


def card(manifest: dict[str, Any]) -> str:
    """The README of a corpus, with the front matter that the Hugging Face hub reads."""
    about, counts = manifest["about"], manifest["counts"]
    parts = [
        _FRONT,
        f"# Conversations about faces: {about.get('source', 'unknown')}\n",
        _origin(about, counts),
        _table("Splits", "split", {k or "(none)": v for k, v in counts["splits"].items()}),
        _table("Questions", "category", counts["categories"], "answers"),
        *(_table(f"Label: {name}", name, found) for name, found in counts["labels"].items()),
        _refusals(manifest["refused"]),
        _USE,
    ]
    return "\n".join(parts)


_FRONT = """\
---
configs:
- config_name: conversations
  data_files: conversations-*.parquet
- config_name: pictures
  data_files: pictures-*.parquet
---
"""


def _origin(about: dict[str, Any], counts: dict[str, Any]) -> str:
    lines = [
        f"- {counts['conversations']:,} conversations with {counts['turns']:,} answers about "
        f"{counts['pictures']:,} pictures, {counts['measured']:,} of them with measurements (a "
        "face mesh was found)",
        f"- source: {about.get('source')}, split: {about.get('split') or 'all'}",
        f"- licence of the pictures and labels: {'; '.join(counts['licences']) or 'unknown'}",
        f"- teacher: {about.get('teacher')}, style: {about.get('style')}, "
        f"seed: {about.get('seed')}",
        "- layout: `conversations-*.parquet` point by `image_ids` (SHA-256 of the picture's "
        "bytes) at `pictures-*.parquet`; `manifest.json` says what made them",
    ]
    return "\n".join(lines) + "\n"


def _table(title: str, name: str, found: dict[str, int], counted: str = "conversations") -> str:
    rows = [f"| {_cell(value)} | {number:,} |" for value, number in found.items()]
    return "\n".join([f"## {title}", f"| {_cell(name)} | {counted} |", "|---|---|", *rows, ""])


def _refusals(refused: list[dict[str, str]]) -> str:
    if not refused:
        return "## Refused\nNo row was refused.\n"
    rows = [f"- `{one['id']}`: {one['reason']}" for one in refused[:_REFUSALS_SHOWN]]
    if len(refused) > _REFUSALS_SHOWN:
        rows.append(f"- and {len(refused) - _REFUSALS_SHOWN:,} more, listed in `manifest.json`")
    return "\n".join([f"## Refused\n{len(refused):,} rows could not be used:", *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
