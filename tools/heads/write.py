"""The three parquet files and the card; and the check that they can be drawn again."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from .card import card
from .motion import clips
from .rows import CLIP_SCHEMA, PORTRAIT_SCHEMA, Artist
from .scene import people, portraits

SEED = 20261121
S = TypeVar("S")
Row = dict[str, Any]


def write(artist: Artist, folder: Path) -> None:
    """Draws everything into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    everyone, counts = people(SEED), dict[str, Counter[str]]()
    stills = portraits(SEED, everyone)
    for split in ("train", "test"):
        chosen = [s for s in stills if s.person.split == split]
        rows = _draw(artist.portrait, chosen, f"portraits {split}")
        _save(folder / f"portraits-{split}.parquet", rows, PORTRAIT_SCHEMA)
        counts |= {f"{k} ({split})": _count(rows, k) for k in _COUNTED}
    rows = _draw(artist.clip, clips(SEED, everyone), "clips")
    _save(folder / "clips.parquet", rows, CLIP_SCHEMA)
    counts |= {f"{k} (clips)": _count(rows, k) for k in _COUNTED_CLIPS}
    _replace(folder / "README.md", card(counts, folder).encode())


_COUNTED = (
    "morph_group", "sex", "age_stage", "expression", "facing", "light_side", "light_level",
    "glasses", "beard", "hair_style", "hair_colour", "eye_colour", "background",
)  # fmt: skip
_COUNTED_CLIPS = (
    "split", "morph_group", "sex", "age_stage", "head_turn", "light_turn", "light_level",
    "expression_from", "expression_to", "glasses", "beard",
)  # fmt: skip


def _count(rows: Sequence[Row], key: str) -> Counter[str]:
    return Counter(str(r[key]) for r in rows)


def _draw(draw: Callable[[S], Row], scenes: Sequence[S], what: str) -> list[Row]:
    rows = []
    for i, scene in enumerate(scenes):
        rows.append(draw(scene))
        if (i + 1) % 48 == 0 or i + 1 == len(scenes):
            print(f"{what}: {i + 1}/{len(scenes)}", file=sys.stderr, flush=True)
    return rows


def _save(path: Path, rows: Iterable[Row], schema: pa.Schema) -> None:
    """One parquet file in the Hugging Face `datasets` layout."""
    features = {f.name: _feature(f.name, f.type) for f in schema}
    info = json.dumps({"info": {"features": features}})
    table = pa.Table.from_pylist(list(rows), schema.with_metadata({"huggingface": info}))
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd", row_group_size=216)
    _replace(path, buffer.getvalue().to_pybytes())


def _feature(name: str, kind: pa.DataType) -> dict[str, Any]:
    """A column as the `datasets` library describes it."""
    if name == "image":
        return {"_type": "Image"}
    if pa.types.is_list(kind):
        return {"feature": _feature("", kind.value_type), "_type": "Sequence"}
    names = {"float": "float32", "bool": "bool"}
    return {"dtype": names.get(str(kind), str(kind)), "_type": "Value"}


def _replace(path: Path, data: bytes) -> None:
    """Writes beside the file, then moves into place."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)


def check(artist: Artist, folder: Path, n: int) -> list[str]:
    """Draws n portraits spread over both splits, and one clip for every 24 of them, again.

    Returns the ids whose bytes or labels differ from the committed files: none, if all is well.
    """
    everyone = people(SEED)
    stored = {r["id"]: r for s in ("train", "test") for r in
              pq.read_table(folder / f"portraits-{s}.parquet").to_pylist()}  # fmt: skip
    films = {r["id"]: r for r in pq.read_table(folder / "clips.parquet").to_pylist()}
    bad = []
    for scene in _spread(portraits(SEED, everyone), n):
        bad += _differs(artist.portrait(scene), stored, PORTRAIT_SCHEMA)
    for film in _spread(clips(SEED, everyone), -(-n // 24)):
        bad += _differs(artist.clip(film), films, CLIP_SCHEMA)
    return bad


def _spread(items: Sequence[S], n: int) -> list[S]:
    """At even steps, n of the items."""
    return [items[i * len(items) // n] for i in range(min(n, len(items)))]


def _differs(row: Row, stored: dict[str, Row], schema: pa.Schema) -> list[str]:
    """The row's id if its pixels' SHA-256 or a label is not as stored."""
    fresh: Row = pa.Table.from_pylist([row], schema).to_pylist()[0]
    old = stored[row["id"]]
    same = [_digest(fresh[k]) == _digest(old[k]) for k in fresh]
    return [] if all(same) else [row["id"]]


def _digest(value: Any) -> str:
    """SHA-256 of bytes, or of anything else's text."""
    if isinstance(value, dict):
        value = value["bytes"]
    return hashlib.sha256(value if isinstance(value, bytes) else repr(value).encode()).hexdigest()
