"""Several writers of one corpus: which shards are whose, and who puts the end to it.

Each part leaves a note of what it refused when it has finished. Whoever finds all notes there
writes the manifest, so it does not matter which part ends last, nor whether two end at once: both
write the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from facelm._io import hold, read_bytes, write_json
from facelm.errors import InputError


@dataclass(frozen=True)
class Part:
    """Part `index` (from 0) of `count`: every count-th shard, beginning with that one."""

    index: int = 0
    count: int = 1

    @classmethod
    def read(cls, text: str) -> Part:
        """`i/n` as a person writes it, counted from 1.

        Raises:
            InputError: it is not such a pair.
        """
        index, _, count = text.partition("/")
        if not (index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
            raise InputError(f"'{text}' is no part: write for example 2/8, the second of eight.")
        return cls(int(index) - 1, int(count))

    def has(self, shard: int) -> bool:
        """Whether a shard belongs to this part."""
        return shard % self.count == self.index

    @property
    def _label(self) -> str:
        return f"-{self.index + 1}-of-{self.count}"

    def lock(self, folder: Path) -> IO[str]:
        """Make the folder and hold this part of it until the file is closed or we die.

        Raises:
            InputError: another process holds it.
        """
        return hold(folder, ".lock" if self.count == 1 else f".lock{self._label}")

    def withdraw_note(self, folder: Path) -> None:
        """Unsay it: this part is being done again."""
        self._note(folder).unlink(missing_ok=True)

    def _note(self, folder: Path) -> Path:
        return folder / f".part{self._label}.json"

    def leave_note(self, folder: Path, refused: list[dict[str, Any]]) -> None:
        """Say that this part is finished, and what it refused."""
        if self.count > 1:
            write_json(self._note(folder), refused)

    def all_notes(
        self, folder: Path, own: list[dict[str, Any]]
    ) -> tuple[list[dict[str, Any]], list[Path]] | None:
        """What all parts refused and where they said so; None while parts are missing."""
        if self.count == 1:
            return own, []
        notes = sorted(folder.glob(f".part-*-of-{self.count}.json"))
        if len(notes) < self.count:
            return None
        read = (json.loads(read_bytes(note, "The note of a part")) for note in notes)
        return [row for part in read for row in part], notes


WHOLE = Part()
"""The one part of a corpus that is written by one process."""
