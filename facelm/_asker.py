"""What `convert` says about a dataset's rows: questions off labels, pictures as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from facelm._io import sha256
from facelm._making import Numbered, below, place_of, root_of
from facelm.errors import PictureError
from facelm.sources import hidden
from facelm.types import Conversation, Face, Picture, Refused, Row, Source, Turn

if TYPE_CHECKING:
    from facelm.corpus import CorpusWriter
    from facelm.teach.labelled import LabelStyle

FRAMES = 8
CLIP_SHARD = 64
"""Rows a shard where most rows are clips: eight pictures each."""
_NOTHING = "no label of it belongs to the tasks: give other tasks, or label it"


@dataclass(frozen=True)
class Job:
    """What is converted, and how."""

    source: str
    split: str | None
    limit: int | None
    seed: int


Made = list[tuple[list[Picture], Conversation]]


class Asker:
    """Makes the conversations about a dataset's rows."""

    def __init__(self, job: Job, data: Source, styles: list[LabelStyle]) -> None:
        """Go through all labels once: balance and comparisons need to know what there is."""
        self._job, self._data, self._styles = job, data, styles
        self._root = root_of(job.source)
        self._surveys = [style.survey(job.seed) for style in styles]
        self._rows, self._clips = 0, 0
        self._ids: dict[str, str | None] = {}
        self.unasked = 0
        """Rows so far whose labels were drawn for no question, so that answers are balanced."""
        for row in islice(data.rows(job.split), job.limit):
            self._rows += 1
            if isinstance(row, Row):
                self._clips += row.media.kind == "clip"
                for style, survey in zip(styles, self._surveys, strict=True):
                    style.count(survey, row)
        self.about = self._about()
        """What the manifest says of the run."""

    def _about(self) -> dict[str, Any]:
        from facelm.corpus import SHARD_ROWS

        hashes = "".join(style.hash for style in self._styles)
        return {
            "source": self._data.name, "place": place_of(self._job.source),
            "split": self._job.split, "licence": self._data.about.licence,
            "style": f"labels: {', '.join(style.task for style in self._styles)}",
            "style_hash": sha256(hashes.encode()), "teacher": "labels", "seed": self._job.seed,
            "limit": self._job.limit, "rows": self._rows,
            "shard_rows": CLIP_SHARD if self._clips > self._rows // 2 else SHARD_ROWS,
        }  # fmt: skip

    def answered(
        self, rows: list[Numbered], writer: CorpusWriter
    ) -> Iterator[tuple[int, Made | Refused | None]]:
        """For each row's number what is said about it; None for one that is finished or unasked."""
        asked: dict[str, tuple[int, Row, list[Turn]]] = {}
        for number, row in rows:
            if isinstance(row, Refused):
                yield number, row
            elif row.id in writer.done:
                yield number, None
            elif turns := self._turns(row):
                asked[row.id] = (number, row, turns)
            elif any(style.reads(row.labels) for style in self._styles):
                self.unasked += 1
                yield number, None
            else:
                yield number, Refused(row.id, _NOTHING)
        for row_id, pictures in self._pictures([row for _, row, _ in asked.values()]):
            number, row, turns = asked[row_id]
            if isinstance(pictures, Refused):
                yield number, pictures
            else:
                yield number, [self._single(row, pictures, turns), *self._compared(row, pictures)]

    def _turns(self, row: Row) -> list[Turn]:
        media = "video" if row.media.kind == "clip" else "picture"
        both = zip(self._styles, self._surveys, strict=True)
        key = f"{self._job.seed}/{row.id}"
        return [
            turn for style, survey in both for turn in style.turns(row.labels, survey, media, key)
        ]

    def _pictures(self, rows: list[Row]) -> Iterator[tuple[str, list[Picture] | Refused]]:
        """What the student will see of each row, in any order."""
        clips = [row for row in rows if row.media.kind == "clip"]
        for row in clips:
            yield row.id, self._frames(row)
        still = {row.id: row for row in rows if row.media.kind == "picture"}
        for face in self._data.with_pixels(still.values()):
            yield face.id, face if isinstance(face, Refused) else self._seen(face, still[face.id])

    def _frames(self, row: Row) -> list[Picture] | Refused:
        """Some frames of a clip, in the order of time."""
        from facelm.faces import inspect_picture
        from facelm.sources import frames

        try:
            shown = frames(row.media, FRAMES)
            for data in set(shown):
                inspect_picture(data, f"a frame of {row.media.place}")
        except PictureError as error:
            return Refused(row.id, str(error))
        return [Picture(data, f"{row.id}#{at}") for at, data in enumerate(shown)]

    def _seen(self, face: Face, row: Row) -> list[Picture] | Refused:
        """The picture as it is, or the face cut out where the dataset says where it is."""
        from facelm.faces import crop_box, inspect_picture, open_picture, to_jpeg

        try:
            if row.box and not face.cropped:
                crop = to_jpeg(crop_box(open_picture(face.image, face.id), row.box))
                inspect_picture(crop, f"the face in {face.id}")
                return [Picture(crop, face.id)]
            inspect_picture(face.image, face.id)
        except PictureError as error:
            return Refused(face.id, str(error))
        place = below(face.file, self._root)
        return [Picture(face.image, place or face.id, place)]

    def _single(
        self, row: Row, pictures: list[Picture], turns: list[Turn]
    ) -> tuple[list[Picture], Conversation]:
        ids = tuple(sha256(picture.data) for picture in pictures)
        return pictures, self._conversation(row, ids, tuple(turns), self._clip(row))

    def _clip(self, row: Row) -> str:
        """Where a clip is below the folder that the user named, which may lie above its own."""
        from facelm.sources import path_of

        if row.media.kind == "picture":
            return ""
        return below(path_of(row.media), self._root) or row.media.place

    def _compared(
        self, row: Row, pictures: list[Picture]
    ) -> Iterator[tuple[list[Picture], Conversation]]:
        """Questions about the row beside others, whose pictures come with rows of their own."""
        if row.media.kind == "clip":
            return
        key = f"{self._job.seed}/{row.id}"
        own = sha256(pictures[0].data)
        for style, survey in zip(self._styles, self._surveys, strict=True):
            for lineup, turn in style.comparisons(row, survey, key):
                ids = [own if one.id == row.id else self._id_of(one) for one in lineup.shown]
                found = tuple(one for one in ids if one)
                if len(set(found)) == len(ids):  # none is gone, and none the same as another
                    yield [], self._conversation(row, found, (turn,), labelled=False)

    def _id_of(self, row: Row) -> str | None:
        """Hash of the picture of one of the surveys' few; None where it cannot be used."""
        if row.id not in self._ids:
            ((_, pictures),) = self._pictures([row])
            usable = not isinstance(pictures, Refused)
            self._ids[row.id] = sha256(pictures[0].data) if usable else None  # type: ignore[index]
        return self._ids[row.id]

    def _conversation(
        self,
        row: Row,
        ids: tuple[str, ...],
        turns: tuple[Turn, ...],
        clip: str = "",
        labelled: bool = True,
    ) -> Conversation:
        about = self.about
        told = sha256(f"{about['style_hash']} {sorted(row.labels.items())}".encode())
        return Conversation(
            ids, row.id, turns, self._data.name, row.split, about["licence"], about["style"],
            "labels", told, row.labels if labelled else {}, clip=clip,
            subject=hidden(self._data.name, row.subject) if labelled else "",
        )  # fmt: skip
