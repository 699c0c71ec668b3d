"""Which pictures of a benchmark are among those a model was trained on.

Two steps that know nothing of each other: a map from a picture to its hashes (`Hashed`), and the
search of one list of hashes in another (`find_overlap`). The same bytes are found by their SHA-256;
copies that were resized, encoded anew, cropped by up to 5 % a side or made brighter or darker, by
their perceptual hash. What was measured stands in `docs/corpus.md`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from facelm._io import sha256
from facelm.corpus._hashes import BYTES, KEPT, PAIRS, VIEWS, Bits, as_bits, perceptual_hash
from facelm.errors import PictureError
from facelm.types import Refused

__all__ = [
    "KEPT",
    "LOW_NEAR",
    "NEAR",
    "VIEWS",
    "Hashed",
    "Match",
    "find_overlap",
    "hash_picture",
    "hash_pictures",
    "perceptual_hash",
]

NEAR = 40
"""Bits of 256 in which two views may differ and still be of one photograph."""
LOW_NEAR = 14
"""Bits of the 64 lowest frequencies in which they may differ: a cheap first look that lost nothing
in what was measured."""


@dataclass(frozen=True)
class Hashed:
    """What is left of a picture once it is hashed."""

    id: str
    """What a person knows it by."""
    sha256: str
    """Of the encoded bytes, in hex."""
    near: bytes = b""
    """Its perceptual hash; empty where it has none: unreadable, of one colour, or not kept."""


@dataclass(frozen=True)
class Match:
    """A picture of a benchmark that was trained on, and the training picture nearest to it."""

    train: str
    """`Hashed.id` of the training picture."""
    benchmark: str
    """`Hashed.id` of the benchmark's picture."""
    kind: Literal["exact", "near"]
    distance: int
    """Bits of 256 that differ between their nearest views; 0 for exact ones."""


def hash_picture(name: str, data: bytes, views: int = KEPT) -> Hashed | Refused:
    """Hash one picture; `Refused` where it cannot be opened.

    Args:
        name: what a person knows it by.
        data: the encoded picture.
        views: `KEPT` for training pictures, `VIEWS` for a benchmark's.
    """
    try:
        return Hashed(name, sha256(data), perceptual_hash(data, views))
    except PictureError as error:
        return Refused(name, str(error))


def hash_pictures(
    pictures: Iterable[tuple[str, bytes]], refused: list[Refused], views: int = KEPT
) -> Iterator[Hashed]:
    """Hash pictures one by one, in their order.

    A picture that cannot be opened is added to `refused` and comes without a perceptual hash: the
    same bytes can still be found.
    """
    for name, data in pictures:
        found = hash_picture(name, data, views)
        if isinstance(found, Refused):
            refused.append(found)
            found = Hashed(name, sha256(data))
        yield found


def find_overlap(train: Iterable[Hashed], benchmark: Iterable[Hashed]) -> list[Match]:
    """Find a benchmark's pictures among training pictures.

    Parts of a benchmark can be searched for one by one: their lists joined are the whole's.

    Args:
        train: hashed with at least `KEPT` views.
        benchmark: hashed with `VIEWS` views.

    Returns:
        At most one match for each picture of the benchmark, in their order: an exact one if there
        is one, else the nearest; of equals the first in the order of `train`.
    """
    left, right = list(train), list(benchmark)
    same = {one.sha256: one.id for one in reversed(left)}
    known = [one for one in left if one.near]
    asked = [one for one in right if one.near and one.sha256 not in same]
    near = dict(_near(known, asked))
    return [
        Match(same[one.sha256], one.id, "exact", 0)
        if one.sha256 in same
        else Match(known[near[one.sha256][1]].id, one.id, "near", near[one.sha256][0])
        for one in right
        if one.sha256 in same or one.sha256 in near
    ]


def _near(known: list[Hashed], asked: list[Hashed]) -> Iterator[tuple[str, tuple[int, int]]]:
    """SHA-256 of each picture that has a near one, with the distance and the place of that."""
    left = as_bits([one.near[: KEPT * BYTES] for one in known])
    right = as_bits([one.near for one in asked])
    if not len(left) or not len(right):
        return
    low = [np.ascontiguousarray(left[:, view, 0]) for view in range(KEPT)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for one, found in zip(asked, pool.map(partial(_nearest, left, low), right), strict=True):
            if found:
                yield one.sha256, found


def _nearest(
    left: Bits, low: list[npt.NDArray[np.uint64]], wanted: npt.NDArray[np.uint64]
) -> tuple[int, int] | None:
    """Distance and place of the nearest row of `left`; None where none is near."""
    best: tuple[int, int] | None = None
    for kept, view in PAIRS:
        close = np.flatnonzero(np.bitwise_count(low[kept] ^ wanted[view, 0]) <= LOW_NEAR)
        if close.size:
            distance = np.bitwise_count(left[close, kept] ^ wanted[view]).sum(axis=1)
            place = int(distance.argmin())
            found = (int(distance[place]), int(close[place]))
            best = found if best is None else min(best, found)
    return best if best and best[0] <= NEAR else None
