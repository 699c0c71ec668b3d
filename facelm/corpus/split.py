"""A corpus in parts, none of whose pictures stands in two of them.

Every picture gets a side; a conversation goes where all its pictures are, and is left out where
they are on several sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from facelm._aside import whole_folder
from facelm.corpus import _copy
from facelm.corpus._scan import Keys, digests, image_keys, tables, whole
from facelm.corpus.reader import Corpus
from facelm.errors import InputError, choose

By = Literal["subject", "picture", "source-split"]
WAYS = ("subject", "picture", "source-split")
NO_PART, SEVERAL_SIDES, NO_SPLIT = "split is no part", "pictures on several sides", "no split"
_UNSAID, _ELSEWHERE, _TORN = -1, -2, -3
Sides = NDArray[np.int64]


def split(
    corpus: Path | str,
    out: Path | str,
    parts: Mapping[str, float],
    *,
    by: By | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Write a corpus as several: `out/PART` each.

    Args:
        corpus: the corpus's folder.
        out: a new folder.
        parts: name to share; the shares add up to 1.
        by: `source-split`: rows go to the part that is called like their official split.
            `picture`: drawn by the picture's hash, so that a picture falls on the same side in
            every corpus. `subject`: drawn by person; rows of nobody known by picture. None: by the
            official split where a row has one, else by picture.
        seed: another seed draws otherwise.

    Returns:
        `path`, `by`, `parts` (name to `conversations`, `turns`, `pictures`), `left_out` (reason to
        number), `without_subject` (conversations of nobody known, when split by subject), `new`
        (False where just this lay at `out` already).

    Raises:
        InputError: the corpus cannot be read or is not finished, a value is wrong, a part would be
            empty, or `out` holds something else.
        FacelmError: the disk is full.
    """
    _require_parts(parts)
    if by is not None:
        choose("way to split", by, WAYS)
    opened, out = _copy.finished(corpus), Path(out)
    found = _gathered(opened, tuple(parts))
    if by == "subject" and not found.subjects.any():
        raise InputError(f"{corpus} does not say whose faces it shows: split it with --by picture.")
    sides = _conversation_sides(found, _picture_sides(found, parts, by, seed))
    _require_all(sides, parts, corpus, by)
    settings = {"parts": dict(parts), "by": by or "source-split, else picture", "seed": seed}
    abouts = {
        name: _about(opened, settings, name, int((sides == number).sum()))
        for number, name in enumerate(parts)
    }
    made = {name: _copy.made_already(out / name, about) for name, about in abouts.items()}
    if new := None in made.values():
        with whole_folder(out) as folder:
            for number, name in enumerate(parts):
                rows = np.flatnonzero(sides == number)
                picks = _copy.Picks(np.zeros(len(rows), dtype=np.int64), rows)
                (folder / name).mkdir()
                made[name] = _copy.write_picked(folder / name, [opened], picks, abouts[name])
    return {
        "path": str(out),
        "by": settings["by"],
        "parts": {name: _counts(one) for name, one in made.items()},
        "left_out": _left_out(sides),
        "without_subject": int((found.subjects == 0).sum()) if by == "subject" else 0,
        "new": new,
    }


@dataclass(frozen=True)
class _Found:
    """Every conversation, and every picture of each, as numbers."""

    official: Sides
    """Part that the row's split names; below 0 where it names none."""
    subjects: Keys
    """What stands for the person; 0 where nobody is known."""
    pictures: Keys
    rows: NDArray[np.int64]
    """For each of `pictures`, the conversation it stands in."""
    own: NDArray[np.bool_]
    """For each of `pictures`, whether it shows the conversation's subject."""


def _gathered(corpus: Corpus, parts: tuple[str, ...]) -> _Found:
    columns: list[list[Any]] = [[], [], [], [], []]
    start = 0
    for table in tables(corpus.path, ("split", "subject", "image_ids", "clip")):
        ids = whole(table["image_ids"])
        rows = pc.list_parent_indices(ids).to_numpy()
        first = np.diff(rows, prepend=-1) > 0
        clip = np.array([bool(clip) for clip in table["clip"].to_pylist()])
        part = [_named(name, parts) for name in table["split"].to_pylist()]
        found = (
            np.array(part), _subject_keys(table["subject"]), image_keys(pc.list_flatten(ids)),
            rows + start, first | clip[rows],
        )  # fmt: skip
        for column, values in zip(columns, found, strict=True):
            column.append(values)
        start += table.num_rows
    return _Found(*(np.concatenate(column) for column in columns))


