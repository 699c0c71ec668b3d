"""The sharegpt form as LLaMA-Factory reads it: `images`, and `conversations` by human and gpt.

Upstream reads the column `images` only; FairFaceGPT's published file (arXiv 2507.10300) says
`image` and calls the second role `assistant`. Both are read, the first is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facelm.corpus.exchange._record import Record
from facelm.corpus.exchange.llava import Llava, from_human


class ShareGpt:
    """A list of paths under `images`."""

    name = "sharegpt"
    suffix = ".json"
    holds_pictures = False

    def encode(self, record: Record) -> dict[str, Any]:
        """`id`, `conversations`, `images`."""
        return {
            "id": record.id,
            "conversations": from_human(record),
            "images": [one.path for one in record.pictures],
        }

    def decode(self, raw: dict[str, Any]) -> Record:
        """As LLaVA's, whose reader knows these names too."""
        return Llava().decode(raw)

    def claims(self, raw: dict[str, Any]) -> bool:
        """`conversations` and `images`."""
        return "conversations" in raw and "images" in raw

    def finish(self, folder: Path, files: Sequence[str]) -> None:
        """Nothing more."""

    def usage(self, files: Sequence[str]) -> str:
        """What to register."""
        return (
            "LLaMA-Factory: register the file in a dataset_info.json of yours with `formatting: "
            "sharegpt` and the columns `messages: conversations` and `images: images` (`--to "
            "llamafactory` writes one); others take it as it is. Paths start at DIR."
        )
