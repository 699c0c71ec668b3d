"""What the files of a corpus are called and what their columns are."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from facelm._io import write_bytes
from facelm.errors import InputError
from facelm.types import Conversation, Evidence, Turn

MANIFEST = "manifest.json"
CARD = "README.md"
FORMAT = 1
# Small row groups: one picture is read without its whole shard.
_PICTURE_GROUP = 16

# So that Hugging Face `datasets` shows pictures, not bytes.
_FEATURES = {"image_id": {"dtype": "string", "_type": "Value"}, "image": {"_type": "Image"}}
PICTURES = pa.schema(
    [
        ("image_id", pa.string()),
        ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
    ],
    metadata={"huggingface": json.dumps({"info": {"features": _FEATURES}})},
)
_TEXT = ("image_id", "face_id", "source", "split", "licence", "style", "teacher", "prompt_hash")
CONVERSATIONS = pa.schema(
    [
        *((name, pa.string()) for name in _TEXT),
        ("turns", pa.list_(pa.struct([(f.name, pa.string()) for f in fields(Turn)]))),
        ("labels", pa.string()),
        ("evidence", pa.struct([(f.name, pa.float64()) for f in fields(Evidence)])),
        ("synthetic", pa.bool_()),
    ]
)


def pictures_path(folder: Path, number: int) -> Path:
    """Where shard `number` of the pictures lies."""
    return folder / f"pictures-{number:05d}.parquet"


def conversations_path(folder: Path, number: int) -> Path:
    """Where shard `number` of the conversations lies."""
    return folder / f"conversations-{number:05d}.parquet"


def conversation_shards(folder: Path) -> range:
    """Numbers of the shards that are there.

    Raises:
        InputError: one is missing in the middle.
    """
    there = len(list(folder.glob("conversations-*.parquet")))
    for number in range(there):
        if not (path := conversations_path(folder, number)).is_file():
            raise InputError(f"The corpus lacks {path}: get a whole copy of it.")
    return range(there)


def to_row(conversation: Conversation) -> dict[str, Any]:
    """A conversation as one row; labels as JSON text, since every source has its own."""
    row = asdict(conversation)
    row["labels"] = json.dumps(conversation.labels, ensure_ascii=False, sort_keys=True)
    return row


def from_row(row: dict[str, Any]) -> Conversation:
    """The conversation of one row."""
    values = dict(row)
    values["turns"] = tuple(Turn(**turn) for turn in row["turns"])
    values["labels"] = json.loads(row["labels"])
    values["evidence"] = Evidence(**row["evidence"])
    return Conversation(**values)


def write_pictures(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write one shard of pictures, whole or not at all."""
    _write(path, pa.Table.from_pylist(rows, schema=PICTURES), _PICTURE_GROUP)


def write_conversations(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write one shard of conversations, whole or not at all."""
    _write(path, pa.Table.from_pylist(rows, schema=CONVERSATIONS), len(rows))


def _write(path: Path, table: pa.Table, group: int) -> None:
    # Through memory (a shard is a few megabytes), so that a full disk shows as itself.
    buffer = io.BytesIO()
    pq.write_table(table, buffer, row_group_size=group, compression="zstd")
    write_bytes(path, buffer.getvalue())
