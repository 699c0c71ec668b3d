"""Tar shards in the WebDataset convention, read where they lie: nothing is unpacked.

A sample is a run of members with the same name up to the first dot of the file's name:
`a/0001.jpg`, `a/0001.json`, `a/0001.txt`. As in `webdataset`, names without a dot, or with one at
the start, and folders are passed by; suffixes are read in lower case.

Shards come from strangers. Headers are walked one by one, a member's bytes are read by offset when
they are wanted, and what points out of the shard, is no plain file, or declares more bytes than
its cap is refused before a byte of it is read.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Literal

from facelm.errors import InputError, PictureError
from facelm.sources._media import MAX_PICTURE_BYTES
from facelm.types import Refused

PICTURES = ("jpg", "jpeg", "png", "webp")
TEXTS = ("json", "txt", "cls")
MAX_TEXT_BYTES = 1_000_000
_CAPS = {**dict.fromkeys(PICTURES, MAX_PICTURE_BYTES), **dict.fromkeys(TEXTS, MAX_TEXT_BYTES)}

_BLOCK = tarfile.BLOCKSIZE
_COMPRESSED_NAMES = (".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst")
_COMPRESSED_STARTS = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_PACKED = "is compressed: unpack it to a plain .tar, whose members can be read one by one"
_SAMPLE_NAME = re.compile(r"((?:.*/)?[^./]+)\.([^/]+)")
_PAX_TYPES = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
_EXTENSIONS = (*_PAX_TYPES, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_WITHOUT_DATA = (
    tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE,
    tarfile.FIFOTYPE,
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """A file inside an uncompressed tar."""

    root: Path
    tar: str
    """The shard's path from the root."""
    name: str
    offset: int
    size: int
    kind: Literal["picture"] = "picture"

    @property
    def place(self) -> str:
        """The shard's path and the name in it."""
        return f"{self.tar}/{self.name}"

    def missing(self) -> str | None:
        """The shard is gone or shorter than it was, the member is empty or too large."""
        if not 0 < self.size <= MAX_PICTURE_BYTES:
            return _too_large(self.place, self.size, MAX_PICTURE_BYTES)
        try:
            held = (self.root / self.tar).stat().st_size
        except OSError as error:
            return f"{self.tar} cannot be read ({error.strerror}): get a fresh copy of it"
        if held < self.offset + self.size:
            return f"{self.tar} ends in the middle of {self.name}: get a fresh copy of it"
        return None

    def read(self) -> bytes:
        """The member's bytes, and no others."""
        if reason := self.missing():
            raise PictureError(reason)
        with (self.root / self.tar).open("rb") as file:
            file.seek(self.offset)
            return file.read(self.size)


@dataclass(frozen=True)
class Sample:
    """The members of one key."""

    id: str
    """The shard's path without its suffix, and the key: `00000/000000012`."""
    key: str
    files: dict[str, Member]
    """By suffix, without the dot."""

    def picture(self) -> Member | None:
        """The picture, if the sample has one."""
        return next((self.files[suffix] for suffix in PICTURES if suffix in self.files), None)

    def text(self, suffix: str) -> str:
        """A text member, stripped; empty where there is none.

        Raises:
            InputError: it is not UTF-8.
        """
        member = self.files.get(suffix)
        if member is None or member.size == 0:
            return ""
        try:
            return member.read().decode("utf-8").strip()
        except UnicodeDecodeError as error:
            raise InputError(f"{member.place} is not text in UTF-8: save it as such") from error

    def values(self) -> dict[str, Any]:
        """The fields of the JSON member; empty where there is none.

        Raises:
            InputError: it is not a JSON object.
        """
        if not (text := self.text("json")):
            return {}
        try:
            found = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise self._no_object() from error
        if not isinstance(found, dict):
            raise self._no_object()
        return found

    def _no_object(self) -> InputError:
        return InputError(f"{self.files['json'].place} is not a JSON object: write it again")


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def shards_in(path: Path) -> tuple[Path, list[str]]:
    """A root and the tars below it, compressed ones included, in the order of their paths.

    Raises:
        InputError: there is none, or all are compressed.
    """
    root = path.parent if path.is_file() else path
    names = (".tar", *_COMPRESSED_NAMES)
    found = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    tars = sorted(f.relative_to(root).as_posix() for f in found if f.name.lower().endswith(names))
    if not tars:
        raise InputError(f"There is no .tar shard in {path}: give the folder that holds them.")
    if all(_compressed(root, tar) for tar in tars):
        raise InputError(f"{root / tars[0]} {_PACKED}.")
    return root, tars


def _compressed(root: Path, tar: str) -> bool:
    if tar.lower().endswith(_COMPRESSED_NAMES):
        return True
    try:
        with (root / tar).open("rb") as file:
            return file.read(8).startswith(_COMPRESSED_STARTS)
    except OSError:
        return False  # told when its members are wanted


def samples(root: Path, tar: str) -> Iterator[Sample | Refused]:
    """The samples of one shard in its order.

    A refused member takes its whole sample along; a damaged shard gives what stands before the
    damage and one `Refused` that names it.
    """
    if _compressed(root, tar):
        yield Refused(tar, f"{tar} {_PACKED}")
        return
    seen: set[str] = set()
    for key, run in groupby(_entries(root, tar), key=lambda entry: entry.key):
        entries = list(run)
        refused = [Refused(entry.id, entry.refusal) for entry in entries if entry.refusal]
        yield from refused
        sample_id = f"{tar.removesuffix('.tar')}/{key}"
        files = {e.suffix: Member(root, tar, e.name, e.offset, e.size) for e in entries}
        if not key or refused:
            continue
        if key in seen:
            yield Refused(sample_id, f"{tar} holds the sample more than once; the first counts")
        elif len(files) < len(entries):
            yield Refused(sample_id, f"{tar} holds a file of the sample twice: pack it again")
        else:
            yield Sample(sample_id, key, files)
        seen.add(key)


