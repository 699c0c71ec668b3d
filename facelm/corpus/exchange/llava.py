"""LLaVA's JSON list: `image`, and `conversations` between `human` and `gpt`.

Also how FaceInstruct (arXiv 2504.07198) writes its records: `image` or `video`, perhaps
`landmarks_2d`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facelm.corpus.exchange._record import (
    VIDEO,
    Record,
    identity,
    paired,
    shown,
    video_of,
    with_placeholders,
    without_placeholders,
    without_system,
)


class Llava:
    """One path or a list of them under `image`."""

    name = "llava"
    suffix = ".json"
    holds_pictures = False

    def encode(self, record: Record) -> dict[str, Any]:
        """`id`, `image`, `conversations`."""
        paths = [one.path for one in record.pictures]
        image = paths[0] if len(paths) == 1 else paths
        return {"id": record.id, "image": image, "conversations": from_human(record)}

    def decode(self, raw: dict[str, Any]) -> Record:
        """Also `images`, `video`, and other names for the two roles."""
        without_system(raw)
        turns = paired(raw.get("conversations"), "from", "value")
        if video := video_of(raw):
            return Record(identity(raw), (), without_placeholders(turns, 1, VIDEO), video)
        pictures = shown(raw)
        return Record(identity(raw), pictures, without_placeholders(turns, len(pictures)))

    def claims(self, raw: dict[str, Any]) -> bool:
        """`conversations` without `images`."""
        return "conversations" in raw and "images" not in raw

    def finish(self, folder: Path, files: Sequence[str]) -> None:
        """Nothing more."""

    def usage(self, files: Sequence[str]) -> str:
        """Options of LLaVA's training script."""
        return f"LLaVA: `--data_path DIR/{files[0]} --image_folder DIR`."


def from_human(record: Record) -> list[dict[str, str]]:
    """Turns by `human` and `gpt`, placeholders first."""
    return [
        {"from": role, "value": text}
        for question, answer in with_placeholders(record)
        for role, text in (("human", question), ("gpt", answer))
    ]
