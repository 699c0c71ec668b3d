"""Writing a corpus so that a run can be cut off at any moment, or be done in parts.

A corpus is written in shards, each of so many rows of its source: rows 0 to 511 are shard 0,
whoever writes it and however often it is begun again. So the same rows give the same files whether
one process wrote them, or several side by side, or one that was killed and went on. A shard is
written with what is finished of it: first its pictures, then its conversations. The conversations'
file is the commit: pictures without it are dropped when the corpus is opened again, and everything
in it counts as done.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from facelm._io import disk_errors, let_go, sha256, write_json
from facelm.corpus import _layout
from facelm.corpus._parts import WHOLE, Part
from facelm.corpus.card import close, opened
from facelm.corpus.reader import read_manifest
from facelm.errors import FacelmError, InputError
from facelm.types import Conversation, Picture, Refused

SHARD_ROWS = 512
KEEP_EVERY = 128
# What must agree between two runs that write into one corpus.
SETTINGS = (
    "source", "place", "split", "style", "style_hash", "teacher", "ask", "rater", "seed",
    "asks_per_face", "pictures", "pictures_root", "shard_rows", "rows",
)  # fmt: skip
PICTURE_KINDS = ("embed", "reference")


class CorpusWriter:
    """Adds faces to a corpus, new or cut off. One writer at a time, or one for each part.

    Use it in a `with` block and call `finish` at its end: leaving the block by an error keeps
    the faces that are finished. Refusals are not kept: a run that goes on looks at those again.
    """

    done: set[str]
    """Ids of the faces that are finished."""

    def __init__(
        self,
        path: Path | str,
        about: dict[str, Any],
        part: Part = WHOLE,
        *,
        keep_every: int = KEEP_EVERY,
    ) -> None:
        """Open a corpus or start one.

        Args:
            path: the corpus's folder; it may be new, empty or a corpus made with the same
                settings.
            about: what makes it: `source`, `split`, `style`, `teacher`, `seed`, and whatever else
                the manifest should say. `pictures` is "embed" (default) or "reference": then the
                pictures stay where they are, below `pictures_root`. `shard_rows`: source rows a
                shard (512 by default).
            part: which part of the rows this writer adds, of how many.
            keep_every: so many conversations are lost at most when the process dies.

        Raises:
            InputError: the folder holds something else or a corpus made otherwise, or another
                process is writing there.
            FacelmError: the folder cannot be written.
        """
        self.path, self._part, self._keep_every = Path(path), part, keep_every
        self._about = {"pictures": "embed", "shard_rows": SHARD_ROWS, **about}
        if self._about["pictures"] not in PICTURE_KINDS:
            kinds = " or ".join(PICTURE_KINDS)
            raise InputError(f"pictures cannot be '{self._about['pictures']}': give {kinds}.")
        self._new = not self.path.exists()
        self._told = self._refuse_to_mix()
        self._lock = part.lock(self.path)
        part.withdraw_note(self.path)
        self._drop_leftovers()
        self.done = self._finished()
        self._shard = -1
        self._rows: list[dict[str, Any]] = []
        self._pictures: dict[str, dict[str, Any]] = {}
        self._refused: dict[Refused, int] = {}  # and the row of each

    @property
    def refused(self) -> list[Refused]:
        """What this run refused so far."""
        return list(self._refused)

    def mine(self, row: int) -> bool:
        """Whether a row of the source falls into this writer's part."""
        return self._part.has(self.shard_of(row))

    def add(self, row: int, pictures: Sequence[Picture], conversation: Conversation) -> None:
        """Add one conversation.

        Args:
            row: number of the source's row, counted from 0, never falling.
            pictures: those that are to stand in this shard; the others of its `image_ids` must
                come with rows of their own.
            conversation: what was said about them.

        Raises:
            InputError: a picture is not one that the conversation names.
            FacelmError: the disk is full.
        """
        if self._shard < 0:
            _layout.get_ready()
        if self.shard_of(row) != self._shard:
            self.flush()
            self._shard = self.shard_of(row)
        for picture in pictures:
            self._keep(picture, conversation)
        self._rows.append(_layout.to_row(conversation, row))
        self.done.add(conversation.face_id)
        if len(self._rows) >= self._keep_every:
            self.flush()

    def kept(self, shard: int) -> list[Conversation]:
        """The conversations of a shard that are on disk, in row order."""
        path = _layout.conversations_path(self.path, shard)
        rows = _table(path).to_pylist() if path.exists() else []
        return [_layout.from_row(row) for row in rows]

    def refuse(self, row: int, refused: Refused) -> None:
        """Note a row that cannot be used; the same note twice counts once."""
        self._refused.setdefault(refused, row)

    def flush(self) -> None:
        """Write what is gathered, so that it is never done again.

        Raises:
            FacelmError: the disk is full.
        """
        if not self._rows:
            return
        if not self._told:  # from here on the folder says whose it is and that more is to come
            write_json(self.path / _layout.MANIFEST, opened(self._about))
            self._told = True
        rows, pictures = self._with_earlier()
        place = _layout.pictures_path(self.path, self._shard)
        new = not place.exists()
        try:
            if pictures:
                _layout.write_pictures(place, pictures)
            path = _layout.conversations_path(self.path, self._shard)
            _layout.write_conversations(path, rows)
        except BaseException:
            if new:
                place.unlink(missing_ok=True)
            raise
        self._rows, self._pictures = [], {}

    def finish(self) -> dict[str, Any] | None:
        """Write the last shard; when all parts are there, the manifest and the card.

        Returns:
            The manifest; None while other parts are missing.

        Raises:
            FacelmError: the disk is full.
        """
        self.flush()
        own = [{"row": row, **asdict(refused)} for refused, row in self._refused.items()]
        self._part.leave_note(self.path, own)
        if (said := self._part.all_notes(self.path, own)) is None:
            return None
        refused = sorted(said[0], key=lambda one: int(one["row"]))
        listed = [_listed(one) for one in refused]
        manifest = close(self.path, self._about, listed)
        for note in said[1]:
            note.unlink(missing_ok=True)
        self._told = False
        return manifest

    def __enter__(self) -> CorpusWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            with contextlib.suppress(FacelmError):  # a full disk has been told already
                self.flush()
        self.close()

    def close(self) -> None:
        """Let others write to the folder; a new one that stayed empty is removed again."""
        if self._lock.closed:
            return
        let_go(self._lock)
        if self._new and not any(self.path.iterdir()):
            self.path.rmdir()

    def shard_of(self, row: int) -> int:
        """Number of the shard that a row of the source falls into."""
        return row // int(self._about["shard_rows"])

    def _keep(self, picture: Picture, conversation: Conversation) -> None:
        image_id = sha256(picture.data)
        if image_id not in conversation.image_ids:
            raise InputError(
                f"The picture of {conversation.face_id} is not among those its image_ids name: "
                "hash the bytes that are added."
            )
        data = picture.data if self._about["pictures"] == "embed" else None
        self._pictures[image_id] = {
            "image_id": image_id,
            "image": {"bytes": data, "path": picture.name},
            "source": conversation.source,
            "place": picture.place,
        }

    def _with_earlier(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The shard's conversations and pictures, those of its file included, in row order."""
        earlier = _layout.conversations_path(self.path, self._shard)
        rows, pictures = self._rows, self._pictures
        if earlier.exists():
            rows = _table(earlier).to_pylist() + rows
            rows.sort(key=lambda row: int(row["row"]))  # stable: a row's own stay as they are
            if (kept := _layout.pictures_path(self.path, self._shard)).exists():
                there = {one["image_id"]: one for one in _table(kept).to_pylist()}
                pictures = {**there, **pictures}
        named = [image_id for row in rows for image_id in row["image_ids"]]
        return rows, [pictures[name] for name in dict.fromkeys(named) if name in pictures]

    def _refuse_to_mix(self) -> bool:
        """Look at what is there already; True for an unfinished corpus of the same make."""
        with disk_errors(self.path):
            names = os.listdir(self.path) if self.path.exists() else []
        if _layout.MANIFEST not in names:
            if any(not name.startswith(".") for name in names):
                raise InputError(
                    f"{self.path} is not empty and is no corpus: choose another folder with -o."
                )
            return False
        manifest = read_manifest(self.path)
        for name in SETTINGS:
            made, given = manifest["about"].get(name), self._about.get(name)
            if made != given:
                raise InputError(
                    f"{self.path} was made with {name} {made!r}, not {given!r}: choose another "
                    "folder with -o."
                )
        return not manifest["complete"]

    def _drop_leftovers(self) -> None:
        """Remove what a killed run left: temporary files, and pictures without their commit."""
        committed = set(_layout.shards(self.path))
        with disk_errors(self.path):
            for file in (one for one in self.path.iterdir() if one.name != ".lock"):
                shard = _layout.shard_of(file)
                if shard is None:
                    left = file.name.startswith((f".{_layout.MANIFEST}.", f".{_layout.CARD}."))
                    left = left and self._part.count == 1  # else another part may be at it
                else:
                    left = file.name.startswith(".") or shard not in committed
                    left = left and self._part.has(shard)
                if left:
                    file.unlink(missing_ok=True)

    def _finished(self) -> set[str]:
        return finished_faces(self.path)


def finished_faces(path: Path) -> set[str]:
    """Ids of the faces that a corpus, finished or not, has conversations about."""
    return {
        face_id
        for number in _layout.shards(path)
        for face_id in _column(_layout.conversations_path(path, number), "face_id")
    }


def _listed(refused: dict[str, Any]) -> dict[str, Any]:
    """A refusal as the manifest has it; what was rejected only where there is any."""
    return {name: refused[name] for name in ("id", "reason", "rejected") if refused[name]}


def _table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A file of ours; `pq.read_table` would load all that datasets of many files need."""
    with pq.ParquetFile(path) as file:
        return file.read(columns)


def _column(path: Path, name: str) -> list[str]:
    values: list[str] = _table(path, [name])[name].to_pylist()
    return values
