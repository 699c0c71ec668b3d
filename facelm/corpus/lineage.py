"""What a model was trained on: one row per picture, with its hashes and no pixel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from facelm._io import progress, replacing
from facelm.corpus._hashes import BYTES, KEPT
from facelm.corpus.overlap import Hashed, hash_pictures
from facelm.errors import InputError
from facelm.types import Refused

LINEAGE = "lineage.parquet"
_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("source", "split", "image_sha256", "licence")),
        ("perceptual_hash", pa.binary()),
    ]
)

Origin = tuple[str, str, str, str]
"""Source, split, SHA-256 of the picture, licence."""


def write_lineage(
    path: Path, origins: Iterable[Origin], pictures: Iterable[tuple[str, bytes]]
) -> None:
    """Write what a model was trained on, whole or not at all.

    Args:
        path: the file, usually `lineage.parquet` in a run's folder.
        origins: where each picture comes from.
        pictures: SHA-256 and bytes of these pictures, perhaps of others too, in any order.

    Raises:
        FacelmError: the disk is full.
    """
    rows = sorted(set(origins))
    hashes = _hashes({row[2] for row in rows}, pictures)
    names = _SCHEMA.names
    values = [dict(zip(names, (*row, hashes.get(row[2])), strict=True)) for row in rows]
    with replacing(path) as temporary:
        pq.write_table(pa.Table.from_pylist(values, schema=_SCHEMA), temporary, compression="zstd")


def _hashes(wanted: set[str], pictures: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Perceptual hash by SHA-256, each picture once."""
    unreadable: list[Refused] = []
    new = progress(_once(wanted, pictures), "hashing", len(wanted), "pictures")
    hashed = hash_pictures(new, unreadable)
    return {one.sha256: one.near for one in hashed if one.near}


def _once(wanted: set[str], pictures: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    left = set(wanted)
    for name, data in pictures:
        if name in left:
            left.remove(name)
            yield name, data


def read_lineage(path: Path) -> list[Hashed]:
    """The pictures of a lineage; without perceptual hashes where an older facelm wrote it.

    Raises:
        InputError: it is damaged, or a newer facelm wrote it.
    """
    try:
        rows = pq.read_table(path).to_pylist()
        found = {row["image_sha256"]: row.get("perceptual_hash") or b"" for row in rows}
    except (pa.ArrowInvalid, OSError, KeyError) as error:
        raise InputError(f"{path} is damaged: get a whole copy of the run.") from error
    if any(len(near) not in (0, KEPT * BYTES) for near in found.values()):
        raise InputError(f"{path} was written by a newer facelm: upgrade facelm to read it.")
    return [Hashed(sha, sha, near) for sha, near in found.items()]
