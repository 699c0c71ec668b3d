"""What an exported model and those it was made from were trained on, in one file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from facelm._io import replacing
from facelm.bench.overlap import lineage_files
from facelm.corpus.lineage import LINEAGE, read_lineage


@dataclass(frozen=True)
class Trained:
    """All that is known of the pictures."""

    pictures: dict[tuple[str, str, str], int]
    """Source, split and licence to different pictures."""
    unknown: tuple[str, ...]
    """Of the models it was made from, those whose pictures nobody listed."""


def gather(model: Path, folder: Path) -> Trained:
    """Join the lineages of a run and of the runs below it, and write them to `folder`.

    Raises:
        InputError: one is damaged.
    """
    files = dict(lineage_files(str(model)))
    tables = [_read(file) for file in files.values() if file]
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for table in tables:
        for row in table.to_pylist():
            rows[row["source"], row["split"], row["image_sha256"], row["licence"]] = row
    if tables:
        schema = pa.unify_schemas([table.schema for table in tables])
        with replacing(folder / LINEAGE) as temporary:
            whole = pa.Table.from_pylist([rows[key] for key in sorted(rows, key=str)], schema)
            pq.write_table(whole, temporary, compression="zstd")
    counts = Counter((source, split, licence) for source, split, _, licence in rows)
    return Trained(
        dict(sorted(counts.items(), key=str)), tuple(n for n, file in files.items() if not file)
    )


def _read(file: Path) -> Any:
    read_lineage(file)  # one sentence where it is damaged
    return pq.read_table(file)
