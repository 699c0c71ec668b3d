"""Other people's records made conversations: FairFaceGPT's, FaceInstruct's, anybody's.

Records that follow each other, show the same pictures and have one turn each become one
conversation of questions that stand alone, which is what they are: the pictures are then looked at
once for all of them. A record of several turns is a dialogue.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from facelm._io import sha256
from facelm._video import sampled
from facelm.corpus.exchange._files import raw_records
from facelm.corpus.exchange._find import Data
from facelm.corpus.exchange._given import Given
from facelm.corpus.exchange._pictures import below
from facelm.corpus.exchange._record import BadRecordError, Record
from facelm.corpus.exchange._sidecar import Ids
from facelm.corpus.exchange.llamafactory import Tagged
from facelm.errors import PictureError
from facelm.faces.image import MAX_BYTES, open_picture, to_jpeg
from facelm.sources._media import MAX_CLIP_BYTES
from facelm.types import Conversation, Picture, Refused, Turn

FRAMES = 8
_KNOWN = {"id", "image", "images", "video", "videos", "conversations", "messages", "system"}
_NUMBERED = re.compile(r"#\d+$")
_REMEMBERED = 64
_Seen = tuple[str, Picture]
"""A picture with the SHA-256 of its bytes."""


@dataclass
class Told:
    """What nobody wrote into the records, and what was counted while reading."""

    split: str
    files: Counter[str] = field(default_factory=Counter)
    """Data file to number of records."""
    left: Counter[str] = field(default_factory=Counter)
    """Fields that conversations have no place for, and how many records had them."""


@dataclass(frozen=True)
class _Read:
    """A record with its pictures."""

    data: Data
    record: Record
    seen: tuple[_Seen, ...]

    @property
    def base(self) -> str:
        """Its id without the number of a question."""
        return _NUMBERED.sub("", self.record.id)

    def goes_with(self, first: _Read) -> bool:
        """Whether both are questions about the same pictures that stand alone."""
        alone = len(self.record.turns) == len(first.record.turns) == 1
        return alone and self._what() == first._what()

    def _what(self) -> tuple[Any, ...]:
        return (
            self.data.path, self.base, self.record.video, tuple(one for one, _ in self.seen)
        )  # fmt: skip


def foreign_conversations(files: list[Data], told: Told) -> Iterator[Given | Refused]:
    """The conversations of data files, in their order.

    Args:
        files: what to read.
        told: what holds for all of them; its counts are filled in.
    """
    row, ids = 0, Ids()
    for data in files:
        for one in _grouped(_read_all(data, told)):
            if isinstance(one, Refused):
                yield one
            else:
                yield _given(row, one, told.split, ids)
                row += 1


def _given(row: int, group: list[_Read], split: str, ids: Ids) -> Given:
    first = group[0]
    pictures = [picture for _, picture in first.seen]
    turns = tuple(Turn(*turn) for one in group for turn in one.record.turns)
    clip = str(PurePosixPath(first.record.video)) if first.record.video else ""
    conversation = Conversation(
        image_ids=tuple(one for one, _ in first.seen),
        face_id=ids.give(first.base or clip or pictures[0].name),
        turns=turns, source=first.data.source, split=split, licence=first.data.licence,
        style="unknown", teacher="unknown", prompt_hash="", clip=clip,
        dialogue=len(first.record.turns) > 1,
    )  # fmt: skip
    return Given(row, conversation, pictures)


def _grouped(reads: Iterable[_Read | Refused]) -> Iterator[list[_Read] | Refused]:
    group: list[_Read] = []
    for one in reads:
        if isinstance(one, Refused):
            yield one
            continue
        if group and not one.goes_with(group[0]):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


# ---------------------------------------------------------------- one record


def _read_all(data: Data, told: Told) -> Iterator[_Read | Refused]:
    looker = _Looker(data)
    for number, raw in enumerate(raw_records(data.path), start=1):
        told.files[data.path.name] += 1
        place = f"{data.path.name}, record {number}"
        try:
            yield looker.read(raw, told)
        except BadRecordError as error:
            yield Refused(place, f"{place}: {error}")


class _Looker:
    """Reads records and their pictures; those it saw last are remembered."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._last: dict[str, tuple[_Seen, ...]] = {}

    def read(self, raw: dict[str, Any] | BadRecordError, told: Told) -> _Read:
        """One record.

        Raises:
            BadRecordError: it cannot be used.
        """
        if isinstance(raw, BadRecordError):
            raise raw
        record = self._data.kind.decode(raw)
        _require_words(record)
        seen = self._seen(record)
        if not isinstance(self._data.kind, Tagged):
            told.left.update(name for name in raw if name not in _KNOWN and raw[name] is not None)
        return _Read(self._data, record, seen)

    def _seen(self, record: Record) -> tuple[_Seen, ...]:
        if record.video:
            return self._remembered(record.video, self._frames)
        if not record.pictures:
            raise BadRecordError("it shows no picture: facelm's conversations are about pictures")
        return tuple(
            _checked(one.data, one.path, "") if one.data is not None
            else self._remembered(one.path, self._file)[0]
            for one in record.pictures
        )  # fmt: skip

    def _remembered(self, place: str, look: Any) -> tuple[_Seen, ...]:
        if place not in self._last:
            if len(self._last) > _REMEMBERED:  # the records of one picture stand together
                self._last.clear()
            self._last[place] = look(str(PurePosixPath(place)))
        return self._last[place]

    def _file(self, place: str) -> tuple[_Seen, ...]:
        return (_checked(_bytes(below(self._data.root, place), MAX_BYTES), place, place),)

    def _frames(self, place: str) -> tuple[_Seen, ...]:
        from PIL import Image

        path = below(self._data.root, place)
        if path.stat().st_size > MAX_CLIP_BYTES:
            raise BadRecordError(f"{place} has more than {MAX_CLIP_BYTES:,} bytes: cut it")
        try:
            frames = [to_jpeg(Image.fromarray(frame)) for frame in sampled(path, FRAMES)]
        except PictureError as error:
            raise BadRecordError(str(error)) from error
        return tuple(
            (sha256(data), Picture(data, f"{place}#{number}"))
            for number, data in enumerate(frames)
        )  # fmt: skip


def _require_words(record: Record) -> None:
    """Every question and answer says something that can be written.

    Raises:
        BadRecordError: one does not.
    """
    texts = [text for turn in record.turns for text in turn]
    if not all(text.strip() for text in texts):
        raise BadRecordError("a question or an answer is empty: take it out")
    if not all(_writable(text) for text in (*texts, record.id, record.video)):
        raise BadRecordError("a text of it is not UTF-8: correct it")


def _writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bytes(path: Path, most: int) -> bytes:
    try:
        if path.stat().st_size > most:
            raise BadRecordError(f"{path.name} has more than {most:,} bytes: give a smaller one")
        return path.read_bytes()
    except OSError as error:
        raise BadRecordError(f"{path.name} cannot be read ({error.strerror})") from error


def _checked(data: bytes, name: str, place: str) -> _Seen:
    """A picture that can be opened, with its hash."""
    image_id = sha256(data)
    name = name or image_id[:16]
    try:
        open_picture(data, name)
    except PictureError as error:
        raise BadRecordError(str(error)) from error
    return image_id, Picture(data, name, place)
