"""One corpus of several: how much of each, at most how much of a source, drawn by hash.

What is drawn depends on the seed and the face alone, so the same command gives the same bytes,
and a higher weight, cap or number of turns keeps all that a lower one took.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from facelm._aside import whole_folder
from facelm.corpus import _copy
from facelm.corpus._scan import Keys, digests, row_digests, tables, turn_digests, whole
from facelm.corpus.reader import Corpus
from facelm.errors import InputError, choose

Flags = NDArray[np.bool_]


def mix(
    corpora: Sequence[str],
    out: Path | str,
    *,
    caps: Mapping[str, int] | None = None,
    turns: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Write one corpus of the conversations of several.

    The order is interleaved: each corpus keeps its own order, and at every point of the mix about
    the same share of each has gone by. A conversation that is in several, or twice in one (the
    same pictures, questions and answers), is taken once.

    Args:
        corpora: `PATH` or `PATH:WEIGHT`; the weight is the share of that corpus's conversations
            that is taken, above 0 and at most 1 (the default).
        out: the new corpus's folder.
        caps: source to the most conversations of it, over all corpora.
        turns: the most turns of one conversation; of a dialogue the first, else drawn.
        seed: another seed draws others.

    Returns:
        `path`, `conversations`, `turns`, `pictures`, `sources` (name to conversations), `inputs`
        (`path`, `weight`, `conversations` and `taken` of each), `repeated` (left out because they
        were there already), `new` (False where just this lay at `out` already).

    Raises:
        InputError: a corpus cannot be read or is not finished, a value is out of its range, `out`
            holds something else, or nothing would be taken.
        FacelmError: the disk is full.
    """
    caps = dict(caps or {})
    _at_least_one({"turns": turns, **caps})
    parsed = [_parsed(one) for one in corpora]
    opened = [_copy.finished(path) for path, _ in parsed]
    weights = [weight for _, weight in parsed]
    found = _gathered(opened, seed)
    for name in caps:
        choose("source in these corpora", name, found.sources)
    keep, repeated = _drawn(found, weights, caps)
    taken = np.bincount(found.inputs[keep], minlength=len(opened)).tolist()
    about = {
        "source": ", ".join(sorted({found.sources[i] for i in np.unique(found.codes[keep])})),
        "made_by": "mix",
        "inputs": [
            {**_copy.described(one, number), "weight": weight}
            for one, number, weight in zip(opened, taken, weights, strict=True)
        ],
        "settings": {"caps": caps, "turns": turns, "seed": seed, "order": "interleaved"},
        "repeated": repeated,
        **_copy.stored(opened),
    }
    out = Path(out)
    if (manifest := _copy.made_already(out, about)) is not None:
        return _summary(out, manifest, new=False)
    with whole_folder(out) as folder:
        picks = _interleaved(found.inputs[keep], found.rows[keep])
        change = partial(_shortened, most=turns, seed=seed)
        manifest = _copy.write_picked(folder, opened, picks, about, change)
    return _summary(out, manifest, new=True)


@dataclass(frozen=True)
class _Found:
    """Every conversation of the inputs, as numbers."""

    inputs: NDArray[np.int64]
    rows: NDArray[np.int64]
    draws: Keys
    """What a conversation draws; the lowest are taken first."""
    said: Keys
    codes: NDArray[np.int64]
    """Places in `sources`."""
    sources: tuple[str, ...]


def _gathered(corpora: Sequence[Corpus], seed: int) -> _Found:
    sources: dict[str, int] = {}
    draws, said, codes, sizes = [], [], [], []
    for corpus in corpora:
        sizes.append(len(corpus))
        for table in tables(corpus.path, ("source", "face_id", "image_ids", "turns")):
            draws.append(digests(_draws(table, seed)))
            said.append(row_digests(*turn_digests(table), table.num_rows))
            names = table["source"].to_pylist()
            codes.append(np.array([sources.setdefault(name, len(sources)) for name in names]))
    if not draws:
        raise InputError("These corpora hold no conversation: nothing can be mixed.")
    return _Found(
        np.repeat(np.arange(len(sizes)), sizes),
        np.concatenate([np.arange(size) for size in sizes]),
        np.concatenate(draws), np.concatenate(said), np.concatenate(codes), tuple(sources),
    )  # fmt: skip


