"""What a corpus knows of its conversations and trainers have no column for: `facelm.jsonl`.

A line for each conversation, in the corpus's order. It names the data file and the id of its
records: `ID` where the conversation is one record, `ID#1`, `ID#2` … where each turn is one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facelm.corpus import _layout
from facelm.corpus.exchange._files import to_json
from facelm.corpus.exchange._pictures import Placed
from facelm.corpus.exchange._record import Record, Said
from facelm.errors import InputError
from facelm.types import Conversation

SIDECAR = "facelm.jsonl"
_NUMBERED = re.compile(r"#\d+$")
_ELSEWHERE = ("turns", "image_ids", "labels", "evidence")
_DATA_FILE = re.compile(r"[\w-]+\.(?:json|jsonl|parquet)")


def record_ids(identity: str, conversation: Conversation) -> list[str]:
    """Ids of a conversation's records."""
    turns = len(conversation.turns)
    if turns <= 1 or conversation.dialogue:
        return [identity] * bool(turns)
    return [f"{identity}#{number}" for number in range(1, turns + 1)]


def records(identity: str, conversation: Conversation, pictures: list[Placed]) -> list[Record]:
    """A conversation as records: a dialogue is one, turns that stand alone are one each."""
    shown = tuple(one.shown for one in pictures)
    said = [(turn.question, turn.answer) for turn in conversation.turns]
    turns = [tuple(said)] if conversation.dialogue and said else [(one,) for one in said]
    ids = record_ids(identity, conversation)
    return [Record(one, shown, part) for one, part in zip(ids, turns, strict=True)]


class Ids:
    """Gives each conversation an id that no other has, its face's where that is possible."""

    def __init__(self) -> None:
        self._given: dict[int, int] = {}  # and how often it was asked for

    def give(self, face_id: str) -> str:
        """The id."""
        identity, again = face_id, self._given.get(_short(face_id), 1)
        while _short(identity) in self._given or _NUMBERED.search(identity):
            again += 1
            identity = f"{face_id}~{again}"
        self._given.setdefault(_short(identity), 1)
        self._given[_short(face_id)] = again
        return identity


def _short(text: str) -> int:
    """Eight bytes for a name, so that millions can be remembered."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def line(
    identity: str, file: str, row: int, conversation: Conversation, pictures: list[Placed]
) -> str:
    """The sidecar's line, without a line end."""
    told = _layout.to_row(conversation, row)
    rest = {name: value for name, value in told.items() if name not in _ELSEWHERE}
    return to_json(
        {
            "id": identity,
            "file": file,
            "records": len(record_ids(identity, conversation)),
            "categories": [turn.category for turn in conversation.turns],
            **rest,
            "labels": conversation.labels,
            "evidence": conversation.evidence.known(),
            "pictures": [_named(one) for one in pictures],
        }
    )


def _named(one: Placed) -> dict[str, Any]:
    named = {
        "sha256": one.sha256, "file": one.file, "name": one.name, "place": one.place,
        "source": one.source,
    }  # fmt: skip
    return {**named, "reference": True} if one.data is None else named


@dataclass(frozen=True)
class Line:
    """One line, read."""

    raw: dict[str, Any]

    @property
    def identity(self) -> str:
        """The conversation's id in this export."""
        return str(self.raw["id"])

    @property
    def file(self) -> str:
        """Name of the data file with its records."""
        return str(self.raw["file"])

    @property
    def row(self) -> int:
        """Number of the source's row."""
        return int(self.raw["row"])

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """`sha256`, `file`, `name`, `place`, `source`; `reference` where it is one."""
        return list(self.raw["pictures"])

    @property
    def expected(self) -> list[str]:
        """Ids of its records."""
        single = self.raw["dialogue"] or len(self.raw["categories"]) <= 1
        count = int(self.raw["records"])
        return [self.identity] * count if single else [
            f"{self.identity}#{number}" for number in range(1, count + 1)
        ]  # fmt: skip

    def conversation(self, said: Sequence[tuple[int, Said]]) -> Conversation:
        """The conversation again.

        Args:
            said: the turns that its records hold, each with its number from 0.
        """
        categories = self.raw["categories"]
        known = {name for name in _layout.CONVERSATIONS.names if name in self.raw}
        row = {name: self.raw[name] for name in known}
        row["image_ids"] = [one["sha256"] for one in self.pictures]
        row["turns"] = [
            {"question": question, "answer": answer, "category": categories[number]}
            for number, (question, answer) in said
        ]
        row["labels"] = json.dumps(self.raw["labels"])
        return _layout.from_row(row)


def lines(path: Path) -> Iterator[Line]:
    """A sidecar's lines.

    Raises:
        InputError: one is damaged.
    """
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            try:
                found = Line(json.loads(text))
                found.expected, found.row, found.pictures  # noqa: B018 - all that is needed is there
                if not _DATA_FILE.fullmatch(found.file):
                    raise ValueError
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"Line {number} of {path} is damaged: get a whole copy of the export."
                ) from error
            yield found
