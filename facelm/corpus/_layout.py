"""What the files of a corpus are called and what their columns are."""

from __future__ import annotations

import io
import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from facelm._io import write_bytes
from facelm.types import Conversation, Evidence, Rejection, Turn

MANIFEST = "manifest.json"
CARD = "README.md"
FORMAT = 3
# Small row groups: one picture is read without its whole shard.
_PICTURE_GROUP = 16
_SHARD_NAME = re.compile(r"\.?(?:pictures|conversations)-(\d+)\.parquet")

# So that Hugging Face `datasets` shows pictures, not bytes.
_TEXT_FEATURE = {"dtype": "string", "_type": "Value"}
_FEATURES = {
    "image_id": _TEXT_FEATURE,
    "image": {"_type": "Image"},
    "source": _TEXT_FEATURE,
    "place": _TEXT_FEATURE,
}
PICTURES = pa.schema(
    [
        ("image_id", pa.string()),
        ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        ("source", pa.string()),
        ("place", pa.string()),
    ],
    metadata={"huggingface": json.dumps({"info": {"features": _FEATURES}})},
)
_TEXT = (
    "face_id", "source", "split", "licence", "style", "teacher", "prompt_hash", "clip", "subject",
)  # fmt: skip
CONVERSATIONS = pa.schema(
    [
        ("row", pa.int64()),
        ("image_ids", pa.list_(pa.string())),
        *((name, pa.string()) for name in _TEXT),
        ("turns", pa.list_(pa.struct([(f.name, pa.string()) for f in fields(Turn)]))),
        ("labels", pa.string()),
        ("evidence", pa.struct([(f.name, pa.float64()) for f in fields(Evidence)])),
        ("synthetic", pa.bool_()),
        ("dialogue", pa.bool_()),
        ("rejected", pa.list_(pa.struct([(f.name, pa.string()) for f in fields(Rejection)]))),
        ("ratings", pa.string()),
    ]
)


def pictures_path(folder: Path, number: int) -> Path:
    """Where shard `number` of the pictures lies."""
    return folder / f"pictures-{number:05d}.parquet"


def conversations_path(folder: Path, number: int) -> Path:
    """Where shard `number` of the conversations lies."""
    return folder / f"conversations-{number:05d}.parquet"


def shards(folder: Path) -> list[int]:
    """Numbers of the conversations' files, rising; a shard whose rows were all refused has none."""
    files = folder.glob("conversations-*.parquet")
    return sorted(int(file.stem.rpartition("-")[2]) for file in files)


def shard_of(file: Path) -> int | None:
    """Number of the shard that a file belongs to, temporary ones included; None for others."""
    match = _SHARD_NAME.match(file.name)
    return int(match[1]) if match else None


def to_row(conversation: Conversation, row: int) -> dict[str, Any]:
    """A conversation as one row; labels and ratings as JSON text, for each source has its own.

    Args:
        conversation: what to write.
        row: number of the source's row it is about, which keeps a corpus in its source's order.
    """
    values = dict(vars(conversation))
    values["row"] = row
    values["turns"] = [vars(turn) for turn in conversation.turns]
    values["evidence"] = vars(conversation.evidence)
    values["labels"] = json.dumps(conversation.labels, ensure_ascii=False, sort_keys=True)
    values["rejected"] = [vars(one) for one in conversation.rejected]
    values["ratings"] = json.dumps(conversation.ratings, ensure_ascii=False, sort_keys=True)
    return values


def from_row(row: dict[str, Any]) -> Conversation:
    """The conversation of one row."""
    values = {name: value for name, value in row.items() if name != "row"}
    values["image_ids"] = tuple(row["image_ids"])
    values["turns"] = tuple(Turn(**turn) for turn in row["turns"])
    values["labels"] = json.loads(row["labels"])
    values["evidence"] = Evidence(**row["evidence"])
    values["rejected"] = tuple(Rejection(**one) for one in row["rejected"])
    values["ratings"] = json.loads(row["ratings"])
    return Conversation(**values)


def get_ready() -> None:
    """Let pyarrow load pandas, as it does with the first list where that is installed (0.3 s).

    Otherwise the first shard is what it does that for, while many a call waits to be heard.
    """
    pa.array([])


def write_pictures(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write one shard of pictures, whole or not at all."""
    # JPEGs do not shrink: compressing them again only costs time.
    _write(path, pa.Table.from_pylist(rows, schema=PICTURES), _PICTURE_GROUP, None)


def write_conversations(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write one shard of conversations, whole or not at all."""
    write_conversation_table(path, pa.Table.from_pylist(rows, schema=CONVERSATIONS))


def write_conversation_table(path: Path, table: pa.Table) -> None:
    """Write one shard of conversations that is a table already, whole or not at all."""
    _write(path, table, table.num_rows, "zstd")


def _write(path: Path, table: pa.Table, group: int, compression: str | None) -> None:
    # Through memory (a shard is a few megabytes), so that a full disk shows as itself.
    buffer = io.BytesIO()
    pq.write_table(table, buffer, row_group_size=group, compression=compression or "none")
    write_bytes(path, buffer.getvalue())
