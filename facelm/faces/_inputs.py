"""What lies in a folder of pictures and videos, and what its crops will be called."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from facelm.errors import InputError, PictureError
from facelm.faces._store import CROPS, LANDMARKS
from facelm.faces.image import MAX_BYTES
from facelm.types import Refused

# What people take for pictures: those that cannot be opened are counted and listed, not passed by.
PICTURES = (
    ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif",
)  # fmt: skip
CLIPS = (
    ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".flv", ".wmv", ".mpg", ".mpeg", ".mts",
    ".3gp", ".ogv",
)  # fmt: skip
_OWN = {"image": (".jpg", ".jpeg"), "video": (".mp4",)}
# File systems take 255 bytes; the rest is for what is added to a name.
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Item:
    """One picture or clip to make ready."""

    id: str
    """Path from the folder, with `/`."""
    path: Path
    kind: Literal["image", "video"]

    @property
    def crop(self) -> str:
        """Where the crop goes, below the output folder.

        A name keeps its suffix and gets another one behind it where it has to: `a.png` becomes
        `a.png.jpg`, so that `a.png` and `a.jpg` can lie side by side.
        """
        own = _OWN[self.kind]
        return f"{CROPS}/{self.id}{'' if self.path.suffix.lower() in own else own[0]}"

    @property
    def landmarks(self) -> str:
        """Where the landmarks go, below the output folder."""
        return f"{LANDMARKS}/{self.crop.removeprefix(CROPS + '/')}.npy"

    def read(self) -> bytes:
        """The file's bytes.

        Raises:
            PictureError: too many, or they cannot be read.
        """
        try:
            if (size := self.path.stat().st_size) > MAX_BYTES:
                raise PictureError(
                    f"{self.id} has {size:,} bytes, more than {MAX_BYTES:,}: give a smaller file."
                )
            return self.path.read_bytes()
        except OSError as error:
            raise PictureError(f"{self.id} cannot be read ({error.strerror}): check it.") from error


def listed(path: Path, out: Path) -> tuple[list[Item], list[Refused]]:
    """Pictures and videos in the order of their paths; what has an impossible name is refused.

    Hidden files and folders are passed by, and so is `out` where it lies in the folder.

    Raises:
        InputError: nothing there, or neither picture nor video in it.
    """
    if not path.exists():
        raise InputError(f"There is no {path}: give a picture, a video or a folder of them.")
    names = [path.name] if path.is_file() else sorted(_below(path, out.resolve()))
    root = path.parent if path.is_file() else path
    items, refused = [], []
    taken: dict[str, str] = {}
    for name in names:
        if (kind := _kind(name)) is None:
            continue
        item = Item(name, root / name, kind)
        if reason := _trouble(item, taken):
            refused.append(Refused(_readable(name), reason))
        else:
            taken[item.crop] = name
            items.append(item)
    if not items and not refused:
        raise InputError(
            f"There is no picture or video in {path}: give JPEG, PNG, WebP, MP4, AVI, MKV or the "
            "like, or a folder of them."
        )
    return items, refused


def _below(root: Path, out: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = [
            name for name in folders if not name.startswith(".") and (here / name).resolve() != out
        ]
        for name in files:
            if not name.startswith("."):
                yield (here / name).relative_to(root).as_posix()


def _kind(name: str) -> Literal["image", "video"] | None:
    suffix = os.path.splitext(name)[1].lower()
    if suffix in PICTURES:
        return "image"
    return "video" if suffix in CLIPS else None


def _trouble(item: Item, taken: dict[str, str]) -> str:
    """Why an item cannot be made ready, seen from its name; empty where it can."""
    name = _readable(item.id)
    if name != item.id:
        return f"the name of {name} is not UTF-8: rename it"
    if max(len(part.encode()) for part in name.split("/")) > _LONGEST_NAME:
        return f"the name of {name} is longer than {_LONGEST_NAME} bytes: shorten it"
    if item.crop in taken:
        return f"the crop of {name} would have the name of that of {taken[item.crop]}: rename one"
    if not item.path.is_file():
        return f"{name} is not a file that can be read: put a copy there"
    return ""


def _readable(name: str) -> str:
    """The name as text; bytes that are none are shown as question marks."""
    return name.encode("utf-8", "replace").decode()
