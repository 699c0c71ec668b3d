"""Reading a corpus: conversations in order, pictures by their hash."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from facelm._io import read_bytes, say, sha256
from facelm.corpus import _layout
from facelm.errors import InputError
from facelm.types import Conversation

# Up to this size all pictures are kept in memory; above it, those of a few row groups.
MEMORY_BYTES = 200_000_000
_SOME_BYTES = 50_000_000
_ROW_BYTES = 1000  # about what a row takes beside its picture


class Corpus:
    """A corpus on disk."""

    def __init__(self, path: Path) -> None:
        """Open the manifest; use `read_corpus`."""
        self.path = path
        self.manifest: dict[str, Any] = read_manifest(path)
        """What made the corpus, from what, counts and refusals (`counts` only when complete)."""
        self._shards = _layout.shards(path)
        _require_all(path, self.manifest, len(self._shards))
        self._pictures = _Pictures(path, self.manifest["about"].get("pictures_root"))

    def __len__(self) -> int:
        """Number of conversations."""
        files = (_layout.conversations_path(self.path, number) for number in self._shards)
        return sum(pq.read_metadata(file).num_rows for file in files)

    def conversations(self) -> Iterator[Conversation]:
        """All conversations, in the order of their source.

        Raises:
            InputError: a shard is damaged.
        """
        for number in self._shards:
            path = _layout.conversations_path(self.path, number)
            for row in read_shard(path).to_pylist():
                yield _layout.from_row(row)

    def picture(self, image_id: str) -> bytes:
        """The encoded picture with this hash.

        Args:
            image_id: SHA-256 in hex, one of a conversation's `image_ids`.

        Raises:
            InputError: the corpus has no such picture, or a referenced file is gone or changed.
        """
        return self._pictures.get(image_id)

    def picture_row(self, image_id: str) -> dict[str, Any]:
        """What the corpus stores of this picture: its row in `pictures-*.parquet`.

        Raises:
            InputError: the corpus has no such picture.
        """
        return self._pictures.row(image_id)

    def picture_shards(self) -> list[int]:
        """Numbers of the picture files, rising."""
        return self._pictures.shards()

    def pictures(
        self, lost: Callable[[str, InputError], None] | None = None, shard: int | None = None
    ) -> Iterator[tuple[str, bytes]]:
        """Every picture with its hash, in the files' order, one file's row group at a time.

        Args:
            lost: told of each referenced picture that is gone or changed, which is then left out;
                None: it ends the walk.
            shard: one of `picture_shards`; None takes all.

        Raises:
            InputError: a file is damaged, or a referenced picture is gone or changed.
        """
        return self._pictures.all(lost, shard)


def read_corpus(path: Path | str) -> Corpus:
    """Open a corpus; one that is not finished yet is told on stderr.

    Args:
        path: the corpus's folder.

    Raises:
        InputError: there is no corpus, or it is damaged.
    """
    corpus = Corpus(Path(path))
    if not corpus.manifest["complete"]:
        say(f"{path} is not finished: run the command that makes it again to go on.")
    return corpus


def _require_all(path: Path, manifest: dict[str, Any], there: int) -> None:
    wanted = manifest.get("counts", {}).get("shards", there)
    if there < wanted:
        raise InputError(
            f"{path} lacks {wanted - there} of its {wanted} conversation files: get a whole copy "
            "of it."
        )


def part_of(image_id: str) -> str:
    """`test` for one picture in five, `train` for the others, decided by the hash alone.

    For corpora without an official split; the same picture falls on the same side in every corpus.
    """
    return "test" if int(image_id[:8], 16) % 5 == 0 else "train"


def in_part(conversation: Conversation, part: str) -> bool:
    """Whether all pictures of a conversation fall on one side of `part_of`."""
    return all(part_of(image_id) == part for image_id in conversation.image_ids)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a corpus.

    Raises:
        InputError: there is none, it is damaged, or a newer facelm wrote it.
    """
    path = folder / _layout.MANIFEST
    if not path.is_file():
        raise InputError(f"{folder} is no corpus (no {_layout.MANIFEST}): make one with annotate.")
    try:
        manifest: dict[str, Any] = json.loads(read_bytes(path, "The manifest"))
        written = int(manifest["format"])
        manifest["about"], manifest["complete"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: get a whole copy of the corpus.") from error
    if written > _layout.FORMAT:
        raise InputError(f"{folder} was written by a newer facelm: upgrade facelm to read it.")
    if written < _layout.FORMAT:
        raise InputError(f"{folder} was written by an older facelm: make it again.")
    return manifest


class _Pictures:
    """Pictures by hash: all in memory when they are few, else by an index of row groups."""

    def __init__(self, folder: Path, root: str | None) -> None:
        self._files = sorted(folder.glob("pictures-*.parquet"))
        all_bytes = sum(file.stat().st_size for file in self._files)
        self._most = MEMORY_BYTES if all_bytes <= MEMORY_BYTES else _SOME_BYTES
        self._folder, self._root = folder, root
        self._index: dict[str, tuple[int, int]] | None = None
        self._groups: OrderedDict[tuple[int, int], dict[str, dict[str, Any]]] = OrderedDict()
        self._held = 0  # bytes of the pictures in them
        self._opened: tuple[int, pq.ParquetFile] | None = None  # the file read last

    def get(self, image_id: str) -> bytes:
        """The bytes, wherever they are kept."""
        return self._bytes(self.row(image_id))

    def row(self, image_id: str) -> dict[str, Any]:
        """The picture's row; its bytes are None where it is referred to."""
        if self._index is None:
            self._index = self._build_index()
        if image_id not in self._index:
            raise InputError(f"{self._folder} has no picture {image_id}: get a whole copy of it.")
        place = self._index[image_id]
        group = self._group(place)
        if image_id not in group:  # the file is another than the one that was indexed
            raise _damaged(self._files[place[0]])
        return group[image_id]

    def shards(self) -> list[int]:
        """Numbers of the files."""
        return [number for file in self._files if (number := _layout.shard_of(file)) is not None]

    def all(
        self, lost: Callable[[str, InputError], None] | None, shard: int | None
    ) -> Iterator[tuple[str, bytes]]:
        """Every picture of the files once, whichever of them it stands in."""
        seen: set[str] = set()
        for file in self._files:
            if shard not in (None, _layout.shard_of(file)):
                continue
            with _open(file) as opened:
                for group in range(opened.num_row_groups):
                    for row in opened.read_row_group(group).to_pylist():
                        if (image_id := row["image_id"]) not in seen:
                            seen.add(image_id)
                            if (data := self._or_lost(row, lost)) is not None:
                                yield image_id, data

    def _or_lost(
        self, row: dict[str, Any], lost: Callable[[str, InputError], None] | None
    ) -> bytes | None:
        try:
            return self._bytes(row)
        except InputError as error:
            if lost is None:
                raise
            lost(row["image_id"], error)
            return None

    def _bytes(self, row: dict[str, Any]) -> bytes:
        data = row["image"]["bytes"]
        return self._referenced(row["place"], row["image_id"]) if data is None else bytes(data)

    def _build_index(self) -> dict[str, tuple[int, int]]:
        index = {}
        for number, file in enumerate(self._files):
            with _open(file) as shard:
                ids = iter(shard.read(columns=["image_id"])["image_id"].to_pylist())
                for group in range(shard.num_row_groups):
                    rows = shard.metadata.row_group(group).num_rows
                    index.update(dict.fromkeys(islice(ids, rows), (number, group)))
        return index

    def _group(self, place: tuple[int, int]) -> dict[str, dict[str, Any]]:
        if place in self._groups:
            self._groups.move_to_end(place)
            return self._groups[place]
        rows = self._read(*place)
        self._groups[place] = {row["image_id"]: row for row in rows}
        self._held += _size(self._groups[place])
        while self._held > self._most and len(self._groups) > 1:
            self._held -= _size(self._groups.popitem(last=False)[1])
        return self._groups[place]

    def _read(self, number: int, group: int) -> list[dict[str, Any]]:
        """A row group: what a picture costs does not grow with the corpus."""
        if self._opened is None or self._opened[0] != number:
            self._opened = (number, _open(self._files[number]))
        try:
            rows = self._opened[1].read_row_group(group, use_threads=False).to_pylist()
        except (pa.ArrowInvalid, OSError, IndexError) as error:
            raise _damaged(self._files[number]) from error
        return list(rows)

    def _referenced(self, name: str, image_id: str) -> bytes:
        path = Path(self._root or "", name)
        data = read_bytes(path, "The picture")
        if sha256(data) != image_id:
            raise InputError(f"{path} is not the picture it was: put the original back.")
        return data


def _size(group: dict[str, dict[str, Any]]) -> int:
    return sum(_ROW_BYTES + len(row["image"]["bytes"] or b"") for row in group.values())


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise _damaged(path) from error


def read_shard(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """One file of conversations, or some of its columns; what an older file lacks is null.

    Raises:
        InputError: it is damaged.
    """
    wanted = _layout.CONVERSATIONS.names if columns is None else list(columns)
    try:
        with pq.ParquetFile(path) as file:
            table = file.read([name for name in wanted if name in file.schema_arrow.names])
    except (pa.ArrowInvalid, OSError) as error:
        raise _damaged(path) from error
    for name in wanted:
        if name not in table.column_names:
            kind = _layout.CONVERSATIONS.field(name).type
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
    return table.select(wanted).combine_chunks()


def _damaged(path: Path) -> InputError:
    return InputError(f"{path} is damaged: get a whole copy of the corpus.")
