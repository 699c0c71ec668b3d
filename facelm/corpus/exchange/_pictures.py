"""Where an export keeps its pictures: as files of its own, or as references to the user's copy."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from facelm.corpus.exchange._record import BadRecordError, Shown
from facelm.corpus.exchange._rights import ask_at, may_pass_on
from facelm.corpus.reader import Corpus
from facelm.errors import InputError

FOLDER = "images"
REFERENCES = "references.csv"
_COLUMNS = ("file", "place", "sha256", "source", "ask_at")
_UNSAFE = re.compile(r"[^\w.-]|^\.")


def suffix_of(data: bytes) -> str:
    """`.jpg`, `.png` or `.webp` by the first bytes; "" for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    return ".webp" if data.startswith(b"RIFF") and data[8:12] == b"WEBP" else ""


def folder_of(source: str) -> str:
    """Name of the folder under `images/` where a source's own pictures belong."""
    return _UNSAFE.sub("_", source) or "unknown"


def below(root: Path, place: str) -> Path:
    """The file that a path from a data file means.

    Args:
        root: what the path starts from; it may be a link itself.
        place: relative, with `/`.

    Raises:
        BadRecordError: it leads out of `root` (absolute, by `..`, by a link), or nothing is there.
    """
    if place.startswith("/") or ".." in PurePosixPath(place).parts or "\0" in place:
        raise BadRecordError(f"{place!r} leads out of the folder: correct it")
    try:
        path = (root / place).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise BadRecordError(f"there is no file {place}: put it there") from error
    if not path.is_relative_to(root.resolve()):
        raise BadRecordError(f"{place} is a link that leads out of the folder: put the file there")
    if not path.is_file():
        raise BadRecordError(f"{place} is no file: correct it")
    return path


@dataclass(frozen=True)
class Placed:
    """One picture of an export."""

    sha256: str
    file: str
    """Path below the export."""
    name: str
    place: str
    source: str
    data: bytes | None
    """None for a reference."""

    @property
    def shown(self) -> Shown:
        """As the records name it."""
        return Shown(self.file, self.data)


class Pictures:
    """Puts each picture of a corpus into an export, once."""

    def __init__(self, corpus: Corpus, folder: Path, copy_all: bool, as_files: bool) -> None:
        """Begin.

        Args:
            corpus: what is exported.
            folder: the export.
            copy_all: also pictures that may not be passed on.
            as_files: write them under `images/`; otherwise the data file holds them.
        """
        self._corpus, self._folder, self._copy_all = corpus, folder, copy_all
        self._as_files = as_files
        self._references: IO[str] | None = None
        self._seen: set[bytes] = set()
        self.copied, self.referenced, self.left = 0, 0, 0
        self.sources: set[str] = set()

    def place(self, image_id: str) -> Placed:
        """Copy a picture, or write down where it is.

        Raises:
            BadRecordError: it may not be passed on and has no place to refer to, it is gone, or
                it is no JPEG, PNG or WebP.
            InputError: the corpus is damaged.
            FacelmError: the disk is full.
        """
        row = self._corpus.picture_row(image_id)
        source, place, name = row["source"], row["place"] or "", row["image"]["path"] or ""
        new = bytes.fromhex(image_id) not in self._seen
        self._seen.add(bytes.fromhex(image_id))
        self.sources.add(source)
        if not self._copy_all and not may_pass_on(source):
            file = self._refer(image_id, source, place, new)
            return Placed(image_id, file, name, place, source, None)
        data = self._read(image_id, place)
        if not (suffix := suffix_of(data)):
            raise BadRecordError("its picture is no JPEG, PNG or WebP: convert it")
        file = f"{FOLDER}/{image_id}{suffix}"
        if new:
            self.copied += 1
            self._write(file, data)
        return Placed(image_id, file, name, place, source, data)

    def _read(self, image_id: str, place: str) -> bytes:
        try:
            return self._corpus.picture(image_id)
        except InputError as error:  # a file that the corpus refers to; its path is nobody else's
            raise BadRecordError(
                f"its picture {place or image_id} is gone or changed: put the original back"
            ) from error

    def _write(self, file: str, data: bytes) -> None:
        if self._as_files:
            if self.copied == 1:
                (self._folder / FOLDER).mkdir()
            with open(os.path.join(self._folder, file), "wb") as out:
                out.write(data)

    def _refer(self, image_id: str, source: str, place: str, new: bool) -> str:
        usable = bool(place) and not place.startswith("/") and ".." not in place.split("/")
        file = f"{FOLDER}/{folder_of(source)}/{place}" if usable else ""
        if new:
            self.referenced += usable
            self.left += not usable
            self._write_down(file, place if usable else "", image_id, source)
        if not usable:
            raise BadRecordError(
                f"its picture was made from one of {source}, may not be passed on and cannot be "
                "referred to: --with-pictures copies it for training on this machine"
            )
        return file

    def _write_down(self, *row: str) -> None:
        if self._references is None:
            path = self._folder / REFERENCES
            self._references = path.open("w", encoding="utf-8", newline="")
            csv.writer(self._references, lineterminator="\n").writerow(_COLUMNS)
        csv.writer(self._references, lineterminator="\n").writerow([*row, ask_at(row[-1])])

    def close(self) -> None:
        """End the list of references."""
        if self._references is not None:
            self._references.close()
