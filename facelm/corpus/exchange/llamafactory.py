"""A folder that LLaMA-Factory takes as `dataset_dir`: sharegpt records and `dataset_info.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from facelm._io import read_bytes, write_json
from facelm.corpus.exchange._record import BadRecordError, Record
from facelm.corpus.exchange.sharegpt import ShareGpt
from facelm.errors import InputError

INFO = "dataset_info.json"
_TAGS = {
    "role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt",
}  # fmt: skip


class LlamaFactory(ShareGpt):
    """As sharegpt, registered."""

    name = "llamafactory"

    def claims(self, raw: dict[str, Any]) -> bool:
        """Never by a record: by `dataset_info.json` beside it."""
        return False

    def finish(self, folder: Path, files: Sequence[str]) -> None:
        """Register one dataset for each split."""
        entry = {
            "formatting": "sharegpt",
            "columns": {"messages": "conversations", "images": "images"},
            "tags": _TAGS,
        }
        info = {_registered(file): {"file_name": file, **entry} for file in files}
        write_json(folder / INFO, info)

    def usage(self, files: Sequence[str]) -> str:
        """Options of its trainer."""
        return f"LLaMA-Factory: `dataset_dir: DIR` and `dataset: {_registered(files[0])}`."


def _registered(file: str) -> str:
    return f"facelm_{Path(file).stem}"


class Tagged:
    """Somebody's own sharegpt file, read by the names that their `dataset_info.json` gives."""

    def __init__(self, entry: dict[str, Any]) -> None:
        """Take the names.

        Args:
            entry: one dataset's entry, with `columns` and `tags` or without.
        """
        columns, tags = entry.get("columns") or {}, {**_TAGS, **(entry.get("tags") or {})}
        self._columns = {
            ours: columns.get(theirs) or columns.get(other)
            for ours, theirs, other in (
                ("images", "images", "image"), ("videos", "videos", "video"),
                ("system", "system", "system"),
            )
        }  # fmt: skip
        self._turns = columns.get("messages") or "conversations"
        self._role, self._text = tags["role_tag"], tags["content_tag"]
        self._roles = {tags["user_tag"]: "human", tags["assistant_tag"]: "gpt"}

    def decode(self, raw: dict[str, Any]) -> Record:
        """The record.

        Raises:
            BadRecordError: it is not such a record.
        """
        said = raw.get(self._turns)
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            raise BadRecordError("it has no list of turns: correct it")
        turns = [
            {"from": self._roles.get(one.get(self._role), one.get(self._role)),
             "value": one.get(self._text)}
            for one in said
        ]  # fmt: skip
        named = {ours: raw.get(theirs) for ours, theirs in self._columns.items() if theirs}
        return ShareGpt().decode({"id": raw.get("id"), "conversations": turns, **named})


def registered(folder: Path) -> Iterator[tuple[str, Tagged]]:
    """The data files that a folder's `dataset_info.json` names, each with its reader.

    Raises:
        InputError: it is no JSON, or an entry is not of the sharegpt kind in a file here.
    """
    path = folder / INFO
    try:
        info = json.loads(read_bytes(path, "The list of datasets"))
        entries = [(name, entry, entry.get("file_name")) for name, entry in info.items()]
    except (ValueError, AttributeError) as error:
        raise InputError(f"{path} is damaged: correct it, or name the data file itself.") from error
    for name, entry, file in entries:
        if not isinstance(file, str) or entry.get("formatting") != "sharegpt":
            raise InputError(
                f"The dataset {name} in {path} is no sharegpt file in this folder: name the data "
                "file itself."
            )
        yield file, Tagged(entry)
