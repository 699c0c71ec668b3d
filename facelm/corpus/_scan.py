"""Going through a corpus a shard at a time: a few columns, and 64 bits of every hash.

What has to be remembered of a row is numbers, so a million conversations are tens of megabytes.
At 64 bits, two of ten million different things look alike by accident with a chance of one in
370,000.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from facelm.corpus import _layout
from facelm.corpus.reader import read_shard
from facelm.errors import InputError

Keys = NDArray[np.uint64]


def tables(folder: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Some columns of every conversation, in order, a shard at a time.

    Raises:
        InputError: a shard is damaged.
    """
    for number in _layout.shards(folder):
        yield read_shard(_layout.conversations_path(folder, number), columns)


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column of one shard in one piece."""
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def image_keys(ids: pa.Array) -> Keys:
    """The first 64 bits of pictures' hashes.

    Raises:
        InputError: they are no hashes.
    """
    text = "".join(pc.utf8_slice_codeunits(ids, 0, 16).to_pylist())
    try:
        found = np.frombuffer(bytes.fromhex(text), dtype=">u8").astype(np.uint64)
    except ValueError as error:
        raise InputError("A corpus names pictures by what is no SHA-256: make it again.") from error
    return found


def digests(texts: Iterable[bytes]) -> Keys:
    """64 bits of each text's hash."""
    joined = b"".join(hashlib.blake2b(text, digest_size=8).digest() for text in texts)
    return np.frombuffer(joined, dtype="<u8")


def turn_digests(table: pa.Table) -> tuple[Keys, NDArray[np.int64]]:
    """What stands for each turn with its pictures, and the row that it belongs to.

    Args:
        table: with the columns `image_ids` and `turns`.
    """
    turns = whole(table["turns"])
    rows, flat = pc.list_parent_indices(turns), pc.list_flatten(turns)
    about = pc.binary_join(whole(table["image_ids"]), ",").take(rows)
    said = (pc.struct_field(flat, name) for name in ("question", "answer"))
    texts = pc.binary_join_element_wise(about, *said, "\x1f")
    return digests(texts.cast(pa.binary()).to_pylist()), rows.to_numpy()


def row_digests(turns: Keys, rows: NDArray[np.int64], count: int) -> Keys:
    """What stands for each conversation: its pictures and all its turns, in their order.

    Args:
        turns: of `turn_digests`, with their rows.
        rows: rising.
        count: number of conversations.
    """
    ends = np.searchsorted(rows, np.arange(count), side="right")
    return digests(part.tobytes() for part in np.split(turns, ends[:-1]))