def _draws(table: pa.Table, seed: int) -> list[bytes]:
    pairs = zip(table["source"].to_pylist(), table["face_id"].to_pylist(), strict=True)
    return [f"{seed}/{source}/{face}".encode() for source, face in pairs]


def _drawn(found: _Found, weights: Sequence[float], caps: Mapping[str, int]) -> tuple[Flags, int]:
    """Which conversations are taken, and how many are left out as repeated."""
    keep = np.zeros(len(found.rows), dtype=bool)
    for number, weight in enumerate(weights):
        own = np.flatnonzero(found.inputs == number)
        lowest = own[np.argsort(found.draws[own], kind="stable")]
        keep[lowest[: max(1, round(weight * len(own)))]] = True
    taken = np.flatnonzero(keep)
    first = np.unique(found.said[taken], return_index=True)[1]
    keep[np.delete(taken, first)] = False
    for name, most in caps.items():
        of_it = np.flatnonzero(keep & (found.codes == found.sources.index(name)))
        keep[of_it[np.argsort(found.draws[of_it], kind="stable")][most:]] = False
    return keep, len(taken) - len(first)


def _interleaved(inputs: NDArray[np.int64], rows: NDArray[np.int64]) -> _copy.Picks:
    """Each corpus spread evenly over the whole, in its own order."""
    sizes = np.bincount(inputs)
    nth = np.arange(len(inputs)) - (np.cumsum(sizes) - sizes)[inputs]
    order = np.lexsort((inputs, (nth + 0.5) / sizes[inputs]))
    return _copy.Picks(inputs[order], rows[order])


def _shortened(table: pa.Table, most: int | None, seed: int) -> pa.Table:
    """At most so many turns of each conversation, in their order."""
    if most is None:
        return table
    turns = whole(table["turns"])
    parents = pc.list_parent_indices(turns).to_numpy()
    counts = pc.list_value_length(turns).to_numpy()
    nth = np.arange(len(parents)) - (np.cumsum(counts) - counts)[parents]
    kept = pa.array(_ranks(table, parents, nth, seed) < most)
    ends = np.concatenate([[0], np.cumsum(np.minimum(counts, most))])
    shorter = pa.ListArray.from_arrays(
        pa.array(ends, pa.int32()), pc.list_flatten(turns).filter(kept)
    )
    return table.set_column(table.column_names.index("turns"), "turns", shorter)


def _ranks(
    table: pa.Table, parents: NDArray[np.int64], nth: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """For each turn, how many of its conversation are taken before it."""
    faces, follows = _draws(table, seed), table["dialogue"].to_numpy()[parents]
    drawn = digests(faces[row] + b"/%d" % n for row, n in zip(parents, nth, strict=True))
    order = np.lexsort((np.where(follows, nth.astype(np.uint64), drawn), parents))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = nth  # sorted by conversation first, so places within one are the old ones
    return rank


def _parsed(text: str) -> tuple[str, float]:
    """`PATH:WEIGHT` or `PATH`."""
    path, colon, tail = text.rpartition(":")
    if not colon or Path(text).exists():
        return text, 1.0
    try:
        weight = float(tail)
    except ValueError:
        return text, 1.0
    if not 0 < weight <= 1:
        raise InputError(
            f"The weight {tail} of {path} is no share: give one above 0 and at most 1. To train on "
            "a corpus more often, give it more `turns` in the recipe."
        )
    return path, weight


def _at_least_one(numbers: Mapping[str, int | None]) -> None:
    for name, value in numbers.items():
        if value is not None and value < 1:
            raise InputError(f"{name} cannot be {value}: give 1 or more, or leave it out.")


def _summary(out: Path, manifest: dict[str, Any], new: bool) -> dict[str, Any]:
    counts, about = manifest["counts"], manifest["about"]
    shown = ("path", "weight", "conversations", "taken")
    return {
        "path": str(out),
        "conversations": counts["conversations"],
        "turns": counts["turns"],
        "pictures": counts["pictures"],
        "sources": {name: one["conversations"] for name, one in counts["sources"].items()},
        "inputs": [{name: one[name] for name in shown} for one in about["inputs"]],
        "repeated": about["repeated"],
        "new": new,
    }