def _named(split: str, parts: tuple[str, ...]) -> int:
    if not split:
        return _UNSAID
    return parts.index(split) if split in parts else _ELSEWHERE


def _subject_keys(column: pa.ChunkedArray) -> Keys:
    found = column.to_pylist()
    drawn = digests((one or "").encode() for one in found)
    return np.where([bool(one) for one in found], drawn, np.uint64(0))


def _picture_sides(
    found: _Found, parts: Mapping[str, float], by: By | None, seed: int
) -> tuple[Keys, Sides]:
    """All pictures, and the side of each; below 0 where it has none."""
    pictures, places = np.unique(found.pictures, return_inverse=True)
    claims = np.full(len(places), _UNSAID)
    if by == "subject":
        known = found.own & (found.subjects[found.rows] > 0)
        claims[known] = _sides(found.subjects[found.rows[known]], parts, seed)
    elif by != "picture":
        claims = found.official[found.rows]
    sides = _agreed(claims, places, len(pictures))
    if by != "source-split":
        unsaid = sides == _UNSAID
        sides[unsaid] = _sides(pictures[unsaid], parts, seed)
    return pictures, sides


def _agreed(claims: Sides, places: NDArray[np.int64], count: int) -> Sides:
    """The side that all claims on a picture name; torn where they name two."""
    said = claims != _UNSAID
    low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(low, places[said], claims[said])
    np.maximum.at(high, places[said], claims[said])
    return np.where(low > high, _UNSAID, np.where(low == high, low, _TORN))


def _sides(keys: Keys, parts: Mapping[str, float], seed: int) -> Sides:
    """Draw a side for each key, by the shares; the same key always draws the same."""
    unique, places = np.unique(keys, return_inverse=True)
    drawn = digests(b"%d/%d" % (seed, key) for key in unique.tolist()) / 2.0**64
    limits = np.cumsum(list(parts.values()))[:-1]
    return np.searchsorted(limits, drawn, side="right")[places]


def _conversation_sides(found: _Found, sides: tuple[Keys, Sides]) -> Sides:
    """The side of all of a conversation's pictures, below 0 where it has none."""
    pictures, side = sides
    claims = side[np.searchsorted(pictures, found.pictures)]
    # Here every claim counts, those below 0 too: a picture without a side holds the others back.
    low, high = np.full(len(found.official), len(pictures)), np.full(len(found.official), _TORN)
    np.minimum.at(low, found.rows, claims)
    np.maximum.at(high, found.rows, claims)
    return np.where(low == high, low, _TORN)


def _left_out(sides: Sides) -> dict[str, int]:
    reasons = {_ELSEWHERE: NO_PART, _UNSAID: NO_SPLIT, _TORN: SEVERAL_SIDES}
    counts = Counter(reasons[side] for side in sides[sides < 0].tolist())
    return dict(sorted(counts.items()))


def _require_parts(parts: Mapping[str, float]) -> None:
    for name, share in parts.items():
        if not name or "/" in name or name.startswith("."):
            raise InputError(f"A part cannot be called '{name}': give it a plain name, as train.")
        if not 0 < share < 1:
            raise InputError(f"The share of {name} cannot be {share}: give one between 0 and 1.")
    if len(parts) < 2 or abs(sum(parts.values()) - 1) > 1e-6:
        raise InputError(
            "The parts' shares do not add up to 1: give for example train=0.8,test=0.2."
        )


def _require_all(
    sides: Sides, parts: Mapping[str, float], corpus: Path | str, by: By | None
) -> None:
    for number, name in enumerate(parts):
        if not (sides == number).any():
            hint = (
                "too few to draw from"
                if by in ("picture", "subject")
                else ("by the official splits; --by picture or --by subject draws all of it anew")
            )
            raise InputError(f"No conversation of {corpus} falls into {name}: {hint}.")


def _about(corpus: Corpus, settings: dict[str, Any], part: str, taken: int) -> dict[str, Any]:
    manifest = corpus.manifest
    return {
        "source": ", ".join(manifest["counts"].get("sources", [manifest["about"].get("source")])),
        "made_by": "split",
        "inputs": [_copy.described(corpus, taken)],
        "settings": {"part": part, **settings},
        **_copy.stored([corpus]),
    }


def _counts(manifest: dict[str, Any] | None) -> dict[str, int]:
    counts = manifest["counts"] if manifest else {}
    return {name: counts[name] for name in ("conversations", "turns", "pictures")}
