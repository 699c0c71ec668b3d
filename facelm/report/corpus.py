"""A corpus for the eye: conversations beside their pictures, balance and lengths as plots."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._io import write_json, write_text
from facelm.report.heat import heat_map, histogram
from facelm.report.html import template, url_of
from facelm.report.words import plain_name

if TYPE_CHECKING:
    from facelm.corpus import Corpus
    from facelm.types import Conversation

FRAMES = 8
"""Most pictures shown of one conversation."""
_SIDE, _SMALL = 336, 168  # pixels


def write_conversations(
    path: Path, corpus: Corpus, conversations: Sequence[Conversation]
) -> None:  # fmt: skip
    """Write a page that needs nothing else, every conversation beside its pictures.

    Args:
        path: the HTML file.
        corpus: where the pictures are.
        conversations: of that corpus.

    Raises:
        InputError: a picture is missing or damaged.
        FacelmError: the file cannot be written.
    """
    title = f"{corpus.path.resolve().name}: conversations"
    headline = f"{len(conversations):,} of {len(corpus):,} conversations"
    shown = [_shown(corpus, one) for one in conversations]
    page = template("conversations.html.j2").render(title=title, headline=headline, shown=shown)
    write_text(path, page)


def _shown(corpus: Corpus, one: Conversation) -> dict[str, Any]:
    ids = one.image_ids[:: -(-len(one.image_ids) // FRAMES) or 1]
    side = _SIDE if len(ids) == 1 else _SMALL
    facts = (one.source, one.split and f"split {one.split}", one.licence, f"style {one.style}",
             f"teacher {one.teacher}")  # fmt: skip
    return {
        "images": [url_of(corpus.picture(image_id), side) for image_id in ids],
        "note": _note(one, len(ids)),
        "face_id": one.face_id,
        "origin": " · ".join(fact for fact in facts if fact),
        "labels": [(plain_name(name), value) for name, value in one.labels.items()],
        "turns": one.turns,
    }


def _note(one: Conversation, shown: int) -> str:
    """What the pictures are, where that is not just one."""
    if len(one.image_ids) == 1:
        return ""
    what = (
        f"clip {one.clip}, {len(one.image_ids)} frames"
        if one.clip
        else (f"{len(one.image_ids)} pictures")
    )
    return what if shown == len(one.image_ids) else f"{what}, {shown} shown"


def write_figures(folder: Path, figures: Mapping[str, Any]) -> list[Path]:
    """Write `stats.json`, a heat map for each pair of label and group, and lengths as histograms.

    Args:
        folder: where to; it is made if need be.
        figures: as `facelm.corpus.stats.stats` returns them.

    Returns:
        The PNG files.

    Raises:
        FacelmError: a file cannot be written.
    """
    write_json(folder / "stats.json", figures)
    pairs = {f"{_file(one['label'])}-by-{_file(one['group'])}.png": one
             for one in figures["balance"]}  # fmt: skip
    for name, pair in pairs.items():
        _heat(folder / name, pair)
    named = {f"{what}-words.png": what for what in ("question", "answer")}
    for name, what in named.items():
        one = figures["lengths"][what]
        note = f"median {one['median']:,}, 95 % up to {one['p95']:,}, longest {one['longest']:,}"
        histogram(folder / name, f"Words of {what}s", note, one["histogram"])
    return [folder / name for name in (*pairs, *named)]


def _heat(path: Path, pair: Mapping[str, Any]) -> None:
    label, group = plain_name(pair["label"]), plain_name(pair["group"])
    counts = dict(pair["counts"])
    everybody = counts.pop("(all)", None)
    groups = next(iter(counts.values()))
    totals = everybody or {g: sum(row[g] for row in counts.values()) for g in groups}
    note = (
        f"{pair['of']:,} conversations, per cent of the column; association "
        f"{pair['association']:.2f}"
    )
    heat_map(path, f"{label} × {group}", note, counts, totals)


def _file(name: str) -> str:
    """A label's name as part of a file name."""
    return re.sub(r"[^\w-]+", "_", name)
