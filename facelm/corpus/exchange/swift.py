"""ms-swift's JSON lines: `messages` with `<image>` in the text, and `images`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facelm.corpus.exchange._record import (
    Record,
    identity,
    paired,
    shown,
    with_placeholders,
    without_system,
)
from facelm.corpus.exchange.messages import first_content, of_strings


class Swift:
    """Text with placeholders."""

    name = "swift"
    suffix = ".jsonl"
    holds_pictures = False

    def encode(self, record: Record) -> dict[str, Any]:
        """`id`, `messages`, `images`."""
        said = [
            {"role": role, "content": text}
            for question, answer in with_placeholders(record)
            for role, text in (("user", question), ("assistant", answer))
        ]
        return {"id": record.id, "messages": said, "images": [one.path for one in record.pictures]}

    def decode(self, raw: dict[str, Any]) -> Record:
        """Without any placeholder the pictures come first, as ms-swift has it."""
        without_system(raw)
        turns, pictures = paired(raw.get("messages"), "role", "content"), shown(raw)
        return Record(identity(raw), pictures, of_strings(turns, len(pictures)))

    def claims(self, raw: dict[str, Any]) -> bool:
        """`messages` whose content is text."""
        return isinstance(first_content(raw), str)

    def finish(self, folder: Path, files: Sequence[str]) -> None:
        """Nothing more."""

    def usage(self, files: Sequence[str]) -> str:
        """How ms-swift finds the pictures."""
        return f"ms-swift: `ROOT_IMAGE_DIR=DIR swift sft --dataset DIR/{files[0]} …`."
