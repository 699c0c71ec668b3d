"""An export made a corpus again: the same conversations, the same pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facelm._io import read_bytes, sha256
from facelm.corpus.exchange import _sidecar
from facelm.corpus.exchange._files import raw_records
from facelm.corpus.exchange._formats import format_named
from facelm.corpus.exchange._given import Given
from facelm.corpus.exchange._pictures import FOLDER, below, folder_of
from facelm.corpus.exchange._record import BadRecordError, Format, Record, Said, Shown
from facelm.corpus.exchange.export import FORMAT, MANIFEST
from facelm.errors import InputError
from facelm.types import Picture, Refused


def is_own(path: Path) -> bool:
    """Whether a folder is an export of ours with its sidecar."""
    return (path / MANIFEST).is_file() and (path / _sidecar.SIDECAR).is_file()


def read_manifest(folder: Path) -> dict[str, Any]:
    """What made an export.

    Raises:
        InputError: it is damaged, or a newer facelm wrote it.
    """
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(read_bytes(path, "The manifest"))
        written = int(manifest["format"])
        dict(manifest["about"]), list(manifest["refused"]), str(manifest["to"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: get a whole copy of the export.") from error
    if written != FORMAT:
        raise InputError(f"{folder} was written by a newer facelm: upgrade facelm to read it.")
    return manifest


def own_conversations(
    folder: Path, kind: Format, roots: dict[str, Path]
) -> Iterator[Given | Refused]:
    """The conversations of an export, in the corpus's order.

    Args:
        folder: the export.
        kind: its format.
        roots: where a source's own pictures are, if not below `images/`.

    Raises:
        InputError: the sidecar is damaged.
    """
    finder = _Finder(folder, roots)
    streams: dict[str, _Stream] = {}
    for line in _sidecar.lines(folder / _sidecar.SIDECAR):
        stream = streams.setdefault(line.file, _Stream(folder / line.file, kind))
        found = [(number, stream.take(one)) for number, one in enumerate(line.expected)]
        try:
            yield _given(line, found, finder)
        except BadRecordError as error:
            yield Refused(line.identity, f"{line.identity}: {error}")
    for stream in streams.values():
        yield from stream.rest()


def _given(
    line: _sidecar.Line, found: list[tuple[int, Record | BadRecordError | None]], finder: _Finder
) -> Given:
    for _, one in found:
        if isinstance(one, BadRecordError):
            raise one
    there = [(number, one) for number, one in found if isinstance(one, Record)]
    if found and not there:
        raise BadRecordError("its records are no longer in the data file: put them back")
    for _, record in there:
        if [one.path for one in record.pictures] != [one["file"] for one in line.pictures]:
            raise BadRecordError("its record names other pictures than facelm.jsonl: correct it")
    pictures = [
        finder.picture(named, there[0][1].pictures[number] if there else None)
        for number, named in enumerate(line.pictures)
    ]
    try:
        conversation = line.conversation(_turns(line, there))
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise BadRecordError("its line in facelm.jsonl is damaged: get a whole copy") from error
    return Given(line.row, conversation, pictures)


def _turns(line: _sidecar.Line, there: list[tuple[int, Record]]) -> list[tuple[int, Said]]:
    if len(line.expected) == 1:
        return list(enumerate(there[0][1].turns))
    return [(number, turn) for number, record in there for turn in record.turns]


class _Stream:
    """The records of one data file, each taken once and in order."""

    def __init__(self, path: Path, kind: Format) -> None:
        self._path, self._kind = path, kind
        self._records = _records(path, kind)
        self._next = next(self._records, None)

    def take(self, identity: str) -> Record | BadRecordError | None:
        """The record with this id if it comes next; None if it was taken out."""
        if self._next is None or self._next[0] != identity:
            return None
        found = self._next[1]
        self._next = next(self._records, None)
        return found

    def rest(self) -> Iterator[Refused]:
        """Records that the sidecar does not name where they stand."""
        while self._next is not None:
            identity = self._next[0]
            yield Refused(
                identity,
                f"the record {identity} of {self._path.name} is not the one that facelm.jsonl "
                "names there: keep the order, or import that file alone",
            )
            self._next = next(self._records, None)


def _records(path: Path, kind: Format) -> Iterator[tuple[str, Record | BadRecordError]]:
    for number, raw in enumerate(raw_records(path), start=1):
        if isinstance(raw, BadRecordError):
            yield f"{path.name}, record {number}", raw
            continue
        try:
            yield str(raw.get("id")), kind.decode(raw)
        except BadRecordError as error:
            yield str(raw.get("id")), error


class _Finder:
    """Pictures by what the sidecar says of them, each hash checked."""

    def __init__(self, folder: Path, roots: dict[str, Path]) -> None:
        self._folder, self._roots = folder, roots
        self._last: dict[str, bytes] = {}

    def picture(self, named: dict[str, Any], shown: Shown | None) -> Picture:
        """The picture.

        Raises:
            BadRecordError: it is not there, not the one it was, or its path leads out.
        """
        wanted = str(named["sha256"])
        if wanted not in self._last:
            if len(self._last) > 64:  # the records of one picture stand together
                self._last.clear()
            self._last[wanted] = self._read(named, shown)
        return Picture(self._last[wanted], str(named["name"]), str(named["place"]))

    def _read(self, named: dict[str, Any], shown: Shown | None) -> bytes:
        data = shown.data if shown else None
        if data is None:
            path = self._path(named)
            try:
                data = path.read_bytes()
            except OSError as error:
                raise BadRecordError(f"{path} cannot be read ({error.strerror})") from error
        if sha256(data) != named["sha256"]:
            raise BadRecordError(
                f"{named['file']} is not the picture it was: put the original back"
            )
        return data

    def _path(self, named: dict[str, Any]) -> Path:
        source, place = str(named["source"]), str(named["place"])
        if not named.get("reference"):
            return below(self._folder, str(named["file"]))
        return below(self._roots.get(source, self._folder / FOLDER / folder_of(source)), place)


def kind_of(folder: Path) -> Format:
    """The format of an export.

    Raises:
        InputError: it is damaged.
    """
    return format_named(str(read_manifest(folder)["to"]))
