"""A folder for Hugging Face `datasets`: parquet with the pictures inside, and messages in parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facelm.corpus.exchange._record import Record
from facelm.corpus.exchange.messages import Messages, in_parts


class HuggingFace(Messages):
    """Messages, and pictures as `Image` cells."""

    name = "hf"
    suffix = ".parquet"
    holds_pictures = True

    def encode(self, record: Record) -> dict[str, Any]:
        """`id`, `messages`, `images`; a part that is a picture has no text."""
        return {
            "id": record.id,
            "messages": in_parts(record),
            "images": [{"bytes": one.data, "path": one.path} for one in record.pictures],
        }

    def claims(self, raw: dict[str, Any]) -> bool:
        """Never by a record: by the file's suffix."""
        return False

    def finish(self, folder: Path, files: Sequence[str]) -> None:
        """Nothing more: the README's front matter names the splits."""

    def usage(self, files: Sequence[str]) -> str:
        """How to load it."""
        return (
            "`datasets`: `load_dataset('DIR')`; trl's `SFTTrainer` takes the result as it is. "
            "Pictures that are references are found when python runs in DIR."
        )