# ---------------------------------------------------------------- walking the headers


@dataclass(frozen=True)
class _Entry:
    """One member as its header declares it."""

    id: str
    name: str
    key: str
    suffix: str
    offset: int = 0
    size: int = 0
    refusal: str = ""


def _key_and_suffix(name: str) -> tuple[str, str]:
    match = _SAMPLE_NAME.fullmatch(name)
    return (match[1], match[2].lower()) if match else ("", "")


class _DamagedError(Exception):
    """The shard cannot be walked any further; the message completes a sentence on it."""


def _entries(root: Path, tar: str) -> Iterator[_Entry]:
    """Members that matter, and refusals; the last one is on the shard if that is damaged."""
    name = key = suffix = ""
    try:
        with (root / tar).open("rb") as file:
            for info, sparse in _headers(file):
                name = _printable(info.name).removeprefix("./")
                key, suffix = _key_and_suffix(name)
                reason = _objection(info, sparse, name, suffix)
                if reason or (key and not info.isdir()):
                    place = f"{tar}/{name}"
                    yield _Entry(place, name, key, suffix, info.offset_data, info.size, reason)
    except (_DamagedError, OSError) as error:
        problem = f"cannot be read ({error.strerror})" if isinstance(error, OSError) else error
        # Under the last member's key, so that a sample which may lack members is not given out.
        yield _Entry(tar, name, key, suffix, refusal=f"{tar} {problem}: get a fresh copy of it")


def _objection(info: tarfile.TarInfo, sparse: bool, name: str, suffix: str) -> str:
    """Why a member is not taken; empty where nothing speaks against it."""
    place = PurePosixPath(name.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or re.match(r"[A-Za-z]:", name):
        return f"{name} points out of its shard: pack it again with names below the folder"
    if info.isdir():
        return ""
    if info.issym() or info.islnk():
        return f"{name} is a link: pack the file itself"
    if sparse or info.type not in _PLAIN:
        return f"{name} is no plain file: take it out of the shard"
    most = _CAPS.get(suffix, info.size)  # other members are never read
    return _too_large(name, info.size, most) if info.size > most else ""


def _headers(file: BinaryIO) -> Iterator[tuple[tarfile.TarInfo, bool]]:
    """Headers with long names and sizes put in, and whether the member is stored with holes.

    `tarfile.open` is not used: it reads extended headers of any size whole, and takes a shard
    that was cut between two members for a whole one.
    """
    end = file.seek(0, 2)
    at, long = 0, _Long()
    while (info := _header(file, at)) is not None:
        info.offset_data = at + _BLOCK
        if info.type in _EXTENSIONS:
            long = long.joined(info.type, _extension(file, info, end))
        else:
            info.name = long.name or info.name
            info.size = info.size if long.size is None else long.size
            yield info, long.sparse
            long = _Long()
        held = 0 if info.type in _WITHOUT_DATA else info.size
        if held < 0 or info.offset_data + held > end:
            raise _DamagedError(f"ends in the middle of {_printable(info.name)}")
        at = info.offset_data + -(-held // _BLOCK) * _BLOCK


def _header(file: BinaryIO, at: int) -> tarfile.TarInfo | None:
    """The header at an offset; None at the end mark."""
    file.seek(at)
    block = file.read(_BLOCK)
    if len(block) < _BLOCK:
        raise _DamagedError("ends before its end mark" if at else "is not a tar file")
    if not any(block):
        return None
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "replace")
    except tarfile.HeaderError as error:
        what = f"is damaged at byte {at:,}" if at else "is not a tar file"
        raise _DamagedError(what) from error


def _extension(file: BinaryIO, info: tarfile.TarInfo, end: int) -> bytes:
    if info.size > MAX_TEXT_BYTES:
        raise _DamagedError(f"has a header of {info.size:,} bytes")
    if info.size < 0 or info.offset_data + info.size > end:
        raise _DamagedError("ends in the middle of a header")
    file.seek(info.offset_data)
    return file.read(info.size)


@dataclass(frozen=True)
class _Long:
    """What extended headers say about the member that follows them."""

    name: str = ""
    size: int | None = None
    sparse: bool = False

    def joined(self, kind: bytes, data: bytes) -> _Long:
        """This, and one more extended header."""
        if kind == tarfile.GNUTYPE_LONGNAME:
            return _Long(data.rstrip(b"\0").decode("utf-8", "replace"), self.size, self.sparse)
        if kind not in _PAX_TYPES:
            return self  # a long link's target, or remarks on the whole tar
        found = _pax(data)
        size = found.get("size", "")
        if size and not size.isdecimal():
            raise _DamagedError("declares a size that is no number")
        return _Long(
            found.get("path", self.name),
            int(size) if size else self.size,
            self.sparse or any(name.startswith("GNU.sparse") for name in found),
        )


def _pax(data: bytes) -> dict[str, str]:
    """The records `LENGTH NAME=VALUE` of a pax header."""
    found = {}
    while data:
        length = data.partition(b" ")[0]
        if not length.isdigit() or not len(length) < int(length) <= len(data):
            raise _DamagedError("has a header that cannot be read")
        record = data[len(length) + 1 : int(length)].decode("utf-8", "replace").rstrip("\n")
        name, _, value = record.partition("=")
        found[name] = value
        data = data[int(length) :]
    return found


def _too_large(place: str, size: int, most: int) -> str:
    return f"{place} has {size:,} bytes, not 1 to {most:,}: get a fresh copy of it"


def _printable(name: str) -> str:
    """A name from a stranger's header as a terminal can take it."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)
