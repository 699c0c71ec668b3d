"""Making corpora of other corpora's conversations, whole or not at all.

Conversations are copied as tables, so nothing of them is lost or reworded; each picture is
written once, with the first conversation that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from facelm._io import progress, read_bytes, sha256
from facelm.corpus import _layout
from facelm.corpus._scan import whole
from facelm.corpus.card import close
from facelm.corpus.reader import Corpus, read_corpus, read_manifest, read_shard
from facelm.corpus.writer import SHARD_ROWS
from facelm.errors import InputError

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Picks:
    """Which conversations go into a corpus, in its order."""

    inputs: NDArray[np.int64]
    """For each conversation, the number of the corpus it comes from."""
    rows: Numbers
    """For each conversation, its number there; they rise within each input."""


def finished(path: Path | str) -> Corpus:
    """Open a corpus that something is to be made of.

    Raises:
        InputError: there is none, or it is not finished.
    """
    corpus = read_corpus(Path(path))
    if not corpus.manifest["complete"]:
        raise InputError(f"{path} is not finished: run the command that makes it to its end first.")
    return corpus


def made_already(path: Path, about: dict[str, Any]) -> dict[str, Any] | None:
    """The manifest of what lies at `path`, if just this was made there before."""
    if not (path / _layout.MANIFEST).is_file():
        return None
    manifest = read_manifest(path)
    return manifest if manifest["complete"] and manifest["about"] == about else None


def described(corpus: Corpus, taken: int) -> dict[str, Any]:
    """What the manifest of a made corpus says of one that it was made of."""
    manifest = read_bytes(corpus.path / _layout.MANIFEST, "The manifest")
    return {
        "path": str(corpus.path),
        "sha256": sha256(manifest),
        "conversations": len(corpus),
        "taken": taken,
        "refused": corpus.manifest["counts"]["refused"],
        "about": corpus.manifest["about"],
    }


def stored(corpora: Sequence[Corpus]) -> dict[str, Any]:
    """How the pictures of these corpora lie when they are put together.

    Raises:
        InputError: they refer to pictures under different folders.
    """
    abouts = [corpus.manifest["about"] for corpus in corpora]
    roots = {one.get("pictures_root") for one in abouts if one.get("pictures") == "reference"}
    if len(roots) > 1:
        raise InputError(
            f"These corpora refer to pictures under {len(roots)} different folders: mix those of "
            "one folder, or corpora that hold their pictures."
        )
    kind = (
        {"pictures": "reference", "pictures_root": roots.pop()} if roots else {"pictures": "embed"}
    )
    return {**kind, "shard_rows": SHARD_ROWS}


def write_picked(
    folder: Path,
    corpora: Sequence[Corpus],
    picks: Picks,
    about: dict[str, Any],
    change: Callable[[pa.Table], pa.Table] = lambda table: table,
) -> dict[str, Any]:
    """Write the picked conversations with their pictures, and the manifest.

    Args:
        folder: an empty folder.
        corpora: where they come from.
        picks: which.
        about: what the manifest says of how the corpus was made.
        change: done to each table of conversations before it is written.

    Returns:
        The manifest.

    Raises:
        InputError: a corpus is damaged.
        FacelmError: the disk is full.
    """
    shelves, seen = [Shelf(corpus) for corpus in corpora], set[str]()
    starts = range(0, len(picks.rows), SHARD_ROWS)
    for start in progress(starts, "writing the corpus", len(starts), "shards"):
        part = slice(start, start + SHARD_ROWS)
        table = change(_gathered(shelves, picks.inputs[part], picks.rows[part]))
        numbers = pa.array(range(start, start + table.num_rows), pa.int64())
        table = table.set_column(0, "row", numbers)
        pictures = _new_pictures(shelves, picks.inputs[part], table, seen)
        if pictures:
            _layout.write_pictures(_layout.pictures_path(folder, start // SHARD_ROWS), pictures)
        path = _layout.conversations_path(folder, start // SHARD_ROWS)
        _layout.write_conversation_table(path, table)
    return close(folder, about)


def _gathered(shelves: list[Shelf], inputs: NDArray[np.int64], rows: Numbers) -> pa.Table:
    """The conversations of one shard, in its order."""
    names = np.unique(inputs)
    found = pa.concat_tables([shelves[name].take(rows[inputs == name]) for name in names])
    places = np.concatenate([np.flatnonzero(inputs == name) for name in names])
    return found.take(np.argsort(places)).cast(_layout.CONVERSATIONS).combine_chunks()


def _new_pictures(
    shelves: list[Shelf], inputs: NDArray[np.int64], table: pa.Table, seen: set[str]
) -> list[dict[str, Any]]:
    ids = whole(table["image_ids"])
    flat, parents = pc.list_flatten(ids).to_pylist(), pc.list_parent_indices(ids).to_numpy()
    rows = []
    for image_id, parent in zip(flat, parents, strict=True):
        if image_id not in seen:
            seen.add(image_id)
            rows.append(shelves[inputs[parent]].corpus.picture_row(image_id))
    return rows


class Shelf:
    """The conversations of one corpus, taken in rising order, one shard in memory."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        numbers = _layout.shards(corpus.path)
        self._files = [_layout.conversations_path(corpus.path, number) for number in numbers]
        sizes = [pq.read_metadata(file).num_rows for file in self._files]
        self._ends = np.cumsum(sizes, dtype=np.int64)
        self._open: tuple[int, pa.Table] | None = None

    def take(self, rows: Numbers) -> pa.Table:
        """The conversations with these numbers, which rise."""
        files = np.searchsorted(self._ends, rows, side="right")
        parts = []
        for file in np.unique(files):
            start = self._ends[file - 1] if file else 0
            parts.append(self._shard(int(file)).take(rows[files == file] - start))
        return pa.concat_tables(parts)

    def _shard(self, number: int) -> pa.Table:
        if self._open is None or self._open[0] != number:
            self._open = (number, read_shard(self._files[number]))
        return self._open[1]
