"""Drawing the same pictures from anyone's own copy of FairFace, by a list of hashes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from facelm._io import progress, replacing, sha256
from facelm.errors import InputError
from facelm.sources._tables import csv_columns, csv_rows
from facelm.sources.fairface import VOCABULARY, FairFace, Raw

COLUMNS = ("file", "sha256", "split")
_SHARD_ROWS = 9000
_GROUP_ROWS = 500
_SCHEMA = pa.schema(
    [
        ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        ("age", pa.string()),
        ("gender", pa.string()),
        ("race", pa.string()),
        ("service_test", pa.bool_()),
    ],
    metadata={"huggingface": json.dumps({"info": {"features": {"image": {"_type": "Image"}}}})},
)


def subset(source_dir: Path, listing: Path, out: Path) -> dict[str, Any]:
    """Copy the listed pictures of FairFace, bytes untouched, into parquet files by split.

    A picture is taken when its name and its hash agree with the list, or, in copies that name
    their pictures otherwise, when its hash does.

    Args:
        source_dir: a copy of FairFace in either layout.
        listing: a CSV file with the columns file, sha256, split, such as
            `recipes/fairface-20k.csv`.
        out: folder for `SPLIT-00000-of-0000N.parquet`.

    Returns:
        `written` (split to number), `missing` (listed, not found) and `changed` (found under its
        name, with other bytes), both lists of file names.

    Raises:
        InputError: the list is not one, or nothing of it is in the copy.
        FacelmError: the disk is full.
    """
    wanted = _read_listing(listing)
    found, changed = _collect(FairFace(source_dir), wanted)
    if not found:
        raise InputError(
            f"None of the {len(wanted):,} pictures of {listing} is in {source_dir}: give the "
            "folder of FairFace's pictures with 0.25 margin."
        )
    written = {}
    for split in sorted({entry["split"] for entry in wanted}):
        files = [entry["file"] for entry in wanted if entry["split"] == split]
        rows = [_record(found[file], file) for file in files if file in found]
        _write(out, split, rows)
        written[split] = len(rows)
    missing = [e["file"] for e in wanted if e["file"] not in found and e["file"] not in changed]
    return {"written": written, "missing": missing, "changed": sorted(changed)}


def _read_listing(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise InputError(f"There is no list at {path}: give a CSV with {', '.join(COLUMNS)}.")
    if missing := set(COLUMNS) - set(csv_columns(path)):
        raise InputError(
            f"{path} has no column {', '.join(sorted(missing))}: give a CSV with "
            f"{', '.join(COLUMNS)}."
        )
    return list(csv_rows(path))


def _collect(source: FairFace, wanted: list[dict[str, str]]) -> tuple[dict[str, Raw], set[str]]:
    """The listed rows by listed name, and the names whose pictures have other bytes."""
    hashes = {entry["file"]: entry["sha256"] for entry in wanted}
    names = {digest: file for file, digest in hashes.items()}
    found: dict[str, Raw] = {}
    changed: set[str] = set()
    for row in progress(source.raw(), "reading FairFace", source.count(), "pictures"):
        if row.media.missing():
            continue
        digest = sha256(row.media.read())
        if hashes.get(row.id) == digest:
            found[row.id] = row
        elif digest in names:  # the same picture under another name
            found.setdefault(names[digest], row)
        elif row.id in hashes:
            changed.add(row.id)
    return found, changed - set(found)


def _record(row: Raw, file: str) -> dict[str, Any]:
    labels = {name: row.labels[name] for name in VOCABULARY}
    image = {"bytes": row.media.read(), "path": file}
    return {"image": image, **labels, "service_test": row.service_test}


def _write(out: Path, split: str, rows: list[dict[str, Any]]) -> None:
    parts = [rows[start : start + _SHARD_ROWS] for start in range(0, len(rows), _SHARD_ROWS)]
    for number, part in enumerate(parts):
        path = out / f"{split}-{number:05d}-of-{len(parts):05d}.parquet"
        with replacing(path) as temporary:
            table = pa.Table.from_pylist(part, schema=_SCHEMA)
            pq.write_table(table, temporary, row_group_size=_GROUP_ROWS)
