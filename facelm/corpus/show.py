"""A few conversations of a corpus, drawn by the seed, for a person to read."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np

from facelm.corpus._copy import Shelf
from facelm.corpus._layout import from_row
from facelm.corpus.reader import Corpus, read_corpus
from facelm.errors import InputError
from facelm.types import Conversation


def draw(corpus: Path | str, limit: int = 3, seed: int = 0) -> tuple[Corpus, list[Conversation]]:
    """Draw conversations; only the shards they stand in are read.

    Args:
        corpus: the corpus's folder.
        limit: how many; all where there are fewer.
        seed: another seed draws others.

    Returns:
        The corpus, for its pictures, and the conversations in the corpus's order.

    Raises:
        InputError: there is no corpus, it is damaged, or it is empty.
    """
    opened = read_corpus(corpus)
    if not len(opened):
        raise InputError(f"{corpus} holds no conversation yet: there is nothing to show.")
    chosen = sorted(random.Random(seed).sample(range(len(opened)), min(limit, len(opened))))
    rows = Shelf(opened).take(np.array(chosen, dtype=np.int64))
    return opened, [from_row(row) for row in rows.to_pylist()]


def plain(one: Conversation) -> dict[str, Any]:
    """What may be shown of a conversation; whose face it is is not."""
    return {
        "face_id": one.face_id, "source": one.source, "split": one.split, "licence": one.licence,
        "style": one.style, "teacher": one.teacher, "labels": one.labels,
        "image_ids": list(one.image_ids), "clip": one.clip, "dialogue": one.dialogue,
        "turns": [vars(turn) for turn in one.turns],
    }  # fmt: skip


def heading(one: Conversation) -> str:
    """Where a conversation comes from, in one line."""
    split = f", split {one.split}" if one.split else ""
    return f"{one.face_id} ({one.source}{split}; style {one.style}, teacher {one.teacher})"


def pictured(one: Conversation) -> str:
    """What is looked at, where that is not just one picture; else ""."""
    if one.clip:
        return f"clip {one.clip}, {len(one.image_ids)} frames"
    return f"{len(one.image_ids)} pictures" if len(one.image_ids) > 1 else ""


def labelled(one: Conversation) -> str:
    """The labels in one line; "" without any."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in one.labels.items())


def readable(conversations: list[Conversation], width: int) -> str:
    """The conversations as text for a terminal.

    Args:
        conversations: what to show.
        width: of the terminal, in letters.
    """
    import textwrap

    def lines(text: str, mark: str) -> list[str]:
        wrapped = (textwrap.wrap(line, max(20, width - 6)) or [""] for line in text.split("\n"))
        flat = [line for part in wrapped for line in part]
        return [f"  {mark if not n else '  '}  {line}" for n, line in enumerate(flat)]

    said = []
    for one in conversations:
        said += [heading(one)]
        for about in (pictured(one), labelled(one)):
            said += textwrap.wrap(about, max(20, width - 2), initial_indent="  ",
                                  subsequent_indent="  ")  # fmt: skip
        for turn in one.turns:
            said += [f"  [{turn.category}]" if turn.category else "", *lines(turn.question, "Q:")]
            said += lines(turn.answer, "A:")
        said.append("")
    return "\n".join(said)
