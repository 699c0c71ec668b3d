"""Writing a corpus so that a run can be cut off at any moment and go on where it was.

Faces are gathered and written a shard at a time: first the shard's pictures, then its
conversations. The conversations' file is the commit: pictures without it are dropped when the
corpus is opened again, and everything in it counts as done.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow.parquet as pq

from facelm._io import disk_errors, hold, own_version, sha256, write_json, write_text
from facelm.corpus import _layout
from facelm.corpus.card import card, count
from facelm.corpus.reader import read_manifest
from facelm.errors import FacelmError, InputError
from facelm.types import Conversation, Refused

SHARD_FACES = 128
# What must agree between two runs that write into one corpus.
SETTINGS = (
    "source", "place", "split", "style", "style_hash", "teacher", "seed", "asks_per_face",
    "pictures", "pictures_root",
)  # fmt: skip
PICTURE_KINDS = ("embed", "reference")


class CorpusWriter:
    """Adds faces to a corpus, new or cut off. One writer at a time.

    Use it in a `with` block and call `finish` at its end: leaving the block by an error keeps
    the faces that are finished. Refusals are not kept: a run that goes on looks at those again.
    """

    done: set[str]
    """Ids of the faces that are finished."""

    def __init__(self, path: Path | str, about: dict[str, Any]) -> None:
        """Open a corpus or start one.

        Args:
            path: the corpus's folder; it may be new, empty or a corpus made with the same
                settings.
            about: what makes it: `source`, `split`, `style`, `teacher`, `seed`, and whatever else
                the manifest should say. `pictures` is "embed" (default) or "reference": then the
                pictures stay where they are, below `pictures_root`.

        Raises:
            InputError: the folder holds something else or a corpus made otherwise, or another
                process is writing there.
            FacelmError: the folder cannot be written.
        """
        self.path = Path(path)
        self._about = {"pictures": "embed", **about}
        if self._about["pictures"] not in PICTURE_KINDS:
            kinds = " or ".join(PICTURE_KINDS)
            raise InputError(f"pictures cannot be '{self._about['pictures']}': give {kinds}.")
        self._new = not self.path.exists()
        self._told = self._refuse_to_mix()
        self._lock = hold(self.path)
        self._drop_leftovers()
        self._load()
        self._rows: list[dict[str, Any]] = []
        self._pictures: list[dict[str, Any]] = []
        self._refused: dict[Refused, None] = {}  # a set that keeps its order

    @property
    def refused(self) -> list[Refused]:
        """What this run refused so far."""
        return list(self._refused)

    def add(self, image: bytes, place: str, conversation: Conversation) -> None:
        """Add one face.

        Args:
            image: the encoded picture the student will see.
            place: its path: a name to keep with the bytes, or, when pictures are referenced,
                where the file lies below `pictures_root`.
            conversation: what was said about it; its `image_id` is the SHA-256 of `image`.

        Raises:
            InputError: `image_id` is not the picture's hash.
            FacelmError: the disk is full.
        """
        if conversation.image_id != sha256(image):
            raise InputError(
                f"The picture of {conversation.face_id} is not the one its image_id names: hash "
                "the bytes that are added."
            )
        if conversation.image_id not in self._known:
            self._known.add(conversation.image_id)
            data = image if self._about["pictures"] == "embed" else None
            row = {"image_id": conversation.image_id, "image": {"bytes": data, "path": place}}
            self._pictures.append(row)
        self._rows.append(_layout.to_row(conversation))
        self.done.add(conversation.face_id)
        if len(self._rows) >= SHARD_FACES:
            self.flush()

    def refuse(self, refused: Refused) -> None:
        """Note a row that cannot be used; the same note twice counts once."""
        self._refused[refused] = None

    def flush(self) -> None:
        """Write what is gathered as one shard, so that it is never done again.

        Raises:
            FacelmError: the disk is full.
        """
        if not self._rows:
            return
        if not self._told:  # from here on the folder says whose it is and that more is to come
            write_json(self.path / _layout.MANIFEST, self._manifest(complete=False))
            self._told = True
        pictures = _layout.pictures_path(self.path, self._shards)
        try:
            if self._pictures:
                _layout.write_pictures(pictures, self._pictures)
            path = _layout.conversations_path(self.path, self._shards)
            _layout.write_conversations(path, self._rows)
        except BaseException:
            pictures.unlink(missing_ok=True)
            raise
        self._shards += 1
        self._rows, self._pictures = [], []

    def finish(self) -> dict[str, Any]:
        """Write the last shard, the manifest and the card.

        Returns:
            The manifest.

        Raises:
            FacelmError: the disk is full.
        """
        self.flush()
        manifest = self._manifest(complete=True)
        manifest["counts"] = {**count(self.path), "refused": len(self._refused)}
        manifest["refused"] = [asdict(one) for one in self._refused]
        write_text(self.path / _layout.CARD, card(manifest))
        write_json(self.path / _layout.MANIFEST, manifest)
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
        Path(self._lock.name).unlink(missing_ok=True)
        self._lock.close()
        if self._new and not any(self.path.iterdir()):
            self.path.rmdir()

    def _manifest(self, complete: bool) -> dict[str, Any]:
        return {
            "format": _layout.FORMAT,
            "facelm": own_version(),
            "complete": complete,
            "about": self._about,
        }

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
        committed = _layout.conversation_shards(self.path)
        self._shards = len(committed)
        with disk_errors(self.path):
            for name in (_layout.MANIFEST, _layout.CARD, "pictures-", "conversations-"):
                for file in self.path.glob(f".{name}*"):
                    file.unlink()
            for file in self.path.glob("pictures-*.parquet"):
                if file.name not in (_layout.pictures_path(self.path, n).name for n in committed):
                    file.unlink()

    def _load(self) -> None:
        """Learn what is done: face ids and picture hashes."""
        self.done = set()
        self._known: set[str] = set()
        for number in range(self._shards):
            path = _layout.conversations_path(self.path, number)
            self.done.update(_column(path, "face_id"))
            if (pictures := _layout.pictures_path(self.path, number)).exists():
                self._known.update(_column(pictures, "image_id"))


def _column(path: Path, name: str) -> list[str]:
    values: list[str] = pq.read_table(path, columns=[name])[name].to_pylist()
    return values
